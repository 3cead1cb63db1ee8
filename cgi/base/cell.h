/* cell.h: what stands in a spreadsheet's cells, and what that did to it */
#ifndef CELL_H
#define CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * The text of a cell without blanks around it (those that do not break, too),
 * and without the apostrophe that marks what looks like a formula as text:
 * "'+91..." and "'=A1" lose it.
 */
const char *cell_text(struct arena *a, const char *cell);

/* What a spreadsheet has made of a value before it was written. */
enum cell_damage {
	CELL_WHOLE,
	CELL_HASHES,	/* "#####": the column was too narrow */
	CELL_ROUNDED,	/* "9.87654E+09": digits are lost */
	CELL_ERROR,	/* "#REF!", "#N/A": a formula that failed */
};
enum cell_damage cell_damage(const char *text);

enum cell_day {
	CELL_DAY,
	CELL_NO_DAY,		/* none that we read, or there is none such */
	CELL_MONTH_FIRST,	/* 03-25-2026 */
	CELL_SERIAL,		/* 46023: a day as Excel counts them */
};

/*
 * A day as people and Excel write it: 31-12-2026, 31/12/26, 31.12.2026,
 * 2026-12-31, 31-Dec-2026, 31 December 2026; from 1900 to 2199.  The day comes
 * first, never the month; a year of two digits lies between 1970 and 2069.
 * A time of day behind it is `*second_of_day`, which may be NULL: it is read
 * and dropped then; without one, it is 0.
 */
enum cell_day cell_parse_day(const char *text, int32_t *day,
                             int *second_of_day);

#endif
