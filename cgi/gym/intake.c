/* intake.c: one punch on its way into the database: mapping, duplicate, rule */
#include "gym/intake_inside.h"

#include <string.h>

#include "base/clock.h"
#include "gym/device.h"
#include "gym/intake_store.h"
#include "gym/member_edit.h"

#define SAME_RAW_MS (10 * 60 * 1000)

void
intake_read_time(struct punch *p, const char *raw)
{
	p->raw = raw;
	p->is_readable = clock_parse(raw, &p->local, &p->has_offset,
	                             &p->offset_s);
}

/* The punch on the wall clock of the branch; the server's where it has none. */
static int64_t
to_wall(const struct punch *p, const char *zone, int64_t now_at)
{
	if (!p->is_readable)
		return clock_local(zone, now_at);
	if (p->has_offset)
		return clock_local(zone, (p->local - p->offset_s) * 1000);
	return p->local;
}

bool
intake_is_plain(const struct punch *p)
{
	return p->is_readable && !p->has_offset;
}

/* What one read tells, with what the member has used already or without. */
static enum db_result
read_context(struct db *db, struct arena *a, const char *token_hash,
             const struct punch *p, int64_t local, bool with_used,
             struct intake_context *c)
{
	struct db_stmt *st = db_begin(db, with_used
	                ? STMT_INTAKE_CONTEXT_COUNTED : STMT_INTAKE_CONTEXT);

	*c = (struct intake_context){ 0 };
	for (int i = 0; i < 2 && with_used; i++)
		db_in_local(st, local);
	db_in_str(st, p->device_sn);
	db_in_str(st, p->device_sn);
	db_in_str(st, p->user_id);
	db_in_local(st, local);
	db_in_local(st, local);
	db_in_str(st, p->device_sn);
	db_in_str(st, p->user_id);
	db_in_local(st, local);
	db_in_local(st, local);
	db_in_str(st, token_hash);
	db_out_str(st, a, &c->company);
	db_out_str(st, a, &c->token_sn);
	db_out_int(st, &c->device_id);
	db_out_int(st, &c->branch_id);
	db_out_day(st, &c->start_day);
	db_out_str(st, a, &c->zone);
	db_out_int(st, &c->member_id);
	intake_out_facts(st, a, c);
	db_out_int(st, &c->inbox_id);
	db_out_str(st, a, &c->inbox_state);
	return db_one(st);
}

bool
intake_needs_second_look(const struct intake_plan *plan)
{
	return plan->store == INTAKE_STORE_INBOX &&
		plan->answer == INTAKE_UNMAPPED;
}

static enum db_result take_in_turn(struct db *db, struct arena *a,
        const char *token_hash, const struct punch *p, int64_t local,
        int64_t now_at, const struct intake_context *c,
        enum intake_answer *answer, bool *stored);

static enum db_result
take_one(struct db *db, struct arena *a, const char *token_hash,
         const struct punch *p, int64_t local, int64_t now_at, bool in_tx,
         enum intake_answer *answer, bool *stored)
{
	struct intake_item item = { .punch = p };
	enum db_result rc = read_context(db, a, token_hash, p, local, in_tx,
	                                 &item.context);

	if (rc == DB_NONE)
		*answer = INTAKE_NO_TOKEN;
	if (rc != DB_OK)
		return rc == DB_NONE ? DB_OK : rc;
	intake_decide(a, &item.context, p, local, now_at, &item.plan);
	if (item.plan.is_counted && !in_tx)
		return take_in_turn(db, a, token_hash, p, local, now_at,
		                    &item.context, answer, stored);
	rc = intake_store_one(db, &item, now_at, in_tx, stored);
	*answer = item.plan.answer;
	/* ... and having held it, we find it held: there is no third look */
	if (rc == DB_OK && !in_tx && intake_needs_second_look(&item.plan))
		return take_one(db, a, token_hash, p, local, now_at, in_tx,
		                answer, stored);
	return rc;
}

/*
 * What a member has used already decides: so their punches take turns, and
 * each is read, with that, and judged anew once it has its own.
 */
static enum db_result
take_in_turn(struct db *db, struct arena *a, const char *token_hash,
             const struct punch *p, int64_t local, int64_t now_at,
             const struct intake_context *c, enum intake_answer *answer,
             bool *stored)
{
	enum db_result rc = db_tx_begin(db);

	if (rc == DB_OK)
		rc = member_lock(db, c->company, c->member_id);
	/* one that was erased since has nobody to take turns with */
	if (rc == DB_OK || rc == DB_NONE)
		rc = take_one(db, a, token_hash, p, local, now_at, true,
		              answer, stored);
	if (rc == DB_OK)
		rc = db_tx_commit(db);
	if (rc != DB_OK)
		db_tx_rollback(db);
	return rc;
}

/* Did the same terminal, user and text come within the last minutes? */
static enum db_result
find_same_raw(struct db *db, struct arena *a, const char *company,
              const struct punch *p, int64_t now_at,
              enum intake_answer *answer)
{
	const enum stmt_id reads[] = { STMT_ATTENDANCE_FIND_RAW,
		                       STMT_INBOX_FIND_RAW };
	const char *word = "";
	enum db_result rc = DB_NONE;

	for (int i = 0; i < 2 && rc == DB_NONE; i++) {
		struct db_stmt *st = db_begin(db, reads[i]);

		db_in_str(st, company);
		db_in_at(st, now_at - SAME_RAW_MS);
		db_in_str(st, p->device_sn);
		db_in_str(st, p->user_id);
		db_in_str(st, p->raw);
		db_out_str(st, a, &word);
		rc = db_one(st);
	}
	*answer = strcmp(word, "UNMAPPED") == 0 ? INTAKE_UNMAPPED
		: INTAKE_REPEAT;
	return rc;
}

/*
 * A punch without a readable time has nothing that a key could hold apart, so
 * the terminal's row is locked while we look whether it has come before.
 */
static enum db_result
take_timeless(struct db *db, struct arena *a, const char *token_hash,
              const struct device *device, const char *company,
              const struct punch *p, int64_t now_at,
              enum intake_answer *answer, bool *stored)
{
	enum db_result rc = db_tx_begin(db);

	if (rc == DB_OK)
		rc = device_lock(db, company, p->device_sn);
	if (rc == DB_OK)
		rc = find_same_raw(db, a, company, p, now_at, answer);
	if (rc == DB_NONE)
		rc = take_one(db, a, token_hash, p,
		              clock_local(device->zone, now_at), now_at, true,
		              answer, stored);
	if (rc == DB_OK)
		rc = db_tx_commit(db);
	if (rc != DB_OK)
		db_tx_rollback(db);
	return rc;
}

/* A time of another offset, or none: the zone must be known first. */
static enum db_result
take_odd(struct db *db, struct arena *a, const char *token_hash,
         const struct punch *p, int64_t now_at, enum intake_answer *answer,
         bool *stored)
{
	struct token token;
	struct device device;
	enum db_result rc = token_find(db, a, token_hash, &token);

	*answer = INTAKE_NO_TOKEN;
	if (rc == DB_OK) {
		*answer = INTAKE_OTHER_TERMINAL;
		if (token.device_sn != NULL &&
		    strcmp(token.device_sn, p->device_sn) != 0)
			return DB_OK;
		rc = device_find(db, a, token.company, p->device_sn, &device);
	}
	if (rc != DB_OK)
		return rc == DB_NONE ? DB_OK : rc;
	if (p->is_readable)
		return take_one(db, a, token_hash, p,
		                to_wall(p, device.zone, now_at), now_at,
		                false, answer, stored);
	return take_timeless(db, a, token_hash, &device, token.company, p,
	                     now_at, answer, stored);
}

enum intake_answer
intake_one(struct db *db, struct arena *a, const char *token_hash,
           const struct punch *p, int64_t now_at, bool *stored)
{
	enum intake_answer answer = INTAKE_UNAVAILABLE;
	enum db_result rc = DB_AGAIN;

	for (int i = 0; i < INTAKE_TRIES && rc == DB_AGAIN; i++)
		rc = intake_is_plain(p)
			? take_one(db, a, token_hash, p, p->local, now_at,
			           false, &answer, stored)
			: take_odd(db, a, token_hash, p, now_at, &answer,
			           stored);
	return rc == DB_OK ? answer : INTAKE_UNAVAILABLE;
}
