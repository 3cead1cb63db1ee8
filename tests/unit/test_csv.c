/* test_csv.c: tables of text, read as spreadsheets write them */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/csv.h"

static struct arena *a;

static int
begin(void **state)
{
	(void)state;
	a = arena_create();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_destroy(a);
	return 0;
}

static struct csv
read_bytes(const char *data, size_t len)
{
	struct csv csv;

	assert_int_equal(csv_read(a, data, len, &csv), CSV_OK);
	return csv;
}

/* As "line|cell|cell" a row. */
static void
same(const struct csv *csv, const char *expected)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < csv->count; i++) {
		buf_appendf(&text, "%zu", csv->rows[i].line);
		for (size_t k = 0; k < csv->rows[i].count; k++)
			buf_appendf(&text, "|%s", csv->rows[i].cells[k]);
		buf_append_str(&text, "\n");
	}
	assert_string_equal(text.data, expected);
	buf_finish(&text);
}

static void
check(const char *file, char separator, const char *expected)
{
	struct csv csv = read_bytes(file, strlen(file));

	assert_int_equal(csv.separator, separator);
	same(&csv, expected);
	for (size_t i = 0; i < csv.count; i++)
		assert_int_equal(csv.rows[i].fault, CSV_FINE);
}

static void
rows_and_quotes(void **state)
{
	(void)state;
	check("a,b\r\n1,2\r\n", ',', "1|a|b\n2|1|2\n");
	check("a,b\n1,2", ',', "1|a|b\n2|1|2\n");
	check("a,b\r1,2\r", ',', "1|a|b\n2|1|2\n");
	check("a,b\n\"x, \"\"y\"\"\",\"1\r\n2\r3\n4\"\n", ',',
	      "1|a|b\n2|x, \"y\"|1\n2\n3\n4\n");
	/* a row that a quoted cell spreads over lines is one row */
	check("a\n\"1\n2\"\nb\n", ',', "1|a\n2|1\n2\n3|b\n");
	/* as Excel takes it: what follows the quotation mark belongs to it */
	check("a,b\n\"x\"y,z\"w\n", ',', "1|a|b\n2|xy|z\"w\n");
	/* ragged and blank rows: the latter are counted */
	check("a,b\n\n1\n , \n1,2,3,\n", ',',
	      "1|a|b\n3|1\n5|1|2|3|\n");
}

static void
separators(void **state)
{
	(void)state;
	check("a;b\n1,5;2\n", ';', "1|a|b\n2|1,5|2\n");
	check("a\tb;c\td\n", '\t', "1|a|b;c|d\n");
	check("\"a;b;c\",d\n", ',', "1|a;b;c|d\n");
	check("only\n1\n", ',', "1|only\n2|1\n");
	check("\n\n;;\na;b\n", ';', "4|a|b\n");
	/* the line by which Excel is told, which it shows nobody */
	check("sep=;\r\na,b;c\r\n1\r\n", ';', "1|a,b|c\n2|1\n");
	check("SEP=|\na|b\n", '|', "1|a|b\n");
	check("sep=;x\n", ';', "1|sep=|x\n");
	check("sep=\n", ',', "1|sep=\n");
}

static void
encoding_is(const char *data, size_t len, const char *encoding,
            const char *expected)
{
	struct csv csv = read_bytes(data, len);

	assert_string_equal(csv.encoding, encoding);
	same(&csv, expected);
}

#define BYTES(s) s, sizeof(s) - 1

static void
encodings(void **state)
{
	(void)state;
	encoding_is(BYTES("\xef\xbb\xbfZo\xc3\xab,\xe2\x82\xac\n"), "UTF-8",
	            "1|Zo\xc3\xab|\xe2\x82\xac\n");
	encoding_is(BYTES("Zo\xc3\xab\n"), "UTF-8", "1|Zo\xc3\xab\n");
	encoding_is(BYTES("Zo\xeb,\x80\x92\n"), "WINDOWS-1252",
	            "1|Zo\xc3\xab|\xe2\x82\xac\xe2\x80\x99\n");
	encoding_is(BYTES("\xff\xfeZ\0\xeb\0\t\0\x3d\xd8\x00\xde\n\0"),
	            "UTF-16LE", "1|Z\xc3\xab|\xf0\x9f\x98\x80\n");
	encoding_is(BYTES("\xfe\xff\0Z\0\xeb\0\n"), "UTF-16BE",
	            "1|Z\xc3\xab\n");
}

static void
characters_across_the_steps_of_a_conversion(void **state)
{
	static char file[40002] = "\xff\xfe";
	struct csv csv;

	(void)state;
	for (size_t i = 2; i < sizeof file; i += 4)
		memcpy(file + i, "\x3d\xd8\x00\xde", 4);
	for (size_t cut = 2; cut < 8; cut += 2) {
		memcpy(file + cut, "\n\0", 2);
		csv = read_bytes(file, 8000 + cut);
		for (size_t i = 0; i < csv.count; i++) {
			const char *cell = csv.rows[i].cells[0];

			if (csv.rows[i].fault == CSV_FINE && strlen(cell) > 8)
				assert_memory_equal(cell + strlen(cell) - 4,
				                    "\xf0\x9f\x98\x80", 4);
		}
	}
}

static void
fault_is(const char *data, size_t len, size_t row, enum csv_fault fault,
         size_t cell)
{
	struct csv csv = read_bytes(data, len);

	assert_true(row < csv.count);
	for (size_t i = 0; i < csv.count; i++)
		assert_int_equal(csv.rows[i].fault, i == row ? fault
		                 : CSV_FINE);
	assert_int_equal(csv.rows[row].fault_cell, cell);
}

static void
faults_are_of_their_row(void **state)
{
	static char many[400], long_cell[CSV_CELL_MAX + 40];
	size_t at = 0;

	(void)state;
	fault_is(BYTES("a,b\nx,1\0002\ny\n"), 1, CSV_CONTROL, 1);
	fault_is(BYTES("a\nb\x07\nc\n"), 1, CSV_CONTROL, 0);
	fault_is(BYTES("a\nb\x7f\n"), 1, CSV_CONTROL, 0);
	fault_is(BYTES("a\nb\n\"c\nd\n"), 2, CSV_OPEN_QUOTE, 0);
	fault_is(BYTES("a\nb,\xef\xbf\xbd\n"), 1, CSV_LOST, 1);
	fault_is(BYTES("a\nb\x81\n"), 1, CSV_LOST, 0);	/* of none in 1252 */
	fault_is(BYTES("\xef\xbb\xbf" "a\nb\xff\n"), 1, CSV_LOST, 0);
	/* five bytes, as nobody writes UTF-8 any more */
	fault_is(BYTES("\xef\xbb\xbf" "a\nb\xfa\x96\x91\x9a\x9b\n"), 1, CSV_LOST,
	         0);
	fault_is(BYTES("\xff\xfe" "a\0\n\0\0\xd8"), 1, CSV_LOST, 0);
	fault_is(BYTES("\xff\xfe" "a\0\n\0b"), 1, CSV_LOST, 0);

	many[at++] = 'a';
	many[at++] = '\n';
	for (int i = 0; i < CSV_COLUMNS_MAX; i++) {
		many[at++] = 'x';
		many[at++] = ',';
	}
	many[at] = '\n';
	fault_is(many, at, 1, CSV_FINE, 0);
	many[at++] = 'x';
	fault_is(many, at, 1, CSV_MANY_CELLS, CSV_COLUMNS_MAX);

	memset(long_cell, 'x', sizeof long_cell);
	long_cell[1] = '\n';
	fault_is(long_cell, 2 + CSV_CELL_MAX, 1, CSV_FINE, 0);
	fault_is(long_cell, 3 + CSV_CELL_MAX, 1, CSV_LONG_CELL, 0);
}

/* What is kept of a cell that is too long is UTF-8 all the same. */
static void
a_cut_is_between_characters(void **state)
{
	static char file[2 + 3 * CSV_CELL_MAX];
	struct csv csv;

	(void)state;
	memcpy(file, "a\n", 2);
	for (size_t i = 2; i + 3 <= sizeof file; i += 3)
		memcpy(file + i, "\xe2\x82\xac", 3);
	csv = read_bytes(file, 2 + 3 * (CSV_CELL_MAX - 1));
	assert_int_equal(csv.rows[1].fault, CSV_LONG_CELL);
	assert_int_equal(strlen(csv.rows[1].cells[0]) % 3, 0);
	assert_true(strlen(csv.rows[1].cells[0]) > CSV_CELL_MAX - 6);
}

static enum csv_result
result_of(const char *data, size_t len)
{
	struct csv csv;

	return csv_read(a, data, len, &csv);
}

static void
files_that_are_no_table(void **state)
{
	static char large[CSV_BYTES_MAX + 1];
	struct buf rows = BUF_INIT;

	(void)state;
	assert_int_equal(result_of(BYTES("")), CSV_EMPTY);
	assert_int_equal(result_of(BYTES("\xef\xbb\xbf")), CSV_EMPTY);
	assert_int_equal(result_of(BYTES("\r\n , \r\n")), CSV_EMPTY);
	assert_int_equal(result_of(BYTES("sep=;")), CSV_EMPTY);
	assert_int_equal(result_of(BYTES("PK\x03\x04...")), CSV_WORKBOOK);
	assert_int_equal(result_of(BYTES("\xd0\xcf\x11\xe0\xa1")),
	                 CSV_WORKBOOK);
	memset(large, 'x', sizeof large);
	assert_int_equal(result_of(large, sizeof large), CSV_TOO_LARGE);
	for (int i = 0; i <= CSV_ROWS_MAX; i++)
		buf_append_str(&rows, "x\n");
	assert_int_equal(result_of(rows.data, rows.len), CSV_OK);
	buf_append_str(&rows, "x\n");
	assert_int_equal(result_of(rows.data, rows.len), CSV_TOO_MANY_ROWS);
	buf_finish(&rows);
}

static long
most_memory_mb(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss / 1024;
}

/* As a sheet is whose rows were cleared: ten million cells, and two rows. */
static void
empty_cells_take_no_memory(void **state)
{
	char *data = malloc(CSV_BYTES_MAX);
	long before;

	(void)state;
	assert_non_null(data);
	memset(data, ',', CSV_BYTES_MAX);
	for (size_t i = 63; i < CSV_BYTES_MAX; i += 64)
		data[i] = '\n';
	memcpy(data, "a,b\nc,d\n", 8);
	before = most_memory_mb();
	assert_int_equal(read_bytes(data, CSV_BYTES_MAX).count, 2);
	assert_true(most_memory_mb() - before < 80);
	free(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_and_quotes, begin, end),
		cmocka_unit_test_setup_teardown(separators, begin, end),
		cmocka_unit_test_setup_teardown(empty_cells_take_no_memory,
		                                begin, end),
		cmocka_unit_test_setup_teardown(encodings, begin, end),
		cmocka_unit_test_setup_teardown(
			characters_across_the_steps_of_a_conversion, begin,
			end),
		cmocka_unit_test_setup_teardown(faults_are_of_their_row, begin,
		                                end),
		cmocka_unit_test_setup_teardown(a_cut_is_between_characters,
		                                begin, end),
		cmocka_unit_test_setup_teardown(files_that_are_no_table, begin,
		                                end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
