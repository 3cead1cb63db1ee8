/* test_plan_hours.c: days and times of a plan: text, moments, edges */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "gym/plan_hours.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int64_t
wall(const char *text)
{
	int64_t local;
	bool has_offset;
	int offset_s;

	assert_true(clock_parse(text, &local, &has_offset, &offset_s));
	return local;
}

static struct plan_hours
hours_of(const char *text)
{
	struct plan_hours hours;

	if (!plan_hours_parse(text, &hours))
		fail_msg("is not taken: %s", text);
	return hours;
}

/* ---- text ---------------------------------------------------------------- */

static void
what_is_written_is_read_again(void **state)
{
	static const char *const texts[] = {
		"", "7f00002400", "1f06001000", "1f060010001f17002100",
		"0122000600", "4000002359011230123102100023007f00002400",
	};
	char out[PLAN_HOURS_TEXT_SIZE];
	struct plan_hours none;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct plan_hours hours = hours_of(texts[i]);

		plan_hours_format(&hours, out);
		assert_string_equal(out, texts[i]);
	}
	assert_true(plan_hours_parse(NULL, &none));
	assert_int_equal(none.count, 0);
}

static void
what_is_malformed_is_refused(void **state)
{
	static const char *const texts[] = {
		"1", "1f0600100", "0006001000", "8006001000", "1F06001000",
		"1f06601000", "1f24000100", "1f06002401", "1f06002500",
		"1f-6001000", "1f 6001000", "gg06001000",
		"7f000024007f000024007f000024007f000024007f00002400",
	};
	struct plan_hours hours;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		if (plan_hours_parse(texts[i], &hours))
			fail_msg("is taken: %s", texts[i]);
	}
}

/* ---- moments; 2026-03-09 is a Monday ------------------------------------- */

static const struct {
	const char *hours, *moment;
	bool open;
	const char *next;	/* edge, within 8 days */
} cases[] = {
	{ "", "2026-03-09 03:00:00", true, NULL },
	{ "1f06001000", "2026-03-09 05:59:59", false, "2026-03-09 06:00:00" },
	{ "1f06001000", "2026-03-09 06:00:00", true, "2026-03-09 10:00:00" },
	{ "1f06001000", "2026-03-09 09:59:59", true, "2026-03-09 10:00:00" },
	{ "1f06001000", "2026-03-09 10:00:00", false, "2026-03-10 06:00:00" },
	{ "1f06001000", "2026-03-13 10:00:00", false, "2026-03-16 06:00:00" },
	{ "1f06001000", "2026-03-14 07:00:00", false, "2026-03-16 06:00:00" },
	{ "6000002400", "2026-03-14 00:00:00", true, "2026-03-15 00:00:00" },
	{ "6000002400", "2026-03-15 23:59:59", true, "2026-03-16 00:00:00" },
	/* past midnight: of Monday only */
	{ "0122000600", "2026-03-09 21:59:59", false, "2026-03-09 22:00:00" },
	{ "0122000600", "2026-03-09 23:59:59", true, "2026-03-10 06:00:00" },
	{ "0122000600", "2026-03-10 05:59:59", true, "2026-03-10 06:00:00" },
	{ "0122000600", "2026-03-10 06:00:00", false, "2026-03-16 22:00:00" },
	{ "0122000600", "2026-03-09 05:00:00", false, "2026-03-09 22:00:00" },
	/* a whole day from one time to the same */
	{ "0106000600", "2026-03-10 05:00:00", true, "2026-03-10 06:00:00" },
	{ "1f060010001f17002100", "2026-03-09 12:00:00", false,
	  "2026-03-09 17:00:00" },
	{ "1f060010001f17002100", "2026-03-09 18:00:00", true,
	  "2026-03-09 21:00:00" },
};

static void
moments_are_within_or_not_and_the_next_edge_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct plan_hours hours = hours_of(cases[i].hours);
		int64_t at = wall(cases[i].moment), most = at + 8 * 86400;
		int64_t next = plan_hours_next(&hours, at, most);

		if (plan_hours_open(&hours, at) != cases[i].open)
			fail_msg("%s at %s", cases[i].hours, cases[i].moment);
		assert_int_equal(next, cases[i].next == NULL ? most
		                 : wall(cases[i].next));
	}
}

static void
no_edge_lies_behind_the_most(void **state)
{
	struct plan_hours hours = hours_of("1f06001000");
	int64_t at = wall("2026-03-09 05:00:00");

	(void)state;
	assert_int_equal(plan_hours_next(&hours, at, at + 60), at + 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(what_is_malformed_is_refused),
		cmocka_unit_test(
			moments_are_within_or_not_and_the_next_edge_is_known),
		cmocka_unit_test(no_edge_lies_behind_the_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
