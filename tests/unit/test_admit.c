/* test_admit.c: the rule, case by case, and against a walk day by day */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "gym/access_rules.h"
#include "gym/admit.h"
#include "tests/unit/facts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DAY(y, m, d) clock_day(at(y, m, d, 0, 0, 0))
#define AT(y, m, d, h, min) at(y, m, d, h, min, 0)
#define OPEN CLOCK_NO_DAY

static int64_t
at(int year, int month, int day, int hour, int minute, int second)
{
	struct clock_date d = { year, month, day, hour, minute, second };
	int64_t local = 0;

	assert_true(clock_join(&d, &local));
	return local;
}

static enum admit_verdict
judge(const struct admit_facts *facts, int64_t local)
{
	return admit(facts, &access_rules_default,
	             (struct admit_moment){ .local = local }).refusal;
}

/* ---- the clock of a day -------------------------------------------------- */

static void
first_and_last_day_are_included_whole(void **state)
{
	struct subscription march = PAID(DAY(2026, 3, 1), DAY(2026, 3, 31));
	struct admit_facts asha = FACTS(&march, 1, NULL, 0);

	(void)state;
	assert_int_equal(judge(&asha, at(2026, 2, 28, 23, 59, 59)),
	                 ADMIT_NOT_STARTED);
	assert_int_equal(judge(&asha, AT(2026, 3, 1, 0, 0)), ADMIT_ALLOWED);
	assert_int_equal(judge(&asha, at(2026, 3, 31, 23, 59, 59)),
	                 ADMIT_ALLOWED);
	assert_int_equal(judge(&asha, AT(2026, 4, 1, 0, 0)), ADMIT_EXPIRED);
}

static void
a_freeze_begins_and_ends_at_midnight(void **state)
{
	struct subscription march = PAID(DAY(2026, 3, 1), DAY(2026, 3, 31));
	struct freeze rest = { DAY(2026, 3, 10), DAY(2026, 3, 12), false };
	struct admit_facts asha = FACTS(&march, 1, &rest, 1);

	(void)state;
	assert_int_equal(judge(&asha, at(2026, 3, 9, 23, 59, 59)),
	                 ADMIT_ALLOWED);
	assert_int_equal(judge(&asha, AT(2026, 3, 10, 0, 0)), ADMIT_FROZEN);
	assert_int_equal(judge(&asha, at(2026, 3, 12, 23, 59, 59)),
	                 ADMIT_FROZEN);
	assert_int_equal(judge(&asha, AT(2026, 3, 13, 0, 0)), ADMIT_ALLOWED);
}

static void
days_before_1970_are_days_too(void **state)
{
	struct subscription old = PAID(-10, -1);
	struct admit_facts f = FACTS(&old, 1, NULL, 0);

	(void)state;
	assert_int_equal(judge(&f, -1), ADMIT_ALLOWED);
	assert_int_equal(judge(&f, -10 * 86400), ADMIT_ALLOWED);
	assert_int_equal(judge(&f, -10 * 86400 - 1), ADMIT_NOT_STARTED);
	assert_int_equal(judge(&f, 0), ADMIT_EXPIRED);
}

/* ---- cases; days are of 2026, counted from 1 January as 1 ---------------- */

#define MOST 4
#define A ADMIT_ALLOWED
#define NONE INT32_MIN	/* not covered */

struct admit_case {
	const char *what;
	struct admit_span subs[MOST];	/* up to { 0, 0 } */
	struct freeze freezes[MOST];
	int day;
	enum admit_verdict verdict;
	int32_t until;
};

static const struct admit_case cases[] = {
	{ "nothing", { { 0, 0 } }, { { 0, 0, 0 } }, 5, ADMIT_NONE, NONE },
	{ "one day long", { { 5, 5 } }, { { 0, 0, 0 } }, 5, A, 5 },
	{ "the day before", { { 5, 5 } }, { { 0, 0, 0 } }, 4,
	  ADMIT_NOT_STARTED, NONE },
	{ "the day after", { { 5, 5 } }, { { 0, 0, 0 } }, 6, ADMIT_EXPIRED,
	  NONE },
	{ "in a gap, one is to come", { { 1, 10 }, { 20, 30 } },
	  { { 0, 0, 0 } }, 15, ADMIT_NOT_STARTED, NONE },
	{ "before a gap", { { 1, 10 }, { 20, 30 } }, { { 0, 0, 0 } }, 10, A,
	  10 },
	{ "behind a gap", { { 1, 10 }, { 20, 30 } }, { { 0, 0, 0 } }, 20, A,
	  30 },
	{ "two ended", { { 1, 10 }, { 20, 30 } }, { { 0, 0, 0 } }, 31,
	  ADMIT_EXPIRED, NONE },
	{ "a renewal counts at once", { { 1, 10 }, { 11, 20 } },
	  { { 0, 0, 0 } }, 10, A, 20 },
	{ "the first day of a renewal", { { 1, 10 }, { 11, 20 } },
	  { { 0, 0, 0 } }, 11, A, 20 },
	{ "renewed twice", { { 1, 10 }, { 11, 20 }, { 21, 30 } },
	  { { 0, 0, 0 } }, 3, A, 30 },
	{ "renewed early, they overlap", { { 1, 10 }, { 5, 14 } },
	  { { 0, 0, 0 } }, 3, A, 14 },
	{ "one within another", { { 1, 30 }, { 5, 10 } }, { { 0, 0, 0 } },
	  20, A, 30 },
	{ "one within another, and a third behind",
	  { { 1, 30 }, { 5, 10 }, { 31, 40 } }, { { 0, 0, 0 } }, 20, A, 40 },
	{ "the third behind the short one only",
	  { { 1, 30 }, { 5, 10 }, { 32, 40 } }, { { 0, 0, 0 } }, 20, A, 30 },

	{ "frozen", { { 1, 10 } }, { { 5, 7, 0 } }, 6, ADMIT_FROZEN, 13 },
	{ "three frozen days come behind", { { 1, 10 } }, { { 5, 7, 0 } },
	  13, A, 13 },
	{ "and no more than that", { { 1, 10 } }, { { 5, 7, 0 } }, 14,
	  ADMIT_EXPIRED, NONE },
	{ "frozen on the last day", { { 1, 10 } }, { { 10, 12, 0 } }, 13, A,
	  13 },
	{ "frozen from the day after", { { 1, 10 } }, { { 11, 12, 0 } }, 13,
	  ADMIT_EXPIRED, NONE },
	{ "frozen before it began", { { 5, 10 } }, { { 1, 4, 0 } }, 11,
	  ADMIT_EXPIRED, NONE },
	{ "frozen as it began", { { 5, 10 } }, { { 1, 6, 0 } }, 12, A, 12 },
	{ "frozen as it began, and no longer", { { 5, 10 } }, { { 1, 6, 0 } },
	  13, ADMIT_EXPIRED, NONE },
	{ "two freezes", { { 1, 10 } }, { { 2, 3, 0 }, { 6, 7, 0 } }, 14, A,
	  14 },
	{ "the second lies in days the first has added", { { 1, 10 } },
	  { { 10, 12, 0 }, { 13, 15, 0 } }, 16, A, 16 },
	{ "overlapping freezes count once", { { 1, 10 } },
	  { { 2, 5, 0 }, { 4, 7, 0 } }, 16, A, 16 },
	{ "and once only", { { 1, 10 } }, { { 2, 5, 0 }, { 4, 7, 0 } }, 17,
	  ADMIT_EXPIRED, NONE },
	{ "a freeze within a freeze", { { 1, 10 } },
	  { { 2, 7, 0 }, { 3, 4, 0 } }, 17, ADMIT_EXPIRED, NONE },
	{ "frozen all along", { { 1, 10 } }, { { 1, 10, 0 } }, 20, A, 20 },

	{ "a queued one moves on", { { 1, 10 }, { 11, 20 } },
	  { { 5, 7, 0 } }, 23, A, 23 },
	{ "and ends moved", { { 1, 10 }, { 11, 20 } }, { { 5, 7, 0 } }, 24,
	  ADMIT_EXPIRED, NONE },
	{ "the gap before it takes the days up", { { 1, 10 }, { 14, 20 } },
	  { { 5, 7, 0 } }, 21, ADMIT_EXPIRED, NONE },
	{ "the gap takes up some", { { 1, 10 }, { 12, 20 } },
	  { { 5, 7, 0 } }, 22, A, 22 },
	{ "one that overlapped as bought does not move",
	  { { 1, 10 }, { 8, 20 } }, { { 2, 3, 0 } }, 21, ADMIT_EXPIRED,
	  NONE },
	{ "frozen days of two overlapping come behind each",
	  { { 1, 10 }, { 8, 20 } }, { { 8, 9, 0 } }, 22, A, 22 },
	{ "three in a row, all moved", { { 1, 5 }, { 6, 10 }, { 11, 15 } },
	  { { 2, 3, 0 } }, 17, A, 17 },
	{ "a freeze at the moved beginning", { { 1, 5 }, { 6, 10 } },
	  { { 2, 3, 0 }, { 8, 9, 0 } }, 14, A, 14 },

	{ "open freeze", { { 1, 10 } }, { { 5, OPEN, 0 } }, 5, ADMIT_FROZEN,
	  11 },
	{ "open freeze, long after", { { 1, 10 } }, { { 5, OPEN, 0 } }, 300,
	  ADMIT_FROZEN, 306 },
	{ "the day before an open freeze", { { 1, 10 } }, { { 5, OPEN, 0 } },
	  4, A, 11 },
	{ "open freeze without a subscription", { { 0, 0 } },
	  { { 5, OPEN, 0 } }, 9, ADMIT_FROZEN, NONE },
	{ "open freeze after the end", { { 1, 10 } }, { { 15, OPEN, 0 } },
	  12, ADMIT_EXPIRED, NONE },

	{ "inactive", { { 1, 10 } }, { { 5, 7, 1 } }, 6, ADMIT_INACTIVE, 10 },
	{ "inactive days are used up", { { 1, 10 } }, { { 5, 7, 1 } }, 11,
	  ADMIT_EXPIRED, NONE },
	{ "active again", { { 1, 10 } }, { { 5, 7, 1 } }, 8, A, 10 },
	{ "inactive until further notice", { { 1, 10 } }, { { 5, OPEN, 1 } },
	  9, ADMIT_INACTIVE, 10 },
	{ "not inactive yet", { { 1, 10 } }, { { 5, OPEN, 1 } }, 4, A, 10 },

	/* where several hold, the weightiest is shown */
	{ "inactive before frozen", { { 1, 10 } },
	  { { 5, 7, 0 }, { 5, 7, 1 } }, 6, ADMIT_INACTIVE, 13 },
	{ "inactive before expired", { { 1, 10 } }, { { 15, OPEN, 1 } }, 20,
	  ADMIT_INACTIVE, NONE },
	{ "inactive without a subscription", { { 0, 0 } },
	  { { 1, OPEN, 1 } }, 20, ADMIT_INACTIVE, NONE },
	{ "frozen before not started", { { 10, 20 } }, { { 5, 7, 0 } }, 6,
	  ADMIT_FROZEN, NONE },
	{ "frozen before expired", { { 1, 10 } }, { { 15, 20, 0 } }, 16,
	  ADMIT_FROZEN, NONE },
	{ "not started before expired", { { 1, 2 }, { 10, 20 } },
	  { { 0, 0, 0 } }, 6, ADMIT_NOT_STARTED, NONE },
};

static const char *
verdict_word(enum admit_verdict v)
{
	return v == ADMIT_ALLOWED ? "allowed" : admit_reason(v);
}

static void
check_case(const struct admit_case *c)
{
	struct subscription subs[MOST];
	struct admit_facts f = FACTS(subs, 0, c->freezes, 0);
	enum admit_verdict verdict;
	int32_t until;

	for (size_t i = 0; i < MOST && c->subs[i].start_day != 0; i++)
		subs[f.subscription_count++] = (struct subscription)
			PAID(c->subs[i].start_day, c->subs[i].end_day);
	while (f.freeze_count < MOST &&
	       c->freezes[f.freeze_count].from_day != 0)
		f.freeze_count++;
	verdict = judge(&f, (int64_t)c->day * 86400 + 43200);
	until = admit_covered_until(&f, c->day);
	if (verdict != c->verdict || until != c->until)
		fail_msg("%s: %s until %d instead of %s until %d", c->what,
		         verdict_word(verdict), (int)until,
		         verdict_word(c->verdict), (int)c->until);
}

static void
each_case_is_judged_right(void **state)
{
	(void)state;
	assert_true(NONE == CLOCK_NO_DAY);
	for (size_t i = 0; i < COUNT(cases); i++)
		check_case(&cases[i]);
}

static void
reasons_are_the_words_that_are_stored(void **state)
{
	(void)state;
	assert_null(admit_reason(ADMIT_ALLOWED));
	assert_string_equal(admit_reason(ADMIT_NONE), "No subscription");
	assert_string_equal(admit_reason(ADMIT_EXPIRED),
	                    "Subscription expired");
	assert_string_equal(admit_reason(ADMIT_NOT_STARTED),
	                    "Subscription not started");
	assert_string_equal(admit_reason(ADMIT_FROZEN), "Membership frozen");
	assert_string_equal(admit_reason(ADMIT_INACTIVE), "Member inactive");
	assert_string_equal(admit_reason(ADMIT_OVERDUE), "Payment overdue");
	assert_string_equal(admit_reason(ADMIT_VISITS), "Visits used up");
	assert_string_equal(admit_reason(ADMIT_HOURS), "Outside plan hours");
	assert_string_equal(admit_reason(ADMIT_DAY_LIMIT),
	                    "Came often enough today");
	assert_string_equal(admit_reason(ADMIT_GRACE),
	                    "Expired, in days of grace");
	assert_string_equal(admit_reason(ADMIT_LET_IN), "Let in by staff");
}

static void
the_last_day_of_all_does_not_overflow(void **state)
{
	struct subscription ever = PAID(DAY(1000, 1, 1), DAY(9999, 12, 31));
	struct freeze rests[] = {
		{ DAY(1000, 1, 1), DAY(9999, 12, 31), false },
		{ DAY(2000, 1, 1), OPEN, false },
	};
	struct admit_facts f = FACTS(&ever, 1, rests, 2);

	(void)state;
	assert_int_equal(judge(&f, AT(2026, 1, 1, 0, 0)), ADMIT_FROZEN);
	assert_int_equal(admit_covered_until(&f, DAY(2026, 1, 1)),
	                 2 * DAY(9999, 12, 31) - DAY(1000, 1, 1) + 1);
}

/* ---- day by day ---------------------------------------------------------- */

#define DAYS 400	/* more than any made-up member can need */

/* The days of a subscription, used up one by one where none is frozen. */
static int
walk_to_the_end(int start, int paid, const bool *frozen)
{
	int day = start - 1;

	while (paid > 0 && day < DAYS - 1)
		paid -= !frozen[++day];
	return day;
}

/* Marks the days that are covered, from the subscriptions one by one. */
static void
mark_covered(const struct admit_facts *f, const bool *frozen, bool *covered,
             int *last_start)
{
	bool bought[DAYS] = { false }, lived[DAYS] = { false };

	*last_start = -1;
	for (size_t i = 0; i < f->subscription_count; i++) {
		int start = f->subscriptions[i].start_day;
		int end = f->subscriptions[i].end_day, day, was = start;
		bool queued = true;

		/* behind all before it as they were bought, but no more */
		for (day = start; day < DAYS; day++)
			queued = queued && !bought[day];
		if (queued) {
			for (day = start; day < DAYS; day++) {
				if (lived[day])
					was = day + 1;
			}
		}
		for (day = start; day <= end; day++)
			bought[day] = true;
		end = walk_to_the_end(was, end - start + 1, frozen);
		for (day = was; day <= end; day++)
			covered[day] = lived[day] = true;
		if (was > *last_start)
			*last_start = was;
	}
}

static enum admit_verdict
judge_by_days(const struct admit_facts *f, int today, int32_t *until)
{
	bool frozen[DAYS] = { false }, away[DAYS] = { false };
	bool covered[DAYS] = { false };
	int last_start, day;

	for (size_t i = 0; i < f->freeze_count; i++) {
		const struct freeze *z = &f->freezes[i];
		int from = z->from_day;
		int to = z->to_day != OPEN ? z->to_day
			: from > today ? from : today;

		for (day = from; day <= to; day++)
			(z->is_inactive ? away : frozen)[day] = true;
	}
	mark_covered(f, frozen, covered, &last_start);
	*until = OPEN;
	for (day = today; covered[day]; day++)
		*until = day;
	if (away[today])
		return ADMIT_INACTIVE;
	if (frozen[today])
		return ADMIT_FROZEN;
	if (covered[today])
		return ADMIT_ALLOWED;
	if (last_start > today)
		return ADMIT_NOT_STARTED;
	return last_start < 0 ? ADMIT_NONE : ADMIT_EXPIRED;
}

static uint32_t seed;

static int
dice(int sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)sides);
}

static int
by_start(const void *a, const void *b)
{
	const struct subscription *x = a, *y = b;

	return x->start_day != y->start_day ? x->start_day - y->start_day
		: x->end_day - y->end_day;
}

static int
by_from(const void *a, const void *b)
{
	return ((const struct freeze *)a)->from_day -
	       ((const struct freeze *)b)->from_day;
}

/* A member; half of the subscriptions follow the one before without a gap. */
static void
make_member(struct admit_facts *f, struct subscription *subs,
            struct freeze *freezes)
{
	int next = 1 + dice(10);

	f->subscription_count = (size_t)dice(MOST + 1);
	for (size_t i = 0; i < f->subscription_count; i++) {
		int start = dice(2) == 0 ? next : 1 + dice(60);

		subs[i] = (struct subscription)PAID(start, start + dice(15));
		next = subs[i].end_day + 1;
	}
	f->freeze_count = (size_t)dice(MOST + 1);
	for (size_t i = 0; i < f->freeze_count; i++) {
		int from = 1 + dice(70);

		freezes[i] = (struct freeze){ from,
			dice(6) == 0 ? OPEN : from + dice(12), dice(3) == 0 };
	}
	qsort(subs, f->subscription_count, sizeof *subs, by_start);
	qsort(freezes, f->freeze_count, sizeof *freezes, by_from);
}

static void
describe(const struct admit_facts *f)
{
	for (size_t i = 0; i < f->subscription_count; i++)
		print_message("paid %d-%d\n",
		              (int)f->subscriptions[i].start_day,
		              (int)f->subscriptions[i].end_day);
	for (size_t i = 0; i < f->freeze_count; i++)
		print_message("%s %d-%d\n", f->freezes[i].is_inactive
		              ? "inactive" : "frozen",
		              (int)f->freezes[i].from_day,
		              (int)f->freezes[i].to_day);
}

/* What the subscriptions cover, one by one, is what the whole rule says. */
static void
spans_say_the_same(const struct admit_facts *f, int32_t today, int32_t until)
{
	struct admit_span spans[MOST];
	int32_t end = CLOCK_NO_DAY;
	bool covers = false;

	admit_spans(f, today, spans);
	for (size_t i = 0; i < f->subscription_count; i++) {
		covers |= spans[i].start_day <= today &&
			today <= spans[i].end_day;
		if (end == CLOCK_NO_DAY || spans[i].end_day > end)
			end = spans[i].end_day;
	}
	assert_int_equal(covers, until != CLOCK_NO_DAY);
	assert_int_equal(end, admit_end(f, today));
}

static void
members_at_random_are_judged_as_day_by_day(void **state)
{
	const char *given = getenv("GYMGATE_TEST_SEED");

	(void)state;
	seed = given != NULL ? (uint32_t)strtoul(given, NULL, 10)
		: (uint32_t)clock_mono_ms() * 2654435761u ^ (uint32_t)getpid();
	print_message("GYMGATE_TEST_SEED=%u\n", (unsigned)seed);
	for (int n = 0; n < 20000; n++) {
		struct subscription subs[MOST];
		struct freeze freezes[MOST];
		struct admit_facts f = { .subscriptions = subs,
			                 .freezes = freezes };
		int32_t until, want_until;
		enum admit_verdict verdict, want;
		int today;

		make_member(&f, subs, freezes);
		today = 1 + dice(150);
		want = judge_by_days(&f, today, &want_until);
		verdict = judge(&f, (int64_t)today * 86400 + dice(86400));
		until = admit_covered_until(&f, today);
		spans_say_the_same(&f, today, until);
		if (verdict == want && until == want_until)
			continue;
		describe(&f);
		fail_msg("day %d: %s until %d instead of %s until %d", today,
		         verdict_word(verdict), (int)until,
		         verdict_word(want), (int)want_until);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_and_last_day_are_included_whole),
		cmocka_unit_test(a_freeze_begins_and_ends_at_midnight),
		cmocka_unit_test(days_before_1970_are_days_too),
		cmocka_unit_test(each_case_is_judged_right),
		cmocka_unit_test(reasons_are_the_words_that_are_stored),
		cmocka_unit_test(the_last_day_of_all_does_not_overflow),
		cmocka_unit_test(members_at_random_are_judged_as_day_by_day),
	};

	return cmocka_run_group_tests_name("admit", tests, NULL, NULL);
}
