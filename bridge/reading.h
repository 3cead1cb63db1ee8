/* reading.h: one reading of a terminal's log into the spool */
#ifndef READING_H
#define READING_H

#include "harvest.h"

/*
 * Reads the tail of the log, or all of it where `all` or where the tail does
 * not go on from what is remembered, and remembers how far it came.  That of
 * the night counts as a round: what two of them miss is forgotten.  Out of
 * memory ends the process.
 */
enum harvest_result reading_run(struct harvest *h, bool all, bool night);

/* Reads the users into the roster of the harvest. */
enum zk_result reading_roster(struct harvest *h);

/* ---- what a reading needs of the harvest: harvest.c --------------------- */

/* What the terminal's clock shows now. */
int64_t harvest_terminal_now(const struct harvest *h);
/* Keeps the time of a new punch, if it is the latest and not yet to come. */
void harvest_note(struct harvest *h, const struct spool_punch *p, int64_t now);
/* Does its count of records say how many there are? */
bool harvest_is_believable(const struct zk_sizes *sizes);
/* Is it a live punch that waits for the clock to be measured? */
bool harvest_is_pending(const struct harvest *h, const struct spool_punch *p);
enum harvest_result harvest_line_result(enum zk_result rc);

#endif
