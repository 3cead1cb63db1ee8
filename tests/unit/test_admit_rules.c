/* test_admit_rules.c: what gyms choose: modes, grace, packs, hours, limits */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "gym/access_rules.h"
#include "tests/unit/facts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define D(n) (20500 + (n))	/* a Tuesday and the days behind it */
#define AT(n, h, m) ((int64_t)D(n) * 86400 + (h) * 3600 + (m) * 60)
#define MORNINGS { .count = 1, .windows = { { 0x7f, 360, 600 } } }

static struct admit_decision
judge(const struct admit_facts *facts, const struct admit_rules *rules,
      int64_t local)
{
	return admit(facts, rules, (struct admit_moment){ .local = local });
}

static void
assert_decision(struct admit_decision d, enum admit_verdict refusal,
                enum admit_verdict warning, int64_t visit_of)
{
	assert_int_equal(d.refusal, refusal);
	assert_int_equal(d.warning, warning);
	assert_int_equal(d.visit_of, visit_of);
}

/* ---- modes, priority ----------------------------------------------------- */

static void
each_reason_refuses_warns_or_is_ignored(void **state)
{
	const int32_t used[] = { D(0) };
	const int64_t touches[] = { AT(9, 1, 0) };
	const struct subscription past = PAID(D(0), D(5)),
		next = PAID(D(20), D(30)), now = PAID(D(0), D(30)),
		debt = { .start_day = D(0), .end_day = D(30), .due = 100 },
		pack = { .start_day = D(0), .end_day = D(30), .id = 4,
		         .is_pack = true, .visits = 1, .used_days = used,
		         .used_count = 1 },
		mornings = { .start_day = D(0), .end_day = D(30),
		             .hours = MORNINGS };
	const struct freeze rest = { D(5), D(12), false },
		away = { D(5), D(12), true };
	const struct {
		struct admit_facts facts;
		enum admit_verdict verdict;
	} members[] = {
		{ FACTS(NULL, 0, NULL, 0), ADMIT_NONE },
		{ FACTS(&past, 1, NULL, 0), ADMIT_EXPIRED },
		{ FACTS(&next, 1, NULL, 0), ADMIT_NOT_STARTED },
		{ FACTS(&now, 1, &rest, 1), ADMIT_FROZEN },
		{ FACTS(&now, 1, &away, 1), ADMIT_INACTIVE },
		{ FACTS(&debt, 1, NULL, 0), ADMIT_OVERDUE },
		{ FACTS(&pack, 1, NULL, 0), ADMIT_VISITS },
		{ FACTS(&mornings, 1, NULL, 0), ADMIT_HOURS },
		{ { .subscriptions = &now, .subscription_count = 1,
		    .touches = touches, .touch_count = 1,
		    .let_in_day = CLOCK_NO_DAY }, ADMIT_DAY_LIMIT },
	};

	(void)state;
	assert_int_equal(COUNT(members), ADMIT_REASONS - 1);
	for (size_t i = 0; i < COUNT(members); i++) {
		enum admit_verdict v = members[i].verdict;
		struct admit_rules rules = access_rules_default;

		rules.day_visits = 1;
		rules.modes[v] = ADMIT_REFUSE;
		assert_decision(judge(&members[i].facts, &rules, AT(10, 12, 0)),
		                v == ADMIT_DAY_LIMIT ? ADMIT_ALLOWED : v,
		                ADMIT_ALLOWED, 0);
		assert_decision(judge(&members[i].facts, &rules, AT(9, 12, 0)),
		                v, ADMIT_ALLOWED, 0);
		rules.modes[v] = ADMIT_WARN;
		assert_decision(judge(&members[i].facts, &rules, AT(9, 12, 0)),
		                ADMIT_ALLOWED, v, 0);
		rules.modes[v] = ADMIT_IGNORE;
		assert_decision(judge(&members[i].facts, &rules, AT(9, 12, 0)),
		                ADMIT_ALLOWED, ADMIT_ALLOWED, 0);
	}
}

static void
the_weightiest_reason_is_shown(void **state)
{
	const struct subscription s = { .start_day = D(0), .end_day = D(30),
		.due = 100, .is_pack = true, .hours = MORNINGS };
	const struct freeze rests[] = { { D(5), D(12), false },
		                        { D(5), D(12), true } };
	struct admit_facts facts = FACTS(&s, 1, rests, 2);
	struct admit_rules rules = access_rules_default;
	static const enum admit_verdict order[] = { ADMIT_INACTIVE,
		ADMIT_FROZEN, ADMIT_VISITS, ADMIT_OVERDUE, ADMIT_HOURS };

	(void)state;
	rules.modes[ADMIT_OVERDUE] = ADMIT_REFUSE;
	for (size_t i = 0; i < COUNT(order); i++) {
		assert_decision(judge(&facts, &rules, AT(9, 12, 0)), order[i],
		                ADMIT_ALLOWED, 0);
		/* one that warns steps back behind all that refuse */
		rules.modes[order[i]] = ADMIT_WARN;
	}
	assert_decision(judge(&facts, &rules, AT(9, 12, 0)), ADMIT_ALLOWED,
	                ADMIT_INACTIVE, 0);
}

static void
of_days_of_grace_the_last_one_counts(void **state)
{
	const struct subscription subs[] = { PAID(D(0), D(5)),
		                             PAID(D(20), D(30)) };
	struct admit_facts facts = FACTS(subs, 1, NULL, 0);
	struct admit_rules rules = access_rules_default;

	(void)state;
	rules.grace_days = 3;
	assert_decision(judge(&facts, &rules, AT(5, 23, 59)), ADMIT_ALLOWED,
	                ADMIT_ALLOWED, 0);
	assert_decision(judge(&facts, &rules, AT(6, 0, 0)), ADMIT_ALLOWED,
	                ADMIT_GRACE, 0);
	assert_decision(judge(&facts, &rules, AT(8, 23, 59)), ADMIT_ALLOWED,
	                ADMIT_GRACE, 0);
	assert_decision(judge(&facts, &rules, AT(9, 0, 0)), ADMIT_EXPIRED,
	                ADMIT_ALLOWED, 0);
	/* who has bought the next one already is no worse off */
	facts.subscription_count = 2;
	assert_decision(judge(&facts, &rules, AT(8, 12, 0)), ADMIT_ALLOWED,
	                ADMIT_GRACE, 0);
	assert_decision(judge(&facts, &rules, AT(9, 12, 0)),
	                ADMIT_NOT_STARTED, ADMIT_ALLOWED, 0);
}

static void
a_day_of_being_let_in_is_that_day_only(void **state)
{
	struct admit_facts facts = FACTS(NULL, 0, NULL, 0);
	struct admit_rules rules = access_rules_default;

	(void)state;
	facts.let_in_day = D(3);
	assert_decision(judge(&facts, &rules, AT(2, 23, 59)), ADMIT_NONE,
	                ADMIT_ALLOWED, 0);
	assert_decision(judge(&facts, &rules, AT(3, 0, 0)), ADMIT_ALLOWED,
	                ADMIT_LET_IN, 0);
	assert_decision(judge(&facts, &rules, AT(4, 0, 0)), ADMIT_NONE,
	                ADMIT_ALLOWED, 0);
}

/* ---- dues ---------------------------------------------------------------- */

static void
dues_are_overdue_by_amount_and_days(void **state)
{
	struct subscription subs[] = {
		{ .start_day = D(0), .end_day = D(9), .due = 300 },
		{ .start_day = D(10), .end_day = D(30), .due = 250 },
	};
	struct admit_facts facts = FACTS(subs, 2, NULL, 0);
	struct admit_rules rules = access_rules_default;

	(void)state;
	rules.modes[ADMIT_OVERDUE] = ADMIT_REFUSE;
	rules.overdue_days = 5;
	rules.overdue_amount = 500;
	assert_int_equal(judge(&facts, &rules, AT(15, 9, 0)).refusal,
	                 ADMIT_ALLOWED);
	assert_int_equal(judge(&facts, &rules, AT(16, 9, 0)).refusal,
	                 ADMIT_OVERDUE);
	subs[0].due = 0;
	assert_int_equal(judge(&facts, &rules, AT(16, 9, 0)).refusal,
	                 ADMIT_ALLOWED);
	/* without an amount any due is one, and none is none */
	rules.overdue_amount = 0;
	assert_int_equal(judge(&facts, &rules, AT(16, 9, 0)).refusal,
	                 ADMIT_OVERDUE);
	subs[1].due = 0;
	assert_int_equal(judge(&facts, &rules, AT(16, 9, 0)).refusal,
	                 ADMIT_ALLOWED);
}

/* ---- packs --------------------------------------------------------------- */

static void
a_pack_gives_a_visit_a_day_as_long_as_any_are_left(void **state)
{
	int32_t used[] = { D(1), D(2) };
	struct subscription pack = { .start_day = D(0), .end_day = D(30),
		.id = 4, .is_pack = true, .visits = 2, .used_days = used,
		.used_count = 0 };
	struct admit_facts facts = FACTS(&pack, 1, NULL, 0);
	const struct admit_rules *rules = &access_rules_default;

	(void)state;
	assert_decision(judge(&facts, rules, AT(1, 9, 0)), ADMIT_ALLOWED,
	                ADMIT_ALLOWED, 4);
	pack.used_count = 1;
	assert_decision(judge(&facts, rules, AT(1, 19, 0)), ADMIT_ALLOWED,
	                ADMIT_ALLOWED, 0);
	assert_decision(judge(&facts, rules, AT(2, 9, 0)), ADMIT_ALLOWED,
	                ADMIT_ALLOWED, 4);
	pack.used_count = 2;
	assert_int_equal(admit_visits_left(&facts, D(2)), 0);
	assert_decision(judge(&facts, rules, AT(2, 19, 0)), ADMIT_ALLOWED,
	                ADMIT_ALLOWED, 0);
	assert_decision(judge(&facts, rules, AT(3, 9, 0)), ADMIT_VISITS,
	                ADMIT_ALLOWED, 0);
	assert_true(judge(&facts, rules, AT(3, 9, 0)).is_counted);
	/* a late punch of a day that was used, and of one that was not */
	assert_decision(judge(&facts, rules, AT(1, 9, 0)), ADMIT_ALLOWED,
	                ADMIT_ALLOWED, 0);
	assert_decision(judge(&facts, rules, AT(0, 9, 0)), ADMIT_VISITS,
	                ADMIT_ALLOWED, 0);
}

static void
what_costs_nothing_goes_before_a_visit(void **state)
{
	const int32_t used[] = { D(1) };
	const struct subscription pack = { .start_day = D(0),
		.end_day = D(40), .id = 4, .is_pack = true, .visits = 2 };
	struct subscription subs[] = { pack, pack, PAID(D(2), D(2)) };
	struct admit_facts facts = FACTS(subs, 3, NULL, 0);
	const struct admit_rules *rules = &access_rules_default;

	(void)state;
	subs[1].id = 5;
	subs[1].end_day = D(30);
	assert_int_equal(judge(&facts, rules, AT(2, 9, 0)).visit_of, 0);
	assert_int_equal(admit_visits_left(&facts, D(2)), ADMIT_NO_NUMBER);
	/* of two packs the one that ends first */
	assert_int_equal(judge(&facts, rules, AT(1, 9, 0)).visit_of, 5);
	assert_int_equal(admit_visits_left(&facts, D(1)), 4);
	/* ... but none where one was used on that day */
	subs[0].used_days = used;
	subs[0].used_count = 1;
	assert_int_equal(judge(&facts, rules, AT(1, 9, 0)).visit_of, 0);
}

static void
whoever_is_refused_or_leaves_uses_no_visit(void **state)
{
	const struct subscription pack = { .start_day = D(0),
		.end_day = D(9), .id = 4, .is_pack = true, .visits = 2,
		.hours = MORNINGS };
	struct admit_facts facts = FACTS(&pack, 1, NULL, 0);
	struct admit_moment way_out = { AT(1, 12, 0), true };

	(void)state;
	assert_decision(judge(&facts, &access_rules_default, AT(1, 12, 0)),
	                ADMIT_HOURS, ADMIT_ALLOWED, 0);
	assert_decision(admit(&facts, &access_rules_default, way_out),
	                ADMIT_ALLOWED, ADMIT_ALLOWED, 0);
	way_out.local = AT(10, 12, 0);
	assert_decision(admit(&facts, &access_rules_default, way_out),
	                ADMIT_EXPIRED, ADMIT_ALLOWED, 0);
	/* let in all the same, it is one */
	facts.let_in_day = D(1);
	assert_decision(judge(&facts, &access_rules_default, AT(1, 12, 0)),
	                ADMIT_ALLOWED, ADMIT_LET_IN, 4);
}

/* ---- hours, visits of a day ---------------------------------------------- */

static void
of_several_plans_the_one_that_is_open_counts(void **state)
{
	const struct subscription subs[] = {
		{ .start_day = D(0), .end_day = D(30), .hours = MORNINGS },
		{ .start_day = D(0), .end_day = D(30),
		  .hours = { .count = 1, .windows = { { 0x7f, 1020, 1260 } } } },
	};
	struct admit_facts facts = FACTS(subs, 2, NULL, 0);
	const struct admit_rules *rules = &access_rules_default;

	(void)state;
	assert_int_equal(judge(&facts, rules, AT(1, 9, 0)).refusal,
	                 ADMIT_ALLOWED);
	assert_int_equal(judge(&facts, rules, AT(1, 12, 0)).refusal,
	                 ADMIT_HOURS);
	assert_int_equal(judge(&facts, rules, AT(1, 20, 59)).refusal,
	                 ADMIT_ALLOWED);
	assert_int_equal(judge(&facts, rules, AT(1, 21, 0)).refusal,
	                 ADMIT_HOURS);
}

static void
touches_close_to_the_first_are_one_visit(void **state)
{
	const struct subscription now = PAID(D(0), D(30));
	const int64_t touches[] = { AT(1, 7, 0), AT(1, 8, 59), AT(1, 17, 0) };
	struct admit_facts facts = FACTS(&now, 1, NULL, 0);
	struct admit_rules rules = access_rules_default;

	(void)state;
	rules.day_visits = 2;
	facts.touches = touches;
	facts.touch_count = COUNT(touches);
	/* 120 minutes from seven o'clock on, and then the second visit */
	assert_int_equal(judge(&facts, &rules, AT(1, 8, 59)).refusal,
	                 ADMIT_ALLOWED);
	assert_int_equal(judge(&facts, &rules, AT(1, 9, 0)).refusal,
	                 ADMIT_ALLOWED);
	assert_int_equal(judge(&facts, &rules, AT(1, 18, 59)).refusal,
	                 ADMIT_ALLOWED);
	assert_int_equal(judge(&facts, &rules, AT(1, 19, 0)).refusal,
	                 ADMIT_DAY_LIMIT);
	assert_int_equal(judge(&facts, &rules, AT(2, 0, 0)).refusal,
	                 ADMIT_ALLOWED);
}

/* ---- windows ------------------------------------------------------------- */

static void
windows_open_and_close_where_the_decision_changes(void **state)
{
	const struct subscription subs[] = {
		{ .start_day = D(0), .end_day = D(2), .hours = MORNINGS },
		PAID(D(4), D(5)),
	};
	struct admit_facts facts = FACTS(subs, 2, NULL, 0);
	struct admit_window w[8];

	(void)state;
	assert_int_equal(admit_windows(&facts, &access_rules_default,
	                 AT(1, 8, 0), AT(14, 0, 0), w, COUNT(w)), 3);
	assert_int_equal(w[0].from, AT(1, 8, 0));
	assert_int_equal(w[0].to, AT(1, 10, 0));
	assert_int_equal(w[1].from, AT(2, 6, 0));
	assert_int_equal(w[1].to, AT(2, 10, 0));
	assert_int_equal(w[2].from, AT(4, 0, 0));
	assert_int_equal(w[2].to, AT(6, 0, 0));
	/* what does not fit refuses nobody */
	assert_int_equal(admit_windows(&facts, &access_rules_default,
	                 AT(1, 8, 0), AT(14, 0, 0), w, 2), 2);
	assert_int_equal(w[1].from, AT(2, 6, 0));
	assert_int_equal(w[1].to, AT(6, 0, 0));
}

static void
the_visit_in_hand_ends_a_window(void **state)
{
	const struct subscription now = PAID(D(0), D(30));
	const int64_t touch = AT(1, 7, 0);
	struct admit_facts facts = FACTS(&now, 1, NULL, 0);
	struct admit_rules rules = access_rules_default;
	struct admit_window w[8];

	(void)state;
	rules.day_visits = 1;
	facts.touches = &touch;
	facts.touch_count = 1;
	assert_int_equal(admit_windows(&facts, &rules, AT(1, 7, 30),
	                               AT(5, 0, 0), w, COUNT(w)), 2);
	assert_int_equal(w[0].to, AT(1, 9, 0));
	assert_int_equal(w[1].from, AT(2, 0, 0));
	assert_int_equal(w[1].to, AT(5, 0, 0));
}

/* ---- the rules of a gym as text ------------------------------------------ */

static void
rules_are_read_and_written(void **state)
{
	struct admit_rules rules;
	char modes[ACCESS_RULES_MODES_SIZE];

	(void)state;
	assert_true(access_rules_parse("RRRRRIRRR,0,0,7,0,120", &rules));
	assert_memory_equal(rules.modes, access_rules_default.modes,
	                    sizeof rules.modes);
	assert_true(access_rules_parse("RWIRWIRWI,3,50000,10,2,90", &rules));
	assert_int_equal(rules.modes[ADMIT_NONE], ADMIT_REFUSE);
	assert_int_equal(rules.modes[ADMIT_EXPIRED], ADMIT_WARN);
	assert_int_equal(rules.modes[ADMIT_DAY_LIMIT], ADMIT_IGNORE);
	assert_int_equal(rules.grace_days, 3);
	assert_int_equal(rules.overdue_amount, 50000);
	assert_int_equal(rules.overdue_days, 10);
	assert_int_equal(rules.day_visits, 2);
	assert_int_equal(rules.visit_minutes, 90);
	access_rules_modes(&rules, modes);
	assert_string_equal(modes, "RWIRWIRWI");
}

static void
rules_that_are_malformed_are_refused(void **state)
{
	static const char *const texts[] = {
		"", "RRRRRIRR,0,0,7,0,120", "RRRRRIRRRR,0,0,7,0,120",
		"RRRRXIRRR,0,0,7,0,120", "RRRRRIRRR,0,0,7,0",
		"RRRRRIRRR,0,0,7,0,120,", "rrrrrirrr,0,0,7,0,120",
	};
	struct admit_rules rules;

	(void)state;
	assert_false(access_rules_parse(NULL, &rules));
	for (size_t i = 0; i < COUNT(texts); i++) {
		if (access_rules_parse(texts[i], &rules))
			fail_msg("is taken: %s", texts[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_refuses_warns_or_is_ignored),
		cmocka_unit_test(the_weightiest_reason_is_shown),
		cmocka_unit_test(of_days_of_grace_the_last_one_counts),
		cmocka_unit_test(a_day_of_being_let_in_is_that_day_only),
		cmocka_unit_test(dues_are_overdue_by_amount_and_days),
		cmocka_unit_test(
			a_pack_gives_a_visit_a_day_as_long_as_any_are_left),
		cmocka_unit_test(what_costs_nothing_goes_before_a_visit),
		cmocka_unit_test(whoever_is_refused_or_leaves_uses_no_visit),
		cmocka_unit_test(of_several_plans_the_one_that_is_open_counts),
		cmocka_unit_test(touches_close_to_the_first_are_one_visit),
		cmocka_unit_test(
			windows_open_and_close_where_the_decision_changes),
		cmocka_unit_test(the_visit_in_hand_ends_a_window),
		cmocka_unit_test(rules_are_read_and_written),
		cmocka_unit_test(rules_that_are_malformed_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
