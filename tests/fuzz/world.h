/* world.h: a database for fuzzers, that says yes unless it is told otherwise */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Stands in for cgi/db/db.c where it is linked: every read gives a row of a
 * gym "SF" in which all is well and nothing is in the way, every write
 * succeeds; bytes that were stored are read again, all else is forgotten.  What
 * is bound is checked: as many values as the statement has question marks, text
 * that is UTF-8, times that there are, and the company of the caller wherever
 * one is asked for.
 */
#define WORLD_COMPANY "SF"

/*
 * Begins an input.  `luck` has a letter for each statement that is run, in
 * their order, and what is missing is a dot:
 *   .  as above    0 to 9  so many rows    b  booleans are true
 *   d  duplicate   a  lost a deadlock      f  the database is away
 */
void world_begin(const char *luck);
/*
 * No transaction is left open.  The first statement that has changed something,
 * but for what is kept up to date whenever somebody looks; NULL: none has.
 */
const char *world_end(void);

#endif
