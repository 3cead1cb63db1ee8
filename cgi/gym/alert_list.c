/* alert_list.c: alerts as the page of terminals shows them */
#include "gym/alert_list.h"

enum db_result
alert_list(struct db *db, struct arena *a, const char *company,
           int64_t branch_id, bool is_open, struct alert_row **out,
           size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_LIST);
	struct alert_row row;
	const char *kind;
	enum db_result rc;

	*out = arena_alloc(a, ALERT_LIST_MAX * sizeof **out);
	*count = 0;
	db_in_str(st, company);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_int(st, is_open);
	db_out_str(st, a, &kind);
	db_out_str(st, a, &row.terminal);
	db_out_str(st, a, &row.sn);
	db_out_str(st, a, &row.branch);
	db_out_str(st, a, &row.zone);
	db_out_at(st, &row.since_at);
	db_out_at(st, &row.until_at);
	db_out_bool(st, &row.is_planned);
	db_out_int(st, &row.sent);
	db_out_int(st, &row.waiting);
	db_out_int(st, &row.refused);
	db_out_str(st, a, &row.error);
	while ((rc = db_next(st)) == DB_OK && *count < ALERT_LIST_MAX) {
		row.kind = alert_kind_of(kind);
		if (row.kind < ALERT__COUNT)
			(*out)[(*count)++] = row;
	}
	return rc == DB_NONE ? DB_OK : rc;
}
