/* intake_store.c: what intake has decided, written down */
#include "gym/intake_store.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/device_door.h"
#include "gym/member_state.h"
#include "gym/used_visit.h"

void
intake_out_facts(struct db_stmt *st, struct arena *a, struct intake_context *c)
{
	subscription_out_texts(st, a, &c->texts);
	db_out_str(st, a, &c->rules);
	db_out_bool(st, &c->is_exit);
}

/* ---- one by one ---------------------------------------------------------- */

static const char *
status_word(const struct intake_plan *plan)
{
	return plan->answer == INTAKE_ALLOWED ? "ALLOWED" : "DENIED";
}

static void
in_clock_offset(struct db_stmt *st, const struct punch *p)
{
	if (p->has_clock_offset)
		db_in_int(st, p->clock_offset_s);
	else
		db_in_null(st);
}

static enum db_result
add_attendance(struct db *db, const struct intake_item *item, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_ADD);
	const struct punch *p = item->punch;

	db_in_str(st, item->context.company);
	db_in_int(st, item->context.branch_id);
	db_in_int(st, item->context.member_id);
	db_in_str(st, p->user_id);
	db_in_str(st, p->device_sn);
	db_in_local(st, item->plan.local);
	db_in_str(st, status_word(&item->plan));
	db_in_str(st, item->plan.reason);
	db_in_str(st, item->plan.warning);
	db_in_str(st, item->plan.source);
	db_in_str(st, item->plan.raw);
	in_clock_offset(st, p);
	db_in_int(st, item->plan.is_late);
	db_in_at(st, now_at);
	return db_run(st);
}

static enum db_result
add_inbox(struct db *db, const struct intake_item *item, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_ADD);
	const struct punch *p = item->punch;

	db_in_str(st, item->context.company);
	db_in_int(st, item->context.branch_id);
	db_in_str(st, p->device_sn);
	db_in_str(st, p->user_id);
	db_in_local(st, item->plan.local);
	db_in_str(st, item->plan.inbox_state);
	db_in_str(st, item->plan.source);
	db_in_str(st, item->plan.raw);
	in_clock_offset(st, p);
	db_in_at(st, now_at);
	return db_run(st);
}

/* Nothing is added where the attendance of that minute is this very punch. */
static enum db_result
add_repeat(struct db *db, const struct intake_item *item, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_ADD_REPEAT);
	const struct intake_context *c = &item->context;
	const struct punch *p = item->punch;

	db_in_str(st, c->company);
	db_in_int(st, c->branch_id);
	db_in_str(st, p->device_sn);
	db_in_str(st, p->user_id);
	db_in_local(st, item->plan.local);
	db_in_str(st, item->plan.source);
	db_in_str(st, item->plan.raw);
	in_clock_offset(st, p);
	db_in_at(st, now_at);
	db_in_str(st, c->company);
	db_in_str(st, c->company);
	db_in_int(st, c->member_id);
	db_in_local(st, item->plan.local - clock_split(item->plan.local).second);
	db_in_str(st, p->device_sn);
	db_in_str(st, p->user_id);
	db_in_local(st, item->plan.local);
	return db_run(st);
}

static enum db_result
settle_inbox(struct db *db, const struct intake_item *item, const char *state)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_SETTLE);

	db_in_str(st, state);
	db_in_str(st, item->context.company);
	db_in_int(st, item->context.inbox_id);
	return db_run(st);
}

/* Dismissed since it was read: nothing may come of it, so begin anew. */
static enum db_result
take_held(struct db *db, const struct intake_item *item)
{
	enum db_result rc = settle_inbox(db, item, "TAKEN");

	return rc == DB_NONE ? DB_AGAIN : rc;
}

/* To have it already, or to have nothing to change, is as good as done. */
static enum db_result
done(enum db_result rc, bool *stored)
{
	if (rc == DB_OK)
		*stored = true;
	return rc == DB_NONE || rc == DB_DUPLICATE ? DB_OK : rc;
}

/* Does it change for whom a door is to be opened, if doors go by that? */
static bool
may_move_doors(const struct intake_item *item)
{
	return item->plan.is_counted || item->plan.reason != NULL;
}

/* Whether they do is asked only where it matters. */
static enum db_result
find_moves(struct db *db, const char *company, bool *moves)
{
	return *moves ? device_door_any(db, company, moves) : DB_OK;
}

/* What an attendance brings with it, once it is there. */
static enum db_result
follow_up(struct db *db, const struct intake_item *item, bool moves)
{
	const char *company = item->context.company;
	int64_t id = db_last_id(db);
	enum db_result rc = DB_OK;

	if (item->plan.store == INTAKE_STORE_TAKEN)
		rc = take_held(db, item);
	if (rc == DB_OK && item->plan.visit_of != 0)
		rc = used_visit_add(db, company, item->plan.visit_of,
		                    clock_day(item->plan.local), id);
	if (rc == DB_OK && item->plan.moves_standing)
		rc = member_state_forget(db, company, item->context.member_id);
	if (rc == DB_OK && moves)
		rc = company_bump_door(db, company);
	return rc;
}

static enum db_result
store_attendance(struct db *db, struct intake_item *item, bool moves,
                 int64_t now_at, bool *stored)
{
	bool was_held = item->plan.store == INTAKE_STORE_TAKEN;
	enum db_result rc = add_attendance(db, item, now_at);

	if (rc == DB_DUPLICATE && !db_duplicate_key(db, "att_minute"))
		return DB_FAIL;
	if (rc != DB_DUPLICATE) {
		if (rc == DB_OK)
			rc = follow_up(db, item, moves);
		return done(rc, stored);
	}
	item->plan.answer = INTAKE_REPEAT;
	if (was_held)
		return done(settle_inbox(db, item, "REPEAT"), stored);
	return done(add_repeat(db, item, now_at), stored);
}

static enum db_result
store_alone(struct db *db, struct intake_item *item, bool moves,
            int64_t now_at, bool *stored)
{
	enum db_result rc = db_tx_begin(db);

	if (rc == DB_OK)
		rc = store_attendance(db, item, moves, now_at, stored);
	if (rc == DB_OK)
		rc = db_tx_commit(db);
	if (rc != DB_OK)
		db_tx_rollback(db);
	return rc;
}

enum db_result
intake_store_one(struct db *db, struct intake_item *item, int64_t now_at,
                 bool in_tx, bool *stored)
{
	const struct intake_plan *plan = &item->plan;
	bool moves = may_move_doors(item);
	enum db_result rc;

	switch (plan->store) {
	case INTAKE_STORE_NOTHING:
		return DB_OK;
	case INTAKE_STORE_INBOX:
		return done(add_inbox(db, item, now_at), stored);
	case INTAKE_STORE_ATTENDANCE:
	case INTAKE_STORE_TAKEN:
		break;
	}
	rc = find_moves(db, item->context.company, &moves);
	if (rc != DB_OK)
		return rc;
	if (!in_tx && (plan->store == INTAKE_STORE_TAKEN ||
	               plan->visit_of != 0 || moves))
		return store_alone(db, item, moves, now_at, stored);
	return store_attendance(db, item, moves, now_at, stored);
}

/* ---- a list at once ------------------------------------------------------ */

static void
put_str(json_object *row, const char *s)
{
	json_object_array_add(row, s == NULL ? NULL : json_object_new_string(s));
}

static void
put_local(json_object *row, int64_t local)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(local, text);
	put_str(row, text);
}

static void
put_clock_offset(json_object *row, const struct punch *p)
{
	json_object_array_add(row, p->has_clock_offset
		? json_object_new_int64(p->clock_offset_s) : NULL);
}

/* In the order of the columns of attendance_add_batch. */
static json_object *
attendance_row(const struct intake_item *item)
{
	json_object *row = json_object_new_array();

	json_object_array_add(row,
	                      json_object_new_int64(item->context.branch_id));
	json_object_array_add(row,
	                      json_object_new_int64(item->context.member_id));
	put_str(row, item->punch->user_id);
	put_str(row, item->punch->device_sn);
	put_local(row, item->plan.local);
	put_str(row, status_word(&item->plan));
	put_str(row, item->plan.reason);
	put_str(row, item->plan.source);
	put_str(row, item->plan.raw);
	put_clock_offset(row, item->punch);
	json_object_array_add(row, json_object_new_int(item->plan.is_late));
	put_str(row, item->plan.warning);
	return row;
}

/* In the order of the columns of inbox_add_batch. */
static json_object *
inbox_row(const struct intake_item *item)
{
	json_object *row = json_object_new_array();

	json_object_array_add(row,
	                      json_object_new_int64(item->context.branch_id));
	put_str(row, item->punch->device_sn);
	put_str(row, item->punch->user_id);
	put_local(row, item->plan.local);
	put_str(row, item->plan.inbox_state);
	put_str(row, item->plan.source);
	put_str(row, item->plan.raw);
	put_clock_offset(row, item->punch);
	return row;
}

static enum db_result
add_rows(struct db *db, enum stmt_id which, const char *company,
         json_object *rows, int64_t now_at, bool *stored)
{
	struct db_stmt *st;
	enum db_result rc;

	if (json_object_array_length(rows) == 0)
		return DB_OK;
	st = db_begin(db, which);
	db_in_str(st, company);
	db_in_at(st, now_at);
	db_in_str(st, json_object_to_json_string_ext(rows,
	                                             JSON_C_TO_STRING_PLAIN));
	rc = db_run(st);
	if (rc == DB_OK)
		*stored = true;
	return rc == DB_NONE ? DB_FAIL : rc;
}

static enum db_result
store_rows(struct db *db, const char *company, json_object *attendances,
           json_object *inbox, bool moves, int64_t now_at, bool *stored)
{
	enum db_result rc = db_tx_begin(db);

	if (rc == DB_OK)
		rc = add_rows(db, STMT_ATTENDANCE_ADD_BATCH, company,
		              attendances, now_at, stored);
	if (rc == DB_OK)
		rc = add_rows(db, STMT_INBOX_ADD_BATCH, company, inbox,
		              now_at, stored);
	if (rc == DB_OK && moves)
		rc = company_bump_door(db, company);
	if (rc == DB_OK)
		rc = db_tx_commit(db);
	if (rc != DB_OK)
		db_tx_rollback(db);
	return rc;
}

enum db_result
intake_store_all(struct db *db, struct intake_item *items, size_t count,
                 int64_t now_at, bool *stored)
{
	json_object *attendances = json_object_new_array();
	json_object *inbox = json_object_new_array();
	const char *company = count == 0 ? "" : items[0].context.company;
	enum db_result rc = DB_OK;
	bool any = false, moves = false;

	for (size_t i = 0; i < count; i++) {
		enum intake_store store = items[i].plan.store;

		if (store == INTAKE_STORE_INBOX)
			json_object_array_add(inbox, inbox_row(&items[i]));
		else if (store == INTAKE_STORE_ATTENDANCE)
			json_object_array_add(attendances,
			                      attendance_row(&items[i]));
		any = any || store != INTAKE_STORE_NOTHING;
		moves = moves || (store == INTAKE_STORE_ATTENDANCE &&
		                  may_move_doors(&items[i]));
	}
	if (any)
		rc = find_moves(db, company, &moves);
	if (any && rc == DB_OK)
		rc = store_rows(db, company, attendances, inbox, moves, now_at,
		                stored);
	json_object_put(attendances);
	json_object_put(inbox);
	return rc;
}
