/* device_door_edit.c: what the owner decides about a terminal's door */
#include "gym/device_door_edit.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/company.h"
#include "gym/device.h"
#include "gym/device_door.h"

/* What a transaction is about. */
struct work {
	struct arena *arena;
	const struct actor *actor;
	const char *sn;
	const struct device_door_typed *typed;
	const char *lever;	/* of a trial */
	int64_t lever_value;
	bool is_on;
	const char *agreed;	/* as JSON */
	int64_t count;
	enum device_door_fault fault;
	struct device_door was;
};

/* Holds the terminal's row, and reads what is stored. */
static enum db_result
begin(struct db *db, struct work *w)
{
	enum db_result rc = device_lock(db, w->actor->company, w->sn);

	w->fault = DEVICE_DOOR_FINE;
	return rc != DB_OK ? rc : device_door_find(db, w->arena,
		w->actor->company, w->sn, &w->was);
}

static enum db_result
refuse(struct work *w, enum device_door_fault fault)
{
	w->fault = fault;
	return DB_NONE;
}

static enum db_result
finish(struct db *db, const struct work *w, const char *action,
       const char *fields)
{
	enum db_result rc = company_bump_door(db, w->actor->company);

	return rc == DB_OK ? audit_row(db, w->actor, action, "mst_devices",
	                               w->was.id, fields) : rc;
}

/* ---- settings ------------------------------------------------------------ */

static bool
is_other_lever(const struct device_door *was, const char *lever, int64_t value)
{
	return strcmp(was->lever, lever) != 0 || was->lever_value != value;
}

static enum db_result
store(struct db *db, const struct work *w, bool is_other)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_DOOR_EDIT);
	const struct device_door_typed *t = w->typed;

	db_in_int(st, t->is_exit);
	db_in_int(st, t->has_relay);
	db_in_int(st, t->unlock_seconds);
	db_in_int(st, t->block_after);
	db_in_str(st, t->lever);
	db_in_int(st, t->lever_value);
	db_in_at(st, is_other ? CLOCK_NO_TIME : w->was.trial_at);
	db_in_str(st, w->actor->company);
	db_in_int(st, w->was.id);
	return db_run(st);
}

static void
list_changes(struct audit_fields *fields, const struct device_door *was,
             const struct device_door_typed *t)
{
	audit_field(fields, "dev_is_exit", was->is_exit != t->is_exit);
	audit_field(fields, "dev_has_relay", was->has_relay != t->has_relay);
	audit_field(fields, "dev_unlock_seconds",
	            was->unlock_seconds != t->unlock_seconds);
	audit_field(fields, "dev_block_after",
	            was->block_after != t->block_after);
	audit_field(fields, "dev_lever", strcmp(was->lever, t->lever) != 0);
	audit_field(fields, "dev_lever_value",
	            was->lever_value != t->lever_value);
}

static enum db_result
edit_step(struct db *db, void *arg)
{
	struct work *w = arg;
	const struct device_door_typed *t = w->typed;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	enum db_result rc = begin(db, w);
	bool is_other;

	if (rc != DB_OK)
		return rc;
	if (w->was.version != t->version)
		return refuse(w, DEVICE_DOOR_STALE);
	is_other = is_other_lever(&w->was, t->lever, t->lever_value);
	if (w->was.enforced_at != CLOCK_NO_TIME && (t->is_exit || is_other))
		return refuse(w, DEVICE_DOOR_IS_ON);
	list_changes(&fields, &w->was, t);
	if (*fields.text == '\0')
		return DB_OK;
	rc = store(db, w, is_other);
	return rc == DB_OK ? finish(db, w, "change", fields.text) : rc;
}

enum db_result
device_door_edit(struct db *db, struct arena *a, const struct actor *actor,
                 const struct device_door_typed *typed,
                 enum device_door_fault *fault)
{
	struct work w = { .arena = a, .actor = actor, .sn = typed->sn,
		.typed = typed };
	enum db_result rc = tx_run(db, edit_step, &w);

	*fault = w.fault;
	return rc;
}

/* ---- on and off ---------------------------------------------------------- */

/* What was agreed to is agreed to for as long as blocking is on. */
static enum db_result
forget_approvals(struct db *db, const struct work *w)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_DOOR_FORGET);
	enum db_result rc;

	db_in_str(st, w->actor->company);
	db_in_str(st, w->sn);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
set_enforced(struct db *db, const struct work *w)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_DOOR_SWITCH);

	db_in_at(st, w->is_on ? w->actor->now_at : CLOCK_NO_TIME);
	db_in_str(st, w->actor->company);
	db_in_int(st, w->was.id);
	return db_run(st);
}

static enum db_result
switch_step(struct db *db, void *arg)
{
	struct work *w = arg;
	enum db_result rc = begin(db, w);

	if (rc != DB_OK)
		return rc;
	if ((w->was.enforced_at != CLOCK_NO_TIME) == w->is_on)
		return DB_OK;
	if (w->is_on && w->was.is_exit)
		return refuse(w, DEVICE_DOOR_IS_EXIT);
	if (w->is_on && w->was.trial_at == CLOCK_NO_TIME)
		return refuse(w, DEVICE_DOOR_NO_TRIAL);
	rc = set_enforced(db, w);
	if (rc == DB_OK)
		rc = forget_approvals(db, w);
	return rc == DB_OK ? finish(db, w, "change", "dev_enforced_at") : rc;
}

enum db_result
device_door_switch(struct db *db, struct arena *a, const struct actor *actor,
                   const char *sn, bool is_on, enum device_door_fault *fault)
{
	struct work w = { .arena = a, .actor = actor, .sn = sn,
		.is_on = is_on };
	enum db_result rc = tx_run(db, switch_step, &w);

	*fault = w.fault;
	return rc;
}

/* ---- the trial ----------------------------------------------------------- */

static enum db_result
pass_step(struct db *db, void *arg)
{
	struct work *w = arg;
	enum db_result rc = begin(db, w);
	struct db_stmt *st;

	if (rc != DB_OK)
		return rc;
	if (is_other_lever(&w->was, w->lever, w->lever_value))
		return refuse(w, DEVICE_DOOR_STALE);
	if (w->was.trial_at != CLOCK_NO_TIME)
		return DB_OK;
	st = db_begin(db, STMT_DEVICE_DOOR_PASS);
	db_in_at(st, w->actor->now_at);
	db_in_str(st, w->actor->company);
	db_in_int(st, w->was.id);
	rc = db_run(st);
	return rc == DB_OK ? finish(db, w, "change", "dev_trial_at") : rc;
}

enum db_result
device_door_pass_trial(struct db *db, struct arena *a,
                       const struct actor *actor, const char *sn,
                       const char *lever, int64_t lever_value,
                       enum device_door_fault *fault)
{
	struct work w = { .arena = a, .actor = actor, .sn = sn,
		.lever = lever, .lever_value = lever_value };
	enum db_result rc = tx_run(db, pass_step, &w);

	*fault = w.fault;
	return rc;
}

/* ---- agreeing ------------------------------------------------------------ */

static enum db_result
agree_step(struct db *db, void *arg)
{
	struct work *w = arg;
	enum db_result rc = begin(db, w);
	struct db_stmt *st;

	w->count = 0;
	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_DEVICE_DOOR_AGREE);
	db_in_id(st, w->actor->user_id);
	db_in_at(st, w->actor->now_at);
	db_in_str(st, w->agreed);
	db_in_str(st, w->actor->company);
	db_in_str(st, w->sn);
	rc = db_run(st);
	if (rc == DB_NONE)
		return DB_OK;	/* none of them waits any more */
	w->count = db_changed(db);
	return rc == DB_OK ? finish(db, w, "agree", "dva_user_id,dva_kind")
		: rc;
}

static const char *
agreed_json(struct arena *a, const struct device_door_agreed *list,
            size_t count)
{
	json_object *rows = json_object_new_array();
	const char *text;

	for (size_t i = 0; i < count; i++) {
		json_object *row = json_object_new_array();

		json_object_array_add(row,
		                      json_object_new_string(list[i].user_id));
		json_object_array_add(row, json_object_new_string(
			list[i].is_hours ? "HOURS" : "ENDED"));
		json_object_array_add(rows, row);
	}
	text = arena_strdup(a, json_object_to_json_string_ext(rows,
	                                       JSON_C_TO_STRING_PLAIN));
	json_object_put(rows);
	return text;
}

enum db_result
device_door_agree(struct db *db, struct arena *a, const struct actor *actor,
                  const char *sn, const struct device_door_agreed *list,
                  size_t count, int64_t *agreed)
{
	struct work w = { .arena = a, .actor = actor, .sn = sn,
		.agreed = agreed_json(a, list, count) };
	enum db_result rc = tx_run(db, agree_step, &w);

	*agreed = w.count;
	return rc;
}
