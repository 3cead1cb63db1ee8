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

#endif
