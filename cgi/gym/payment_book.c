/* payment_book.c: payments by day, dues, and what a day has brought */
#include "gym/payment_book.h"

#include "base/clock.h"

/* Reads the rows of a list that has been begun, one more than a page. */
static enum db_result
read_rows(struct db_stmt *st, struct arena *a, size_t limit,
          struct book_page *out)
{
	struct book_row row = { 0 };
	enum db_result rc;

	*out = (struct book_page){
		arena_alloc(a, limit * sizeof *out->rows), 0, false,
	};
	db_out_int(st, &row.id);
	db_out_day(st, &row.day);
	db_out_int(st, &row.amount);
	db_out_str(st, a, &row.method);
	db_out_str(st, a, &row.reference);
	db_out_int(st, &row.year);
	db_out_int(st, &row.no);
	db_out_int(st, &row.reverses_id);
	db_out_bool(st, &row.is_reversed);
	db_out_int(st, &row.member_id);
	db_out_str(st, a, &row.member);
	db_out_str(st, a, &row.user);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count == limit)
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
	db_in_int(st, (int64_t)q->limit + 1);
	return read_rows(st, a, q->limit, out);
}

/* ---- dues ---------------------------------------------------------------- */

static enum db_result
read_total(struct db *db, const struct due_query *q, struct due_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_DUE_TOTAL);

	db_in_str(st, q->company);
	db_in_id(st, q->branch_id);
	db_in_id(st, q->branch_id);
	db_out_int(st, &out->total_count);
	db_out_int(st, &out->total);
	return db_one(st);
}

static enum db_result
read_dues(struct db_stmt *st, struct arena *a, size_t limit,
          struct due_list *out)
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
		if (out->count == limit)
			out->has_more = true;
		else
			out->rows[out->count++] = due;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

static struct db_stmt *
begin_largest(struct db *db, const struct due_query *q)
{
	struct db_stmt *st = db_begin(db, STMT_DUE_LIST);
	int64_t most = q->after_id == 0 ? INT64_MAX : q->after_amount;

	db_in_str(st, q->company);
	db_in_int(st, most);
	db_in_id(st, q->branch_id);
	db_in_id(st, q->branch_id);
	db_in_int(st, most);
	db_in_int(st, q->after_id == 0 ? INT64_MAX : q->after_id);
	db_in_int(st, (int64_t)q->limit + 1);
	return st;
}

static struct db_stmt *
begin_oldest(struct db *db, const struct due_query *q)
{
	struct db_stmt *st = db_begin(db, STMT_DUE_LIST_OLDEST);
	int32_t first = q->after_day;

	if (q->after_id == 0)
		clock_parse_day("1000-01-01", &first);
	db_in_str(st, q->company);
	db_in_day(st, first);
	db_in_id(st, q->branch_id);
	db_in_id(st, q->branch_id);
	db_in_day(st, first);
	db_in_int(st, q->after_id);
	db_in_int(st, (int64_t)q->limit + 1);
	return st;
}

enum db_result
due_list(struct db *db, struct arena *a, const struct due_query *q,
         struct due_list *out)
{
	enum db_result rc;

	*out = (struct due_list){
		.rows = arena_alloc(a, q->limit * sizeof *out->rows),
	};
	rc = read_total(db, q, out);
	if (rc != DB_OK)
		return rc;
	return read_dues(q->is_by_age ? begin_oldest(db, q)
	                 : begin_largest(db, q), a, q->limit, out);
}

/* ---- a day --------------------------------------------------------------- */

static struct db_stmt *
begin_day(struct db *db, enum stmt_id which, const char *company,
          int64_t branch_id, int32_t day)
{
	struct db_stmt *st = db_begin(db, which);

	db_in_str(st, company);
	db_in_day(st, day);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	return st;
}

static enum db_result
read_takings(struct db_stmt *st, struct arena *a, struct day_book *out)
{
	struct day_taking row = { 0 };
	enum db_result rc;

	out->takings = arena_alloc(a, DAY_ROWS_MAX * sizeof *out->takings);
	db_out_str(st, a, &row.user);
	db_out_str(st, a, &row.method);
	db_out_int(st, &row.count);
	db_out_int(st, &row.amount);
	db_out_int(st, &row.taken_back);
	while ((rc = db_next(st)) == DB_OK)
		out->takings[out->taking_count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
read_reversals(struct db_stmt *st, struct arena *a, struct day_book *out)
{
	struct day_reversal row = { 0 };
	enum db_result rc;

	out->reversals = arena_alloc(a, DAY_ROWS_MAX *
	                             sizeof *out->reversals);
	db_out_int(st, &row.id);
	db_out_int(st, &row.year);
	db_out_int(st, &row.no);
	db_out_int(st, &row.amount);
	db_out_str(st, a, &row.method);
	db_out_int(st, &row.member_id);
	db_out_str(st, a, &row.member);
	db_out_str(st, a, &row.user);
	db_out_str(st, a, &row.reason);
	while ((rc = db_next(st)) == DB_OK)
		out->reversals[out->reversal_count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
day_close(struct db *db, struct arena *a, const char *company,
          int64_t branch_id, int32_t day, struct day_book *out)
{
	enum db_result rc;

	*out = (struct day_book){ 0 };
	rc = read_takings(begin_day(db, STMT_DAY_CLOSE, company, branch_id,
	                            day), a, out);
	if (rc != DB_OK)
		return rc;
	return read_reversals(begin_day(db, STMT_DAY_REVERSALS, company,
	                                branch_id, day), a, out);
}
