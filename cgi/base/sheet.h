/* sheet.h: a table written row by row, for a spreadsheet: as CSV or as XLSX */
#ifndef SHEET_H
#define SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SHEET_TEXT_MAX 32767	/* UTF-16 units: what a cell of Excel holds */

enum sheet_format { SHEET_CSV, SHEET_XLSX };

enum sheet_kind { SHEET_TEXT, SHEET_NUMBER, SHEET_MONEY, SHEET_DAY, SHEET_MOMENT };

struct sheet_column {
	const char *title;
	enum sheet_kind kind;
};

struct sheet_table {
	const char *name;	/* of the XLSX's one sheet: a word */
	const struct sheet_column *columns;
	size_t count;		/* of columns, from 1 on */
	int decimals;		/* of SHEET_MONEY: 2 where 150050 is 1500.50 */
};

struct sheet;

/*
 * Begins a table with a row of titles.  What is written goes to a private
 * folder in TMPDIR, and out of memory: a row at a time.  `table` is used until
 * sheet_destroy.  Not NULL: what fails, here or later, is logged and sticks,
 * and sheet_file says it.
 *
 * CSV is RFC 4180 in UTF-8, with the mark in front by which Excel knows that.
 * A text that a spreadsheet would take for a formula gets a ' in front; money
 * and numbers are plain ("-1500.50"), days 2026-03-12, moments 2026-03-12
 * 07:30:00.  In XLSX each is a cell of its type, and a text is a text, whatever
 * it looks like.  The row of titles is bold, stays in sight, and filters.
 */
struct sheet *sheet_create(enum sheet_format format,
                           const struct sheet_table *table);
/* Closes and removes whatever there still is; takes NULL. */
void sheet_destroy(struct sheet *s);

/*
 * The next cell, from left to right; behind the last one of a row comes the
 * first of the next.  It must be of its column's kind: a text, a whole number,
 * an amount in minor units, a day, a moment of a wall clock (clock.h).  NULL,
 * CLOCK_NO_DAY and CLOCK_NO_TIME leave it empty.  Of a text, characters that
 * no spreadsheet holds are left out, and what is over SHEET_TEXT_MAX.
 */
void sheet_text(struct sheet *s, const char *text);
void sheet_number(struct sheet *s, int64_t number);
void sheet_money(struct sheet *s, int64_t amount);
void sheet_day(struct sheet *s, int32_t day);
void sheet_moment(struct sheet *s, int64_t local);
/* A cell of any kind without anything. */
void sheet_empty(struct sheet *s);

/* A last row, which is a remark and no part of the table. */
void sheet_remark(struct sheet *s, const char *text);

/* How many rows there are, without titles and remark. */
size_t sheet_rows(const struct sheet *s);

/*
 * Ends it: a file without a name, to be read from its beginning, which the
 * caller closes.  NULL, logged, when anything failed.  No more cells then.
 */
FILE *sheet_file(struct sheet *s);

#endif
