/* subscription_list.c: what a member has bought, to be shown */
#include "gym/subscription_list.h"

enum db_result
subscription_list(struct db *db, struct arena *a, const char *company,
                  int64_t member_id, struct subscription_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_SUBSCRIPTION_LIST);
	struct subscription_row row = { 0 };
	enum db_result rc;

	*out = (struct subscription_list){
		arena_alloc(a, SUBSCRIPTION_LIST_MAX * sizeof *out->rows), 0,
	};
	db_in_str(st, company);
	db_in_int(st, member_id);
	db_out_int(st, &row.id);
	db_out_int(st, &row.plan_id);
	db_out_str(st, a, &row.plan);
	db_out_int(st, &row.branch_id);
	db_out_day(st, &row.start_day);
	db_out_day(st, &row.end_day);
	db_out_int(st, &row.visits);
	db_out_str(st, a, &row.hours);
	db_out_int(st, &row.used);
	db_out_int(st, &row.amount);
	db_out_int(st, &row.paid);
	db_out_int(st, &row.due);
	db_out_bool(st, &row.is_void);
	while ((rc = db_next(st)) == DB_OK)
		out->rows[out->count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

bool
subscription_is_used_up(const struct subscription_row *row)
{
	return row->visits > 0 && row->used >= row->visits;
}
