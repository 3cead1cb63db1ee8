/* loop.h: closes the loop: does the server hold what was sent? */
#ifndef LOOP_H
#define LOOP_H

#include "report.h"
#include "spool.h"

/*
 * Asks the server for its sums of up to REPORT_DAYS_MAX days.  NULL when it
 * does not tell; else valid until the next call.
 */
typedef const struct report_answer *loop_ask_fn(void *arg,
                                                const struct spool_day *days,
                                                size_t count);

/*
 * Holds every day of a terminal from `start_day` (SPOOL_NONE: all) against the
 * server's; those that differ wait to be sent again, each once over the same
 * sums until it has agreed.  `sent` becomes how many punches these are.  False:
 * not all days could be compared now, because the server did not answer or some
 * are on their way.
 */
bool loop_close(struct spool *s, int64_t terminal, int64_t start_day,
                loop_ask_fn *ask, void *arg, size_t *sent);

#endif
