/* used_visit.c: visits of packs that were used, each once */
#include "gym/used_visit.h"

#include "gym/member_state.h"

enum db_result
used_visit_add(struct db *db, const char *company, int64_t subscription_id,
               int32_t day, int64_t attendance_id)
{
	struct db_stmt *st = db_begin(db, STMT_USED_VISIT_ADD);
	enum db_result rc;

	db_in_day(st, day);
	db_in_int(st, attendance_id);
	db_in_str(st, company);
	db_in_int(st, subscription_id);
	rc = db_run(st);
	if (rc == DB_DUPLICATE)
		return DB_OK;
	return rc == DB_NONE ? DB_AGAIN : rc;
}

/* DB_NONE: no other punch of the member counts on that day. */
static enum db_result
find_other(struct db *db, const char *company, int64_t member_id,
           int64_t attendance_id, int64_t *other)
{
	struct db_stmt *st = db_begin(db, STMT_USED_VISIT_OTHER);

	db_in_str(st, company);
	db_in_int(st, attendance_id);
	db_in_int(st, member_id);
	db_in_int(st, attendance_id);
	db_out_int(st, other);
	return db_one(st);
}

enum db_result
used_visit_give_back(struct db *db, const char *company, int64_t member_id,
                     int64_t attendance_id)
{
	int64_t other = 0;
	enum db_result rc = find_other(db, company, member_id, attendance_id,
	                               &other);
	struct db_stmt *st;
	bool is_passed_on = rc == DB_OK;

	if (rc != DB_OK && rc != DB_NONE)
		return rc;
	if (is_passed_on) {
		st = db_begin(db, STMT_USED_VISIT_PASS_ON);
		db_in_int(st, other);
	} else {
		st = db_begin(db, STMT_USED_VISIT_DELETE);
	}
	db_in_str(st, company);
	db_in_int(st, attendance_id);
	rc = db_run(st);
	if (rc == DB_OK && !is_passed_on)
		return member_state_forget(db, company, member_id);
	return rc == DB_NONE ? DB_OK : rc;	/* it has used none */
}

enum db_result
used_visit_list(struct db *db, struct arena *a, const char *company,
                int64_t member_id, struct used_visit_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_USED_VISIT_LIST);
	struct used_visit row = { 0 };
	enum db_result rc;

	*out = (struct used_visit_list){
		arena_alloc(a, USED_VISIT_LIST_MAX * sizeof *out->rows), 0,
	};
	db_in_str(st, company);
	db_in_int(st, member_id);
	db_out_int(st, &row.subscription_id);
	db_out_day(st, &row.day);
	while ((rc = db_next(st)) == DB_OK)
		out->rows[out->count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}
