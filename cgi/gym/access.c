/* access.c: who may enter at a terminal, and when, over the next days */
#include "gym/access.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "gym/access_rules.h"
#include "gym/subscription.h"

/* ---- the door ------------------------------------------------------------ */

static void
set_moment(struct access_door *door, int64_t now_at, int64_t revision,
           int64_t door_revision)
{
	char day[CLOCK_DAY_TEXT_SIZE];
	int32_t today;

	door->now_local = clock_local(door->zone, now_at);
	today = clock_day(door->now_local);
	door->until_local = ((int64_t)today + ACCESS_DAYS) * CLOCK_DAY_SECONDS;
	clock_format_day(today, day);
	snprintf(door->tag, sizeof door->tag, "%" PRId64 ".%" PRId64 ".%s",
	         revision, door_revision, day);
}

enum db_result
access_door(struct db *db, struct arena *a, const char *company,
            const char *sn, int64_t now_at, struct access_door *out)
{
	struct db_stmt *st = db_begin(db, STMT_ACCESS_DOOR);
	int64_t revision = 0, door_revision = 0;
	const char *rules = NULL;
	enum db_result rc;

	*out = (struct access_door){ .block_after = 0 };
	db_in_str(st, company);
	db_in_str(st, sn);
	db_out_int(st, &revision);
	db_out_int(st, &door_revision);
	db_out_int(st, &out->branch_id);
	db_out_str(st, a, &out->zone);
	db_out_bool(st, &out->is_exit);
	db_out_at(st, &out->enforced_at);
	db_out_str(st, a, &out->lever);
	db_out_int(st, &out->lever_value);
	db_out_int(st, &out->block_after);
	db_out_str(st, a, &rules);
	rc = db_one(st);
	if (rc == DB_OK && !access_rules_parse(rules, &out->rules))
		return DB_FAIL;
	if (rc != DB_OK)
		return rc;
	if (out->is_exit)
		out->enforced_at = CLOCK_NO_TIME;
	set_moment(out, now_at, revision, door_revision);
	return DB_OK;
}

/* ---- its users ----------------------------------------------------------- */

/* What a row of the list tells. */
struct row {
	struct access_user user;
	struct subscription_texts texts;
	bool is_erased, ended_approved, hours_approved;
};

static struct db_stmt *
begin_list(struct db *db, struct arena *a, const char *company,
           const char *sn, const struct access_door *door, struct row *row)
{
	struct db_stmt *st = db_begin(db, STMT_ACCESS_LIST);
	int64_t n = door->block_after;

	for (int i = 0; i < 3; i++)
		db_in_day(st, clock_day(door->now_local));
	db_in_int(st, n > 0 ? n - 1 : 0);
	db_in_str(st, company);
	db_in_str(st, sn);
	db_out_str(st, a, &row->user.user_id);
	db_out_int(st, &row->user.member_id);
	db_out_str(st, a, &row->user.name);
	db_out_bool(st, &row->is_erased);
	subscription_out_texts(st, a, &row->texts);
	db_out_bool(st, &row->user.is_spared);
	db_out_bool(st, &row->ended_approved);
	db_out_bool(st, &row->hours_approved);
	db_out_bool(st, &row->user.is_blocked);
	db_out_bool(st, &row->user.is_known);
	db_out_bool(st, &row->user.is_admin);
	db_out_bool(st, &row->user.is_enabled);
	return st;
}

/* Whoever cannot be read is left out: and so is not touched. */
static bool
judge(struct arena *a, const struct access_door *door, struct row *row)
{
	struct access_user *u = &row->user;
	struct admit_facts facts;
	bool comes_again;

	if (!subscription_facts(a, &row->texts, &facts))
		return false;
	u->window_count = row->is_erased ? 0
		: admit_windows(&facts, &door->rules, door->now_local,
		                door->until_local, u->windows,
		                ACCESS_WINDOWS_MAX);
	u->is_open = u->window_count > 0 &&
		u->windows[0].from <= door->now_local;
	comes_again = u->window_count > (u->is_open ? 1 : 0);
	u->kind = comes_again ? ACCESS_HOURS : ACCESS_ENDED;
	u->is_approved = comes_again ? row->hours_approved
		: row->ended_approved;
	u->visits_left = row->is_erased ? ADMIT_NO_NUMBER
		: admit_visits_left(&facts, clock_day(door->now_local));
	return true;
}

enum db_result
access_each(struct db *db, const char *company, const char *sn,
            const struct access_door *door, access_fn *each, void *arg)
{
	struct arena *scratch = arena_create();
	struct row row = { .is_erased = false };
	struct db_stmt *st = begin_list(db, scratch, company, sn, door, &row);
	enum db_result rc;

	while ((rc = db_next(st)) == DB_OK) {
		if (judge(scratch, door, &row))
			each(arg, &row.user);
		arena_reset(scratch);
	}
	arena_destroy(scratch);
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- what a bridge would do ---------------------------------------------- */

struct dry_run {
	struct arena *arena;
	struct access_dry_run *out;
};

static void
add_change(struct arena *a, struct access_changes *list,
           const struct access_user *u)
{
	list->all++;
	if (list->count == ACCESS_DRY_RUN_MAX)
		return;
	list->rows[list->count++] = (struct access_change){
		.user_id = arena_strdup(a, u->user_id),
		.name = arena_strdup(a, u->name),
		.member_id = u->member_id, .kind = u->kind,
		.is_spared = u->is_spared,
	};
}

static void
sort_out(void *arg, const struct access_user *u)
{
	struct dry_run *run = arg;
	bool opens = u->is_open || u->is_spared;

	run->out->users++;
	if (u->is_blocked && opens)
		add_change(run->arena, &run->out->opened, u);
	if (!u->is_known || u->is_admin || u->is_open || !u->is_enabled)
		return;
	add_change(run->arena, u->is_spared ? &run->out->spared
	           : &run->out->closed, u);
}

static void
make_list(struct arena *a, struct access_changes *list)
{
	*list = (struct access_changes){
		.rows = arena_alloc(a, ACCESS_DRY_RUN_MAX *
		                    sizeof *list->rows),
	};
}

enum db_result
access_dry_run(struct db *db, struct arena *a, const char *company,
               const char *sn, int64_t now_at, struct access_dry_run *out)
{
	struct dry_run run = { a, out };
	enum db_result rc;

	*out = (struct access_dry_run){ .users = 0 };
	make_list(a, &out->closed);
	make_list(a, &out->spared);
	make_list(a, &out->opened);
	rc = access_door(db, a, company, sn, now_at, &out->door);
	return rc == DB_OK ? access_each(db, company, sn, &out->door,
	                                 sort_out, &run) : rc;
}
