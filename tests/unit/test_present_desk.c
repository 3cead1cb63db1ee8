/* test_present_desk.c: punches as the front desk shows them, drawn for real */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "http/view.h"
#include "pages/present_desk.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DAY 20524		/* 12 Mar 2026 */
#define LOCAL (INT64_C(20524) * CLOCK_DAY_SECONDS + 27000)	/* 7:30 am */

static int
set_up(void **state)
{
	(void)state;
	return !view_open("html", false);
}

/* No test may have asked for a name that a model lacks. */
static int
tear_down(void **state)
{
	unsigned missing = view_missing();

	(void)state;
	view_close();
	return missing != 0;
}

static void
names_are_cut_short(void **state)
{
	static const char *const names[][3] = {
		{ "Asha Patil", "Asha P.", "AP" },
		{ "Asha Devi Patil", "Asha P.", "AP" },
		{ "Asha", "Asha", "A" },
		{ "K. Ramesh", "K. R.", "KR" },
		{ "प्रिया शर्मा", "प्रिया श.", "पश" },
		{ "Zoë Ångström", "Zoë Å.", "ZÅ" },
	};
	char out[PRESENT_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_string_equal(present_short_name(names[i][0], out),
		                    names[i][1]);
		assert_string_equal(present_initials(names[i][0], out),
		                    names[i][2]);
	}
}

static struct feed_row
row_of(enum admit_verdict state, bool is_denied, int32_t days)
{
	return (struct feed_row){
		.id = 7, .punch_local = LOCAL, .member = "Asha Patil",
		.terminal = "Front door", .user_id = "42", .member_id = 5,
		.is_denied = is_denied, .state = state, .has_photo = true,
		.reason = is_denied ? "Some reason" : NULL,
		.until_day = days == INT32_MIN ? CLOCK_NO_DAY : DAY + days,
	};
}

static void
draw(const struct feed_row *row, bool is_short, struct buf *out)
{
	json_object *model = present_desk_punch(row, DAY, is_short);

	buf_reset(out);
	assert_true(view_partial(out, "desk_punch", model));
	json_object_put(model);
}

static void
days_are_said_as_people_count_them(void **state)
{
	static const struct {
		enum admit_verdict state;
		bool is_denied;
		int32_t days;
		const char *says, *says_not;
	} cases[] = {
		{ ADMIT_ALLOWED, false, 0, "Ends today", "left" },
		{ ADMIT_ALLOWED, false, 1, "Ends tomorrow", "left" },
		{ ADMIT_ALLOWED, false, 2, ">2 days left<", "Ends" },
		{ ADMIT_ALLOWED, false, 1204, ">1,204 days left<", "Ends" },
		{ ADMIT_EXPIRED, true, -1, "Ended yesterday", "ago" },
		{ ADMIT_EXPIRED, true, -3, ">Ended 3 days ago<", "yesterday" },
		{ ADMIT_NONE, true, INT32_MIN, "Some reason", "End" },
		{ ADMIT_FROZEN, true, 12, "Some reason", "left" },
		/* renewed behind the refusal, or valid elsewhere */
		{ ADMIT_ALLOWED, true, 12, "DENIED", "left" },
	};
	struct buf html = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct feed_row row = row_of(cases[i].state, cases[i].is_denied,
		                             cases[i].days);

		draw(&row, false, &html);
		assert_non_null(strstr(html.data, cases[i].says));
		assert_null(strstr(html.data, cases[i].says_not));
	}
	buf_finish(&html);
}

static void
what_is_late_is_a_row_alone(void **state)
{
	struct feed_row row = row_of(ADMIT_ALLOWED, false, 5);
	struct buf html = BUF_INIT;

	(void)state;
	draw(&row, false, &html);
	assert_non_null(strstr(html.data, "<article id=\"last\""));
	assert_non_null(strstr(html.data, "/desk/photos/5/large.jpg"));
	row.is_late = true;
	draw(&row, false, &html);
	assert_null(strstr(html.data, "<article"));
	assert_null(strstr(html.data, "<img"));
	assert_non_null(strstr(html.data, "arrived late"));
	buf_finish(&html);
}

static void
a_stranger_has_no_name_and_no_photo(void **state)
{
	const struct feed_row row = { .is_unmapped = true, .id = 8,
		.punch_local = LOCAL, .terminal = "Front door",
		.user_id = "99" };
	struct buf html = BUF_INIT;

	(void)state;
	draw(&row, true, &html);
	assert_non_null(strstr(html.data, "please ask at the desk"));
	assert_non_null(strstr(html.data, "Number 99"));
	assert_null(strstr(html.data, "<img"));
	assert_null(strstr(html.data, "left"));
	buf_finish(&html);
}

static void
short_names_leave_nothing_of_the_rest(void **state)
{
	struct feed_row row = row_of(ADMIT_ALLOWED, false, 5);
	struct buf html = BUF_INIT;

	(void)state;
	draw(&row, true, &html);
	assert_non_null(strstr(html.data, "Asha P."));
	assert_null(strstr(html.data, "Patil"));
	buf_finish(&html);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_are_cut_short),
		TEST(days_are_said_as_people_count_them),
		TEST(what_is_late_is_a_row_alone),
		TEST(a_stranger_has_no_name_and_no_photo),
		TEST(short_names_leave_nothing_of_the_rest),
	};

	return cmocka_run_group_tests_name("present_desk", tests, NULL, NULL);
}
