/* import_mappings.c: numbers of a file against whose they are */
#include "base/clock.h"
#include "gym/import_check.h"
#include "gym/import_json.h"

/* The last one of a number; member_id 0: it was never anybody's. */
struct holder {
	int64_t member_id, from_local, to_local;
	const char *name, *code;
};

static const char *
list_terminals(struct import *im)
{
	const char *list = NULL;

	for (size_t i = 0; i < im->terminal_count && i < 20; i++)
		list = list == NULL ? im->terminals[i].name
			: arena_printf(im->arena, "%s, %s", list,
			               im->terminals[i].name);
	return list;
}

/* Asked for only where there are several. */
static void
settle_terminal(struct import *im, struct import_row *row)
{
	int column = import_column_of(im->kind, IMPORT_TERMINAL);

	if (row->has & 1u << column || row->is_refused)
		return;
	if (im->terminal_count == 1)
		row->terminal = im->terminals;
	else
		import_blame(im, row, column, "", IMPORT_WHICH_TERMINAL,
		             list_terminals(im));
}

static enum db_result
read_holders(struct db *db, struct import *im, json_object *list,
             struct holder *holders)
{
	struct db_stmt *st = db_begin(db, STMT_IMPORT_MAPPINGS);
	struct holder h;
	enum db_result rc;
	int64_t n;

	db_in_str(st, import_json_text(list));
	db_in_str(st, im->actor->company);
	db_out_int(st, &n);
	db_out_int(st, &h.member_id);
	db_out_local(st, &h.from_local);
	db_out_local(st, &h.to_local);
	db_out_str(st, im->arena, &h.name);
	db_out_str(st, im->arena, &h.code);
	while ((rc = db_next(st)) == DB_OK)
		holders[n] = h;		/* the newest comes last */
	return rc == DB_NONE ? DB_OK : rc;
}

/* "Asha Rao (SF-001), 31-12-2025" */
static const char *
until_text(struct import *im, const struct holder *h)
{
	return arena_printf(im->arena, "%s, %s",
	                    import_person_text(im->arena, h->name, h->code),
	                    import_day_text(im->arena,
	                                    clock_day(h->to_local)));
}

/* As mapping_add does it with one. */
static void
take_holder(struct import *im, struct import_row *row, const struct holder *h)
{
	int number = import_column_of(im->kind, IMPORT_NUMBER);
	int from = import_column_of(im->kind, IMPORT_MOMENT);
	bool is_first = h->member_id == 0;
	int64_t now = clock_local(row->terminal->zone, im->actor->now_at);

	if (!is_first && h->to_local == CLOCK_NO_TIME) {
		if (h->member_id == row->member_id)
			row->effect = IMPORT_UNCHANGED;
		else
			import_blame(im, row, number, row->number, IMPORT_HELD,
			             import_person_text(im->arena, h->name,
			                                h->code));
		return;
	}
	if (!(row->has & 1u << from))
		row->from_local = is_first
			? (int64_t)row->terminal->start_day * CLOCK_DAY_SECONDS
			: h->to_local;
	if (!is_first && row->from_local < h->to_local)
		import_blame(im, row, from, import_day_text(im->arena,
		             clock_day(row->from_local)), IMPORT_HELD_THEN,
		             until_text(im, h));
	else if (row->from_local > now)
		import_blame(im, row, from, import_day_text(im->arena,
		             clock_day(row->from_local)), IMPORT_FUTURE, NULL);
}

enum db_result
import_check_mappings(struct db *db, struct import *im,
                      struct import_row *rows, size_t count)
{
	json_object *list = json_object_new_array();
	struct holder *holders = arena_alloc(im->arena,
	                                     count * sizeof *holders);
	enum db_result rc;

	for (size_t i = 0; i < count; i++) {
		json_object *out;

		settle_terminal(im, &rows[i]);
		if (rows[i].is_refused)
			continue;
		out = import_json_row(list);
		import_json_int(out, (int64_t)i);
		import_json_str(out, rows[i].terminal->sn);
		import_json_str(out, rows[i].number);
	}
	rc = read_holders(db, im, list, holders);
	json_object_put(list);
	for (size_t i = 0; i < count && rc == DB_OK; i++) {
		if (!rows[i].is_refused)
			take_holder(im, &rows[i], &holders[i]);
	}
	return rc;
}
