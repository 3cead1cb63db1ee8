/* csv.c: a table as spreadsheets write it into a text file, read */
#include "base/csv.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/csv_decode.h"

/* A text on its way into rows. */
struct reader {
	struct arena *arena;
	const char *at, *end;
	char separator;
	struct buf cell;
	const char *cells[CSV_COLUMNS_MAX];
	struct csv_row row;	/* the one in hand; `cells` are those above */
	bool is_cut;		/* the cell in hand was longer */
	struct csv_row *rows;
	size_t count, room;
};

/* ---- what kind of file it is --------------------------------------------- */

/* By how their files begin: a ZIP, and Microsoft's old compound file. */
static bool
is_workbook(const char *data, size_t len)
{
	return len >= 4 && (memcmp(data, "PK\x03\x04", 4) == 0 ||
	                    memcmp(data, "\xd0\xcf\x11\xe0", 4) == 0);
}

static const char *
skip_line_end(const char *at, const char *end)
{
	if (at < end && *at == '\r')
		at++;
	return at < end && *at == '\n' ? at + 1 : at;
}

/* "sep=;" before all else, which Excel itself shows nobody. */
static bool
take_sep_line(struct reader *r)
{
	const char *rest = r->at + 5;

	if (r->end - r->at < 5 || strncasecmp(r->at, "sep=", 4) != 0 ||
	    (rest < r->end && *rest != '\r' && *rest != '\n') ||
	    strchr("\"\r\n", r->at[4]) != NULL)
		return false;
	r->separator = r->at[4];
	r->at = *rest == '\r' && rest + 1 == r->end ? r->end
		: skip_line_end(rest, r->end);
	return true;
}

/* Which of the three the first line that says anything has most of. */
static char
guess_separator(const char *at, const char *end)
{
	static const char known[] = "\t;,";
	size_t counts[sizeof known - 1] = { 0 }, best = sizeof known - 2;
	bool is_quoted = false, says = false;

	for (; at < end; at++) {
		const char *found;

		if (*at == '"')
			is_quoted = !is_quoted;
		if (!is_quoted && (*at == '\r' || *at == '\n')) {
			if (says)
				break;
			memset(counts, 0, sizeof counts);
			continue;
		}
		found = is_quoted || *at == '\0' ? NULL : strchr(known, *at);
		if (found != NULL)
			counts[found - known]++;
		else
			says = says || *at != ' ';
	}
	for (size_t i = 0; i < sizeof known - 1; i++) {
		if (counts[i] > counts[best])
			best = i;
	}
	return known[best];
}

/* ---- rows ---------------------------------------------------------------- */

static void
blame(struct reader *r, enum csv_fault fault)
{
	if (r->row.fault != CSV_FINE)
		return;
	r->row.fault = fault;
	r->row.fault_cell = r->row.count;
}

static void
put(struct reader *r, char c)
{
	unsigned char byte = (unsigned char)c;

	if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f)
		blame(r, CSV_CONTROL);
	else if (r->cell.len < CSV_CELL_MAX)
		buf_append(&r->cell, &c, 1);
	else
		r->is_cut = true;
}

/* Cut where a character begins: what is kept stays UTF-8. */
static void
trim_cut(struct buf *cell)
{
	while (cell->len > 0 &&
	       ((unsigned char)cell->data[cell->len - 1] & 0xc0) == 0x80)
		cell->len--;
	if (cell->len > 0 && (unsigned char)cell->data[cell->len - 1] >= 0xc0)
		cell->len--;
}

static void
end_cell(struct reader *r)
{
	if (r->row.count == CSV_COLUMNS_MAX) {
		if (r->cell.len > 0)
			blame(r, CSV_MANY_CELLS);
		buf_reset(&r->cell);
		r->is_cut = false;
		return;
	}
	if (r->is_cut) {
		blame(r, CSV_LONG_CELL);
		trim_cut(&r->cell);
		r->is_cut = false;
	}
	/* millions of them are empty in a sheet that was cleared, not deleted */
	r->cells[r->row.count] = r->cell.len == 0 ? ""
		: arena_strndup(r->arena, r->cell.data, r->cell.len);
	if (strstr(r->cells[r->row.count], CSV_LOST_CHARACTER) != NULL)
		blame(r, CSV_LOST);
	r->row.count++;
	buf_reset(&r->cell);
}

/* What stands between quotation marks; two are one. */
static void
read_quoted(struct reader *r)
{
	for (r->at++; r->at < r->end; r->at++) {
		if (*r->at == '"') {
			if (r->at + 1 == r->end || r->at[1] != '"') {
				r->at++;
				return;
			}
			r->at++;
		}
		if (*r->at != '\r')
			put(r, *r->at);
		else if (r->at + 1 == r->end || r->at[1] != '\n')
			put(r, '\n');
	}
	blame(r, CSV_OPEN_QUOTE);
}

static void
read_cell(struct reader *r)
{
	if (r->at < r->end && *r->at == '"')
		read_quoted(r);
	/* behind the closing one, as Excel does: it belongs to the cell */
	for (; r->at < r->end && *r->at != r->separator && *r->at != '\r' &&
	       *r->at != '\n'; r->at++)
		put(r, *r->at);
	end_cell(r);
}

static bool
is_blank(const struct reader *r)
{
	if (r->row.fault != CSV_FINE)
		return false;
	for (size_t i = 0; i < r->row.count; i++) {
		if (r->cells[i][strspn(r->cells[i], " \t\n")] != '\0')
			return false;
	}
	return true;
}

static void
keep_row(struct reader *r)
{
	size_t size = r->row.count * sizeof *r->cells;

	if (r->count == r->room) {
		struct csv_row *more;

		r->room = r->room == 0 ? 64 : 2 * r->room;
		more = arena_alloc(r->arena, r->room * sizeof *more);
		if (r->count > 0)
			memcpy(more, r->rows, r->count * sizeof *more);
		r->rows = more;
	}
	r->row.cells = arena_alloc(r->arena, size);
	memcpy(r->row.cells, r->cells, size);
	r->rows[r->count++] = r->row;
}

static void
read_row(struct reader *r, size_t line)
{
	r->row = (struct csv_row){ .line = line };
	read_cell(r);
	while (r->at < r->end && *r->at == r->separator) {
		r->at++;
		read_cell(r);
	}
	if (r->at < r->end && *r->at == '\r' && r->at + 1 < r->end &&
	    r->at[1] == '\n')
		r->at++;
	r->at += r->at < r->end;
	if (!is_blank(r))
		keep_row(r);
}

enum csv_result
csv_read(struct arena *a, const void *data, size_t len, struct csv *out)
{
	struct reader r = { .arena = a };
	struct buf text = BUF_INIT;

	*out = (struct csv){ 0 };
	if (len > CSV_BYTES_MAX)
		return CSV_TOO_LARGE;
	if (is_workbook(data, len))
		return CSV_WORKBOOK;
	out->encoding = csv_decode(data, len, &text);
	r.at = text.data == NULL ? "" : text.data;
	r.end = r.at + text.len;
	if (!take_sep_line(&r))
		r.separator = guess_separator(r.at, r.end);
	for (size_t line = 1; r.at < r.end && r.count <= CSV_ROWS_MAX + 1;
	     line++)
		read_row(&r, line);
	buf_finish(&r.cell);
	buf_finish(&text);
	out->separator = r.separator;
	out->rows = r.rows;
	out->count = r.count;
	if (r.count > CSV_ROWS_MAX + 1)
		return CSV_TOO_MANY_ROWS;
	return r.count == 0 ? CSV_EMPTY : CSV_OK;
}
