/* test_month.c: months as calendars draw them */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "base/month.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int32_t
day(const char *text)
{
	int32_t d;

	assert_true(clock_parse_day(text, &d));
	return d;
}

static void
a_month_knows_its_days_and_weeks(void **state)
{
	static const struct {
		const char *month, *last;
		int lead, weeks;
	} cases[] = {
		{ "2026-03", "2026-03-31", 6, 6 },	/* begins on Sunday */
		{ "2026-02", "2026-02-28", 6, 5 },
		{ "2027-02", "2027-02-28", 0, 4 },	/* four whole weeks */
		{ "2028-02", "2028-02-29", 1, 5 },
		{ "2026-06", "2026-06-30", 0, 5 },	/* begins on Monday */
		{ "2025-12", "2025-12-31", 0, 5 },
		{ "2026-08", "2026-08-31", 5, 6 },
		{ "2000-02", "2000-02-29", 1, 5 },
		{ "2999-12", "2999-12-31", 6, 6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct month m;
		char text[MONTH_TEXT_SIZE];

		assert_true(month_parse(cases[i].month, &m));
		assert_int_equal(m.last_day, day(cases[i].last));
		assert_int_equal(m.lead, cases[i].lead);
		assert_int_equal(m.weeks, cases[i].weeks);
		month_format(&m, text);
		assert_string_equal(text, cases[i].month);
	}
}

/* Every day of 400 years: its month holds it, and its neighbours touch it. */
static void
every_day_lies_in_its_month(void **state)
{
	int32_t first = day("2000-01-01"), last = day("2400-01-01");

	(void)state;
	for (int32_t d = first; d < last; d++) {
		struct month m = month_of(d);
		struct month before = month_before(&m);
		struct month after = month_after(&m);
		/* 1 Jan 2000 was a Saturday */
		int weekday = (m.first_day - first + 5) % 7;

		assert_true(m.first_day <= d && d <= m.last_day);
		assert_int_equal(before.last_day + 1, m.first_day);
		assert_int_equal(m.last_day + 1, after.first_day);
		assert_int_equal(m.lead, weekday);
		assert_true(m.lead + m.last_day - m.first_day < 7 * m.weeks);
		assert_true(m.lead + m.last_day - m.first_day >=
		            7 * (m.weeks - 1));
	}
}

static void
days_before_1970_have_weekdays_too(void **state)
{
	(void)state;
	/* 1 Sep 1969 was a Monday, 1 Aug a Friday */
	assert_int_equal(month_of(day("1969-09-30")).lead, 0);
	assert_int_equal(month_of(day("1969-08-01")).lead, 4);
}

static void
months_ago_cross_the_years(void **state)
{
	static const struct {
		const char *day, *first;
		int count;
	} cases[] = {
		{ "2026-03-31", "2026-03-01", 0 },
		{ "2026-03-31", "2026-02-01", 1 },
		{ "2026-03-01", "2025-12-01", 3 },
		{ "2026-12-31", "2026-01-01", 11 },
		{ "2026-06-17", "2025-07-01", 11 },
		{ "2024-02-29", "2023-02-01", 12 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(month_ago(day(cases[i].day),
		                           cases[i].count).first_day,
		                 day(cases[i].first));
}

static void
only_a_month_is_read(void **state)
{
	static const char *const wrong[] = {
		"", "2026", "2026-3", "2026-13", "2026-00", "2026-03-01",
		"2026/03", " 2026-03", "2026-03 ", "1999-12", "3000-01",
		"0026-03", "x", "2026-0x", "9999-12", "-026-03",
	};
	struct month m = { .lead = 42 };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(month_parse(wrong[i], &m));
	assert_int_equal(m.lead, 42);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_month_knows_its_days_and_weeks),
		cmocka_unit_test(every_day_lies_in_its_month),
		cmocka_unit_test(days_before_1970_have_weekdays_too),
		cmocka_unit_test(months_ago_cross_the_years),
		cmocka_unit_test(only_a_month_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
