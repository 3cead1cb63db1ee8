/* test_sheet.c: tables for spreadsheets: what is written, and what is left */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/sheet.h"

#define BOM "\xef\xbb\xbf"

static const struct sheet_column columns[] = {
	{ "Name", SHEET_TEXT }, { "Times", SHEET_NUMBER },
	{ "Paid", SHEET_MONEY }, { "Day", SHEET_DAY },
	{ "Moment", SHEET_MOMENT },
};
static const struct sheet_table table = { "test", columns, 5, 2 };
static const struct sheet_column one[] = { { "Name", SHEET_TEXT } };
static const struct sheet_table texts = { "test", one, 1, 2 };

/* ---- what is left behind ------------------------------------------------- */

static char dir[] = "/tmp/gymgate-test-XXXXXX";

static size_t
entries(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;	/* . and .. */
}

static int
set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL || setenv("TMPDIR", dir, 1) != 0;
}

static int
clean_up(void **state)
{
	(void)state;
	return rmdir(dir);
}

/* ---- what is written ----------------------------------------------------- */

static char *
read_all(FILE *file)
{
	static char all[200000];
	size_t n = fread(all, 1, sizeof all - 1, file);

	all[n] = '\0';
	fclose(file);
	return all;
}

/* The one cell of the one row of a CSV, as it stands there. */
static const char *
cell_of(const char *text)
{
	struct sheet *s = sheet_create(SHEET_CSV, &texts);
	char *all, *cell;
	FILE *file;

	sheet_text(s, text);
	file = sheet_file(s);
	assert_non_null(file);
	sheet_destroy(s);
	all = read_all(file);
	cell = all + strlen(BOM "Name\r\n");
	assert_memory_equal(all, BOM "Name\r\n", strlen(BOM "Name\r\n"));
	assert_string_equal(cell + strlen(cell) - 2, "\r\n");
	cell[strlen(cell) - 2] = '\0';
	return cell;
}

static void
write_row(struct sheet *s, const char *name)
{
	int32_t day;

	assert_true(clock_parse_day("2026-03-12", &day));
	sheet_text(s, name);
	sheet_number(s, -42);
	sheet_money(s, 150050);
	sheet_day(s, day);
	sheet_moment(s, (int64_t)day * CLOCK_DAY_SECONDS + 27000);
}

static void
a_table_is_csv_with_rows_titles_and_a_remark(void **state)
{
	struct sheet *s = sheet_create(SHEET_CSV, &table);
	FILE *file;

	(void)state;
	write_row(s, "Asha");
	sheet_text(s, NULL);
	sheet_number(s, 0);
	sheet_money(s, -50);
	sheet_day(s, CLOCK_NO_DAY);
	sheet_moment(s, CLOCK_NO_TIME);
	sheet_remark(s, "There is more, but not here.");
	file = sheet_file(s);
	sheet_destroy(s);
	assert_non_null(file);
	assert_string_equal(read_all(file), BOM
		"Name,Times,Paid,Day,Moment\r\n"
		"Asha,-42,1500.50,2026-03-12,2026-03-12 07:30:00\r\n"
		",0,-0.50,,\r\n"
		"\"There is more, but not here.\",,,,\r\n");
	assert_int_equal(entries(dir), 0);
}

static void
money_has_the_decimals_of_its_currency(void **state)
{
	static const struct sheet_column paid[] = { { "Paid", SHEET_MONEY } };
	static const struct {
		int decimals;
		int64_t amount;
		const char *text;
	} cases[] = {
		{ 0, 1500, "1500" }, { 3, 1500, "1.500" }, { 3, -7, "-0.007" },
		{ 2, INT64_MIN, "-92233720368547758.08" }, { 2, 0, "0.00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct sheet_table t = { "test", paid, 1,
			                       cases[i].decimals };
		struct sheet *s = sheet_create(SHEET_CSV, &t);
		char *all;

		sheet_money(s, cases[i].amount);
		all = read_all(sheet_file(s));
		sheet_destroy(s);
		all[strlen(all) - 2] = '\0';
		assert_string_equal(all + strlen(BOM "Paid\r\n"),
		                    cases[i].text);
	}
}

static void
a_formula_is_made_a_text(void **state)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {
		{ "=1+1", "'=1+1" }, { "+91 98", "'+91 98" },
		{ "-2", "'-2" }, { "@SUM(A1)", "'@SUM(A1)" },
		{ "\t=1", "\"'\t=1\"" }, { "\r=1", "'=1" }, { " =1", "' =1" },
		{ "\n=1", "\"'\n'=1\"" }, { "\uff1d1", "'\uff1d1" },
		{ "=HYPERLINK(\"http://x\",\"y\")",
		  "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"" },
		{ "\x01=1", "'=1" },	/* when that is gone */
		{ "x;=1", "\"x;'=1\"" }, { "x\n y;-2;3", "\"x\n y;'-2;3\"" },
		{ "a=1", "a=1" }, { "'tis", "'tis" }, { "1-2", "1-2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(cell_of(cases[i].text), cases[i].cell);
}

static void
a_text_is_quoted_where_it_must_be(void **state)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {
		{ "a,b", "\"a,b\"" }, { "a;b", "\"a;b\"" },
		{ "say \"x\"", "\"say \"\"x\"\"\"" }, { "a\nb", "\"a\nb\"" },
		{ "a\r\nb", "\"a\nb\"" }, { "Asha", "Asha" },
		{ "आशा", "आशा" }, { "عائشة", "عائشة" }, { "李", "李" },
		{ "💪🏽", "💪🏽" }, { "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(cell_of(cases[i].text), cases[i].cell);
}

static void
what_no_spreadsheet_holds_is_left_out(void **state)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {
		{ "a\x01z\x1f", "az" }, { "a\xff" "b", "ab" },
		{ "a\xc3", "a" }, { "\xc0\xafz", "z" },
		{ "\xed\xa0\x80z", "z" }, { "\xef\xbf\xbfz", "z" },
		{ "\xf4\x90\x80\x80z", "z" }, { "\xe0\x80\x80z", "z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(cell_of(cases[i].text), cases[i].cell);
}

static void
a_text_is_cut_where_a_cell_is_full(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	for (int i = 0; i < 40000; i++)
		buf_append_str(&text, "x");
	assert_int_equal(strlen(cell_of(text.data)), SHEET_TEXT_MAX);
	buf_reset(&text);
	for (int i = 0; i < 20000; i++)
		buf_append_str(&text, "💪");	/* two units, four bytes */
	assert_int_equal(strlen(cell_of(text.data)), SHEET_TEXT_MAX / 2 * 4);
	buf_finish(&text);
}

static void
an_xlsx_is_a_zip_that_nothing_is_left_of(void **state)
{
	struct sheet *s = sheet_create(SHEET_XLSX, &table);
	size_t open = entries("/proc/self/fd");
	FILE *file;

	(void)state;
	for (int i = 0; i < 1000; i++)
		write_row(s, "=1+1");
	file = sheet_file(s);
	assert_non_null(file);
	assert_int_equal(entries(dir), 0);
	sheet_destroy(s);
	assert_memory_equal(read_all(file), "PK\x03\x04", 4);
	assert_true(entries("/proc/self/fd") < open);
}

static void
what_is_not_wanted_any_more_is_gone(void **state)
{
	size_t open = entries("/proc/self/fd");

	(void)state;
	for (int format = SHEET_CSV; format <= SHEET_XLSX; format++) {
		struct sheet *s = sheet_create((enum sheet_format)format,
		                               &table);

		write_row(s, "Asha");
		sheet_destroy(s);
		assert_int_equal(entries("/proc/self/fd"), open);
		assert_int_equal(entries(dir), 0);
	}
	sheet_destroy(NULL);
}

static void
what_cannot_be_written_is_said_at_the_end(void **state)
{
	(void)state;
	setenv("TMPDIR", "/nonexistent", 1);
	for (int format = SHEET_CSV; format <= SHEET_XLSX; format++) {
		struct sheet *s = sheet_create((enum sheet_format)format,
		                               &table);

		write_row(s, "Asha");
		sheet_empty(s);
		sheet_remark(s, "x");
		assert_null(sheet_file(s));
		sheet_destroy(s);
	}
	setenv("TMPDIR", dir, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_csv_with_rows_titles_and_a_remark),
		cmocka_unit_test(money_has_the_decimals_of_its_currency),
		cmocka_unit_test(a_formula_is_made_a_text),
		cmocka_unit_test(a_text_is_quoted_where_it_must_be),
		cmocka_unit_test(what_no_spreadsheet_holds_is_left_out),
		cmocka_unit_test(a_text_is_cut_where_a_cell_is_full),
		cmocka_unit_test(an_xlsx_is_a_zip_that_nothing_is_left_of),
		cmocka_unit_test(what_is_not_wanted_any_more_is_gone),
		cmocka_unit_test(what_cannot_be_written_is_said_at_the_end),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
