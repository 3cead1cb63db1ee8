/* test_cell.c: cells of a spreadsheet: texts, damage, days */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cell.h"
#include "base/clock.h"

static void
blanks_and_the_mark_of_a_text_go(void **state)
{
	static const struct {
		const char *cell, *text;
	} cases[] = {
		{ "", "" }, { "  ", "" }, { " a  b ", "a  b" },
		{ "\xc2\xa0" "a\xc2\xa0 \n", "a" }, { "a\nb", "a\nb" },
		{ "'\n'+8\n'=1", "+8\n=1" }, { "x;'=1", "x;=1" }, { "'-a\n'-b", "-a\n-b" },
		{ "x;'y;'' =1", "x;'y;'' =1" },
		{ "'=A1", "=A1" }, { " '+91", "+91" }, { "'-1", "-1" },
		{ "'  \t=A1", "=A1" }, { "'\tx", "x" }, { "'  \t", "" },
		{ "'@x", "@x" }, { "'Abc", "'Abc" }, { "'", "'" },
		{ "'\uff1d1", "\uff1d1" }, { "=A1", "=A1" }, { "\xc3\xa0", "\xc3\xa0" },
	};
	struct arena *a = arena_create();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(cell_text(a, cases[i].cell),
		                    cases[i].text);
	arena_destroy(a);
}

static void
damage_is_known(void **state)
{
	(void)state;
	assert_int_equal(cell_damage("####"), CELL_HASHES);
	assert_int_equal(cell_damage("#"), CELL_WHOLE);
	assert_int_equal(cell_damage("##a"), CELL_WHOLE);
	assert_int_equal(cell_damage("9.87654E+09"), CELL_ROUNDED);
	assert_int_equal(cell_damage("9,88E+09"), CELL_ROUNDED);
	assert_int_equal(cell_damage("9E+09"), CELL_ROUNDED);
	assert_int_equal(cell_damage("E+09"), CELL_WHOLE);
	assert_int_equal(cell_damage("9E+"), CELL_WHOLE);
	assert_int_equal(cell_damage("9E09"), CELL_WHOLE);
	assert_int_equal(cell_damage("#REF!"), CELL_ERROR);
	assert_int_equal(cell_damage("#N/A"), CELL_ERROR);
	assert_int_equal(cell_damage(""), CELL_WHOLE);
}

static void
days_as_people_write_them(void **state)
{
	static const struct {
		const char *text, *day;		/* NULL: `what` is not CELL_DAY */
		enum cell_day what;
	} cases[] = {
		{ "31-12-2026", "2026-12-31", CELL_DAY },
		{ "1/2/2026", "2026-02-01", CELL_DAY },
		{ "01.02.26", "2026-02-01", CELL_DAY },
		{ "01-02-69", "2069-02-01", CELL_DAY },
		{ "01-02-70", "1970-02-01", CELL_DAY },
		{ "2026-02-01", "2026-02-01", CELL_DAY },
		{ "2026/2/1", "2026-02-01", CELL_DAY },
		{ "5-Apr-2026", "2026-04-05", CELL_DAY },
		{ "05 APRIL 26", "2026-04-05", CELL_DAY },
		{ "29-02-2024", "2024-02-29", CELL_DAY },
		{ "01-02-2026 00:00", "2026-02-01", CELL_DAY },
		{ "2026-02-01T18:30:00", "2026-02-01", CELL_DAY },
		{ "12-31-2026", NULL, CELL_MONTH_FIRST },
		{ "1/13/26", NULL, CELL_MONTH_FIRST },
		{ "13-13-2026", NULL, CELL_NO_DAY },
		{ "12-32-2026", NULL, CELL_NO_DAY },
		{ "30-02-2026", NULL, CELL_NO_DAY },
		{ "00-01-2026", NULL, CELL_NO_DAY },
		{ "01-00-2026", NULL, CELL_NO_DAY },
		{ "01-01-1899", NULL, CELL_NO_DAY },
		{ "01-01-2200", NULL, CELL_NO_DAY },
		{ "01-01-202", NULL, CELL_NO_DAY },
		{ "01-01-20266", NULL, CELL_NO_DAY },
		{ "1-Abc-2026", NULL, CELL_NO_DAY },
		{ "1-Ap-2026", NULL, CELL_NO_DAY },
		{ "46023", NULL, CELL_SERIAL },
		{ "2026", NULL, CELL_NO_DAY },
		{ "yesterday", NULL, CELL_NO_DAY },
		{ "01-02-2026 x", NULL, CELL_NO_DAY },
		{ "01-02-2026 25:00", NULL, CELL_NO_DAY },
		{ "", NULL, CELL_NO_DAY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[CLOCK_DAY_TEXT_SIZE];
		int32_t day = 0;

		assert_int_equal(cell_parse_day(cases[i].text, &day, NULL),
		                 cases[i].what);
		if (cases[i].day == NULL)
			continue;
		clock_format_day(day, text);
		assert_string_equal(text, cases[i].day);
	}
}

static void
times_stand_behind_a_day(void **state)
{
	static const struct {
		const char *text;
		int second;
	} cases[] = {
		{ "01-02-2026", 0 }, { "01-02-2026 18:30", 66600 },
		{ "01-02-2026 6:30:15 pm", 66615 },
		{ "01-02-2026 12:00 AM", 0 }, { "01-02-2026 12:00 PM", 43200 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int32_t day = 0;
		int second = -1;

		assert_int_equal(cell_parse_day(cases[i].text, &day, &second),
		                 CELL_DAY);
		assert_int_equal(second, cases[i].second);
	}
	assert_int_equal(cell_parse_day("01-02-2026 13:00 pm", &(int32_t){ 0 },
	                                NULL), CELL_NO_DAY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_and_the_mark_of_a_text_go),
		cmocka_unit_test(damage_is_known),
		cmocka_unit_test(days_as_people_write_them),
		cmocka_unit_test(times_stand_behind_a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
