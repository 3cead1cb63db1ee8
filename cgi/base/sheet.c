/* sheet.c: a table written row by row, for a spreadsheet: as CSV or as XLSX */
#include "base/sheet.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/sheet_writer.h"

static const struct sheet_writer *const writers[] = {
	[SHEET_CSV] = &sheet_csv, [SHEET_XLSX] = &sheet_xlsx,
};

struct sheet {
	const struct sheet_writer *writer;
	const struct sheet_table *table;
	void *w;		/* NULL: it failed, or has been ended */
	char *dir, *path;	/* NULL: there is none */
	size_t row, column;	/* of the next cell */
	struct buf clean;	/* a text as it is written */
};

/* ---- the place ----------------------------------------------------------- */

/* A folder that nobody else may enter, and the name of a file in it. */
static bool
make_place(struct sheet *s)
{
	const char *tmp = getenv("TMPDIR");
	struct buf text = BUF_INIT;

	buf_appendf(&text, "%s/gymgate-XXXXXX",
	            tmp == NULL || *tmp == '\0' ? "/tmp" : tmp);
	s->dir = buf_steal(&text);
	if (mkdtemp(s->dir) == NULL) {
		log_error("no folder like %s for a file: %m", s->dir);
		free(s->dir);
		s->dir = NULL;
		return false;
	}
	buf_appendf(&text, "%s/sheet", s->dir);
	s->path = buf_steal(&text);
	return true;
}

/* What is open already can be read all the same. */
static void
remove_place(struct sheet *s)
{
	if (s->path != NULL)
		unlink(s->path);
	if (s->dir != NULL && rmdir(s->dir) != 0)
		log_error("cannot remove %s: %m", s->dir);
	free(s->path);
	free(s->dir);
	s->path = s->dir = NULL;
}

struct sheet *
sheet_create(enum sheet_format format, const struct sheet_table *table)
{
	struct sheet *s = calloc(1, sizeof *s);

	if (s == NULL)
		log_die("out of memory");
	s->writer = writers[format];
	s->table = table;
	s->row = 1;
	if (make_place(s))
		s->w = s->writer->begin(s->path, s->dir, table);
	for (size_t i = 0; i < table->count && s->w != NULL; i++)
		s->writer->text(s->w, 0, i, table->columns[i].title);
	return s;
}

void
sheet_destroy(struct sheet *s)
{
	if (s == NULL)
		return;
	if (s->w != NULL)
		s->writer->abandon(s->w);
	remove_place(s);
	buf_finish(&s->clean);
	free(s);
}

FILE *
sheet_file(struct sheet *s)
{
	FILE *file = NULL;
	bool is_whole = s->w != NULL && s->writer->finish(s->w, s->row);

	s->w = NULL;
	if (is_whole && (file = fopen(s->path, "re")) == NULL)
		log_error("cannot read %s: %m", s->path);
	remove_place(s);
	return file;
}

/* ---- texts --------------------------------------------------------------- */

/* The length in bytes of a well-formed character, or 0; `code` is set. */
static size_t
character(const unsigned char *s, unsigned *code)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2
		: *s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;

	*code = len < 2 ? *s : *s & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	return *code < least[len] || *code > 0x10ffff ? 0 : len;
}

/* What XML 1.0 can hold; a carriage return it would not keep. */
static bool
is_held(unsigned code)
{
	if (code < 0x20)
		return code == '\t' || code == '\n';
	return code < 0xd800 || (code > 0xdfff && code < 0xfffe) ||
		code > 0xffff;
}

static const char *
clean_text(struct sheet *s, const char *text)
{
	const unsigned char *from = (const unsigned char *)text;
	size_t units = 0, len;
	unsigned code;

	buf_reset(&s->clean);
	buf_append_str(&s->clean, "");
	for (; *from != '\0'; from += len == 0 ? 1 : len) {
		len = character(from, &code);
		if (len == 0 || !is_held(code))
			continue;
		units += code > 0xffff ? 2 : 1;
		if (units > SHEET_TEXT_MAX)
			break;
		buf_append(&s->clean, from, len);
	}
	return s->clean.data;
}

/* ---- cells --------------------------------------------------------------- */

static void
check_kind(const struct sheet *s, enum sheet_kind kind)
{
	if (s->table->columns[s->column].kind != kind)
		log_die("column %zu of %s: a cell of another kind", s->column,
		        s->table->name);
}

static void
go_on(struct sheet *s)
{
	if (++s->column < s->table->count)
		return;
	s->column = 0;
	s->row++;
}

void
sheet_empty(struct sheet *s)
{
	if (s->w != NULL)
		s->writer->empty(s->w, s->row, s->column);
	go_on(s);
}

void
sheet_text(struct sheet *s, const char *text)
{
	check_kind(s, SHEET_TEXT);
	if (text == NULL || *text == '\0') {
		sheet_empty(s);
		return;
	}
	if (s->w != NULL)
		s->writer->text(s->w, s->row, s->column, clean_text(s, text));
	go_on(s);
}

void
sheet_number(struct sheet *s, int64_t number)
{
	check_kind(s, SHEET_NUMBER);
	if (s->w != NULL)
		s->writer->number(s->w, s->row, s->column, number);
	go_on(s);
}

void
sheet_money(struct sheet *s, int64_t amount)
{
	check_kind(s, SHEET_MONEY);
	if (s->w != NULL)
		s->writer->money(s->w, s->row, s->column, amount);
	go_on(s);
}

void
sheet_day(struct sheet *s, int32_t day)
{
	check_kind(s, SHEET_DAY);
	if (day == CLOCK_NO_DAY) {
		sheet_empty(s);
		return;
	}
	if (s->w != NULL)
		s->writer->day(s->w, s->row, s->column, day);
	go_on(s);
}

void
sheet_moment(struct sheet *s, int64_t local)
{
	check_kind(s, SHEET_MOMENT);
	if (local == CLOCK_NO_TIME) {
		sheet_empty(s);
		return;
	}
	if (s->w != NULL)
		s->writer->moment(s->w, s->row, s->column, local);
	go_on(s);
}

size_t
sheet_rows(const struct sheet *s)
{
	return s->row - 1;
}

void
sheet_remark(struct sheet *s, const char *text)
{
	for (size_t i = 0; i < s->table->count && s->w != NULL; i++) {
		if (i == 0)
			s->writer->text(s->w, s->row, i, clean_text(s, text));
		else
			s->writer->empty(s->w, s->row, i);
	}
}
