/* test_chart.c: where the lines, bars and fields of a picture stand */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/view.h"
#include "pages/chart.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *
print_number(const void *arg, int64_t value, char out[CHART_TEXT_SIZE])
{
	(void)arg;
	return view_number_text(value, out);
}

static const char *
text(json_object *o, const char *name)
{
	json_object *value = NULL;

	assert_true(json_object_object_get_ex(o, name, &value));
	return json_object_get_string(value);
}

static double
number(json_object *o, const char *name)
{
	return strtod(text(o, name), NULL);
}

static json_object *
item(json_object *o, const char *list, size_t i)
{
	json_object *value = NULL;

	assert_true(json_object_object_get_ex(o, list, &value));
	assert_true(i < json_object_array_length(value));
	return json_object_array_get_idx(value, i);
}

static size_t
length(json_object *o, const char *list)
{
	json_object *value = NULL;

	assert_true(json_object_object_get_ex(o, list, &value));
	return json_object_array_length(value);
}

/* Within a hundredth of a percent, or a tenth of a pixel. */
static void
is_near(double is, double should)
{
	if (is < should - 0.11 || is > should + 0.11)
		fail_msg("%f instead of %f", is, should);
}

static void
a_scale_has_few_round_steps(void **state)
{
	static const struct {
		int64_t least, most, low, high, step;
	} cases[] = {
		{ 0, 0, 0, 1, 1 }, { 0, 1, 0, 1, 1 }, { 0, 5, 0, 5, 1 },
		{ 0, 6, 0, 6, 2 }, { 0, 11, 0, 15, 5 }, { 0, 26, 0, 30, 10 },
		{ 0, 926, 0, 1000, 200 }, { 0, 1001, 0, 1500, 500 },
		{ -3, 5, -4, 6, 2 }, { -1, 0, -1, 0, 1 },
		{ -1006, 33, -1500, 500, 500 },
		{ 0, 157350000, 0, 200000000, 50000000 },
		{ -1, INT64_C(100000000000000), INT64_C(-50000000000000),
		  INT64_C(100000000000000), INT64_C(50000000000000) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct chart_scale s = chart_scale(cases[i].least,
		                                   cases[i].most);

		assert_int_equal(s.low, cases[i].low);
		assert_int_equal(s.high, cases[i].high);
		assert_int_equal(s.step, cases[i].step);
		assert_true((s.high - s.low) / s.step <= 5);
	}
}

/* Two columns, three series, the last one hanging below the axis. */
static json_object *
two_columns(struct arena *a)
{
	static const struct chart_series series[] = {
		{ "New", 0 }, { "Renewed", 1 }, { "Lost", 3 },
	};
	static const int64_t values[] = { 3, 1, -4, 0, 6, 0 };
	static const char *const names[] = { "Jan 2026", "Feb 2026" };
	static const char *const ticks[] = { "Jan", "Feb" };
	static const double line[] = { 1, 5 };
	struct chart_bars chart = {
		.series = series, .series_count = 3, .columns = 2,
		.values = values, .names = names, .ticks = ticks,
		.line = line, .print = print_number,
	};

	return chart_bars(a, &chart);
}

static void
bars_are_stacked_on_the_axis_and_hang_below_it(void **state)
{
	struct arena *a = arena_create();
	json_object *m = two_columns(a);
	double unit, axis;

	(void)state;
	/* from -4 to 6 in steps of 2 */
	assert_int_equal(length(m, "grid"), 6);
	assert_string_equal(text(item(m, "grid", 0), "text"), "-4");
	assert_string_equal(text(item(m, "grid", 2), "text"), "0");
	assert_string_equal(text(item(m, "grid", 2), "is_zero"), "true");
	axis = number(item(m, "grid", 2), "y");
	unit = (number(item(m, "grid", 0), "y") - axis) / 4;
	assert_true(unit > 10);

	/* a bar of nothing is none */
	assert_int_equal(length(m, "bars"), 4);
	is_near(number(item(m, "bars", 0), "height"), 3 * unit);
	is_near(number(item(m, "bars", 0), "y"), axis - 3 * unit);
	is_near(number(item(m, "bars", 1), "height"), unit);
	is_near(number(item(m, "bars", 1), "y"), axis - 4 * unit);
	is_near(number(item(m, "bars", 2), "y"), axis);
	is_near(number(item(m, "bars", 2), "height"), 4 * unit);
	is_near(number(item(m, "bars", 3), "y"), axis - 6 * unit);
	assert_string_equal(text(item(m, "bars", 2), "label_text"),
	                    "Jan 2026, Lost: -4");
	assert_string_equal(text(item(m, "bars", 2), "fill"), "3");
	json_object_put(m);
	arena_destroy(a);
}

static void
columns_share_the_width(void **state)
{
	struct arena *a = arena_create();
	json_object *m = two_columns(a);
	json_object *first = item(m, "bars", 0), *last = item(m, "bars", 3);

	(void)state;
	is_near(number(first, "x") + number(first, "width") / 2, 25);
	is_near(number(last, "x") + number(last, "width") / 2, 75);
	assert_true(number(first, "width") < 50);
	/* ticks and line stand in the middle of the columns */
	assert_int_equal(length(m, "line"), 1);
	is_near(number(item(m, "line", 0), "x1"), 25);
	is_near(number(item(m, "line", 0), "x2"), 75);
	/* the newest first, and always there */
	is_near(number(item(m, "ticks", 0), "x"), 75);
	assert_string_equal(text(item(m, "ticks", 0), "is_second"), "false");
	assert_string_equal(text(item(m, "ticks", 1), "is_second"), "true");
	assert_int_equal(length(m, "legend"), 3);
	json_object_put(m);
	arena_destroy(a);
}

static void
a_line_has_gaps_where_there_is_nothing(void **state)
{
	static const struct chart_series one = { "Visits", 0 };
	static const int64_t values[] = { 0, 0, 2, 4 };
	static const char *const names[] = { "a", "b", "c", "d" };
	static const char *const ticks[] = { NULL, NULL, NULL, NULL };
	static const double line[] = { -1, -1, 2, 3 };
	struct chart_bars chart = {
		.series = &one, .series_count = 1, .columns = 4,
		.values = values, .names = names, .ticks = ticks,
		.line = line, .print = print_number,
	};
	struct arena *a = arena_create();
	json_object *m = chart_bars(a, &chart);

	(void)state;
	assert_int_equal(length(m, "line"), 1);
	assert_int_equal(length(m, "bars"), 2);
	assert_int_equal(length(m, "ticks"), 0);
	/* of one series: its name need not be said */
	assert_string_equal(text(item(m, "bars", 0), "label_text"), "c: 2");
	json_object_put(m);
	arena_destroy(a);
}

static void
fields_are_the_darker_the_more(void **state)
{
	static const int64_t values[] = { 0, 1, 50, 100 };
	static const char *const rows[] = { "6-7 am", "7-8 am" };
	static const char *const columns[] = { "Monday", "Tuesday" };
	static const char *const heads[] = { "Mon", "Tue" };
	struct chart_heat chart = {
		.rows = 2, .columns = 2, .values = values, .row_names = rows,
		.column_names = columns, .column_heads = heads,
		.print = print_number,
	};
	struct arena *a = arena_create();
	json_object *m = chart_heat(a, &chart), *last = item(m, "cells", 3);

	(void)state;
	assert_int_equal(chart_level(0, 0), 0);
	assert_int_equal(chart_level(1, 1), 5);
	assert_int_equal(chart_level(1, 1000), 1);
	assert_int_equal(chart_level(1000, 1000), 5);
	assert_int_equal(length(m, "cells"), 4);
	assert_string_equal(text(item(m, "cells", 0), "level"), "0");
	assert_string_equal(text(item(m, "cells", 1), "level"), "1");
	assert_string_equal(text(item(m, "cells", 2), "level"), "3");
	assert_string_equal(text(last, "level"), "5");
	assert_string_equal(text(last, "label_text"), "Tuesday, 7-8 am: 100");
	is_near(number(last, "x"), 50);
	is_near(number(last, "width"), 50);
	is_near(number(last, "middle"), 75);
	assert_true(number(last, "y") + number(m, "cell_height") <=
	            number(m, "height"));
	json_object_put(m);
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scale_has_few_round_steps),
		cmocka_unit_test(
			bars_are_stacked_on_the_axis_and_hang_below_it),
		cmocka_unit_test(columns_share_the_width),
		cmocka_unit_test(a_line_has_gaps_where_there_is_nothing),
		cmocka_unit_test(fields_are_the_darker_the_more),
	};

	return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
