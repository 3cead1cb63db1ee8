/* device_replace.c: the numbers of a terminal go to another one */
#include "gym/device_replace.h"

#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/company.h"
#include "gym/device.h"
#include "gym/device_edit.h"

/* What a transaction is about. */
struct work {
	struct arena *arena;
	const struct actor *actor;
	const char *from, *to, *nonce;
	int64_t copied;
};

static enum db_result
find_locked(struct db *db, const struct work *w, const char *sn,
            struct device *out)
{
	enum db_result rc = device_lock(db, w->actor->company, sn);

	return rc == DB_OK ? device_find(db, w->arena, w->actor->company, sn,
	                                 out) : rc;
}

/* That there was nothing to change is no failure. */
static enum db_result
run(struct db_stmt *st)
{
	enum db_result rc = db_run(st);

	return rc == DB_NONE ? DB_OK : rc;
}

/* From the other one's start on: it may hold punches of before this moment. */
static enum db_result
copy(struct db *db, struct work *w, int32_t start_day)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_COPY);
	enum db_result rc;

	db_in_str(st, w->to);
	db_in_str(st, w->to);
	db_in_local(st, (int64_t)start_day * CLOCK_DAY_SECONDS);
	db_in_at(st, w->actor->now_at);
	db_in_str(st, w->to);
	db_in_str(st, w->actor->company);
	db_in_str(st, w->from);
	rc = db_run(st);
	w->copied = rc == DB_OK ? db_changed(db) : 0;
	return rc;
}

/* ---- replace ------------------------------------------------------------- */

static enum db_result
end_all(struct db *db, const struct work *w, const char *sn, int64_t local)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_END_ALL);

	db_in_local(st, local);
	db_in_str(st, w->actor->company);
	db_in_str(st, sn);
	return run(st);
}

static enum db_result
move_tokens(struct db *db, const struct work *w)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_TOKENS_MOVE);

	db_in_str(st, w->to);
	db_in_str(st, w->actor->company);
	db_in_str(st, w->from);
	return run(st);
}

/* The old one closed, the new one in its place. */
static enum db_result
swap(struct db *db, const struct work *w, const struct device *old,
     int64_t local)
{
	const struct actor *actor = w->actor;
	enum db_result rc = device_close(db, actor->company, w->from,
	                                 actor->now_at);

	if (rc == DB_OK)
		rc = device_add(db, actor->company, w->to, old->branch_id,
		                old->name, clock_day(local), w->nonce,
		                actor->now_at);
	if (rc == DB_OK)
		rc = audit_row(db, actor, "replace", "mst_devices",
		               db_last_id(db), "dev_sn,dev_name,dev_branch_id,"
		               "dev_start,mbm_device_sn,tok_device_sn");
	return rc == DB_OK ? audit_row(db, actor, "close", "mst_devices",
	                               old->id, "dev_to_at,mbm_to") : rc;
}

static enum db_result
replace_step(struct db *db, void *arg)
{
	struct work *w = arg;
	struct device old;
	int64_t local;
	enum db_result rc = find_locked(db, w, w->from, &old);

	if (rc != DB_OK)
		return rc;
	if (strcmp(w->from, w->to) == 0)
		return DB_DUPLICATE;
	local = clock_local(old.zone, w->actor->now_at);
	rc = swap(db, w, &old, local);
	if (rc == DB_OK)
		rc = end_all(db, w, w->to, local);
	if (rc == DB_OK)
		rc = copy(db, w, clock_day(local));
	if (rc == DB_OK || rc == DB_NONE)
		rc = end_all(db, w, w->from, local);
	if (rc == DB_OK)
		rc = move_tokens(db, w);
	return rc == DB_OK ? company_bump(db, w->actor->company) : rc;
}

enum db_result
device_replace(struct db *db, struct arena *a, const struct actor *actor,
               const char *sn, const char *new_sn, const char *nonce)
{
	struct work w = { a, actor, sn, new_sn, nonce, 0 };
	enum db_result rc = tx_run(db, replace_step, &w), again;
	const char *made;

	if (rc != DB_NONE && rc != DB_DUPLICATE)
		return rc;
	again = device_find_nonce(db, a, actor->company, nonce, &made);
	return again == DB_NONE ? rc : again;
}

/* ---- copy ---------------------------------------------------------------- */

static enum db_result
copy_step(struct db *db, void *arg)
{
	struct work *w = arg;
	struct device from, to;
	enum db_result rc = find_locked(db, w, w->from, &from);

	if (rc == DB_OK)
		rc = find_locked(db, w, w->to, &to);
	if (rc != DB_OK)
		return rc;
	rc = copy(db, w, to.start_day);
	if (rc == DB_NONE)
		return DB_OK;	/* none of them was free */
	if (rc == DB_OK)
		rc = audit_row(db, w->actor, "copy", "mst_devices", to.id,
		               "mbm_device_sn,mbm_device_user_id,"
		               "mbm_member_id,mbm_from");
	return rc == DB_OK ? company_bump(db, w->actor->company) : rc;
}

enum db_result
device_copy(struct db *db, struct arena *a, const struct actor *actor,
            const char *from, const char *to, int64_t *copied)
{
	struct work w = { a, actor, from, to, NULL, 0 };
	enum db_result rc = tx_run(db, copy_step, &w);

	*copied = w.copied;
	return rc;
}

enum db_result
device_list_held(struct db *db, struct arena *a, const char *company,
                 const char *from, const char *to, struct device_held **out,
                 size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_MAPPING_COPY_HELD);
	struct device_held *list = arena_alloc(a, DEVICE_HELD_MAX *
	                                       sizeof *list);
	struct device_held row;
	enum db_result rc;

	db_in_str(st, to);
	db_in_str(st, company);
	db_in_str(st, from);
	db_out_str(st, a, &row.user_id);
	db_out_str(st, a, &row.member_from);
	db_out_str(st, a, &row.member_to);
	*out = list;
	*count = 0;
	while ((rc = db_next(st)) == DB_OK && *count < DEVICE_HELD_MAX)
		list[(*count)++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}
