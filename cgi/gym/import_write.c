/* import_write.c: rows that were checked, written in sets */
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

/* ---- rows as the statements take them ------------------------------------ */

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
	import_json_day(out, row->birth_day);
	import_json_str(out, row->notes == NULL ? "" : row->notes);
	import_json_int(out, row->member_id);
	import_json_int(out, row->version);
}

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
	import_json_int(out, row->plan->visits);
	import_json_str(out, row->plan->hours);
}

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

/* How new rows of a kind are written and audited. */
static const struct addition {
	void (*list)(json_object *list, const struct import_row *row);
	enum stmt_id add, audit;
	bool has_user;		/* `add` keeps who it was, too */
} additions[IMPORT_KIND__COUNT] = {
	[IMPORT_MEMBERS] = { list_member, STMT_IMPORT_MEMBERS_ADD,
		STMT_IMPORT_MEMBERS_AUDIT, false },
	[IMPORT_SUBSCRIPTIONS] = { list_subscription,
		STMT_IMPORT_SUBSCRIPTIONS_ADD,
		STMT_IMPORT_SUBSCRIPTIONS_AUDIT, true },
	[IMPORT_MAPPINGS] = { list_mapping, STMT_IMPORT_MAPPINGS_ADD,
		STMT_IMPORT_MAPPINGS_AUDIT, false },
};

/* The rows of one effect. */
static json_object *
list_rows(const struct import *im, const struct import_row *rows,
          size_t count, enum import_effect effect)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		if (rows[i].effect == effect)
			additions[im->kind].list(list, &rows[i]);
	}
	return list;
}

static int64_t
length_of(json_object *list)
{
	return (int64_t)json_object_array_length(list);
}

/* ---- what is new --------------------------------------------------------- */

static enum db_result
audit_added(struct db *db, struct import *im, json_object *list)
{
	struct db_stmt *st = db_begin(db, additions[im->kind].audit);

	db_in_at(st, im->actor->now_at);
	db_in_id(st, im->actor->user_id);
	db_in_str(st, im->actor->address);
	db_in_str(st, import_json_text(list));
	db_in_str(st, im->actor->company);
	return run_all(db, st, length_of(list));
}

static enum db_result
add_listed(struct db *db, struct import *im, json_object *list)
{
	struct db_stmt *st = db_begin(db, additions[im->kind].add);
	enum db_result rc;

	db_in_str(st, im->actor->company);
	if (additions[im->kind].has_user)
		db_in_id(st, im->actor->user_id);
	db_in_at(st, im->actor->now_at);
	db_in_str(st, import_json_text(list));
	rc = run_all(db, st, length_of(list));
	return rc == DB_OK ? audit_added(db, im, list) : rc;
}

static enum db_result
add_rows(struct db *db, struct import *im, struct import_row *rows,
         size_t count)
{
	json_object *list = list_rows(im, rows, count, IMPORT_NEW);
	enum db_result rc = DB_OK;

	if (length_of(list) > 0)
		rc = add_listed(db, im, list);
	json_object_put(list);
	return rc;
}

/* ---- what changes -------------------------------------------------------- */

/* Of those that change_members is going to change: [id, fields]. */
static enum db_result
audit_changed(struct db *db, struct import *im, json_object *list)
{
	struct db_stmt *st;

	if (length_of(list) == 0)
		return DB_OK;
	st = db_begin(db, STMT_AUDIT_ADD_LIST);
	db_in_str(st, im->actor->company);
	db_in_at(st, im->actor->now_at);
	db_in_id(st, im->actor->user_id);
	db_in_str(st, "change");
	db_in_str(st, "mst_members_lists");
	db_in_str(st, im->actor->address);
	db_in_str(st, import_json_text(list));
	return run_all(db, st, length_of(list));
}

static enum db_result
write_members(struct db *db, struct import *im, struct import_row *rows,
              size_t count)
{
	json_object *changed = json_object_new_array();
	enum db_result rc;

	for (size_t i = 0; i < count; i++) {
		json_object *line;

		if (rows[i].effect != IMPORT_CHANGED)
			continue;
		line = import_json_row(changed);
		import_json_int(line, rows[i].member_id);
		import_json_str(line, rows[i].fields);
	}
	rc = add_rows(db, im, rows, count);
	if (rc == DB_OK)
		rc = audit_changed(db, im, changed);
	json_object_put(changed);
	return rc;
}

/* Their messages stand at the branch of the member. */
static enum db_result
move_messages(struct db *db, struct import *im, json_object *list)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_MOVE_LIST);
	enum db_result rc;

	db_in_str(st, import_json_text(list));
	db_in_str(st, im->actor->company);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
change_members(struct db *db, struct import *im, struct import_row *rows,
               size_t count)
{
	json_object *list = list_rows(im, rows, count, IMPORT_CHANGED);
	enum db_result rc = DB_OK;

	if (length_of(list) > 0) {
		struct db_stmt *st = db_begin(db, STMT_IMPORT_MEMBERS_CHANGE);

		db_in_str(st, import_json_text(list));
		db_in_str(st, im->actor->company);
		rc = run_all(db, st, length_of(list));
	}
	if (rc == DB_OK && length_of(list) > 0)
		rc = move_messages(db, im, list);
	json_object_put(list);
	return rc;
}

/* What was judged of the members before. */
static enum db_result
forget_states(struct db *db, struct import *im, struct import_row *rows,
              size_t count)
{
	json_object *list = list_rows(im, rows, count, IMPORT_NEW);
	struct db_stmt *st = db_begin(db, STMT_IMPORT_SUBSCRIPTIONS_FORGET);
	enum db_result rc;

	db_in_str(st, import_json_text(list));
	db_in_str(st, im->actor->company);
	rc = db_run(st);
	json_object_put(list);
	return rc == DB_NONE ? DB_OK : rc;
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
		[IMPORT_SUBSCRIPTIONS] = add_rows,
		[IMPORT_MAPPINGS] = add_rows,
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
