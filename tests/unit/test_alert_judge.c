/* test_alert_judge.c: what is wrong with a terminal, and when a gym is open */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "gym/alert_judge.h"

#define MIN 60000
#define NOW (INT64_C(1773300000000))	/* 2026-03-12 07:20:00 UTC */
#define LONG_OPEN (NOW - 600 * (int64_t)MIN)
#define NEVER CLOCK_NO_TIME

enum { U = ALERT_UNCLEAR, H = ALERT_HOLDS, W = ALERT_WELL };

/* Times in minutes ago, -1: never; verdicts in the order of the kinds. */
struct example {
	const char *what;
	int seen, reached, opened;	/* opened -1: closed */
	int64_t log, capacity, waiting, sampled, most;
	int sample;
	int backlog, bridge, full, terminal;
};

static int64_t
ago(int minutes)
{
	return minutes < 0 ? NEVER : NOW - minutes * (int64_t)MIN;
}

static void
each_example_is_judged(void **state)
{
	static const struct example list[] = {
		{ "never heard of", -1, -1, 99, 0, 0, 0, 0, 0, -1, U, U, U, U },
		{ "all is well", 0, 0, 99, 10, 1000, 0, 0, 0, -1, W, W, W, W },
		{ "4 min", 4, 4, 99, 0, 0, 0, 0, 0, -1, W, W, U, W },
		{ "not well, not told", 5, 5, 99, 0, 0, 0, 0, 0, -1,
		  U, U, U, U },
		{ "9 min", 9, 9, 99, 0, 0, 0, 0, 0, -1, U, U, U, U },
		{ "10 min", 10, 10, 99, 0, 0, 0, 0, 0, -1, U, H, U, U },
		{ "closed", 600, 600, -1, 0, 0, 0, 0, 0, -1, U, U, U, U },
		{ "well while closed", 0, 0, -1, 0, 0, 0, 0, 0, -1,
		  W, W, U, W },
		{ "just opened", 600, 600, 9, 0, 0, 0, 0, 0, -1, U, U, U, U },
		{ "open for 10 min", 600, 600, 10, 0, 0, 0, 0, 0, -1,
		  U, H, U, U },

		{ "terminal 4 min", 0, 4, 99, 0, 0, 0, 0, 0, -1, W, W, U, W },
		{ "terminal 9 min", 0, 9, 99, 0, 0, 0, 0, 0, -1, W, W, U, U },
		{ "terminal 10 min", 0, 10, 99, 0, 0, 0, 0, 0, -1,
		  W, W, U, H },
		{ "of it, as of the report", 2, 11, 99, 0, 0, 0, 0, 0, -1,
		  W, W, U, U },
		{ "not known when", 0, -1, 99, 0, 0, 0, 0, 0, -1, W, W, U, U },
		{ "over the night", 0, 600, 9, 0, 0, 0, 0, 0, -1, W, W, U, U },
		{ "since the opening", 0, 600, 10, 0, 0, 0, 0, 0, -1,
		  W, W, U, H },
		{ "closed, silent", 0, 600, -1, 0, 0, 0, 0, 0, -1, W, W, U, U },

		{ "log 80%", 0, 0, 99, 800, 1000, 0, 0, 0, -1, W, W, W, W },
		{ "log more", 0, 0, 99, 801, 1000, 0, 0, 0, -1, W, W, H, W },
		{ "at night", 600, 600, -1, 990, 1000, 0, 0, 0, -1,
		  U, U, H, U },

		{ "grows", 0, 0, 99, 0, 0, 150, 120, 0, 10, H, W, U, W },
		{ "grows at night", 0, 0, -1, 0, 0, 150, 120, 0, 10,
		  H, W, U, W },
		{ "not for long yet", 0, 0, 99, 0, 0, 150, 120, 0, 9,
		  U, W, U, W },
		{ "too long ago", 0, 0, 99, 0, 0, 150, 120, 0, 20,
		  U, W, U, W },
		{ "nothing to compare", 0, 0, 99, 0, 0, 150, 0, 0, -1,
		  U, W, U, W },
		{ "shrinks", 0, 0, 99, 0, 0, 150, 151, 0, 10, U, W, U, W },
		{ "stands", 0, 0, 99, 0, 0, 150, 150, 0, 10, U, W, U, W },
		{ "few", 0, 0, 99, 0, 0, 99, 10, 0, 10, U, W, U, W },
		{ "100", 0, 0, 99, 0, 0, 100, 99, 0, 10, H, W, U, W },
		{ "half of its height", 0, 0, 99, 0, 0, 200, 300, 400, 10,
		  U, W, U, W },
		{ "below half", 0, 0, 99, 0, 0, 199, 300, 400, 10,
		  W, W, U, W },
		{ "all sent", 0, 0, 99, 0, 0, 0, 300, 400, 10, W, W, U, W },
		{ "no news of it", 7, 0, 99, 0, 0, 0, 300, 400, 10,
		  U, U, U, U },
	};

	(void)state;
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		const struct example *e = &list[i];
		struct alert_facts facts = {
			.seen_at = ago(e->seen), .reached_at = ago(e->reached),
			.log_count = e->log, .log_capacity = e->capacity,
			.waiting = e->waiting, .sample_at = ago(e->sample),
			.sample_waiting = e->sampled,
			.most_waiting = e->most,
		};
		enum alert_verdict got[ALERT__COUNT];

		alert_judge(&facts, ago(e->opened), NOW, ALERT_SILENT_MS, got);
		if ((int)got[ALERT_BACKLOG] != e->backlog ||
		    (int)got[ALERT_BRIDGE] != e->bridge ||
		    (int)got[ALERT_LOG] != e->full ||
		    (int)got[ALERT_TERMINAL] != e->terminal)
			fail_msg("%s: backlog %d, bridge %d, log %d, "
			         "terminal %d", e->what, got[ALERT_BACKLOG],
			         got[ALERT_BRIDGE], got[ALERT_LOG],
			         got[ALERT_TERMINAL]);
	}
}

static void
what_joins_the_others_is_judged_sooner(void **state)
{
	struct alert_facts facts = { .seen_at = ago(9),
		                     .reached_at = ago(9) };
	enum alert_verdict got[ALERT__COUNT];

	(void)state;
	alert_judge(&facts, LONG_OPEN, NOW,
	            ALERT_SILENT_MS - ALERT_TOGETHER_MS, got);
	assert_int_equal(got[ALERT_BRIDGE], ALERT_HOLDS);
}

/* "2026-03-12 04:59:00" at the gym. */
static int64_t
at(const char *zone, const char *text)
{
	int64_t local;
	bool has_offset;
	int offset_s;

	assert_true(clock_parse(text, &local, &has_offset, &offset_s));
	return clock_instant(zone, local);
}

static void
a_gym_opens_by_its_own_clock(void **state)
{
	static const struct {
		const char *zone;
		int64_t opens, closes;
		const char *now, *opened;	/* NULL: closed */
	} list[] = {
		{ "Asia/Kolkata", 300, 1380, "2026-03-12 04:59:59", NULL },
		{ "Asia/Kolkata", 300, 1380, "2026-03-12 05:00:00",
		  "2026-03-12 05:00:00" },
		{ "Asia/Kolkata", 300, 1380, "2026-03-12 22:59:59",
		  "2026-03-12 05:00:00" },
		{ "Asia/Kolkata", 300, 1380, "2026-03-12 23:00:00", NULL },
		/* past midnight */
		{ "Asia/Kolkata", 360, 60, "2026-03-12 00:59:00",
		  "2026-03-11 06:00:00" },
		{ "Asia/Kolkata", 360, 60, "2026-03-12 01:00:00", NULL },
		{ "Asia/Kolkata", 360, 60, "2026-03-12 05:59:00", NULL },
		{ "Asia/Kolkata", 360, 60, "2026-03-12 23:59:00",
		  "2026-03-12 06:00:00" },
		/* until midnight */
		{ "Asia/Kolkata", 300, 0, "2026-03-12 23:59:00",
		  "2026-03-12 05:00:00" },
		{ "Asia/Kolkata", 300, 0, "2026-03-12 00:00:00", NULL },
		/* clocks were set an hour ahead at 02:00 */
		{ "Europe/Berlin", 60, 240, "2026-03-29 03:10:00",
		  "2026-03-29 01:00:00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		int64_t got = alert_opened_at(list[i].zone, list[i].opens,
			list[i].closes, at(list[i].zone, list[i].now));

		if (got != (list[i].opened == NULL ? CLOCK_NO_TIME
		            : at(list[i].zone, list[i].opened)))
			fail_msg("%s", list[i].now);
	}
	/* one that never closes has been open for long */
	assert_int_equal(alert_opened_at("UTC", 300, 300, NOW), 0);
}

static void
kinds_have_names(void **state)
{
	(void)state;
	for (int i = 0; i < ALERT__COUNT; i++)
		assert_int_equal(alert_kind_of(alert_kind_name(i)), i);
	assert_int_equal(alert_kind_of("OTHER"), ALERT__COUNT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_example_is_judged),
		cmocka_unit_test(what_joins_the_others_is_judged_sooner),
		cmocka_unit_test(a_gym_opens_by_its_own_clock),
		cmocka_unit_test(kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
