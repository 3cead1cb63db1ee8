/* import_read.c: a table into rows of values, before anything is compared */
#include "gym/import_read.h"

#include <ctype.h>
#include <string.h>

#include "base/cell.h"
#include "base/clock.h"

#define HEADER_MOST 64		/* bytes of a name that is compared */

int
import_column_of(enum import_kind kind, enum import_type type)
{
	size_t count;
	const struct import_column *list = import_columns(kind, &count);

	for (size_t i = 0; i < count; i++) {
		if (list[i].type == type)
			return (int)i;
	}
	return -1;
}

/* What the file itself calls a column of the kind. */
static const char *
name_of(const struct import *im, int column)
{
	const struct csv_row *header = &im->table->rows[0];
	size_t count;

	if (column < 0)
		return "";
	for (size_t i = 0; i < header->count; i++) {
		if (im->columns[i] == column)
			return cell_text(im->arena, header->cells[i]);
	}
	return import_columns(im->kind, &count)[column].name;
}

static void
add_problem(struct import *im, const struct import_problem *problem)
{
	if (im->problem_count == im->problem_room) {
		struct import_problem *more;

		im->problem_room = im->problem_room == 0 ? 16
			: 2 * im->problem_room;
		more = arena_alloc(im->arena, im->problem_room * sizeof *more);
		if (im->problem_count > 0)
			memcpy(more, im->problems,
			       im->problem_count * sizeof *more);
		im->problems = more;
	}
	im->problems[im->problem_count++] = *problem;
}

void
import_blame(struct import *im, struct import_row *row, int column,
             const char *value, enum import_fault fault, const char *detail)
{
	const struct import_problem problem = {
		row == NULL ? im->table->rows[0].line : row->line,
		name_of(im, column), value, fault, detail,
	};

	add_problem(im, &problem);
	if (row != NULL)
		row->is_refused = true;
}

static const enum import_fault text_faults[CSV_FAULT__COUNT] = {
	[CSV_CONTROL] = IMPORT_CONTROL, [CSV_LOST] = IMPORT_LOST,
	[CSV_LONG_CELL] = IMPORT_LONG_CELL,
	[CSV_MANY_CELLS] = IMPORT_MANY_CELLS,
	[CSV_OPEN_QUOTE] = IMPORT_OPEN_QUOTE,
};

/* ---- the header ---------------------------------------------------------- */

/* "E-Mail ID" as "emailid"; "" where it is too long to be one of ours. */
static void
fold(const char *name, char out[HEADER_MOST])
{
	size_t n = 0;

	for (; *name != '\0' && n < HEADER_MOST - 1; name++) {
		if (strchr(" _-.\t\n:*", *name) == NULL)
			out[n++] = (char)tolower((unsigned char)*name);
	}
	out[*name == '\0' ? n : 0] = '\0';
}

/* Is `word` one of "a|b|c"? */
static bool
is_among(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (len > 0) {
		size_t n = strcspn(list, "|");

		if (n == len && memcmp(list, word, n) == 0)
			return true;
		if (list[n] == '\0')
			break;
		list += n + 1;
	}
	return false;
}

static int
find_column(const struct import *im, const char *header)
{
	char folded[HEADER_MOST], own[HEADER_MOST];
	size_t count;
	const struct import_column *list = import_columns(im->kind, &count);

	fold(header, folded);
	for (size_t i = 0; i < count; i++) {
		fold(list[i].name, own);
		if (is_among(own, folded))
			return (int)i;
	}
	for (size_t i = 0; i < count; i++) {
		if (is_among(list[i].aliases, folded))
			return (int)i;
	}
	return -1;
}

/* Does every row that has a plan, a terminal... say so? */
static void
check_required(struct import *im, unsigned there)
{
	size_t count;
	const struct import_column *list = import_columns(im->kind, &count);

	for (size_t i = 0; i < count; i++) {
		if (list[i].is_required && !(there & 1u << i))
			import_blame(im, NULL, (int)i, "", IMPORT_NO_COLUMN,
			             list[i].name);
	}
}

static void
read_header(struct import *im)
{
	const struct csv_row *header = &im->table->rows[0];
	unsigned there = 0;

	for (size_t i = 0; i < CSV_COLUMNS_MAX; i++)
		im->columns[i] = -1;
	for (size_t i = 0; i < header->count; i++) {
		const char *text = cell_text(im->arena, header->cells[i]);
		int column = find_column(im, text);

		if (column < 0)
			continue;
		if (there & 1u << column) {
			import_blame(im, NULL, column, text,
			             IMPORT_SAME_COLUMN, NULL);
			continue;
		}
		im->columns[i] = column;
		there |= 1u << column;
	}
	if (header->fault != CSV_FINE)
		import_blame(im, NULL, -1, "", text_faults[header->fault],
		             NULL);
	check_required(im, there);
}

/* ---- rows ---------------------------------------------------------------- */

/* A fault in a column that is ignored is none. */
static void
check_text(struct import *im, const struct csv_row *from,
           struct import_row *row)
{
	bool is_cell = from->fault == CSV_LOST || from->fault == CSV_LONG_CELL
		|| from->fault == CSV_CONTROL;
	int column = from->fault_cell < CSV_COLUMNS_MAX
		? im->columns[from->fault_cell] : -1;

	if (from->fault == CSV_FINE || (is_cell && column < 0))
		return;
	import_blame(im, row, is_cell ? column : -1,
	             is_cell && from->fault_cell < from->count
	             ? from->cells[from->fault_cell] : "",
	             text_faults[from->fault], NULL);
}

static void
read_cells(struct import *im, const struct csv_row *from,
           struct import_row *row)
{
	size_t count;
	const struct import_column *list = import_columns(im->kind, &count);

	for (size_t i = 0; i < from->count; i++) {
		int column = im->columns[i];
		const char *text, *detail;
		enum import_fault fault;

		if (column < 0)
			continue;
		text = cell_text(im->arena, from->cells[i]);
		if (*text == '\0')
			continue;
		row->has |= 1u << column;
		fault = import_read_value(im, &list[column], text, row,
		                          &detail);
		if (fault != IMPORT_FINE)
			import_blame(im, row, column, text, fault, detail);
	}
	for (size_t i = 0; i < count; i++) {
		if (list[i].is_required && !(row->has & 1u << i))
			import_blame(im, row, (int)i, "", IMPORT_MISSING,
			             NULL);
	}
}

void
import_read(struct import *im)
{
	size_t count = im->table->count - 1;

	read_header(im);
	if (im->problem_count > 0)
		return;		/* each row would only say it again */
	im->rows = arena_alloc(im->arena, count * sizeof *im->rows);
	im->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct csv_row *from = &im->table->rows[i + 1];

		im->rows[i].line = from->line;
		im->rows[i].from_local = CLOCK_NO_TIME;
		im->rows[i].end_day = CLOCK_NO_DAY;
		im->rows[i].birth_day = CLOCK_NO_DAY;
		check_text(im, from, &im->rows[i]);
		if (!im->rows[i].is_refused)
			read_cells(im, from, &im->rows[i]);
	}
}
