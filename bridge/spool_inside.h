/* spool_inside.h: what the files of the spool share, and nobody else */
#ifndef SPOOL_INSIDE_H
#define SPOOL_INSIDE_H

#include "spool.h"
#include "spool_sql.h"

struct sqlite3_stmt;	/* so that SQLite's header stays in spool.c */

/* Every call between these two, and only there. */
void spool_inside_lock(struct spool *s);
/* Returns `result`. */
bool spool_inside_unlock(struct spool *s, bool result);

bool spool_inside_begin(struct spool *s);
/* Commits when `ok`; after a failure nothing of the transaction stays. */
bool spool_inside_end(struct spool *s, bool ok);

/*
 * Resets a statement and binds its values: `i` int64_t (SPOOL_NONE is NULL),
 * `t` text (NULL is NULL), `b` bytes and their size_t.
 */
struct sqlite3_stmt *spool_inside_bind(struct spool *s, enum spool_sql which,
                                       const char *types, ...);
/* Runs a statement that gives no rows. */
bool spool_inside_run(struct spool *s, struct sqlite3_stmt *st);
/* Rows that the last one changed. */
size_t spool_inside_changes(struct spool *s);
/* The next row: true; none left, or `*ok` false for a failure: false. */
bool spool_inside_row(struct spool *s, struct sqlite3_stmt *st, bool *ok);
/* To be called where not all rows are asked for. */
void spool_inside_reset(struct sqlite3_stmt *st);

int64_t spool_inside_int(struct sqlite3_stmt *st, int column);
void spool_inside_text(struct sqlite3_stmt *st, int column, char *out,
                       size_t size);
/* Copies a blob; its length, or 0 when it is longer than `size`. */
size_t spool_inside_blob(struct sqlite3_stmt *st, int column, void *out,
                         size_t size);

/* Appends a blob of any length. */
void spool_inside_append(struct sqlite3_stmt *st, int column, struct buf *to);

#endif
