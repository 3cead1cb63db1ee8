/* test_admit_pack.c: packs that a freeze has moved, and what was bought behind */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "gym/access_rules.h"
#include "tests/unit/facts.h"

/* Days are counted from 1 January as 1: the pack is of January. */
#define FEB(d) (31 + (d))
#define MAR(d) (59 + (d))
#define VISITS 3

/* The pack ends on 5 February, for five of its days were frozen. */
static const struct freeze rest = { 5, 9, false };

/* A pack with so many visits used, and a month behind it. */
struct member {
	int32_t used[VISITS];
	struct subscription subs[2];
	struct admit_facts facts;
};

static void
make(struct member *m, size_t used, int32_t last_used, int32_t month)
{
	*m = (struct member){ .used = { 2, 3, 4 } };
	if (used > 0)
		m->used[used - 1] = last_used;
	m->subs[0] = (struct subscription){ .start_day = 1, .end_day = 31,
		.id = 7, .is_pack = true, .visits = VISITS,
		.used_days = m->used, .used_count = used };
	m->subs[1] = (struct subscription)PAID(month, month + 27);
	m->facts = (struct admit_facts)FACTS(m->subs, 2, &rest, 1);
}

static struct admit_decision
judge(const struct member *m, int32_t day)
{
	return admit(&m->facts, &access_rules_default,
	             (struct admit_moment){ (int64_t)day * 86400, false });
}

static void
assert_allowed(const struct member *m, int32_t from, int32_t to)
{
	for (int32_t day = from; day <= to; day++) {
		if (judge(m, day).refusal != ADMIT_ALLOWED)
			fail_msg("day %d: %s", (int)day,
			         admit_reason(judge(m, day).refusal));
	}
}

static void
renewed_when_it_is_used_up_counts_from_the_day_it_was_sold(void **state)
{
	struct admit_window w;
	struct member m;

	(void)state;
	make(&m, VISITS, 30, FEB(2));
	assert_int_equal(judge(&m, FEB(1)).refusal, ADMIT_VISITS);
	assert_allowed(&m, FEB(2), MAR(1));
	assert_int_equal(judge(&m, MAR(2)).refusal, ADMIT_EXPIRED);
	assert_int_equal(admit_covered_until(&m.facts, FEB(2)), MAR(1));
	assert_int_equal(admit_windows(&m.facts, &access_rules_default,
	                 (int64_t)FEB(1) * 86400, (int64_t)MAR(9) * 86400, &w,
	                 1), 1);
	assert_int_equal(w.from, (int64_t)FEB(2) * 86400);
	assert_int_equal(w.to, (int64_t)MAR(2) * 86400);
}

static void
renewed_while_visits_are_left_it_waits(void **state)
{
	struct member m;

	(void)state;
	make(&m, VISITS - 1, 30, FEB(1));
	assert_int_equal(judge(&m, FEB(5)).visit_of, 7);
	assert_int_equal(judge(&m, FEB(6)).visit_of, 0);
	assert_allowed(&m, FEB(1), MAR(5));
	assert_int_equal(judge(&m, MAR(6)).refusal, ADMIT_EXPIRED);
}

/* Nothing of the month was lost while the pack was used. */
static void
used_up_after_the_renewal_its_days_count_from_the_last_visit(void **state)
{
	struct member m;

	(void)state;
	make(&m, VISITS, FEB(4), FEB(1));
	assert_allowed(&m, FEB(1), MAR(4));
	assert_int_equal(judge(&m, MAR(5)).refusal, ADMIT_EXPIRED);
	assert_int_equal(admit_end(&m.facts, FEB(4)), MAR(4));
	/* in the days as bought it costs none */
	make(&m, VISITS, 28, FEB(1));
	assert_allowed(&m, FEB(1), FEB(28));
	assert_int_equal(judge(&m, MAR(1)).refusal, ADMIT_EXPIRED);
}

/* The renewal is open to all hours, from the first day on. */
static void
hours_of_a_pack_that_is_used_up_keep_nobody_out(void **state)
{
	struct member m;

	(void)state;
	make(&m, VISITS, FEB(2), FEB(2));
	m.subs[0].hours = (struct plan_hours){ .count = 1,
		.windows = { { 0x7f, 360, 600 } } };
	assert_allowed(&m, FEB(2), MAR(2));
}

static void
a_visit_that_is_there_again_holds_it_up_and_is_offered(void **state)
{
	struct member m;

	(void)state;
	make(&m, VISITS, 30, FEB(2));
	m.subs[0].used_count--;
	assert_int_equal(judge(&m, FEB(2)).visit_of, 7);
	assert_allowed(&m, FEB(2), MAR(5));
}

/* Who cannot know what was used says so: see intake_context. */
static void
where_a_pack_holds_another_up_its_visits_are_asked_for(void **state)
{
	struct member m;

	(void)state;
	make(&m, 0, 0, FEB(2));
	assert_true(judge(&m, FEB(20)).is_counted);
	assert_true(judge(&m, MAR(3)).is_counted);
	assert_true(admit(&m.facts, &access_rules_default,
	        (struct admit_moment){ (int64_t)MAR(3) * 86400, true })
		.is_counted);
	m.facts.freeze_count = 0;
	assert_false(judge(&m, FEB(20)).is_counted);
	make(&m, 0, 0, FEB(6));
	assert_false(judge(&m, FEB(20)).is_counted);
	make(&m, 0, 0, FEB(2));
	m.subs[0].is_pack = false;
	assert_false(judge(&m, FEB(20)).is_counted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		renewed_when_it_is_used_up_counts_from_the_day_it_was_sold),
		cmocka_unit_test(renewed_while_visits_are_left_it_waits),
		cmocka_unit_test(
		used_up_after_the_renewal_its_days_count_from_the_last_visit),
		cmocka_unit_test(
			hours_of_a_pack_that_is_used_up_keep_nobody_out),
		cmocka_unit_test(
			a_visit_that_is_there_again_holds_it_up_and_is_offered),
		cmocka_unit_test(
			where_a_pack_holds_another_up_its_visits_are_asked_for),
	};

	return cmocka_run_group_tests_name("admit_pack", tests, NULL, NULL);
}
