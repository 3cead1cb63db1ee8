/* payment_list.c: what a member has paid, to be shown */
#include "gym/payment_list.h"

enum db_result
payment_list(struct db *db, struct arena *a, const char *company,
             int64_t member_id, struct payment_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_PAYMENT_LIST);
	struct payment_row row = { 0 };
	enum db_result rc;

	*out = (struct payment_list){
		arena_alloc(a, PAYMENT_LIST_MAX * sizeof *out->rows), 0,
	};
	db_in_str(st, company);
	db_in_int(st, member_id);
	db_out_int(st, &row.id);
	db_out_day(st, &row.day);
	db_out_int(st, &row.amount);
	db_out_str(st, a, &row.method);
	db_out_str(st, a, &row.prefix);
	db_out_int(st, &row.year);
	db_out_int(st, &row.no);
	db_out_bool(st, &row.is_reversed);
	while ((rc = db_next(st)) == DB_OK)
		out->rows[out->count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}
