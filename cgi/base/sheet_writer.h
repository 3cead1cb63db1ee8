/* sheet_writer.h: what a format of a sheet can do; only for sheet*.c */
#ifndef SHEET_WRITER_H
#define SHEET_WRITER_H

#include "base/sheet.h"

/*
 * Cells come with their place, row 0 being that of the titles, and in order.
 * None of them says what failed: finish does.
 */
struct sheet_writer {
	/* writes to a new file `path`, and beside it; NULL, logged: cannot */
	void *(*begin)(const char *path, const char *dir,
	               const struct sheet_table *table);
	void (*text)(void *w, size_t row, size_t column, const char *text);
	void (*number)(void *w, size_t row, size_t column, int64_t number);
	void (*money)(void *w, size_t row, size_t column, int64_t amount);
	void (*day)(void *w, size_t row, size_t column, int32_t day);
	void (*moment)(void *w, size_t row, size_t column, int64_t local);
	void (*empty)(void *w, size_t row, size_t column);
	/* frees `w`; false, logged: the file is not whole */
	bool (*finish)(void *w, size_t rows);
	/* the same, but what is written is not wanted */
	void (*abandon)(void *w);
};

extern const struct sheet_writer sheet_csv, sheet_xlsx;

#endif
