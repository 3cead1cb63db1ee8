/* touch.c: numbers at a terminal that may be somebody new's */
#include "gym/touch.h"

#include "base/clock.h"

#define LOOK_BACK_MS (24 * 3600 * 1000)

/* Reads a list that has been begun. */
static enum db_result
read_rows(struct db_stmt *st, struct arena *a, bool with_punch,
          struct touch_list *out)
{
	struct touch row = { .punch_local = CLOCK_NO_TIME };
	enum db_result rc;

	*out = (struct touch_list){
		arena_alloc(a, TOUCH_LIST_MAX * sizeof *out->rows), 0,
	};
	db_out_str(st, a, &row.user_id);
	db_out_str(st, a, &row.user_name);
	if (with_punch)
		db_out_local(st, &row.punch_local);
	while ((rc = db_next(st)) == DB_OK)
		out->rows[out->count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
touch_list_punched(struct db *db, struct arena *a, const char *company,
                   const char *sn, int64_t since_at, int64_t now_at,
                   struct touch_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_TOUCH_LIST_PUNCHED);
	int64_t first_at = now_at - LOOK_BACK_MS;

	db_in_str(st, company);
	db_in_at(st, since_at < first_at ? first_at : since_at);
	db_in_str(st, sn);
	return read_rows(st, a, true, out);
}

enum db_result
touch_list_known(struct db *db, struct arena *a, const char *company,
                 const char *sn, struct touch_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_TOUCH_LIST_KNOWN);

	db_in_str(st, company);
	db_in_str(st, sn);
	return read_rows(st, a, false, out);
}
