/* test_report.c: in which month a member is new, renewed, returned or lost */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gym/report.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define MOST 4

static int32_t
day(const char *text)
{
	int32_t d;

	assert_true(clock_parse_day(text, &d));
	return d;
}

static void
months_end_with_the_one_of_today(void **state)
{
	struct report_month months[REPORT_MONTHS];

	(void)state;
	report_months(day("2026-06-17"), months);
	assert_int_equal(months[0].month.first_day, day("2025-07-01"));
	assert_int_equal(months[11].month.first_day, day("2026-06-01"));
	assert_int_equal(months[11].month.last_day, day("2026-06-30"));
	for (int i = 1; i < REPORT_MONTHS; i++)
		assert_int_equal(months[i].month.first_day,
		                 months[i - 1].month.last_day + 1);
}

/*
 * Seen on 17 June 2026.  What is counted is written as a letter and the
 * month: n(ew), r(enewed), b(ack), l(ost).
 */
static const struct {
	const char *what;
	const char *spans[MOST][2];
	const char *counted;
} cases[] = {
	{ "nothing", { { NULL } }, "" },
	{ "one that holds", { { "2026-06-01", "2026-06-30" } }, "n06 " },
	{ "its last day is today", { { "2026-06-01", "2026-06-17" } },
	  "n06 " },
	{ "it was yesterday", { { "2026-06-01", "2026-06-16" } },
	  "n06 l06 " },
	{ "bought, but not begun", { { "2026-06-18", "2026-07-17" } }, "" },
	{ "begins today", { { "2026-06-17", "2026-07-16" } }, "n06 " },
	{ "renewed without a gap", { { "2026-03-10", "2026-04-08" },
	  { "2026-04-09", "2026-05-08" } }, "n03 r04 l05 " },
	{ "renewed before the end", { { "2026-03-01", "2026-03-31" },
	  { "2026-03-20", "2026-07-20" } }, "n03 r03 " },
	{ "renewed on the last day that counts as one",
	  { { "2025-01-01", "2026-01-31" }, { "2026-03-02", "2026-12-31" } },
	  "r03 " },
	{ "a day later", { { "2025-01-01", "2026-01-31" },
	  { "2026-03-03", "2026-12-31" } }, "b03 " },
	{ "lost once, though there was a gap before",
	  { { "2025-08-01", "2025-08-31" }, { "2025-12-01", "2025-12-31" } },
	  "n08 b12 l12 " },
	{ "ended, but the next is bought", { { "2026-05-01", "2026-05-31" },
	  { "2026-07-01", "2026-07-31" } }, "n05 " },
	{ "twice in a month is once", { { "2026-04-01", "2026-04-07" },
	  { "2026-04-08", "2026-04-14" }, { "2026-04-15", "2026-04-21" } },
	  "n04 r04 l04 " },
	{ "in April and in May is twice", { { "2026-04-01", "2026-04-20" },
	  { "2026-04-21", "2026-05-10" }, { "2026-05-11", "2026-08-10" } },
	  "n04 r04 r05 " },
	{ "the shorter one ends first", { { "2026-02-01", "2026-12-31" },
	  { "2026-03-01", "2026-03-31" } }, "n02 r03 " },
	{ "all of it before these months", { { "2024-01-01", "2025-06-30" } },
	  "" },
	{ "lost on the first day of them", { { "2024-01-01", "2025-07-01" } },
	  "l07 " },
};

/* What the months hold, written as above. */
static void
write_months(const struct report_month *months, char *out, size_t size)
{
	size_t used = 0;

	for (int i = 0; i < REPORT_MONTHS; i++) {
		const struct report_month *m = &months[i];
		int month = clock_split((int64_t)m->month.first_day *
		                        CLOCK_DAY_SECONDS).month;
		const struct {
			char letter;
			int64_t count;
		} all[] = {
			{ 'n', m->begun }, { 'r', m->renewed },
			{ 'b', m->returned }, { 'l', m->lost },
		};

		for (size_t k = 0; k < COUNT(all); k++) {
			for (int64_t n = 0; n < all[k].count; n++)
				used += (size_t)snprintf(out + used,
					size - used, "%c%02d ", all[k].letter,
					month);
		}
	}
}

static void
each_is_counted_where_it_belongs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct admit_span spans[MOST];
		struct report_month months[REPORT_MONTHS];
		char counted[200] = "";
		size_t count = 0;

		for (; count < MOST && cases[i].spans[count][0] != NULL;
		     count++)
			spans[count] = (struct admit_span){
				day(cases[i].spans[count][0]),
				day(cases[i].spans[count][1]),
			};
		report_months(day("2026-06-17"), months);
		report_count(spans, count, day("2026-06-17"), months);
		write_months(months, counted, sizeof counted);
		if (strcmp(counted, cases[i].counted) != 0)
			fail_msg("%s: \"%s\" instead of \"%s\"",
			         cases[i].what, counted, cases[i].counted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months_end_with_the_one_of_today),
		cmocka_unit_test(each_is_counted_where_it_belongs),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
