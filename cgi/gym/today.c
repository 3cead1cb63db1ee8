/* today.c: how the day goes: who is in the gym now, and what is usual */
#include "gym/today.h"

#include <string.h>

#include "base/clock.h"
#include "gym/company.h"

#define AHEAD_S 600	/* a terminal's clock may be */
#define WEEK_DAYS 7
#define WEEK_S (WEEK_DAYS * CLOCK_DAY_SECONDS)

/* ---- what is usual ------------------------------------------------------- */

/* DB_OK: somebody came on one of these days; DB_NONE: nobody did. */
static enum db_result
find_any(struct db *db, const struct feed_scope *scope, int32_t from_day,
         int32_t to_day)
{
	struct db_stmt *st = db_begin(db, STMT_TODAY_ANY);
	int64_t id;

	db_in_str(st, scope->company);
	db_in_day(st, from_day);
	db_in_day(st, to_day);
	db_in_id(st, scope->branch_id);
	db_in_id(st, scope->branch_id);
	db_out_int(st, &id);
	return db_one(st);
}

/* On how many of the days, the last ones, was the gym running? */
static enum db_result
count_days(struct db *db, const struct feed_scope *scope, int32_t today,
           int64_t *count)
{
	enum db_result rc = DB_NONE;

	for (*count = TODAY_WEEKS; *count > 0; --*count) {
		int32_t day = today - (int32_t)*count * WEEK_DAYS;

		rc = find_any(db, scope, day - WEEK_DAYS + 1, day);
		if (rc != DB_NONE)
			return rc;
	}
	return DB_OK;
}

static enum db_result
read_usual(struct db *db, struct arena *a, const struct feed_scope *scope,
           int64_t minute_local, struct today_usual *out)
{
	struct today_usual usual = { .minute_local = minute_local };
	int64_t sum = 0, allowed;
	enum db_result rc = count_days(db, scope, clock_day(minute_local),
	                               &usual.day_count);

	for (int64_t i = 1; i <= usual.day_count && rc == DB_OK; i++) {
		rc = feed_count_until(db, a, scope, minute_local - i * WEEK_S,
		                      &allowed);
		sum += allowed;
	}
	if (usual.day_count > 0)
		usual.mean = (sum + usual.day_count / 2) / usual.day_count;
	if (rc == DB_OK)
		*out = usual;
	return rc;
}

/* DB_NONE: nothing is kept of that minute. */
static enum db_result
find_usual(struct db *db, const struct feed_scope *scope, int64_t minute_local,
           struct today_usual *out)
{
	struct db_stmt *st = db_begin(db, STMT_TODAY_USUAL_FIND);
	enum db_result rc;

	db_in_str(st, scope->company);
	db_in_int(st, scope->branch_id);
	db_out_local(st, &out->minute_local);
	db_out_int(st, &out->day_count);
	db_out_int(st, &out->mean);
	rc = db_one(st);
	return rc == DB_OK && out->minute_local != minute_local ? DB_NONE : rc;
}

static void
keep_usual(struct db *db, const struct feed_scope *scope,
           const struct today_usual *usual)
{
	struct db_stmt *st = db_begin(db, STMT_TODAY_USUAL_KEEP);

	db_in_str(st, scope->company);
	db_in_int(st, scope->branch_id);
	db_in_local(st, usual->minute_local);
	db_in_int(st, usual->day_count);
	db_in_int(st, usual->mean);
	db_run(st);	/* a failure only costs the next one the same work */
}

/* Of who has kept nothing. */
static enum db_result
share_usual(struct db *db, struct arena *a, const struct feed_scope *scope,
            int64_t minute_local, struct today_usual *out)
{
	enum db_result rc = find_usual(db, scope, minute_local, out);

	if (rc != DB_NONE)
		return rc;
	rc = read_usual(db, a, scope, minute_local, out);
	if (rc == DB_OK)
		keep_usual(db, scope, out);
	return rc;
}

/* ---- who is inside ------------------------------------------------------- */

static struct today_branch *
find_branch(struct today *t, int64_t id)
{
	for (size_t i = 0; i < t->branch_count; i++) {
		if (t->branches[i].id == id)
			return &t->branches[i];
	}
	return NULL;
}

/* Punches of the last minutes, of this day or of two. */
static void
in_window(struct db_stmt *st, const struct feed_scope *scope,
          int64_t from_local, int64_t to_local)
{
	db_in_str(st, scope->company);
	db_in_day(st, clock_day(from_local));
	db_in_day(st, clock_day(to_local));
	db_in_local(st, from_local);
	db_in_local(st, to_local);
}

/* `zone` is whose clock shows `now_local`: other branches are left alone. */
static enum db_result
read_zone(struct db *db, const struct feed_scope *scope, const char *zone,
          int64_t now_local, struct today *out)
{
	int64_t from_local = now_local - out->inside_minutes * 60 + 1;
	int64_t to_local = now_local + AHEAD_S;
	struct db_stmt *st = db_begin(db, STMT_TODAY_INSIDE);
	struct today_branch *branch;
	int64_t id, members;
	enum db_result rc;

	in_window(st, scope, from_local, to_local);
	in_window(st, scope, from_local, to_local);
	db_in_id(st, scope->branch_id);
	db_in_id(st, scope->branch_id);
	db_out_int(st, &id);
	db_out_int(st, &members);
	while ((rc = db_next(st)) == DB_OK) {
		branch = find_branch(out, id);
		if (branch != NULL && strcmp(branch->zone, zone) == 0)
			branch->inside = members;
		else if (id == 0)	/* of all */
			out->inside = members;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

/* Does a branch before this one have its zone? */
static bool
is_zone_known(const struct today *t, size_t at)
{
	size_t i = 0;

	while (i < at && strcmp(t->branches[i].zone, t->branches[at].zone) != 0)
		i++;
	return i < at;
}

/* Each branch by the clock that hangs there. */
static enum db_result
read_inside(struct db *db, const struct feed_scope *scope, int64_t now_at,
            int64_t now_local, struct today *out)
{
	const char *zone = out->branch_count == 0 ? "" : out->branches->zone;
	enum db_result rc = read_zone(db, scope, zone, now_local, out);
	bool is_one_zone = true;

	for (size_t i = 1; i < out->branch_count && rc == DB_OK; i++) {
		if (is_zone_known(out, i))
			continue;
		is_one_zone = false;
		zone = out->branches[i].zone;
		rc = read_zone(db, scope, zone, clock_local(zone, now_at), out);
	}
	if (is_one_zone)
		return rc;
	out->inside = 0;
	for (size_t i = 0; i < out->branch_count; i++)
		out->inside += out->branches[i].inside;
	return rc;
}

/* ---- by branch ----------------------------------------------------------- */

/* Where several are looked at, each with its counts. */
static enum db_result
read_branches(struct db *db, struct arena *a, const struct feed_scope *scope,
              const struct feed_counts *counts, struct today *out)
{
	struct branch_list list;
	enum db_result rc;

	if (scope->branch_id != 0)
		return DB_OK;
	rc = branch_list(db, a, scope->company, &list);
	if (rc != DB_OK || list.count < 2)
		return rc;
	out->branches = arena_alloc(a, list.count * sizeof *out->branches);
	out->branch_count = list.count;
	for (size_t i = 0; i < list.count; i++)
		out->branches[i] = (struct today_branch){
			.id = list.rows[i].id, .name = list.rows[i].name,
			.zone = list.rows[i].zone,
		};
	for (size_t i = 0; i < counts->branch_count; i++) {
		const struct feed_branch *from = &counts->branches[i];
		struct today_branch *to = find_branch(out, from->id);

		if (to == NULL)
			continue;
		to->allowed = from->allowed;
		to->denied = from->denied;
	}
	return DB_OK;
}

enum db_result
today_read(struct db *db, struct arena *a, const struct feed_scope *scope,
           int64_t now_at, int64_t now_local,
           const struct feed_counts *counts, struct today_usual *kept,
           struct today *out)
{
	int64_t minute_local = now_local - clock_split(now_local).second;
	struct company company;
	enum db_result rc = company_find(db, a, scope->company, &company);

	*out = (struct today){ 0 };
	if (rc == DB_OK)
		rc = read_branches(db, a, scope, counts, out);
	if (rc == DB_OK && company.inside_minutes > 0) {
		out->inside_minutes = company.inside_minutes;
		rc = read_inside(db, scope, now_at, now_local, out);
	}
	if (rc == DB_OK && kept == NULL)
		return share_usual(db, a, scope, minute_local, &out->usual);
	if (rc == DB_OK && kept->minute_local != minute_local)
		rc = read_usual(db, a, scope, minute_local, kept);
	if (rc == DB_OK)
		out->usual = *kept;
	return rc;
}
