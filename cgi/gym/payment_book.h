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
	int64_t member_id;
	const char *member, *user;	/* `user` NULL: nobody of ours */
};

struct book_page {
	struct book_row *rows;
	size_t count;		/* at most PAYMENT_PAGE */
	bool has_more;
};

struct book_query {
	const char *company;
	int64_t branch_id;	/* 0: all */
	int32_t from_day, to_day;
	const char *method;	/* NULL: all */
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
	size_t count;		/* at most PAYMENT_PAGE */
	bool has_more;
	int64_t total_count, total;	/* of all, not of the page */
};

/* The largest first, from behind an amount and subscription (0: the first). */
enum db_result due_list(struct db *db, struct arena *a, const char *company,
                        int64_t branch_id, int64_t after_amount,
                        int64_t after_id, struct due_list *out);

/* What one person took in one way on a day. */
struct day_taking {
	const char *user;	/* NULL: nobody of ours */
	const char *method;
	int64_t count, amount;
	int64_t taken_back;	/* of the amount; not above 0 */
};

#define DAY_TAKINGS_MAX 1000

enum db_result day_close(struct db *db, struct arena *a, const char *company,
                         int64_t branch_id, int32_t day,
                         struct day_taking **out, size_t *count);

#endif
