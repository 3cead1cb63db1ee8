/* message_report.c: what the service tells of one message */
#include "gym/message_report.h"

#include "base/clock.h"
#include "gym/message_refuse.h"

struct report {
	struct arena *a;
	const char *company;
	const struct whatsapp_status *says;
	int64_t at, now_at;
	bool is_by_ref;
};

/* ---- which message ------------------------------------------------------- */

static enum db_result
find_wamid(struct db *db, const struct report *r, int64_t *id)
{
	struct db_stmt *st;

	if (r->says->wamid == NULL)
		return DB_NONE;
	st = db_begin(db, STMT_MESSAGE_REPORT_FIND);
	db_in_str(st, r->company);
	db_in_str(st, r->says->wamid);
	db_out_int(st, id);
	return db_one(st);
}

static enum db_result
lock_by_ref(struct db *db, struct report *r, struct message *m)
{
	int64_t id, tries;
	enum db_result rc;

	r->is_by_ref = true;
	if (r->says->ref == NULL ||
	    !message_ref_parse(r->says->ref, &id, &tries))
		return DB_NONE;
	rc = message_lock(db, r->a, r->company, id, m);
	return rc == DB_OK && m->tries != tries ? DB_NONE : rc;
}

static enum db_result
lock(struct db *db, struct report *r, struct message *m)
{
	int64_t id;
	enum db_result rc = find_wamid(db, r, &id);

	if (rc == DB_NONE)
		return lock_by_ref(db, r, m);
	return rc == DB_OK ? message_lock(db, r->a, r->company, id, m) : rc;
}

/* ---- what it means ------------------------------------------------------- */

static bool
has_arrived(enum message_state state)
{
	return state == MESSAGE_DELIVERED || state == MESSAGE_READ;
}

/* Its state is another, and what was wrong is over. */
static enum db_result
move(struct db *db, const struct report *r, const struct message *m)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_REPORT_MOVE);

	db_in_str(st, message_state_word(r->says->state));
	db_in_str(st, r->says->wamid);
	db_in_str(st, r->company);
	db_in_int(st, m->id);
	return db_run(st);
}

static int64_t
moment_of(const struct report *r, enum message_state state)
{
	return r->says->state == state ? r->at : CLOCK_NO_TIME;
}

/* The first that was told of each holds, whatever the state is by now. */
static enum db_result
note_moment(struct db *db, const struct report *r, const struct message *m)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_REPORT_MOMENT);

	db_in_at(st, moment_of(r, MESSAGE_ACCEPTED));
	db_in_at(st, moment_of(r, MESSAGE_DELIVERED));
	db_in_at(st, moment_of(r, MESSAGE_READ));
	db_in_str(st, r->company);
	db_in_int(st, m->id);
	return db_run(st);
}

static enum db_result
clear_number(struct db *db, const struct report *r, const struct message *m)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_REPORT_REACHED);

	db_in_str(st, r->company);
	db_in_int(st, m->member_id);
	db_in_str(st, r->says->to);
	return db_run(st);
}

/*
 * The last try was refused or given up, and now they say that they have it.  Of
 * one that they told to have failed (its wamid is known then) only that it has
 * arrived counts: that it was sent may be said late.
 */
static bool
is_there_after_all(const struct report *r, const struct message *m)
{
	return m->state == MESSAGE_DUE && m->tries > 0 &&
		(r->is_by_ref || has_arrived(r->says->state));
}

static enum db_result
follow_good(struct db *db, const struct report *r, const struct message *m)
{
	enum db_result rc = DB_OK;
	bool moves = message_may_become(m->state, r->says->state) ||
		is_there_after_all(r, m);

	if (!moves && (m->state == MESSAGE_DUE || m->state == MESSAGE_SKIPPED))
		return DB_OK;
	if (moves)
		rc = move(db, r, m);
	if (rc == DB_OK || rc == DB_NONE)
		rc = note_moment(db, r, m);
	if ((rc == DB_OK || rc == DB_NONE) && has_arrived(r->says->state))
		rc = clear_number(db, r, m);
	return rc;
}

/* So that what is told of this try later is known to be about it. */
static enum db_result
keep_wamid(struct db *db, const struct report *r, const struct message *m)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_REPORT_WAMID);
	enum db_result rc;

	db_in_str(st, r->says->wamid);
	db_in_str(st, r->company);
	db_in_int(st, m->id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
follow_bad(struct db *db, const struct report *r, const struct message *m)
{
	struct message_refusal refusal = {
		.code = r->says->code,
		.words = r->says->words,
		.to = *r->says->to == '\0' ? NULL : r->says->to,
	};

	enum db_result rc;

	if (!message_may_become(m->state, MESSAGE_FAILED))
		return DB_OK;
	rc = keep_wamid(db, r, m);
	if (rc != DB_OK)
		return rc;
	return r->says->has_code
		? message_refused(db, r->a, r->company, m, &refusal, r->now_at)
		: message_fail(db, r->company, m->id, 0, r->says->words,
		               r->now_at);
}

enum db_result
message_report(struct db *db, struct arena *a, const char *company,
               const struct whatsapp_status *status, int64_t now_at)
{
	struct report r = {
		.a = a, .company = company, .says = status, .now_at = now_at,
		.at = status->at == CLOCK_NO_TIME || status->at > now_at
			? now_at : status->at,
	};
	struct message m;
	enum db_result rc = lock(db, &r, &m);

	if (rc != DB_OK || m.is_by_hand)
		return rc;
	rc = status->state == MESSAGE_FAILED ? follow_bad(db, &r, &m)
		: follow_good(db, &r, &m);
	return rc == DB_NONE ? DB_OK : rc;
}
