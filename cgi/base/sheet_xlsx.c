/* sheet_xlsx.c: a sheet as XLSX; the only one to know libxlsxwriter */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <xlsxwriter.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/sheet_writer.h"

/* A spreadsheet counts its days from then on. */
#define FIRST_YEAR 1900

struct xlsx {
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *title, *number, *money, *day, *moment;
	size_t columns;
	int64_t unit;		/* of money: 100 */
	const char *dir;
	struct buf escaped;
};

/* ---- begin and end ------------------------------------------------------- */

static lxw_format *
add_format(struct xlsx *x, const char *code)
{
	lxw_format *format = workbook_add_format(x->book);

	format_set_num_format(format, code);
	return format;
}

static void
add_formats(struct xlsx *x, int decimals)
{
	struct buf code = BUF_INIT;

	buf_append_str(&code, "#,##0");
	x->unit = 1;
	for (int i = 0; i < decimals; i++) {
		buf_append_str(&code, i == 0 ? ".0" : "0");
		x->unit *= 10;
	}
	x->money = add_format(x, code.data);
	x->number = add_format(x, "0");
	x->day = add_format(x, "yyyy-mm-dd");
	x->moment = add_format(x, "yyyy-mm-dd hh:mm:ss");
	x->title = workbook_add_format(x->book);
	format_set_bold(x->title);
	buf_finish(&code);
}

/* Wide enough for what mostly stands there, in characters. */
static void
set_widths(struct xlsx *x, const struct sheet_table *table)
{
	static const double widths[] = {
		[SHEET_TEXT] = 22, [SHEET_NUMBER] = 11, [SHEET_MONEY] = 14,
		[SHEET_DAY] = 12, [SHEET_MOMENT] = 20,
	};

	for (size_t i = 0; i < table->count; i++) {
		/* and for the title, with the button of the filter */
		double title = (double)strlen(table->columns[i].title) + 4;
		double width = widths[table->columns[i].kind];

		worksheet_set_column(x->sheet, (lxw_col_t)i, (lxw_col_t)i,
		                     width > title ? width : title, NULL);
	}
}

static void *
begin(const char *path, const char *dir, const struct sheet_table *table)
{
	struct buf tmp = BUF_INIT;
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	struct xlsx *x = calloc(1, sizeof *x);

	if (x == NULL)
		log_die("out of memory");
	buf_append_str(&tmp, dir);
	options.tmpdir = tmp.data;
	x->book = workbook_new_opt(path, &options);
	if (x->book != NULL)
		x->sheet = workbook_add_worksheet(x->book, table->name);
	buf_finish(&tmp);
	if (x->sheet == NULL) {
		log_error("cannot begin an XLSX in %s", dir);
		lxw_workbook_free(x->book);
		free(x);
		return NULL;
	}
	x->columns = table->count;
	x->dir = dir;
	add_formats(x, table->decimals);
	set_widths(x, table);
	worksheet_freeze_panes(x->sheet, 1, 0);
	return x;
}

/*
 * The library does not look whether its rows could be written, and puts them
 * together from one file into the next: is there room for that?
 */
static bool
has_room(const struct xlsx *x)
{
	FILE *rows = x->sheet->optimize_tmpfile;
	struct statvfs place;
	long size;

	if (rows == NULL || fflush(rows) != 0 || ferror(rows) ||
	    (size = ftell(rows)) < 0 || statvfs(x->dir, &place) != 0)
		return false;
	return (uint64_t)place.f_bavail * place.f_frsize > 2 * (uint64_t)size;
}

static void
abandon(void *w)
{
	struct xlsx *x = w;

	/* which only a workbook_close would close */
	if (x->sheet->optimize_tmpfile != NULL)
		fclose(x->sheet->optimize_tmpfile);
	x->sheet->optimize_tmpfile = NULL;
	lxw_workbook_free(x->book);
	buf_finish(&x->escaped);
	free(x);
}

static bool
finish(void *w, size_t rows)
{
	struct xlsx *x = w;
	lxw_error error;

	if (!has_room(x)) {
		log_error("no room for an XLSX in %s", x->dir);
		abandon(x);
		return false;
	}
	worksheet_autofilter(x->sheet, 0, 0, (lxw_row_t)rows - 1,
	                     (lxw_col_t)x->columns - 1);
	error = workbook_close(x->book);	/* and frees it */
	if (error != LXW_NO_ERROR)
		log_error("an XLSX could not be written: %s",
		          lxw_strerror(error));
	buf_finish(&x->escaped);
	free(x);
	return error == LXW_NO_ERROR;
}

/* ---- cells --------------------------------------------------------------- */

/* "_x0041_" would be read as an A. */
static bool
is_code(const char *s)
{
	return s[0] == '_' && s[1] == 'x' &&
		strspn(s + 2, "0123456789ABCDEFabcdef") == 4 && s[6] == '_';
}

static const char *
escape(struct xlsx *x, const char *s)
{
	if (strstr(s, "_x") == NULL)
		return s;
	buf_reset(&x->escaped);
	for (; *s != '\0'; s++) {
		if (is_code(s))
			buf_append_str(&x->escaped, "_x005F");
		buf_append(&x->escaped, s, 1);
	}
	return x->escaped.data;
}

static void
text(void *w, size_t row, size_t column, const char *value)
{
	struct xlsx *x = w;

	worksheet_write_string(x->sheet, (lxw_row_t)row, (lxw_col_t)column,
	                       escape(x, value), row == 0 ? x->title : NULL);
}

static void
number(void *w, size_t row, size_t column, int64_t value)
{
	struct xlsx *x = w;

	worksheet_write_number(x->sheet, (lxw_row_t)row, (lxw_col_t)column,
	                       (double)value, x->number);
}

static void
money(void *w, size_t row, size_t column, int64_t amount)
{
	struct xlsx *x = w;

	worksheet_write_number(x->sheet, (lxw_row_t)row, (lxw_col_t)column,
	                       (double)amount / (double)x->unit, x->money);
}

static void
write_date(struct xlsx *x, size_t row, size_t column, int64_t local,
           lxw_format *format)
{
	struct clock_date d = clock_split(local);
	lxw_datetime date = { d.year, d.month, d.day, d.hour, d.minute,
		              d.second };
	char out[CLOCK_TEXT_SIZE];

	if (d.year >= FIRST_YEAR) {
		worksheet_write_datetime(x->sheet, (lxw_row_t)row,
		                         (lxw_col_t)column, &date, format);
		return;
	}
	clock_format(local, out);
	if (format == x->day)
		out[CLOCK_DAY_TEXT_SIZE - 1] = '\0';
	text(x, row, column, out);
}

static void
day(void *w, size_t row, size_t column, int32_t value)
{
	struct xlsx *x = w;

	write_date(x, row, column, (int64_t)value * CLOCK_DAY_SECONDS, x->day);
}

static void
moment(void *w, size_t row, size_t column, int64_t local)
{
	struct xlsx *x = w;

	write_date(x, row, column, local, x->moment);
}

static void
empty(void *w, size_t row, size_t column)
{
	(void)w;
	(void)row;
	(void)column;
}

const struct sheet_writer sheet_xlsx = {
	.begin = begin, .text = text, .number = number, .money = money,
	.day = day, .moment = moment, .empty = empty, .finish = finish,
	.abandon = abandon,
};
