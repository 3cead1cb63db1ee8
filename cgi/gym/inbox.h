/* inbox.h: punches that are not attendance: taken in, settled, dismissed */
#ifndef INBOX_H
#define INBOX_H

#include "base/arena.h"
#include "db/db.h"

/*
 * Takes in what waits UNMAPPED of a number, each punch judged by its own moment,
 * as if the mapping that covers it had been there when it came: it becomes
 * attendance and TAKEN, or a REPEAT where the minute is taken.  To be called
 * after the commit of a mapping.  Goes on in batches, each its own transaction,
 * for at most a second or two; what is left is taken by the next sweep.
 * `taken` counts those that no longer wait.
 */
enum db_result inbox_take(struct db *db, const char *company, const char *sn,
                          const char *user_id, int64_t now_at, size_t *taken);
/*
 * The same for every number of a company whose punches wait though they are
 * mapped: those of a worker that died between a commit and this, and the rest
 * of a large number.  Mostly there are none, which one read tells.
 *
 * (A punch that arrives while its number is mapped needs no sweep: intake looks
 * again once it has stored one as UNMAPPED, so either it or inbox_take sees
 * both.)
 */
enum db_result inbox_sweep(struct db *db, const char *company, int64_t now_at,
                           size_t *taken);

#endif
