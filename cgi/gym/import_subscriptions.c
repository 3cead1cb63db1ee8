/* import_subscriptions.c: subscriptions of a file against those there are */
#include "base/clock.h"
#include "gym/import_check.h"
#include "gym/import_json.h"
#include "gym/renewal.h"

/* Everything is there that a subscription is compared by. */
static bool
is_whole(const struct import_row *row)
{
	return row->member_id != 0 && row->plan != NULL &&
		row->end_day != CLOCK_NO_DAY;
}

/* Without a last day it is as long as the plan. */
static void
settle_end(struct import *im, struct import_row *row)
{
	int start = import_column_of(im->kind, IMPORT_DAY), end = start + 1;

	if (row->is_refused || row->plan == NULL)
		return;
	if (!(row->has & 1u << end))
		row->end_day = renewal_end(row->start_day, row->plan->days);
	if (row->end_day < row->start_day)
		import_blame(im, row, end, import_day_text(im->arena,
		             row->end_day), IMPORT_END_FIRST, NULL);
}

static void
list_row(json_object *list, size_t n, const struct import_row *row)
{
	json_object *out = import_json_row(list);

	import_json_int(out, (int64_t)n);
	import_json_int(out, row->member_id);
	import_json_int(out, row->plan->branch_id);
	import_json_int(out, row->plan->id);
	import_json_day(out, row->start_day);
	import_json_day(out, row->end_day);
}

static void
take_found(struct import *im, struct import_row *row, bool is_same,
           int32_t first, int32_t last)
{
	if (is_same)
		row->effect = IMPORT_UNCHANGED;
	else
		import_blame(im, row, import_column_of(im->kind, IMPORT_DAY),
		             import_day_text(im->arena, row->start_day),
		             IMPORT_OVERLAPS,
		             arena_printf(im->arena, "%s - %s",
		                          import_day_text(im->arena, first),
		                          import_day_text(im->arena, last)));
}

static enum db_result
read_found(struct db *db, struct import *im, json_object *list,
           struct import_row *rows)
{
	struct db_stmt *st = db_begin(db, STMT_IMPORT_SUBSCRIPTIONS);
	int32_t first, last;
	enum db_result rc;
	bool is_same;
	int64_t n;

	db_in_str(st, import_json_text(list));
	db_in_str(st, im->actor->company);
	db_out_int(st, &n);
	db_out_bool(st, &is_same);
	db_out_day(st, &first);
	db_out_day(st, &last);
	while ((rc = db_next(st)) == DB_OK)
		take_found(im, &rows[n], is_same, first, last);
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
import_check_subscriptions(struct db *db, struct import *im,
                           struct import_row *rows, size_t count)
{
	json_object *list = json_object_new_array();
	enum db_result rc;

	for (size_t i = 0; i < count; i++) {
		settle_end(im, &rows[i]);
		if (!rows[i].is_refused && is_whole(&rows[i]))
			list_row(list, i, &rows[i]);
	}
	rc = read_found(db, im, list, rows);
	json_object_put(list);
	return rc;
}
