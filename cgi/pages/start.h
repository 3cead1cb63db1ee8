/* start.h: what web, live hub and chores begin and end with */
#ifndef START_H
#define START_H

#include "gym/site.h"

/*
 * Reads configuration and pages for `program`, opens log and secrets.  False,
 * with one line written, when one of them is wrong: then the program ends with
 * status 2.  Pair: start_finish.
 */
bool start_begin(struct site *site, const char *program, const char *config);
void start_finish(struct site *site);

/*
 * Does the database fit this version?  Ends the program when it does not: a
 * statement that it refuses stops the start, not a click.  One that is away
 * does not, for it will come.
 */
void start_check_database(struct db *db);

#endif
