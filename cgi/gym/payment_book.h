/* payment_book.h: payments by day, dues, and what a day has brought */
#ifndef PAYMENT_BOOK_H
#define PAYMENT_BOOK_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/payment.h"

struct book_row {
	int64_t id;
	int32_t day;
	int64_t amount;		/* below 0: takes another back */
	const char *method, *reference;
	int64_t year, no;	/* of the receipt */
	int64_t reverses_id;	/* 0: is none */
	bool is_reversed;	/* was taken back */
	int64_t member_id;
	const char *member, *user;	/* `user` NULL: nobody of ours */
};

struct book_page {
	struct book_row *rows;
	size_t count;		/* at most the query's limit */
	bool has_more;
};

struct book_query {
	const char *company;
	int64_t branch_id;	/* 0: all */
	int32_t from_day, to_day;
	const char *method;	/* NULL: all */
	size_t limit;		/* rows of a page: PAYMENT_PAGE */
	/* the last one of the page before; `after_id` 0: the first page */
	int64_t after_id;
	int32_t after_day;
};

/* The newest first. */
enum db_result book_read(struct db *db, struct arena *a,
                         const struct book_query *query,
                         struct book_page *out);

/* What is still to be paid. */
struct due {
	int64_t member_id, subscription_id;
	const char *member, *phone, *plan;	/* the last two: or NULL */
	int32_t since_day;
	int64_t amount;
};

struct due_list {
	struct due *rows;
	size_t count;		/* at most the query's limit */
	bool has_more;
	int64_t total_count, total;	/* of all, not of the page */
};

struct due_query {
	const char *company;
	int64_t branch_id;	/* 0: all */
	bool is_by_age;		/* the oldest first; else the largest */
	size_t limit;		/* rows of a page: PAYMENT_PAGE */
	/* the last one of the page before; `after_id` 0: the first page */
	int64_t after_id;
	int64_t after_amount;	/* of the largest first */
	int32_t after_day;	/* of the oldest first */
};

enum db_result due_list(struct db *db, struct arena *a,
                        const struct due_query *query, struct due_list *out);

/* What one person took in one way on a day. */
struct day_taking {
	const char *user;	/* NULL: nobody of ours */
	const char *method;
	int64_t count, amount;
	int64_t taken_back;	/* of the amount; not above 0 */
};

/* A payment that was taken back on a day, by the row that does so. */
struct day_reversal {
	int64_t id, year, no;
	int64_t amount;		/* below 0 */
	const char *method;
	int64_t member_id;
	const char *member, *user, *reason;	/* `user` NULL: nobody of ours */
};

#define DAY_ROWS_MAX 1000	/* of each kind */

struct day_book {
	struct day_taking *takings;
	size_t taking_count;
	struct day_reversal *reversals;
	size_t reversal_count;
};

/* All that a day has brought in a branch (0: all). */
enum db_result day_close(struct db *db, struct arena *a, const char *company,
                         int64_t branch_id, int32_t day, struct day_book *out);

#endif
