/* import_write.c: rows that were checked, written in sets */
#include <inttypes.h>

#include "gym/import_check.h"
#include "gym/import_json.h"

/* A failure of these is of the set as a whole: DB_NONE is none. */
static enum db_result
run_all(struct db *db, struct db_stmt *st, int64_t expected)
{
	enum db_result rc = db_run(st);

	if (rc == DB_OK && db_changed(db) != expected)
		rc = DB_NONE;
	return rc;
}

/* The audit of what was added: all three statements take the same. */
static enum db_result
audit_added(struct db *db, struct import *im, enum stmt_id which,
            const char *list, int64_t expected)
{
	struct db_stmt *st = db_begin(db, which);

	db_in_at(st, im->actor->now_at);
	db_in_id(st, im->actor->user_id);
	db_in_str(st, im->actor->address);
	db_in_str(st, list);
	db_in_str(st, im->actor->company);
	return run_all(db, st, expected);
}

/* ---- members ------------------------------------------------------------- */

static void
list_member(json_object *list, const struct import_row *row)
{
	json_object *out = import_json_row(list);

	import_json_int(out, row->branch_id);
	import_json_str(out, row->code);
	import_json_str(out, row->name);
	import_json_str(out, row->phone);
	import_json_str(out, row->email);
	import_json_day(out, row->joined_day);
	import_json_str(out, row->notes == NULL ? "" : row->notes);
	import_json_int(out, row->member_id);
	import_json_int(out, row->version);
}

static enum db_result
add_members(struct db *db, struct import *im, json_object *list)
{
	const char *text = import_json_text(list);
	int64_t count = (int64_t)json_object_array_length(list);
	struct db_stmt *st;
	enum db_result rc;

	if (count == 0)
		return DB_OK;
	st = db_begin(db, STMT_IMPORT_MEMBERS_ADD);
	db_in_str(st, im->actor->company);
	db_in_at(st, im->actor->now_at);
	db_in_str(st, text);
	rc = run_all(db, st, count);
	return rc != DB_OK ? rc : audit_added(db, im,
		STMT_IMPORT_MEMBERS_AUDIT, text, count);
}

/* Of those that change_members is going to change: [id, fields]. */
static enum db_result
audit_changed(struct db *db, struct import *im, json_object *list)
{
	int64_t count = (int64_t)json_object_array_length(list);
	struct db_stmt *st;

	if (count == 0)
		return DB_OK;
	st = db_begin(db, STMT_AUDIT_ADD_LIST);
	db_in_str(st, im->actor->company);
	db_in_at(st, im->actor->now_at);
	db_in_id(st, im->actor->user_id);
	db_in_str(st, "change");
	db_in_str(st, "mst_members_lists");
	db_in_str(st, im->actor->address);
	db_in_str(st, import_json_text(list));
	return run_all(db, st, count);
}

static enum db_result
write_members(struct db *db, struct import *im, struct import_row *rows,
              size_t count)
{
	json_object *added = json_object_new_array();
	json_object *changed = json_object_new_array();
	enum db_result rc;

	for (size_t i = 0; i < count; i++) {
		json_object *line;

		if (rows[i].effect == IMPORT_NEW)
			list_member(added, &rows[i]);
		if (rows[i].effect != IMPORT_CHANGED)
			continue;
		line = import_json_row(changed);
		import_json_int(line, rows[i].member_id);
		import_json_str(line, rows[i].fields);
	}
	rc = add_members(db, im, added);
	if (rc == DB_OK)
		rc = audit_changed(db, im, changed);
	json_object_put(added);
	json_object_put(changed);
	return rc;
}

static enum db_result
change_members(struct db *db, struct import *im, struct import_row *rows,
               size_t count)
{
	json_object *list = json_object_new_array();
	enum db_result rc = DB_OK;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].effect == IMPORT_CHANGED)
			list_member(list, &rows[i]);
	}
	if (json_object_array_length(list) > 0) {
		struct db_stmt *st = db_begin(db, STMT_IMPORT_MEMBERS_CHANGE);

		db_in_str(st, import_json_text(list));
		db_in_str(st, im->actor->company);
		rc = run_all(db, st, (int64_t)json_object_array_length(list));
	}
	json_object_put(list);
	return rc;
}

/* ---- subscriptions ------------------------------------------------------- */

static void
list_subscription(json_object *list, const struct import_row *row)
{
	json_object *out = import_json_row(list);

	import_json_int(out, 0);
	import_json_int(out, row->member_id);
	import_json_int(out, row->plan->branch_id);
	import_json_int(out, row->plan->id);
	import_json_day(out, row->start_day);
	import_json_day(out, row->end_day);
	import_json_int(out, row->due);
}

static enum db_result
add_subscriptions(struct db *db, struct import *im, const char *list,
                  int64_t count)
{
	struct db_stmt *st = db_begin(db, STMT_IMPORT_SUBSCRIPTIONS_ADD);
	enum db_result rc;

	db_in_str(st, im->actor->company);
	db_in_id(st, im->actor->user_id);
	db_in_at(st, im->actor->now_at);
	db_in_str(st, list);
	rc = run_all(db, st, count);
	return rc != DB_OK ? rc : audit_added(db, im,
		STMT_IMPORT_SUBSCRIPTIONS_AUDIT, list, count);
}

static json_object *
list_subscriptions(const struct import_row *rows, size_t count)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		if (rows[i].effect == IMPORT_NEW)
			list_subscription(list, &rows[i]);
	}
	return list;
}

static enum db_result
write_subscriptions(struct db *db, struct import *im, struct import_row *rows,
                    size_t count)
{
	json_object *list = list_subscriptions(rows, count);
	enum db_result rc = DB_OK;

	if (json_object_array_length(list) > 0)
		rc = add_subscriptions(db, im, import_json_text(list),
			(int64_t)json_object_array_length(list));
	json_object_put(list);
	return rc;
}

/* What was judged of the members before. */
static enum db_result
forget_states(struct db *db, struct import *im, struct import_row *rows,
              size_t count)
{
	json_object *list = list_subscriptions(rows, count);
	struct db_stmt *st = db_begin(db, STMT_IMPORT_SUBSCRIPTIONS_FORGET);
	enum db_result rc;

	db_in_str(st, import_json_text(list));
	db_in_str(st, im->actor->company);
	rc = db_run(st);
	json_object_put(list);
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- numbers ------------------------------------------------------------- */

static void
list_mapping(json_object *list, const struct import_row *row)
{
	json_object *out = import_json_row(list);

	import_json_int(out, 0);
	import_json_str(out, row->terminal->sn);
	import_json_str(out, row->number);
	import_json_int(out, row->member_id);
	import_json_local(out, row->from_local);
}

static enum db_result
add_mappings(struct db *db, struct import *im, const char *list, int64_t count)
{
	struct db_stmt *st = db_begin(db, STMT_IMPORT_MAPPINGS_ADD);
	enum db_result rc;

	db_in_str(st, im->actor->company);
	db_in_at(st, im->actor->now_at);
	db_in_str(st, list);
	rc = run_all(db, st, count);
	return rc != DB_OK ? rc : audit_added(db, im,
		STMT_IMPORT_MAPPINGS_AUDIT, list, count);
}

static enum db_result
write_mappings(struct db *db, struct import *im, struct import_row *rows,
               size_t count)
{
	json_object *list = json_object_new_array();
	enum db_result rc = DB_OK;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].effect == IMPORT_NEW)
			list_mapping(list, &rows[i]);
	}
	if (json_object_array_length(list) > 0)
		rc = add_mappings(db, im, import_json_text(list),
			(int64_t)json_object_array_length(list));
	json_object_put(list);
	return rc;
}

/*
 * A punch of a member waits while somebody writes to the member's row, so that
 * comes last, when nothing but the commit is left to be done.
 */
enum db_result
import_write(struct db *db, struct import *im)
{
	static import_step *const adds[IMPORT_KIND__COUNT] = {
		[IMPORT_MEMBERS] = write_members,
		[IMPORT_SUBSCRIPTIONS] = write_subscriptions,
		[IMPORT_MAPPINGS] = write_mappings,
	}, *const changes[IMPORT_KIND__COUNT] = {
		[IMPORT_MEMBERS] = change_members,
		[IMPORT_SUBSCRIPTIONS] = forget_states,
	};
	enum db_result rc = import_each_chunk(db, im, adds[im->kind]);

	if (rc == DB_OK && changes[im->kind] != NULL)
		rc = import_each_chunk(db, im, changes[im->kind]);
	if (rc == DB_OK && im->effects[IMPORT_NEW] +
	    im->effects[IMPORT_CHANGED] > 0)
		rc = company_bump(db, im->actor->company);
	return rc;
}
