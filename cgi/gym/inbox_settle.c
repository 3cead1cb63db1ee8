/* inbox_settle.c: punches that staff dismiss, bring back, or set right */
#include "base/clock.h"
#include "db/tx.h"
#include "gym/device.h"
#include "gym/inbox.h"

#define BATCH 1000	/* as in the statements of a number */
#define ROUNDS 50

/* ---- dismissed, and back ------------------------------------------------- */

struct change {
	const struct inbox_call *call;
	enum stmt_id one, number;	/* the statements */
	const char *action;
};

static void
in_punches(struct db_stmt *st, const struct inbox_call *call)
{
	db_in_int(st, call->actor.user_id);
	db_in_at(st, call->actor.now_at);
	db_in_str(st, call->actor.company);
	if (call->id != 0) {
		db_in_int(st, call->id);
	} else {
		db_in_str(st, call->sn);
		db_in_str(st, call->user_id);
	}
	db_in_id(st, call->branch_id);
	db_in_id(st, call->branch_id);
}

static enum db_result
add_audit(struct db *db, const struct inbox_call *call, const char *action)
{
	const struct actor *actor = &call->actor;
	const struct audit line = {
		.company = actor->company, .user_id = actor->user_id,
		.action = action, .table = "trn_punch_inbox",
		.row = call->user_id, .fields = "pin_state",
		.address = actor->address,
	};

	/* of many, the number stands for its rows */
	return call->id == 0 ? audit_add(db, &line, actor->now_at)
		: audit_row(db, actor, action, "trn_punch_inbox", call->id,
		            "pin_state");
}

static enum db_result
change(struct db *db, void *arg)
{
	const struct change *c = arg;
	struct db_stmt *st = db_begin(db, c->call->id != 0 ? c->one
	                              : c->number);
	enum db_result rc;

	in_punches(st, c->call);
	rc = db_run(st);
	return rc == DB_OK ? add_audit(db, c->call, c->action) : rc;
}

/* One row; or of a number as many as there are, some at a time. */
static enum db_result
change_all(struct db *db, struct change *c)
{
	enum db_result rc = tx_run(db, change, c), more = rc;

	for (int i = 0; i < ROUNDS && c->call->id == 0 && more == DB_OK; i++)
		more = tx_run(db, change, c);
	return more == DB_FAIL || more == DB_AGAIN ? more : rc;
}

enum db_result
inbox_dismiss(struct db *db, const struct inbox_call *call)
{
	return change_all(db, &(struct change){ call, STMT_INBOX_DISMISS,
	                  STMT_INBOX_DISMISS_NUMBER, "dismiss" });
}

enum db_result
inbox_undo(struct db *db, const struct inbox_call *call)
{
	size_t taken = 0;
	enum db_result rc = change_all(db, &(struct change){ call,
		STMT_INBOX_UNDO, STMT_INBOX_UNDO_NUMBER, "undo" });

	if (rc == DB_OK)
		inbox_sweep(db, call->actor.company, call->actor.now_at,
		            &taken);
	return rc;
}

/* ---- the right time ------------------------------------------------------ */

struct set_time {
	const struct inbox_call *call;
	struct arena *arena;
	int64_t local;
	enum inbox_fault fault;
	struct inbox_punch punch;
};

static enum inbox_fault
check(const struct set_time *s, const struct device *device)
{
	int64_t arrived = clock_local(s->punch.zone, s->punch.received_at);

	if (s->punch.state != INBOX_CLOCK)
		return INBOX_SETTLED;
	if (s->local > arrived)
		return INBOX_AFTER_ARRIVAL;
	return clock_day(s->local) < device->start_day ? INBOX_BEFORE_START
		: INBOX_FINE;
}

/* A row at the right time, that remembers what the terminal said. */
static enum db_result
add_right(struct db *db, struct set_time *s)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_ADD_RIGHT);
	char said[CLOCK_TEXT_SIZE];

	clock_format(s->punch.punch_local, said);
	db_in_local(st, s->local);
	db_in_str(st, s->punch.raw != NULL ? s->punch.raw : said);
	db_in_int(st, s->call->actor.user_id);
	db_in_at(st, s->call->actor.now_at);
	db_in_str(st, s->call->actor.company);
	db_in_int(st, s->punch.id);
	return db_run(st);
}

static enum db_result
close_wrong(struct db *db, struct set_time *s)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_CLOSE_CLOCK);

	db_in_int(st, s->call->actor.user_id);
	db_in_at(st, s->call->actor.now_at);
	db_in_str(st, s->call->actor.company);
	db_in_int(st, s->punch.id);
	return db_run(st);
}

static enum db_result
read_held(struct db *db, struct set_time *s, struct device *device)
{
	const struct inbox_call *call = s->call;
	const char *company = call->actor.company;
	enum db_result rc = inbox_find(db, s->arena, company, call->branch_id,
	                               call->id, &s->punch);

	s->fault = INBOX_SETTLED;
	if (rc != DB_OK)
		return rc;
	s->fault = INBOX_NO_TERMINAL;
	rc = device_lock(db, company, s->punch.sn);
	if (rc == DB_OK)
		rc = device_find(db, s->arena, company, s->punch.sn, device);
	/* again, now that nobody else may change it */
	if (rc == DB_OK)
		rc = inbox_find(db, s->arena, company, call->branch_id,
		                call->id, &s->punch);
	return rc;
}

static enum db_result
set_time(struct db *db, void *arg)
{
	struct set_time *s = arg;
	struct device device;
	enum db_result rc = read_held(db, s, &device);

	if (rc != DB_OK)
		return rc;
	s->fault = check(s, &device);
	if (s->fault != INBOX_FINE)
		return DB_NONE;
	rc = add_right(db, s);
	if (rc == DB_DUPLICATE) {
		s->fault = INBOX_KNOWN;
		return DB_NONE;
	}
	if (rc == DB_OK)
		rc = close_wrong(db, s);
	if (rc == DB_NONE)
		s->fault = INBOX_SETTLED;
	return rc == DB_OK ? audit_row(db, &s->call->actor, "change",
		"trn_punch_inbox", s->punch.id, "pin_punch_time,pin_state")
		: rc;
}

enum db_result
inbox_set_time(struct db *db, struct arena *a, const struct inbox_call *call,
               int64_t punch_local, enum inbox_fault *fault)
{
	struct set_time s = { .call = call, .arena = a, .local = punch_local };
	size_t taken = 0;
	enum db_result rc = tx_run(db, set_time, &s);

	*fault = s.fault;
	if (rc == DB_OK)
		inbox_take(db, call->actor.company, s.punch.sn,
		           s.punch.user_id, call->actor.now_at, &taken);
	return rc;
}
