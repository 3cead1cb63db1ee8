/* test_subscription.c: coverage as the statements write it into one text */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gym/subscription.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct arena *arena;
static struct admit_facts facts;

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

static int32_t
day(const char *text)
{
	int32_t d;

	assert_true(clock_parse_day(text, &d));
	return d;
}

/* Reads copies of their exact size, so that a sanitizer sees a step too far. */
static bool
read_facts(const char *subscriptions, const char *freezes)
{
	char *s = subscriptions == NULL ? NULL : strdup(subscriptions);
	char *f = freezes == NULL ? NULL : strdup(freezes);
	struct subscription_texts texts = { .subscriptions = s, .freezes = f };
	bool ok = subscription_facts(arena, &texts, &facts);

	free(s);
	free(f);
	return ok;
}

static void
nothing_is_no_days(void **state)
{
	(void)state;
	assert_true(read_facts(NULL, NULL));
	assert_int_equal(facts.subscription_count, 0);
	assert_int_equal(facts.freeze_count, 0);
	assert_true(read_facts("", ""));
	assert_int_equal(facts.subscription_count, 0);
	assert_int_equal(facts.freeze_count, 0);
}

static void
pairs_of_days_are_subscriptions(void **state)
{
	(void)state;
	assert_true(read_facts("2026-01-012026-03-31;2026-04-012026-04-01",
	                       NULL));
	assert_int_equal(facts.subscription_count, 2);
	assert_int_equal(facts.subscriptions[0].start_day, day("2026-01-01"));
	assert_int_equal(facts.subscriptions[0].end_day, day("2026-03-31"));
	assert_int_equal(facts.subscriptions[1].start_day, day("2026-04-01"));
	assert_int_equal(facts.subscriptions[1].end_day, day("2026-04-01"));
}

static void
terms_stand_behind_their_days(void **state)
{
	const struct subscription *s;

	(void)state;
	assert_true(read_facts("2026-02-012026-02-28,9,10,1f06001000,500,"
	                       "2026-02-032026-02-07;"
	                       "2026-01-012026-01-31,8,,,250,", NULL));
	assert_int_equal(facts.subscription_count, 2);
	s = &facts.subscriptions[0];
	assert_int_equal(s->id, 8);
	assert_false(s->is_pack);
	assert_int_equal(s->due, 250);
	assert_int_equal(s->hours.count, 0);
	s = &facts.subscriptions[1];
	assert_int_equal(s->id, 9);
	assert_true(s->is_pack);
	assert_int_equal(s->visits, 10);
	assert_int_equal(s->due, 500);
	assert_int_equal(s->hours.count, 1);
	assert_int_equal(s->used_count, 2);
	assert_int_equal(s->used_days[1], day("2026-02-07"));
}

static void
touches_and_the_day_of_being_let_in_are_read(void **state)
{
	struct subscription_texts texts = {
		.let_in = "2026-02-03",
		.touches = "2026-02-03 18:00:002026-02-03 07:30:01",
	};

	(void)state;
	assert_true(subscription_facts(arena, &texts, &facts));
	assert_int_equal(facts.let_in_day, day("2026-02-03"));
	assert_int_equal(facts.touch_count, 2);
	assert_int_equal(facts.touches[1] - facts.touches[0], 37799);
	texts.touches = "2026-02-03 18:00:0";
	assert_false(subscription_facts(arena, &texts, &facts));
	texts.touches = NULL;
	texts.let_in = "2026-02-30";
	assert_false(subscription_facts(arena, &texts, &facts));
}

static void
rests_have_a_kind_and_may_be_open(void **state)
{
	(void)state;
	assert_true(read_facts(NULL, "F2026-01-052026-01-09"
	                       "I2026-02-012026-02-02"
	                       "F2026-03-019999-12-31"));
	assert_int_equal(facts.freeze_count, 3);
	assert_false(facts.freezes[0].is_inactive);
	assert_int_equal(facts.freezes[0].from_day, day("2026-01-05"));
	assert_int_equal(facts.freezes[0].to_day, day("2026-01-09"));
	assert_true(facts.freezes[1].is_inactive);
	assert_int_equal(facts.freezes[1].to_day, day("2026-02-02"));
	assert_false(facts.freezes[2].is_inactive);
	assert_int_equal(facts.freezes[2].to_day, CLOCK_NO_DAY);
}

static void
what_is_malformed_is_refused_whole(void **state)
{
	static const char *const subscriptions[] = {
		"2", "2026-01-01", "2026-01-012026-03-3",
		"2026-01-012026-03-3X", "2026-01-012026-02-29",
		"2026-01-012026-03-31 ", "2026-01-012026-03-312026-04-01",
		"2026-01-01 2026-03-31", "F2026-01-012026-03-31",
		"0000-00-002026-03-31", "2026-13-012026-03-31",
		"2026-01-01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"2026-01-012026-03-312026-04-012026-04-01",
		"2026-01-012026-03-31;", "2026-01-012026-03-31,",
		"2026-01-012026-03-31,7,10,,", "2026-01-012026-03-31,7,1x,,,",
		"2026-01-012026-03-31,7,,7f,,", "2026-01-012026-03-31,7,,,5,6",
		"2026-01-012026-03-31,7,10,,,2026-01-0",
		"2026-01-012026-03-31,7,10,,,,",
	};
	static const char *const freezes[] = {
		"F", "F2026-01-01", "F2026-01-012026-01-0",
		"F2026-01-012026-01-32", "F2026-01-012026-01-09F",
		"2026-01-012026-01-09", "X2026-01-012026-01-09",
		" 2026-01-012026-01-09", "f2026-01-012026-01-09",
		"F9999-99-999999-12-31",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(subscriptions); i++) {
		if (read_facts(subscriptions[i], NULL))
			fail_msg("is taken: %s", subscriptions[i]);
	}
	for (size_t i = 0; i < COUNT(freezes); i++) {
		if (read_facts(NULL, freezes[i]))
			fail_msg("is taken: %s", freezes[i]);
		assert_false(read_facts("2026-01-012026-03-31", freezes[i]));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_no_days),
		TEST(pairs_of_days_are_subscriptions),
		TEST(terms_stand_behind_their_days),
		TEST(touches_and_the_day_of_being_let_in_are_read),
		TEST(rests_have_a_kind_and_may_be_open),
		TEST(what_is_malformed_is_refused_whole),
	};

	return cmocka_run_group_tests_name("subscription", tests, NULL, NULL);
}
