/* import_twice.c: rows of one file that are about the same thing */
#include <stdlib.h>
#include <string.h>

#include "gym/import_check.h"

/* The kind's key, then the line: so that the first one stands first. */
static int
by_lines(const struct import_row *a, const struct import_row *b)
{
	return (a->line > b->line) - (a->line < b->line);
}

static int
by_code(const void *a, const void *b)
{
	const struct import_row *x = *(struct import_row *const *)a,
		*y = *(struct import_row *const *)b;
	int order = strcmp(x->code, y->code);

	return order != 0 ? order : by_lines(x, y);
}

static int
by_number(const void *a, const void *b)
{
	const struct import_row *x = *(struct import_row *const *)a,
		*y = *(struct import_row *const *)b;
	int order = strcmp(x->terminal->sn, y->terminal->sn);

	if (order == 0)
		order = strcmp(x->number, y->number);
	return order != 0 ? order : by_lines(x, y);
}

static int
by_member(const void *a, const void *b)
{
	const struct import_row *x = *(struct import_row *const *)a,
		*y = *(struct import_row *const *)b;

	if (x->member_id != y->member_id)
		return x->member_id < y->member_id ? -1 : 1;
	if (x->start_day != y->start_day)
		return x->start_day < y->start_day ? -1 : 1;
	return by_lines(x, y);
}

static bool
is_same_code(const struct import_row *a, const struct import_row *b)
{
	return strcmp(a->code, b->code) == 0;
}

static bool
is_same_number(const struct import_row *a, const struct import_row *b)
{
	return strcmp(a->number, b->number) == 0 &&
		strcmp(a->terminal->sn, b->terminal->sn) == 0;
}

static const char *
line_text(struct import *im, const struct import_row *row)
{
	return arena_printf(im->arena, "%zu", row->line);
}

static void
blame_twice(struct import *im, struct import_row **list, size_t count,
            bool (*is_same)(const struct import_row *a,
                            const struct import_row *b), int column)
{
	size_t first = 0;

	for (size_t i = 1; i < count; i++) {
		if (is_same(list[first], list[i]))
			import_blame(im, list[i], column, column ==
			             import_column_of(im->kind, IMPORT_CODE)
			             ? list[i]->code : list[i]->number,
			             IMPORT_TWICE, line_text(im, list[first]));
		else
			first = i;
	}
}

/* Two that hold at the same place on some day. */
static bool
overlap(const struct import_row *a, const struct import_row *b)
{
	int64_t here = a->plan->branch_id, there = b->plan->branch_id;

	return a->member_id == b->member_id && b->start_day <= a->end_day &&
		(here == 0 || there == 0 || here == there);
}

static void
blame_pair(struct import *im, const struct import_row *first,
           struct import_row *second)
{
	bool is_same = first->plan == second->plan &&
		first->start_day == second->start_day &&
		first->end_day == second->end_day;

	import_blame(im, second, import_column_of(im->kind, IMPORT_DAY),
	             import_day_text(im->arena, second->start_day),
	             is_same ? IMPORT_TWICE : IMPORT_OVERLAPS_LINE,
	             line_text(im, first));
}

/* By start within a member: what lies behind all that went before is fine. */
static void
blame_overlaps(struct import *im, struct import_row **list, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t k = i; k-- > 0 &&
		     list[k]->member_id == list[i]->member_id;) {
			if (!overlap(list[k], list[i]))
				continue;
			blame_pair(im, list[k], list[i]);
			break;
		}
	}
}

/* Has it what rows of its kind are told apart by? */
static bool
has_key(const struct import *im, const struct import_row *row)
{
	switch (im->kind) {
	case IMPORT_MEMBERS:
		return row->code != NULL;
	case IMPORT_MAPPINGS:
		return row->number != NULL && row->terminal != NULL;
	default:
		return !row->is_refused;
	}
}

void
import_check_twice(struct import *im)
{
	struct import_row **list = arena_alloc(im->arena, (im->count + 1) *
	                                       sizeof *list);
	size_t count = 0;

	for (size_t i = 0; i < im->count; i++) {
		if (has_key(im, &im->rows[i]))
			list[count++] = &im->rows[i];
	}
	qsort(list, count, sizeof *list, im->kind == IMPORT_MEMBERS ? by_code
	      : im->kind == IMPORT_MAPPINGS ? by_number : by_member);
	if (im->kind == IMPORT_MEMBERS)
		blame_twice(im, list, count, is_same_code,
		            import_column_of(im->kind, IMPORT_CODE));
	else if (im->kind == IMPORT_MAPPINGS)
		blame_twice(im, list, count, is_same_number,
		            import_column_of(im->kind, IMPORT_NUMBER));
	else
		blame_overlaps(im, list, count);
}
