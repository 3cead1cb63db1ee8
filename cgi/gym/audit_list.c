/* audit_list.c: the audit, page by page */
#include "gym/audit_list.h"

/* The statement for a query, its values put in. */
static struct db_stmt *
begin(struct db *db, const struct audit_query *q)
{
	int64_t before_id = q->before_id == 0 ? INT64_MAX : q->before_id;
	struct db_stmt *st = db_begin(db, q->user_id != 0
		? STMT_AUDIT_LIST_USER : q->table != NULL
		? STMT_AUDIT_LIST_TABLE : STMT_AUDIT_LIST);

	db_in_str(st, q->company);
	if (q->user_id != 0)
		db_in_int(st, q->user_id);
	else if (q->table != NULL)
		db_in_str(st, q->table);
	db_in_int(st, before_id);
	if (q->user_id != 0) {
		db_in_str(st, q->table);
		db_in_str(st, q->table);
	}
	db_in_int(st, (int64_t)q->limit + 1);
	return st;
}

enum db_result
audit_list(struct db *db, struct arena *a, const struct audit_query *q,
           struct audit_page *out)
{
	struct db_stmt *st = begin(db, q);
	struct audit_line row;
	enum db_result rc;

	*out = (struct audit_page){
		.rows = arena_alloc(a, q->limit * sizeof *out->rows),
	};
	db_out_int(st, &row.id);
	db_out_at(st, &row.at);
	db_out_str(st, a, &row.user);
	db_out_str(st, a, &row.action);
	db_out_str(st, a, &row.table);
	db_out_str(st, a, &row.row);
	db_out_str(st, a, &row.fields);
	db_out_str(st, a, &row.address);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count == q->limit)
			out->has_more = true;
		else
			out->rows[out->count++] = row;
	}
	return rc == DB_NONE ? DB_OK : rc;
}
