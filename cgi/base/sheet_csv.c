/* sheet_csv.c: a sheet as CSV, RFC 4180, safe to open in a spreadsheet */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sheet_writer.h"

struct csv {
	FILE *file;
	const struct sheet_table *table;
	uint64_t unit;		/* of money: 100 */
};

static void *
begin(const char *path, const char *dir, const struct sheet_table *table)
{
	struct csv *c = calloc(1, sizeof *c);

	(void)dir;
	if (c == NULL)
		log_die("out of memory");
	c->file = fopen(path, "wxe");
	if (c->file == NULL) {
		log_error("cannot write %s: %m", path);
		free(c);
		return NULL;
	}
	c->table = table;
	c->unit = 1;
	for (int i = 0; i < table->decimals; i++)
		c->unit *= 10;
	fputs("\xef\xbb\xbf", c->file);
	return c;
}

/* What stands behind a cell. */
static void
end_cell(struct csv *c, size_t column)
{
	fputs(column + 1 < c->table->count ? "," : "\r\n", c->file);
}

/*
 * Would a spreadsheet take it for a formula (ASVS 5, 1.2.10)?  Some skip the
 * blanks before one, and some know the wide signs of East Asia.
 */
static bool
is_formula(const char *text)
{
	static const char *const heads[] = {
		"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20",
	};

	text += strspn(text, " \t");
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (strncmp(text, heads[i], strlen(heads[i])) == 0)
			return true;
	}
	return false;
}

/* A cell that begins with these, too, is marked. */
static bool
begins_blank(const char *text)
{
	text += strspn(text, " ");
	return *text == '\t' || *text == '\n' || *text == '\r';
}

/*
 * In half of the world Excel splits at a semicolon, and of the other columns
 * than the first knows no quotes then: a cell may begin in the middle.
 */
static void
text(void *w, size_t row, size_t column, const char *value)
{
	struct csv *c = w;
	bool is_quoted = strpbrk(value, "\",;\n\t") != NULL;

	(void)row;
	if (is_quoted)
		fputc('"', c->file);
	if (is_formula(value) || begins_blank(value))
		fputc('\'', c->file);
	for (; *value != '\0'; value++) {
		if (*value == '"')
			fputc('"', c->file);
		fputc(*value, c->file);
		if (strchr(";\n", *value) != NULL && is_formula(value + 1))
			fputc('\'', c->file);
	}
	if (is_quoted)
		fputc('"', c->file);
	end_cell(c, column);
}

static void
number(void *w, size_t row, size_t column, int64_t value)
{
	struct csv *c = w;

	(void)row;
	fprintf(c->file, "%" PRId64, value);
	end_cell(c, column);
}

static void
money(void *w, size_t row, size_t column, int64_t amount)
{
	struct csv *c = w;
	uint64_t size = amount < 0 ? -(uint64_t)amount : (uint64_t)amount;

	(void)row;
	fprintf(c->file, "%s%" PRIu64, amount < 0 ? "-" : "", size / c->unit);
	if (c->unit > 1)
		fprintf(c->file, ".%0*" PRIu64, c->table->decimals,
		        size % c->unit);
	end_cell(c, column);
}

static void
day(void *w, size_t row, size_t column, int32_t value)
{
	struct csv *c = w;
	char out[CLOCK_DAY_TEXT_SIZE];

	(void)row;
	clock_format_day(value, out);
	fputs(out, c->file);
	end_cell(c, column);
}

static void
moment(void *w, size_t row, size_t column, int64_t local)
{
	struct csv *c = w;
	char out[CLOCK_TEXT_SIZE];

	(void)row;
	clock_format(local, out);
	fputs(out, c->file);
	end_cell(c, column);
}

static void
empty(void *w, size_t row, size_t column)
{
	(void)row;
	end_cell(w, column);
}

static bool
finish(void *w, size_t rows)
{
	struct csv *c = w;
	bool is_whole = fflush(c->file) == 0 && !ferror(c->file);

	(void)rows;
	if (!is_whole)
		log_error("a CSV could not be written: %m");
	fclose(c->file);
	free(c);
	return is_whole;
}

static void
abandon(void *w)
{
	struct csv *c = w;

	fclose(c->file);
	free(c);
}

const struct sheet_writer sheet_csv = {
	.begin = begin, .text = text, .number = number, .money = money,
	.day = day, .moment = moment, .empty = empty, .finish = finish,
	.abandon = abandon,
};
