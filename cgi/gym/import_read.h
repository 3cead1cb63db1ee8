/* import_read.h: a table into rows of values, before anything is compared */
#ifndef IMPORT_READ_H
#define IMPORT_READ_H

#include "gym/import.h"

#define IMPORT_CHUNK 500	/* rows of one statement */

/* A column of a kind by the type of what it holds; -1: it has none. */
int import_column_of(enum import_kind kind, enum import_type type);

/*
 * Notes a problem of a row (NULL: of the header); `column` is one of the kind,
 * -1 the whole row.  The texts must live as long as the import.
 */
void import_blame(struct import *im, struct import_row *row, int column,
                  const char *value, enum import_fault fault,
                  const char *detail);

/*
 * Reads header and rows of im->table into im->rows.  The lists of branches,
 * plans and terminals must be there.
 */
void import_read(struct import *im);

/*
 * One value of a type: sets what the column is for in `row`.  IMPORT_FINE, or
 * what is wrong, with a detail or NULL.
 */
enum import_fault import_read_value(const struct import *im,
                                    const struct import_column *column,
                                    const char *text, struct import_row *row,
                                    const char **detail);

/* "31-12-2026", in the arena. */
const char *import_day_text(struct arena *a, int32_t day);
/* "Asha Rao (SF-001)" */
const char *import_person_text(struct arena *a, const char *name,
                               const char *code);

#endif
