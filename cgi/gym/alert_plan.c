/* alert_plan.c: which owner is told of what, once */
#include "gym/alert_plan.h"

#include <string.h>

#include "base/log.h"
#include "db/tx.h"

#define BRANCHES 1000		/* in one run */
#define EVENTS 200		/* of a branch */
#define OWNERS 100

/* An event of which something is not told yet. */
struct untold {
	int64_t id;
	bool is_new, is_over;
	bool is_held;		/* its mail is just being sent: next time */
};

/* A branch, and what a transaction finds there. */
struct plan {
	const char *company;
	int64_t branch_id, now_at;
	struct arena *arena;
	struct untold events[EVENTS];
	int64_t owners[OWNERS];
	size_t event_count, owner_count;
};

/* ---- what there is to tell, and whom ------------------------------------- */

/* Held until the transaction ends: of two at once, one waits. */
static enum db_result
read_events(struct db *db, struct plan *p)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_UNTOLD);
	struct untold e = { 0 };
	enum db_result rc;

	p->event_count = 0;
	db_in_str(st, p->company);
	db_in_int(st, p->branch_id);
	db_out_int(st, &e.id);
	db_out_bool(st, &e.is_new);
	db_out_bool(st, &e.is_over);
	while ((rc = db_next(st)) == DB_OK && p->event_count < EVENTS)
		p->events[p->event_count++] = e;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
read_owners(struct db *db, struct plan *p)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_OWNERS);
	int64_t id;
	enum db_result rc;

	p->owner_count = 0;
	db_in_str(st, p->company);
	db_in_int(st, p->branch_id);
	db_out_int(st, &id);
	while ((rc = db_next(st)) == DB_OK && p->owner_count < OWNERS)
		p->owners[p->owner_count++] = id;
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- one owner ----------------------------------------------------------- */

static enum db_result
add_mail(struct db *db, const struct plan *p, int64_t user_id, int64_t *id)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_MAIL_ADD);
	enum db_result rc;

	db_in_str(st, p->company);
	db_in_int(st, p->branch_id);
	db_in_int(st, user_id);
	db_in_at(st, p->now_at);
	db_in_at(st, p->now_at);
	rc = db_run(st);
	*id = db_last_id(db);
	return rc;
}

/* Into `mail_id`, which is made where it is 0 yet. */
static enum db_result
add_notice(struct db *db, const struct plan *p, int64_t user_id,
           const struct untold *e, bool is_over, int64_t *mail_id)
{
	enum db_result rc = *mail_id != 0 ? DB_OK
		: add_mail(db, p, user_id, mail_id);
	struct db_stmt *st;

	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_ALERT_NOTICE_ADD);
	db_in_str(st, p->company);
	db_in_int(st, e->id);
	db_in_int(st, user_id);
	db_in_int(st, is_over);
	db_in_int(st, *mail_id);
	return db_run(st);
}

/* An end, to somebody who may have been told of the beginning. */
static enum db_result
tell_end(struct db *db, const struct plan *p, int64_t user_id,
         struct untold *e, int64_t *mail_id)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_NOTICE_FIND);
	int64_t first_id;
	const char *state;
	bool is_told;
	enum db_result rc;

	db_in_str(st, p->company);
	db_in_int(st, e->id);
	db_in_int(st, user_id);
	db_out_int(st, &first_id);
	db_out_str(st, p->arena, &state);
	db_out_bool(st, &is_told);
	rc = db_one(st);
	if (rc != DB_OK || is_told)
		return rc == DB_NONE ? DB_OK : rc;
	if (strcmp(state, "WAITING") == 0)
		return add_notice(db, p, user_id, e, true, &first_id);
	if (strcmp(state, "SENT") == 0)
		return add_notice(db, p, user_id, e, true, mail_id);
	e->is_held = e->is_held || strcmp(state, "SENDING") == 0;
	return DB_OK;
}

static enum db_result
tell_owner(struct db *db, struct plan *p, int64_t user_id)
{
	int64_t mail_id = 0;
	enum db_result rc = DB_OK;

	for (size_t i = 0; rc == DB_OK && i < p->event_count; i++) {
		struct untold *e = &p->events[i];

		if (!e->is_new) {
			rc = tell_end(db, p, user_id, e, &mail_id);
			continue;
		}
		rc = add_notice(db, p, user_id, e, false, &mail_id);
		if (rc == DB_OK && e->is_over)
			rc = add_notice(db, p, user_id, e, true, &mail_id);
	}
	return rc;
}

/* ---- a branch ------------------------------------------------------------ */

static enum db_result
mark_planned(struct db *db, const struct plan *p, const struct untold *e)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_PLANNED);
	enum db_result rc;

	db_in_at(st, p->now_at);
	db_in_at(st, p->now_at);
	db_in_str(st, p->company);
	db_in_int(st, e->id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
plan_step(struct db *db, void *arg)
{
	struct plan *p = arg;
	enum db_result rc = read_events(db, p);

	if (rc == DB_OK)
		rc = read_owners(db, p);
	for (size_t i = 0; rc == DB_OK && i < p->owner_count; i++)
		rc = tell_owner(db, p, p->owners[i]);
	for (size_t i = 0; rc == DB_OK && i < p->event_count; i++) {
		if (!p->events[i].is_held)
			rc = mark_planned(db, p, &p->events[i]);
	}
	return rc;
}

static enum db_result
read_branches(struct db *db, struct arena *a, struct plan *list, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_UNTOLD_BRANCHES);
	const char *company;
	int64_t branch_id;
	enum db_result rc;

	*count = 0;
	db_out_str(st, a, &company);
	db_out_int(st, &branch_id);
	while ((rc = db_next(st)) == DB_OK && *count < BRANCHES) {
		list[*count].company = company;
		list[(*count)++].branch_id = branch_id;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

bool
alert_plan(struct db *db, int64_t now_at)
{
	struct arena *a = arena_create();
	struct plan *list = arena_alloc(a, BRANCHES * sizeof *list);
	size_t count;
	bool fine = read_branches(db, a, list, &count) == DB_OK;

	for (size_t i = 0; i < count; i++) {
		list[i].arena = a;
		list[i].now_at = now_at;
		if (tx_run(db, plan_step, &list[i]) == DB_OK)
			continue;
		log_error("alerts: of branch %lld of %s nobody was told",
		          (long long)list[i].branch_id, list[i].company);
		fine = false;
	}
	arena_destroy(a);
	return fine;
}
