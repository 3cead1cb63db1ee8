/* csv.h: a table as spreadsheets write it into a text file, read */
#ifndef CSV_H
#define CSV_H

#include <stddef.h>

#include "base/arena.h"

#define CSV_BYTES_MAX (10 * 1024 * 1024)
#define CSV_ROWS_MAX 20000	/* below the header */
#define CSV_COLUMNS_MAX 64
#define CSV_CELL_MAX 8192	/* bytes */

enum csv_result {
	CSV_OK,
	CSV_EMPTY,		/* not even a header */
	CSV_TOO_LARGE,		/* over CSV_BYTES_MAX */
	CSV_TOO_MANY_ROWS,	/* over CSV_ROWS_MAX */
	CSV_WORKBOOK,		/* an .xlsx or .xls: no text at all */
	CSV__COUNT
};

/* What is wrong with a row; its other cells may be fine. */
enum csv_fault {
	CSV_FINE,
	CSV_CONTROL,		/* a NUL or another control character */
	CSV_LOST,		/* a character that the encoding does not have,
				   or that somebody has replaced before */
	CSV_LONG_CELL,		/* over CSV_CELL_MAX; it is cut */
	CSV_MANY_CELLS,		/* over CSV_COLUMNS_MAX; the rest is gone */
	CSV_OPEN_QUOTE,		/* a quotation mark that nothing closes */
	CSV_FAULT__COUNT
};

struct csv_row {
	size_t line;		/* as a spreadsheet counts its rows, from 1 */
	const char **cells;	/* UTF-8; within a cell, lines end with \n */
	size_t count;		/* of cells: rows need not have the same */
	enum csv_fault fault;	/* the first one */
	size_t fault_cell;	/* its place among the cells */
};

struct csv {
	const char *encoding;	/* "UTF-8", "UTF-16LE", "UTF-16BE" or
				   "WINDOWS-1252": by its mark, else by trying */
	char separator;		/* , ; or a tab: what the header has most of, or
				   a line "sep=;" before it says */
	struct csv_row *rows;	/* the header, then what it heads; rows without
				   anything are counted, but left out */
	size_t count;
};

/*
 * Reads the bytes of a file: RFC 4180, and what else Excel writes.  All of it
 * goes to the arena.  Pure.
 */
enum csv_result csv_read(struct arena *a, const void *data, size_t len,
                         struct csv *out);

#endif
