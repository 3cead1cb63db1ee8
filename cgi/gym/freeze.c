/* freeze.c: days on which a membership rests */
#include "gym/freeze.h"

#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/member_edit.h"
#include "gym/member_state.h"

/* ---- reading ------------------------------------------------------------- */

static void
out_row(struct db_stmt *st, struct arena *a, struct freeze_row *row)
{
	db_out_int(st, &row->id);
	db_out_bool(st, &row->is_inactive);
	db_out_day(st, &row->from_day);
	db_out_day(st, &row->to_day);
	db_out_str(st, a, &row->note);
}

enum db_result
freeze_list(struct db *db, struct arena *a, const char *company,
            int64_t member_id, struct freeze_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_FREEZE_LIST);
	struct freeze_row row;
	enum db_result rc;

	*out = (struct freeze_list){
		arena_alloc(a, FREEZE_LIST_MAX * sizeof *out->rows), 0,
	};
	db_in_str(st, company);
	db_in_int(st, member_id);
	out_row(st, a, &row);
	while ((rc = db_next(st)) == DB_OK)
		out->rows[out->count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
freeze_find(struct db *db, struct arena *a, const char *company,
            int64_t member_id, int64_t id, struct freeze_row *out)
{
	struct db_stmt *st = db_begin(db, STMT_FREEZE_FIND);

	db_in_str(st, company);
	db_in_int(st, member_id);
	db_in_int(st, id);
	out_row(st, a, out);
	return db_one(st);
}

/* ---- what every change of one brings with it ----------------------------- */

static enum db_result
finish(struct db *db, const struct actor *actor, const char *action,
       int64_t member_id, int64_t id, const char *fields)
{
	enum db_result rc = member_state_forget(db, actor->company, member_id);

	return rc == DB_OK ? audit_row(db, actor, action, "trn_member_freezes",
	                               id, fields) : rc;
}

/* ---- adding -------------------------------------------------------------- */

struct addition {
	const struct actor *actor;
	int64_t member_id;
	const struct freeze_row *row;
	const char *nonce;
	bool is_repeat;		/* set: it was posted before */
};

static const char *
kind_of(const struct freeze_row *row)
{
	return row->is_inactive ? "INACTIVE" : "FREEZE";
}

static enum db_result
insert(struct db *db, const struct addition *add)
{
	struct db_stmt *st = db_begin(db, STMT_FREEZE_ADD);

	db_in_str(st, add->actor->company);
	db_in_int(st, add->member_id);
	db_in_str(st, kind_of(add->row));
	db_in_day(st, add->row->from_day);
	db_in_day(st, add->row->to_day);
	db_in_str(st, add->row->note == NULL ? "" : add->row->note);
	db_in_str(st, add->nonce);
	db_in_at(st, add->actor->now_at);
	return db_run(st);
}

/* DB_NONE: there is no other one of its kind in its days. */
static enum db_result
find_overlap(struct db *db, const struct addition *add, int64_t id)
{
	struct db_stmt *st = db_begin(db, STMT_FREEZE_OVERLAP);
	int64_t other;

	db_in_str(st, add->actor->company);
	db_in_int(st, add->member_id);
	db_in_str(st, kind_of(add->row));
	db_in_int(st, id);
	db_in_day(st, add->row->to_day);
	db_in_day(st, add->row->to_day);
	db_in_day(st, add->row->from_day);
	db_out_int(st, &other);
	return db_one(st);
}

/* Stored first: only so is one that was posted twice not its own overlap. */
static enum db_result
add_step(struct db *db, void *arg)
{
	struct addition *add = arg;
	enum db_result rc = member_lock(db, add->actor->company,
	                                add->member_id);
	int64_t id;

	if (rc == DB_OK)
		rc = insert(db, add);
	if (rc == DB_DUPLICATE)
		add->is_repeat = true;
	if (rc != DB_OK)
		return rc;
	id = db_last_id(db);
	rc = find_overlap(db, add, id);
	if (rc != DB_NONE)
		return rc == DB_OK ? DB_DUPLICATE : rc;
	return finish(db, add->actor, "add", add->member_id, id,
	              "frz_member_id,frz_kind,frz_from,frz_to,frz_note");
}

enum db_result
freeze_add(struct db *db, const struct actor *actor, int64_t member_id,
           const struct freeze_row *row, const char *nonce)
{
	struct addition add = { actor, member_id, row, nonce, false };
	enum db_result rc = tx_run(db, add_step, &add);

	return rc == DB_DUPLICATE && add.is_repeat ? DB_OK : rc;
}

/* ---- ending -------------------------------------------------------------- */

struct ending {
	struct arena *arena;
	const struct actor *actor;
	int64_t member_id, id;
	int32_t back_day;
};

static enum db_result
set_end(struct db *db, const struct ending *end)
{
	struct db_stmt *st = db_begin(db, STMT_FREEZE_SET_TO);

	db_in_day(st, end->back_day - 1);
	db_in_str(st, end->actor->company);
	db_in_int(st, end->id);
	return db_run(st);
}

static enum db_result
delete(struct db *db, const struct ending *end)
{
	struct db_stmt *st = db_begin(db, STMT_FREEZE_DELETE);

	db_in_str(st, end->actor->company);
	db_in_int(st, end->id);
	return db_run(st);
}

static enum db_result
end_step(struct db *db, void *arg)
{
	const struct ending *end = arg;
	const struct actor *actor = end->actor;
	struct freeze_row row;
	bool is_whole;
	enum db_result rc = member_lock(db, actor->company, end->member_id);

	if (rc == DB_OK)
		rc = freeze_find(db, end->arena, actor->company,
		                 end->member_id, end->id, &row);
	if (rc != DB_OK || row.to_day == end->back_day - 1)
		return rc;
	if (row.to_day != CLOCK_NO_DAY && row.to_day < end->back_day)
		return DB_NONE;
	is_whole = end->back_day <= row.from_day;
	rc = is_whole ? delete(db, end) : set_end(db, end);
	return rc == DB_OK ? finish(db, actor, is_whole ? "delete" : "change",
	                            end->member_id, end->id,
	                            is_whole ? "frz_from,frz_to" : "frz_to")
		: rc;
}

enum db_result
freeze_end(struct db *db, struct arena *a, const struct actor *actor,
           int64_t member_id, int64_t id, int32_t back_day)
{
	return tx_run(db, end_step, &(struct ending){ a, actor, member_id, id,
	                                              back_day });
}

/* ---- forgetting ---------------------------------------------------------- */

enum db_result
freeze_forget_notes(struct db *db, const char *company, int64_t member_id)
{
	struct db_stmt *st = db_begin(db, STMT_FREEZE_FORGET_NOTES);
	enum db_result rc;

	db_in_str(st, company);
	db_in_int(st, member_id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}
