/* test_member_state.c: how long a member's state holds, against the rule itself */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "gym/member_state.h"
#include "tests/unit/facts.h"

#define TODAY 20000
#define MOST 4		/* rows of each kind that a member has */

static enum admit_verdict
rule(const struct admit_facts *facts, int32_t day)
{
	return admit_standing(facts, day);
}

static void
states_of_plain_members(void **state)
{
	static const struct subscription now = PAID(TODAY - 10, TODAY + 2),
		past = PAID(TODAY - 30, TODAY - 1),
		next = PAID(TODAY + 5, TODAY + 9);
	static const struct freeze rest = { TODAY, TODAY + 3, false },
		open = { TODAY - 1, CLOCK_NO_DAY, false },
		away = { TODAY - 1, CLOCK_NO_DAY, true };
	static const struct {
		struct admit_facts facts;
		enum admit_verdict verdict;
		int32_t until, holds_to;
	} cases[] = {
		{ FACTS(NULL, 0, NULL, 0), ADMIT_NONE, CLOCK_NO_DAY, TODAY + 60 },
		{ FACTS(&now, 1, NULL, 0), ADMIT_ALLOWED, TODAY + 2, TODAY + 2 },
		{ FACTS(&past, 1, NULL, 0), ADMIT_EXPIRED, TODAY - 1, TODAY + 60 },
		{ FACTS(&next, 1, NULL, 0), ADMIT_NOT_STARTED, TODAY + 9,
		  TODAY + 4 },
		{ FACTS(&now, 1, &rest, 1), ADMIT_FROZEN, TODAY + 6, TODAY + 3 },
		/* each day that it lasts moves the end by one */
		{ FACTS(&now, 1, &open, 1), ADMIT_FROZEN, TODAY + 4, TODAY },
		{ FACTS(&now, 1, &away, 1), ADMIT_INACTIVE, TODAY + 2, TODAY + 60 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct member_state s = member_state_judge(&cases[i].facts,
		                                           TODAY);

		if (s.verdict != cases[i].verdict ||
		    s.until_day != cases[i].until ||
		    s.holds_to != cases[i].holds_to)
			fail_msg("case %zu: %s until %d, holds to %d", i,
			         member_state_word(s.verdict), s.until_day,
			         s.holds_to);
	}
}

static int
draw(int n)
{
	return rand() % n;
}

/* Some rows in order of their first day, as the database gives them. */
static void
draw_member(struct subscription *subscriptions, struct freeze *freezes,
            struct admit_facts *out)
{
	int32_t day = TODAY - 60;

	*out = (struct admit_facts)FACTS(subscriptions, (size_t)draw(MOST),
	                                 freezes, (size_t)draw(MOST));
	memset(subscriptions, 0, MOST * sizeof *subscriptions);
	for (size_t i = 0; i < out->subscription_count; i++) {
		day += draw(30);
		subscriptions[i].start_day = day;
		day += draw(40);
		subscriptions[i].end_day = day;
	}
	day = TODAY - 60;
	for (size_t i = 0; i < out->freeze_count; i++) {
		day += 1 + draw(30);
		freezes[i].from_day = day;
		day += draw(20);
		freezes[i].to_day = draw(5) == 0 ? CLOCK_NO_DAY : day;
		freezes[i].is_inactive = draw(3) == 0;
	}
}

/* SEED=... repeats a run. */
static void
a_kept_state_is_what_the_rule_says_on_each_day_it_holds(void **state)
{
	const char *given = getenv("SEED");
	unsigned seed = given != NULL ? (unsigned)atoi(given)
		: (unsigned)time(NULL);

	(void)state;
	printf("# SEED=%u\n", seed);
	srand(seed);
	for (int i = 0; i < 20000; i++) {
		struct subscription subscriptions[MOST];
		struct freeze freezes[MOST];
		struct admit_facts facts;
		struct member_state s;

		draw_member(subscriptions, freezes, &facts);
		s = member_state_judge(&facts, TODAY);
		assert_in_range(s.holds_to, TODAY, TODAY + 60);
		for (int32_t day = TODAY; day <= s.holds_to; day++) {
			int32_t until = admit_covered_until(&facts, day);

			assert_int_equal(rule(&facts, day), s.verdict);
			if (until != CLOCK_NO_DAY)
				assert_int_equal(until, s.until_day);
		}
		if (s.verdict == ADMIT_ALLOWED)
			assert_true(s.holds_to <= s.until_day);
	}
}

static void
each_verdict_has_a_word_and_comes_back(void **state)
{
	(void)state;
	for (int i = 0; i < ADMIT_STANDINGS; i++) {
		const char *word = member_state_word((enum admit_verdict)i);

		assert_int_equal(member_state_verdict(word), i);
	}
	assert_int_equal(member_state_verdict("?"), ADMIT_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_of_plain_members),
		cmocka_unit_test(
			a_kept_state_is_what_the_rule_says_on_each_day_it_holds),
		cmocka_unit_test(each_verdict_has_a_word_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
