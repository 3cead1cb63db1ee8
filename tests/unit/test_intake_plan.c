/* test_intake_plan.c: what is to become of a punch, branch by branch */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "gym/intake_plan.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define ZONE "Asia/Kolkata"
#define NOW "2026-03-12 07:30:00"	/* there */
#define RULES "RRRRRIRRR,0,0,7,0,120"	/* of who has changed none */
#define PAID "2026-03-012026-03-31"
#define INBOX(state) .inbox_id = 5, .inbox_state = state
#define MEMBER .member_id = 7, .texts.subscriptions = PAID

static int64_t
wall(const char *text)
{
	int64_t local;
	bool has_offset;
	int offset_s;

	assert_true(clock_parse(text, &local, &has_offset, &offset_s));
	return local;
}

/* A punch of terminal T1, user 42; what is known of it; what must come out. */
struct plan_case {
	const char *what;
	const char *raw;	/* NULL: NOW */
	struct intake_context known;	/* but for what all have in common */
	bool is_foreign;		/* the company has no such terminal */
	enum intake_answer answer;
	enum intake_store store;
	const char *inbox_state, *reason;
};

static const struct plan_case cases[] = {
	{ .what = "may enter", .known = { MEMBER },
	  .answer = INTAKE_ALLOWED, .store = INTAKE_STORE_ATTENDANCE },
	{ .what = "on the last day", .raw = "2026-03-11 23:59:59",
	  .known = { .member_id = 7,
	             .texts.subscriptions = "2026-03-012026-03-11" },
	  .answer = INTAKE_ALLOWED, .store = INTAKE_STORE_ATTENDANCE },
	{ .what = "the day after, by the punch and not its arrival",
	  .raw = "2026-03-12 00:00:00",
	  .known = { .member_id = 7,
	             .texts.subscriptions = "2026-03-012026-03-11" },
	  .answer = INTAKE_DENIED, .store = INTAKE_STORE_ATTENDANCE,
	  .reason = "Subscription expired" },
	{ .what = "never paid", .known = { .member_id = 7 },
	  .answer = INTAKE_DENIED, .store = INTAKE_STORE_ATTENDANCE,
	  .reason = "No subscription" },
	{ .what = "not started", .known = { .member_id = 7,
	  .texts.subscriptions = "2026-03-132026-03-31" },
	  .answer = INTAKE_DENIED, .store = INTAKE_STORE_ATTENDANCE,
	  .reason = "Subscription not started" },
	{ .what = "frozen", .known = { MEMBER,
	  .texts.freezes = "F2026-03-109999-12-31" },
	  .answer = INTAKE_DENIED, .store = INTAKE_STORE_ATTENDANCE,
	  .reason = "Membership frozen" },
	{ .what = "inactive", .known = { MEMBER,
	  .texts.freezes = "F2026-03-109999-12-31I2026-03-112026-03-12" },
	  .answer = INTAKE_DENIED, .store = INTAKE_STORE_ATTENDANCE,
	  .reason = "Member inactive" },
	{ .what = "coverage that cannot be read", .known = { .member_id = 7,
	  .texts.subscriptions = "2026" }, .answer = INTAKE_UNAVAILABLE },

	{ .what = "nobody's number", .answer = INTAKE_UNMAPPED,
	  .store = INTAKE_STORE_INBOX, .inbox_state = "UNMAPPED" },
	{ .what = "nobody's, and again", .known = { INBOX("UNMAPPED") },
	  .answer = INTAKE_UNMAPPED },
	{ .what = "mapped since", .known = { MEMBER, INBOX("UNMAPPED") },
	  .answer = INTAKE_ALLOWED, .store = INTAKE_STORE_TAKEN },
	{ .what = "mapped since, and denied", .known = { .member_id = 7,
	  INBOX("UNMAPPED") }, .answer = INTAKE_DENIED,
	  .store = INTAKE_STORE_TAKEN, .reason = "No subscription" },
	{ .what = "mapped since, coverage unreadable", .known = {
	  .member_id = 7, .texts.freezes = "?", INBOX("UNMAPPED") },
	  .answer = INTAKE_UNAVAILABLE },
	{ .what = "a repeat, again", .known = { MEMBER, INBOX("REPEAT") },
	  .answer = INTAKE_REPEAT },
	{ .what = "taken, again", .known = { MEMBER, INBOX("TAKEN") },
	  .answer = INTAKE_REPEAT },
	{ .what = "dismissed, again", .known = { MEMBER, INBOX("DISMISSED") },
	  .answer = INTAKE_REPEAT },
	{ .what = "dismissed, nobody's", .known = { INBOX("DISMISSED") },
	  .answer = INTAKE_UNMAPPED },
	{ .what = "in the inbox for its clock, mapped",
	  .known = { MEMBER, INBOX("CLOCK") }, .answer = INTAKE_CLOCK },
	{ .what = "in the inbox for its clock",
	  .known = { INBOX("CLOCK") }, .answer = INTAKE_CLOCK },

	{ .what = "before 2010", .raw = "2009-12-31 23:59:59",
	  .known = { MEMBER }, .answer = INTAKE_CLOCK,
	  .store = INTAKE_STORE_INBOX, .inbox_state = "CLOCK" },
	{ .what = "before 2010, nobody's", .raw = "2000-01-01 00:00:00",
	  .answer = INTAKE_CLOCK, .store = INTAKE_STORE_INBOX,
	  .inbox_state = "CLOCK" },
	{ .what = "before 2010, again", .raw = "2000-01-01 00:00:00",
	  .known = { MEMBER, INBOX("CLOCK") }, .answer = INTAKE_CLOCK },
	{ .what = "2010 is a time", .raw = "2010-01-01 00:00:00",
	  .known = { MEMBER }, .answer = INTAKE_BEFORE_START },
	{ .what = "a day ahead", .raw = "2026-03-13 07:30:00",
	  .known = { MEMBER }, .answer = INTAKE_ALLOWED,
	  .store = INTAKE_STORE_ATTENDANCE },
	{ .what = "more than a day ahead", .raw = "2026-03-13 07:30:01",
	  .known = { MEMBER }, .answer = INTAKE_CLOCK,
	  .store = INTAKE_STORE_INBOX, .inbox_state = "CLOCK" },
	{ .what = "the end of time", .raw = "9999-12-31 23:59:59",
	  .known = { MEMBER }, .answer = INTAKE_CLOCK,
	  .store = INTAKE_STORE_INBOX, .inbox_state = "CLOCK" },

	{ .what = "the terminal's first day", .raw = "2026-01-01 00:00:00",
	  .known = { MEMBER }, .answer = INTAKE_DENIED,
	  .store = INTAKE_STORE_ATTENDANCE,
	  .reason = "Subscription not started" },
	{ .what = "the day before it", .raw = "2025-12-31 23:59:59",
	  .known = { MEMBER }, .answer = INTAKE_BEFORE_START },
	{ .what = "the day before it, nobody's", .raw = "2025-12-31 23:59:59",
	  .answer = INTAKE_BEFORE_START },

	{ .what = "no terminal of this company", .is_foreign = true,
	  .answer = INTAKE_OTHER_TERMINAL },
	{ .what = "not before its clock is looked at", .is_foreign = true,
	  .raw = "2000-01-01 00:00:00", .answer = INTAKE_OTHER_TERMINAL },
	{ .what = "a token of this terminal", .known = { MEMBER,
	  .token_sn = "T1" }, .answer = INTAKE_ALLOWED,
	  .store = INTAKE_STORE_ATTENDANCE },
	{ .what = "a token of another", .known = { MEMBER, .token_sn = "T2" },
	  .answer = INTAKE_OTHER_TERMINAL },
	{ .what = "a token of one that begins alike", .known = { MEMBER,
	  .token_sn = "T11" }, .answer = INTAKE_OTHER_TERMINAL },
	{ .what = "case matters", .known = { MEMBER, .token_sn = "t1" },
	  .answer = INTAKE_OTHER_TERMINAL },
};

static struct arena *arena;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_create();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_destroy(arena);
	return 0;
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Decides at NOW; a punch that cannot be read stands on the server's time. */
static struct intake_plan
decide(struct intake_context c, bool is_foreign, const struct punch *p)
{
	struct intake_plan plan;
	int64_t now_at = clock_instant(ZONE, wall(NOW));

	if (!is_foreign) {
		c.device_id = 3;
		c.branch_id = 1;
		c.start_day = clock_day(wall("2026-01-01 00:00:00"));
		c.zone = ZONE;
		c.rules = RULES;
	}
	memset(&plan, 0xa5, sizeof plan);	/* all of it is set anew */
	intake_decide(arena, &c, p, p->is_readable ? p->local : wall(NOW),
	              now_at, &plan);
	return plan;
}

static void
each_case_is_decided_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct plan_case *c = &cases[i];
		struct punch p = { .device_sn = "T1", .user_id = "42" };
		struct intake_plan plan;

		intake_read_time(&p, c->raw == NULL ? NOW : c->raw);
		assert_true(p.is_readable);
		plan = decide(c->known, c->is_foreign, &p);
		if (plan.answer != c->answer || plan.store != c->store ||
		    !same(plan.reason, c->reason) ||
		    (plan.store == INTAKE_STORE_INBOX &&
		     !same(plan.inbox_state, c->inbox_state)))
			fail_msg("%s: answer %d, store %d, %s, %s", c->what,
			         (int)plan.answer, (int)plan.store,
			         plan.inbox_state == NULL ? "-"
			         : plan.inbox_state,
			         plan.reason == NULL ? "-" : plan.reason);
		assert_string_equal(plan.source, "TERMINAL");
		assert_null(plan.raw);
		assert_int_equal(plan.local, p.local);
	}
}

/* ---- late ---------------------------------------------------------------- */

static void
ten_minutes_are_not_late_yet(void **state)
{
	static const struct {
		const char *raw;
		int64_t clock_offset_s;	/* the terminal's clock ahead by */
		bool is_late;
	} punches[] = {
		{ "2026-03-12 07:30:00", 0, false },
		{ "2026-03-12 07:20:00", 0, false },
		{ "2026-03-12 07:19:59", 0, true },
		{ "2026-03-11 07:30:00", 0, true },
		{ "2026-03-10 07:30:00", 0, true },
		{ "2026-03-10 07:29:59", 0, true },
		{ "2026-03-12 07:40:00", 0, false },
		/* an hour behind: it is now */
		{ "2026-03-12 06:30:00", -3600, false },
		{ "2026-03-12 06:19:59", -3600, true },
		/* an hour ahead: what looks like now is an hour old */
		{ "2026-03-12 07:30:00", 3600, true },
		{ "2026-03-12 08:20:00", 3600, false },
		{ "2026-03-12 07:30:00", -2000000000, false },
		{ "2026-03-12 07:30:00", 2000000000, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(punches); i++) {
		struct intake_context c = { MEMBER };
		struct punch p = { .device_sn = "T1", .user_id = "42",
			.has_clock_offset = true,
			.clock_offset_s = punches[i].clock_offset_s };

		intake_read_time(&p, punches[i].raw);
		if (decide(c, false, &p).is_late != punches[i].is_late)
			fail_msg("punch %zu", i);
	}
}

/* Then the terminal's clock has no part in it, however wrong. */
static void
the_bridges_time_stands_for_itself(void **state)
{
	static const struct {
		const char *raw, *terminal_raw;
		int64_t clock_offset_s;
		bool is_late;
	} punches[] = {
		{ NOW, "2052-05-18 00:00:09", 826000000, false },
		{ "2026-03-12 07:20:00", NULL, 826000000, false },
		{ "2026-03-12 07:19:59", "2000-01-01 00:00:09", -826000000,
		  true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(punches); i++) {
		struct intake_context c = { MEMBER };
		struct punch p = { .device_sn = "T1", .user_id = "42",
			.has_clock_offset = true, .clock_offset_s = punches[i].clock_offset_s,
			.is_bridge_time = true,
			.terminal_raw = punches[i].terminal_raw };
		struct intake_plan plan;

		intake_read_time(&p, punches[i].raw);
		plan = decide(c, false, &p);
		assert_int_equal(plan.answer, INTAKE_ALLOWED);
		assert_string_equal(plan.source, "BRIDGE");
		assert_true(same(plan.raw, punches[i].terminal_raw));
		assert_int_equal(plan.local, p.local);
		assert_int_equal(plan.is_late, punches[i].is_late);
	}
}

/* Wall clock and instant disagree by an hour on the days of a change. */
static void
a_change_of_clocks_makes_nothing_late(void **state)
{
	static const struct {
		const char *now, *raw;	/* UTC; wall clock of Berlin */
		bool is_late;
	} punches[] = {
		/* 01:59:59 is followed by 03:00:00 */
		{ "2026-03-29 01:00:30", "2026-03-29 01:59:59", false },
		{ "2026-03-29 01:00:30", "2026-03-29 01:49:59", true },
		/* 02:59:59 by 02:00:00: 02:30 comes twice */
		{ "2026-10-25 00:30:00", "2026-10-25 02:30:00", false },
		{ "2026-10-25 01:30:00", "2026-10-25 02:30:00", false },
		{ "2026-10-25 02:41:00", "2026-10-25 02:30:00", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(punches); i++) {
		struct intake_context c = { .company = "SF", .device_id = 1,
			.branch_id = 1, .zone = "Europe/Berlin", .rules = RULES, MEMBER };
		struct punch p = { .device_sn = "T1", .user_id = "42" };
		struct arena *a = arena_create();
		struct intake_plan plan;

		intake_read_time(&p, punches[i].raw);
		intake_decide(a, &c, &p, p.local,
		              wall(punches[i].now) * 1000, &plan);
		if (plan.is_late != punches[i].is_late)
			fail_msg("punch %zu", i);
		arena_destroy(a);
	}
}

/* ---- times that cannot be read ------------------------------------------- */

static void
without_a_time_the_servers_stands_in(void **state)
{
	static const char *const raws[] = { "", "yesterday", "2026-02-30 1" };

	(void)state;
	for (size_t i = 0; i < COUNT(raws); i++) {
		struct intake_context c = { MEMBER };
		struct punch p = { .device_sn = "T1", .user_id = "42",
			.has_clock_offset = true, .clock_offset_s = 3600 };
		struct intake_plan plan;

		intake_read_time(&p, raws[i]);
		assert_false(p.is_readable);
		plan = decide(c, false, &p);
		assert_int_equal(plan.answer, INTAKE_ALLOWED);
		assert_int_equal(plan.store, INTAKE_STORE_ATTENDANCE);
		p.is_bridge_time = true;	/* of whom none has come, too */
		plan = decide(c, false, &p);
		assert_string_equal(plan.source, "SERVER");
		assert_string_equal(plan.raw, raws[i]);
		assert_int_equal(plan.local, wall(NOW));
		assert_false(plan.is_late);
	}
}

static void
times_are_taken_into_the_punch(void **state)
{
	struct punch p = { .user_id = "42" };

	(void)state;
	intake_read_time(&p, "2026-03-12T07:30:00+05:30");
	assert_true(p.is_readable);
	assert_true(p.has_offset);
	assert_int_equal(p.offset_s, 19800);
	assert_int_equal(p.local, wall(NOW));
	intake_read_time(&p, NOW);
	assert_true(p.is_readable);
	assert_false(p.has_offset);
	assert_string_equal(p.raw, NOW);
	intake_read_time(&p, "x");
	assert_false(p.is_readable);
	assert_string_equal(p.raw, "x");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_case_is_decided_right),
		TEST(ten_minutes_are_not_late_yet),
		TEST(the_bridges_time_stands_for_itself),
		TEST(a_change_of_clocks_makes_nothing_late),
		TEST(without_a_time_the_servers_stands_in),
		TEST(times_are_taken_into_the_punch),
	};

	return cmocka_run_group_tests_name("intake_plan", tests, NULL, NULL);
}
