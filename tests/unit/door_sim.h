/* door_sim.h: a gym, its terminal and its bridge, and what was counted */
#ifndef DOOR_SIM_H
#define DOOR_SIM_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "door_box.h"

#define GRACE (24 * 3600)	/* offline_grace_hours */

enum count {
	STEPS, LISTS, RUNS, CLOSINGS, OPENINGS, OUTAGES, LONG_OUTAGES,
	WRONG_CLOCKS, POWER_CUTS, SPOOLS_LOST, STUBBORN, DEAF, IGNORED, AWAY, BANS, UNBANS, FORCED,
	RENEWALS, FREEZES, LET_INS, SETTINGS, REMAPS, HELD, APPROVALS,
	OFF_AND_ON, TOUCHES_MADE,
	/* invariants that were put to the test */
	IN_ONLINE, IN_OFFLINE, IN_LATE, IN_WRONG, OUT_ONLINE, OUT_OFFLINE,
	TRUE_IN, TRUE_OUT, KEPT, FREED, AGREED,
	COUNTS
};

static const char *const count_names[COUNTS] = {
	[STEPS] = "steps", [LISTS] = "lists", [RUNS] = "runs",
	[CLOSINGS] = "closings", [OPENINGS] = "openings",
	[OUTAGES] = "outages", [LONG_OUTAGES] = "of days",
	[WRONG_CLOCKS] = "wrong clocks", [POWER_CUTS] = "power cuts",
	[SPOOLS_LOST] = "spools lost", [STUBBORN] = "stubborn users", [DEAF] = "deaf terminals",
	[IGNORED] = "ignored closings", [AWAY] = "unreachable terminals",
	[BANS] = "bans", [UNBANS] = "bans lifted",
	[FORCED] = "opened by hand", [RENEWALS] = "renewals",
	[FREEZES] = "freezes", [LET_INS] = "let in", [SETTINGS] = "settings",
	[REMAPS] = "remaps", [HELD] = "runs that held",
	[APPROVALS] = "approvals", [OFF_AND_ON] = "off and on",
	[TOUCHES_MADE] = "touches", [IN_ONLINE] = "in: online",
	[IN_OFFLINE] = "in: offline", [IN_LATE] = "in: beyond the grace",
	[IN_WRONG] = "in: clocks wrong", [OUT_ONLINE] = "out: online",
	[OUT_OFFLINE] = "out: offline",
	[TRUE_IN] = "in: by the rule", [TRUE_OUT] = "out: by the rule",
	[KEPT] = "not ours, unchanged",
	[FREED] = "freed when off", [AGREED] = "journal agrees",
};

static uint64_t counts[COUNTS];

/* One gym, its terminal and its bridge. */
struct sim {
	struct gym gym;
	struct box box;
	int index;
	int64_t now;
	/* the way between them */
	int64_t offline_until, wrong_until;
	int64_t bridge_off, terminal_off, skew;
	struct { int person; int64_t local; } waiting[400];
	int waiting_count;
	/* the bridge */
	struct buf spooled;	/* the list, as it came */
	struct told told;	/* the same, as the server meant it */
	struct entry_list list;
	bool has_list, must_fetch;
	bool is_heard;		/* by the server, at the last step */
	int32_t list_day;
	int64_t last_answer;
	struct enforce_when when;
	bool is_complete;	/* the last run came to its end */
	bool is_ignored;	/* ... and closed nobody, or not all */
	int64_t ignored_until;
	size_t held;
	int64_t run_at;
};

/* ---- helpers ------------------------------------------------------------- */

static bool
is_online(const struct sim *s)
{
	return s->now >= s->offline_until;
}

static bool
is_right(const struct sim *s)
{
	return s->now >= s->wrong_until;
}

static struct person *
person_at(struct sim *s, int n)
{
	int who = s->gym.person_of[n];

	return who < 0 ? NULL : &s->gym.people[who];
}

static bool
is_ours(const struct sim *s, int n)
{
	return !s->box.is_admin[n] && !s->box.is_banned[n] &&
	       s->told.users[n].is_listed;
}

static bool
is_out(const struct sim *s, int n)
{
	return box_is_closed(&s->box, &s->gym.lever, n);
}

static void
wrong(const struct sim *s, int n, const char *what)
{
	char now[CLOCK_TEXT_SIZE], view[CLOCK_TEXT_SIZE];

	clock_format(s->now, now);
	clock_format(s->when.local, view);
	fail_msg("gym %d, number %d: %s (%s, the bridge's last run by %s, "
	         "trust %d, %s, clocks %s)", s->index, n + 1, what, now, view,
	         (int)s->when.trust, s->is_heard ? "online" : "offline",
	         is_right(s) ? "right" : "wrong");
}

#endif
