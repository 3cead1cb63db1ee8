/* test_renewal.c: on which day the next subscription begins and ends */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "gym/renewal.h"
#include "tests/unit/facts.h"

#define TODAY 20000
#define MOST 4

#define VOID 1
#define USED_UP 2	/* a pack of ten */
#define ONE_LEFT 3	/* likewise */

/* What somebody has bought: day numbers, and 0 or one of these. */
struct bought {
	int32_t start, end;
	int how;
};

static int32_t
start_of(const struct bought *bought, size_t count,
         const struct freeze *freezes, size_t freeze_count)
{
	struct subscription_row rows[MOST] = { 0 };
	struct subscription_list list = { rows, count };
	const struct admit_facts facts = FACTS(NULL, 0, freezes, freeze_count);
	struct arena *a = arena_create();
	int32_t start;

	/* the last one first, as they are listed */
	for (size_t i = 0; i < count; i++)
		rows[count - 1 - i] = (struct subscription_row){
			.start_day = bought[i].start, .end_day = bought[i].end,
			.is_void = bought[i].how == VOID,
			.visits = bought[i].how >= USED_UP ? 10 : 0,
			.used = bought[i].how == USED_UP ? 10
				: bought[i].how == ONE_LEFT ? 9 : 0,
		};
	start = renewal_start(a, &list, &facts, TODAY);
	arena_destroy(a);
	return start;
}

static void
it_goes_on_where_the_last_one_ends_or_begins_today(void **state)
{
	static const struct {
		const char *what;
		struct bought bought[2];
		size_t count;
		int32_t start;
	} cases[] = {
		{ "nothing bought", { { 0 } }, 0, TODAY },
		{ "ends in ten days", { { TODAY - 20, TODAY + 10, 0 } }, 1,
		  TODAY + 11 },
		{ "its last day", { { TODAY - 20, TODAY, 0 } }, 1, TODAY + 1 },
		{ "ended yesterday", { { TODAY - 20, TODAY - 1, 0 } }, 1,
		  TODAY },
		{ "still to begin", { { TODAY + 5, TODAY + 9, 0 } }, 1,
		  TODAY + 10 },
		{ "two, with a gap", { { TODAY - 9, TODAY - 1, 0 },
		  { TODAY + 5, TODAY + 9, 0 } }, 2, TODAY + 10 },
		{ "a long one around a short one", { { TODAY - 90, TODAY + 90, 0 },
		  { TODAY - 9, TODAY + 9, 0 } }, 2, TODAY + 91 },
		{ "a void one", { { TODAY - 20, TODAY + 10, VOID } }, 1, TODAY },
		{ "a pack with a visit left", { { TODAY - 20, TODAY + 10,
		  ONE_LEFT } }, 1, TODAY + 11 },
		{ "a pack that is used up", { { TODAY - 20, TODAY + 10,
		  USED_UP } }, 1, TODAY },
		{ "one used up before another", { { TODAY - 20, TODAY + 10,
		  USED_UP }, { TODAY, TODAY + 30, ONE_LEFT } }, 2, TODAY + 31 },
		{ "one used up behind another", { { TODAY - 20, TODAY + 2, 0 },
		  { TODAY - 1, TODAY + 30, USED_UP } }, 2, TODAY + 3 },
		{ "a void one behind", { { TODAY - 20, TODAY + 10, 0 },
		  { TODAY + 11, TODAY + 40, VOID } }, 2, TODAY + 11 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int32_t start = start_of(cases[i].bought, cases[i].count,
		                         NULL, 0);

		if (start != cases[i].start)
			fail_msg("%s: %d", cases[i].what, start - TODAY);
	}
}

static void
days_that_a_freeze_has_moved_still_count(void **state)
{
	const struct bought one = { TODAY - 30, TODAY - 5, 0 };
	/* ten days: the coverage lasts until TODAY + 5 */
	const struct freeze rest = { TODAY - 20, TODAY - 11, 0 };
	/* four: it ended yesterday */
	const struct freeze shorter = { TODAY - 20, TODAY - 17, 0 };
	/* nor does one that is used up hold the days it was moved by */
	const struct bought pack = { TODAY - 30, TODAY - 5, USED_UP };
	/* until further notice */
	const struct freeze open = { TODAY - 10, CLOCK_NO_DAY, 0 };
	const struct freeze inactive = { TODAY - 20, TODAY - 11, 1 };

	(void)state;
	/* as bought: admit moves it on behind the one before */
	assert_int_equal(start_of(&one, 1, &rest, 1), TODAY - 4);
	assert_int_equal(start_of(&one, 1, &shorter, 1), TODAY);
	assert_int_equal(start_of(&one, 1, &open, 1), TODAY - 4);
	assert_int_equal(start_of(&one, 1, &inactive, 1), TODAY);
	assert_int_equal(start_of(&pack, 1, &rest, 1), TODAY);
}

static void
the_last_day_is_counted(void **state)
{
	(void)state;
	assert_int_equal(renewal_end(TODAY, 1), TODAY);
	assert_int_equal(renewal_end(TODAY, 30), TODAY + 29);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			it_goes_on_where_the_last_one_ends_or_begins_today),
		cmocka_unit_test(days_that_a_freeze_has_moved_still_count),
		cmocka_unit_test(the_last_day_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
