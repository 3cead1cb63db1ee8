/* test_message_judge.c: which reminder is due of a member, and may it be sent */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "gym/message_judge.h"

#define TODAY 20000
#define ADULT (TODAY - 18 * 366)
#define B MESSAGE_BEFORE
#define O MESSAGE_ON
#define A MESSAGE_AFTER
#define N MESSAGE_ABSENT

#define RULE(k, n) { .kind = (k), .days = (n), .is_on = true, \
	.on_at = CLOCK_NO_TIME }

static struct message_rule rows[] = {
	RULE(B, 7), RULE(B, 3), RULE(B, 1), RULE(O, 0), RULE(A, 1), RULE(A, 7),
	RULE(N, 14), RULE(N, 30),
};
static const struct message_rules rules = { rows,
	sizeof rows / sizeof *rows };

/* One of whom everything is as it should be. */
static struct message_facts
member(enum admit_verdict standing, int32_t until_day, int32_t seen_day)
{
	return (struct message_facts){
		.code = "1", .name = "Asha", .phone = "+919812345678",
		.has_consent = true, .born_day = ADULT, .standing = standing,
		.until_day = until_day, .seen_day = seen_day, .today = TODAY,
		.hidden_day = CLOCK_NO_DAY,
	};
}

/* ---- what is due --------------------------------------------------------- */

static void
each_day_has_its_reminder(void **state)
{
	/* days from the last one to today; -1 of days: nothing */
	static const struct {
		int offset, kind, days;
	} cases[] = {
		{ -30, B, -1 }, { -8, B, -1 }, { -7, B, 7 }, { -5, B, 7 },
		{ -4, B, 7 }, { -3, B, 3 }, { -2, B, 3 }, { -1, B, 1 },
		{ 0, O, 0 }, { 1, A, 1 }, { 4, A, 1 }, { 5, B, -1 },
		{ 6, B, -1 }, { 7, A, 7 }, { 10, A, 7 }, { 11, B, -1 },
		{ 400, B, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct message_facts f = member(cases[i].offset > 0
			? ADMIT_EXPIRED : ADMIT_ALLOWED,
			TODAY - cases[i].offset, TODAY);
		struct message_due due[MESSAGE_DUE_MOST];
		size_t count = message_judge_due(&rules, &f, due);

		if (count != (cases[i].days < 0 ? 0u : 1u))
			fail_msg("%d: %zu due", cases[i].offset, count);
		if (count == 0)
			continue;
		if ((int)due[0].rule->kind != cases[i].kind ||
		    due[0].rule->days != cases[i].days ||
		    due[0].anchor_day != TODAY - cases[i].offset)
			fail_msg("%d: %s %d", cases[i].offset,
			         message_kind_word(due[0].rule->kind),
			         (int)due[0].rule->days);
	}
}

/* "ends today" is not said of yesterday, however few rules there are. */
static void
what_is_not_true_is_not_due(void **state)
{
	struct message_rule on = RULE(O, 0), before = RULE(B, 1);
	const struct message_rules only_on = { &on, 1 },
		only_before = { &before, 1 };
	struct message_facts f = member(ADMIT_EXPIRED, TODAY - 1, TODAY);
	struct message_due due[MESSAGE_DUE_MOST];

	(void)state;
	assert_int_equal(0, message_judge_due(&only_on, &f, due));
	assert_int_equal(0, message_judge_due(&only_before, &f, due));
	/* on the last day, "ends on" is still true */
	f = member(ADMIT_ALLOWED, TODAY, TODAY);
	assert_int_equal(1, message_judge_due(&only_before, &f, due));
}

static void
who_rests_or_has_renewed_is_let_be(void **state)
{
	static const enum admit_verdict others[] = {
		ADMIT_NONE, ADMIT_NOT_STARTED, ADMIT_FROZEN, ADMIT_INACTIVE,
	};
	struct message_due due[MESSAGE_DUE_MOST];

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct message_facts f = member(others[i], TODAY + 3,
		                                TODAY - 14);

		assert_int_equal(0, message_judge_due(&rules, &f, due));
	}
}

static void
who_stays_away_is_told_once_a_rule(void **state)
{
	static const struct {
		int away, days;
	} cases[] = {
		{ 13, -1 }, { 14, 14 }, { 17, 14 }, { 18, -1 }, { 29, -1 },
		{ 30, 30 }, { 33, 30 }, { 34, -1 },
	};
	struct message_due due[MESSAGE_DUE_MOST];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct message_facts f = member(ADMIT_ALLOWED, TODAY + 100,
		                                TODAY - cases[i].away);
		size_t count = message_judge_due(&rules, &f, due);

		if (count != (cases[i].days < 0 ? 0u : 1u) ||
		    (count == 1 && due[0].rule->days != cases[i].days))
			fail_msg("away %d", cases[i].away);
	}
}

static void
a_rule_that_is_off_is_none(void **state)
{
	struct message_facts f = member(ADMIT_ALLOWED, TODAY + 3, TODAY);
	struct message_due due[MESSAGE_DUE_MOST];

	(void)state;
	rows[1].is_on = false;
	assert_int_equal(0, message_judge_due(&rules, &f, due));
	assert_int_equal(MESSAGE_RULE_OFF, message_judge_now(&rules, &f, B, 3,
		TODAY + 4));
	rows[1].is_on = true;
}

/* What was due before the rule was switched on is nobody's reminder. */
static void
a_new_rule_looks_not_back(void **state)
{
	struct message_rule rule = RULE(B, 8);
	const struct message_rules only = { &rule, 1 };
	struct message_due due[MESSAGE_DUE_MOST];

	(void)state;
	rule.on_at = clock_instant("Asia/Kolkata", (int64_t)TODAY *
	                           CLOCK_DAY_SECONDS + 60);
	for (int away = 5; away <= 8; away++) {
		struct message_facts f = member(ADMIT_ALLOWED, TODAY + away,
		                                TODAY);

		f.zone = "Asia/Kolkata";
		assert_int_equal(away == 8, message_judge_due(&only, &f, due));
	}
}

static void
what_is_renewed_with_a_gap_does_not_end(void **state)
{
	struct message_facts f = member(ADMIT_ALLOWED, TODAY + 3, TODAY);
	struct message_due due[MESSAGE_DUE_MOST];

	(void)state;
	f.has_later = true;
	assert_int_equal(0, message_judge_due(&rules, &f, due));
	assert_int_equal(MESSAGE_UNTRUE, message_judge_now(&rules, &f, B, 3,
		TODAY + 3));
}

/*
 * Whatever rules a gym has, and whenever it looks: each reminder once, none
 * before its day, none that contradicts the calendar, and with a look every day
 * none is missed that no later one has overtaken.
 */
static void
any_rules_over_a_whole_membership(void **state)
{
	unsigned seed = (unsigned)time(NULL);

	(void)state;
	srand(seed);
	for (int round = 0; round < 2000; round++) {
		struct message_rule some[6];
		struct message_rules set = { some, 0 };
		bool was_due[6] = { false };

		for (int i = 0; i < 6; i++) {
			enum message_kind kind = (enum message_kind)(rand() % 3);
			int64_t days = kind == O ? 0 : 1 + rand() % 20;

			if (message_rule_of(&set, kind, days) == NULL)
				some[set.count++] = (struct message_rule)
					RULE(kind, days);
		}
		for (int offset = -30; offset <= 30; offset++) {
			struct message_facts f = member(offset > 0
				? ADMIT_EXPIRED : ADMIT_ALLOWED,
				TODAY - offset, TODAY);
			struct message_due due[MESSAGE_DUE_MOST];
			size_t count = message_judge_due(&set, &f, due);

			for (size_t i = 0; i < count; i++) {
				const struct message_rule *r = due[i].rule;
				int64_t at = r->kind == B ? -r->days : r->days;

				was_due[r - some] = true;
				if (offset < at || offset > at + 3 ||
				    (r->kind == O && offset != 0) ||
				    (r->kind == B) != (offset <= 0 &&
				                       r->kind != O))
					fail_msg("seed %u: %s %d at %d", seed,
					         message_kind_word(r->kind),
					         (int)r->days, offset);
			}
		}
		for (size_t i = 0; i < set.count; i++) {
			if (!was_due[i])
				fail_msg("seed %u: never %s %d", seed,
				         message_kind_word(some[i].kind),
				         (int)some[i].days);
		}
	}
}

/* ---- may it be sent ------------------------------------------------------ */

static void
each_reason_not_to_send(void **state)
{
	struct message_facts f = member(ADMIT_ALLOWED, TODAY + 3, TODAY);

	(void)state;
	assert_int_equal(MESSAGE_FINE, message_judge_member(B, &f));
	f.is_unreached = true;
	assert_int_equal(MESSAGE_UNREACHED, message_judge_member(B, &f));
	f.phone = NULL;
	assert_int_equal(MESSAGE_NO_PHONE, message_judge_member(B, &f));
	f.has_consent = false;
	assert_int_equal(MESSAGE_NO_CONSENT, message_judge_member(B, &f));
	f.is_erased = true;
	assert_int_equal(MESSAGE_ERASED, message_judge_member(B, &f));
}

static void
who_may_be_a_child_is_not_missed(void **state)
{
	struct clock_date today = clock_split((int64_t)TODAY *
	                                      CLOCK_DAY_SECONDS);
	struct message_facts f = member(ADMIT_ALLOWED, TODAY + 90, TODAY - 14);
	int64_t local;

	(void)state;
	today.year -= MESSAGE_GROWN_UP_YEARS;
	assert_true(clock_join(&today, &local));
	f.born_day = clock_day(local);		/* eighteen today */
	assert_int_equal(MESSAGE_FINE, message_judge_member(N, &f));
	f.born_day++;
	assert_int_equal(MESSAGE_AGE, message_judge_member(N, &f));
	assert_int_equal(MESSAGE_FINE, message_judge_member(B, &f));
	f.born_day = CLOCK_NO_DAY;
	assert_int_equal(MESSAGE_AGE, message_judge_member(N, &f));
}

/* Who was seen after it is seen in spite of it. */
static void
who_may_have_come_unseen_is_not_missed(void **state)
{
	struct message_facts f = member(ADMIT_ALLOWED, TODAY + 3, TODAY - 14);

	(void)state;
	f.hidden_day = TODAY - 15;
	assert_int_equal(MESSAGE_FINE,
	                 message_judge_now(&rules, &f, N, 14, TODAY - 14));
	for (f.hidden_day = TODAY - 14; f.hidden_day <= TODAY; f.hidden_day++)
		assert_int_equal(MESSAGE_UNSURE, message_judge_now(&rules, &f,
			N, 14, TODAY - 14));
	assert_int_equal(MESSAGE_FINE,
	                 message_judge_now(&rules, &f, B, 3, TODAY + 3));
}

static void
what_has_changed_since_it_was_found(void **state)
{
	struct message_facts f = member(ADMIT_ALLOWED, TODAY + 3, TODAY);

	(void)state;
	assert_int_equal(MESSAGE_FINE,
	                 message_judge_now(&rules, &f, B, 3, TODAY + 3));
	/* found three days ago and not sent */
	assert_int_equal(MESSAGE_OVERTAKEN,
	                 message_judge_now(&rules, &f, B, 7, TODAY + 3));
	/* renewed: it ends on another day */
	f.until_day = TODAY + 33;
	assert_int_equal(MESSAGE_UNTRUE,
	                 message_judge_now(&rules, &f, B, 3, TODAY + 3));
	f = member(ADMIT_FROZEN, TODAY + 3, TODAY);
	assert_int_equal(MESSAGE_UNTRUE,
	                 message_judge_now(&rules, &f, B, 3, TODAY + 3));
	f.is_erased = true;
	assert_int_equal(MESSAGE_ERASED,
	                 message_judge_now(&rules, &f, B, 3, TODAY + 3));
	f = member(ADMIT_EXPIRED, TODAY - 5, TODAY);
	assert_int_equal(MESSAGE_LATE,
	                 message_judge_now(&rules, &f, A, 1, TODAY - 5));
	/* away, and back again */
	f = member(ADMIT_ALLOWED, TODAY + 90, TODAY - 14);
	assert_int_equal(MESSAGE_FINE,
	                 message_judge_now(&rules, &f, N, 14, TODAY - 14));
	f.seen_day = TODAY;
	assert_int_equal(MESSAGE_UNTRUE,
	                 message_judge_now(&rules, &f, N, 14, TODAY - 14));
	assert_int_equal(MESSAGE_RULE_OFF,
	                 message_judge_now(&rules, &f, B, 5, TODAY + 90));
}

static void
numbers_that_messages_reach(void **state)
{
	static const struct {
		const char *phone;
		bool is_good;
	} cases[] = {
		{ "+919812345678", true }, { "+916000000000", true },
		{ "+915812345678", false },	/* a landline */
		{ "+91981234567", false }, { "+9198123456789", false },
		{ "+442071838750", true }, { "+12025550123", true },
		{ "+123456", false }, { "", false }, { NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (message_judge_phone(cases[i].phone) != cases[i].is_good)
			fail_msg("%s", cases[i].phone);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_day_has_its_reminder),
		cmocka_unit_test(what_is_not_true_is_not_due),
		cmocka_unit_test(who_rests_or_has_renewed_is_let_be),
		cmocka_unit_test(who_stays_away_is_told_once_a_rule),
		cmocka_unit_test(a_rule_that_is_off_is_none),
		cmocka_unit_test(a_new_rule_looks_not_back),
		cmocka_unit_test(what_is_renewed_with_a_gap_does_not_end),
		cmocka_unit_test(any_rules_over_a_whole_membership),
		cmocka_unit_test(each_reason_not_to_send),
		cmocka_unit_test(who_may_be_a_child_is_not_missed),
		cmocka_unit_test(who_may_have_come_unseen_is_not_missed),
		cmocka_unit_test(what_has_changed_since_it_was_found),
		cmocka_unit_test(numbers_that_messages_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
