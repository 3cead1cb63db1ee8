/* payment_book.c: payments by day, dues, and what a day has brought */
#include "gym/payment_book.h"

#include "base/clock.h"

/* Reads the rows of a list that has been begun, one more than a page. */
static enum db_result
read_rows(struct db_stmt *st, struct arena *a, struct book_page *out)
{
	struct book_row row = { 0 };
	enum db_result rc;

	*out = (struct book_page){
		arena_alloc(a, PAYMENT_PAGE * sizeof *out->rows), 0, false,
	};
	db_out_int(st, &row.id);
	db_out_day(st, &row.day);
	db_out_int(st, &row.amount);
	db_out_str(st, a, &row.method);
	db_out_str(st, a, &row.reference);
	db_out_int(st, &row.year);
	db_out_int(st, &row.no);
	db_out_int(st, &row.reverses_id);
	db_out_int(st, &row.member_id);
	db_out_str(st, a, &row.member);
	db_out_str(st, a, &row.user);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count == PAYMENT_PAGE)
			out->has_more = true;
		else
			out->rows[out->count++] = row;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
book_read(struct db *db, struct arena *a, const struct book_query *q,
             struct book_page *out)
{
	struct db_stmt *st = db_begin(db, STMT_PAYMENT_BOOK);
	bool is_first = q->after_id == 0;
	int32_t to = is_first || q->after_day > q->to_day ? q->to_day
		: q->after_day;

	db_in_str(st, q->company);
	db_in_day(st, q->from_day);
	db_in_day(st, to);
	db_in_id(st, q->branch_id);
	db_in_id(st, q->branch_id);
	db_in_str(st, q->method);
	db_in_str(st, q->method);
	db_in_day(st, to);
	db_in_int(st, is_first ? INT64_MAX : q->after_id);
	return read_rows(st, a, out);
}

/* ---- dues ---------------------------------------------------------------- */

static enum db_result
read_total(struct db *db, const char *company, int64_t branch_id,
           struct due_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_DUE_TOTAL);

	db_in_str(st, company);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_out_int(st, &out->total_count);
	db_out_int(st, &out->total);
	return db_one(st);
}

static enum db_result
read_dues(struct db_stmt *st, struct arena *a, struct due_list *out)
{
	struct due due = { 0 };
	enum db_result rc;

	db_out_int(st, &due.member_id);
	db_out_str(st, a, &due.member);
	db_out_str(st, a, &due.phone);
	db_out_str(st, a, &due.plan);
	db_out_int(st, &due.subscription_id);
	db_out_day(st, &due.since_day);
	db_out_int(st, &due.amount);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count == PAYMENT_PAGE)
			out->has_more = true;
		else
			out->rows[out->count++] = due;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
due_list(struct db *db, struct arena *a, const char *company,
         int64_t branch_id, int64_t after_amount, int64_t after_id,
         struct due_list *out)
{
	int64_t most = after_id == 0 ? INT64_MAX : after_amount;
	struct db_stmt *st;
	enum db_result rc;

	*out = (struct due_list){
		.rows = arena_alloc(a, PAYMENT_PAGE * sizeof *out->rows),
	};
	rc = read_total(db, company, branch_id, out);
	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_DUE_LIST);
	db_in_str(st, company);
	db_in_int(st, most);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_int(st, most);
	db_in_int(st, after_id == 0 ? INT64_MAX : after_id);
	return read_dues(st, a, out);
}

/* ---- a day --------------------------------------------------------------- */

enum db_result
day_close(struct db *db, struct arena *a, const char *company,
          int64_t branch_id, int32_t day, struct day_taking **out,
          size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_DAY_CLOSE);
	struct day_taking row = { 0 };
	enum db_result rc;

	*out = arena_alloc(a, DAY_TAKINGS_MAX * sizeof **out);
	*count = 0;
	db_in_str(st, company);
	db_in_day(st, day);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_out_str(st, a, &row.user);
	db_out_str(st, a, &row.method);
	db_out_int(st, &row.count);
	db_out_int(st, &row.amount);
	db_out_int(st, &row.taken_back);
	while ((rc = db_next(st)) == DB_OK)
		(*out)[(*count)++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}
