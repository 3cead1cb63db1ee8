/* harvest_inside.h: what the files of the harvest share, and nobody else */
#ifndef HARVEST_INSIDE_H
#define HARVEST_INSIDE_H

#include "harvest.h"

#define HARVEST_TAIL_EVERY_MS (15 * 60 * 1000)	/* and the clock as often */
#define HARVEST_SHORT_LOG_BYTES 65472	/* is read whole without a thought */

/* ---- harvest.c ---------------------------------------------------------- */

/* What a clock of the gym that is right shows now. */
int64_t harvest_local_now(const struct harvest *h);
/* What the terminal's clock shows now. */
int64_t harvest_terminal_now(const struct harvest *h);
/* Remembers a new punch of the terminal's own time. */
void harvest_note(struct harvest *h, const struct spool_punch *p, int64_t now);
/* Does its count of records say how many there are? */
bool harvest_is_believable(const struct zk_sizes *sizes);
/* What it means for the poll: HARVEST_OK, _LINE or _STOPPED. */
enum harvest_result harvest_line_result(enum zk_result rc);

/* ---- harvest_clock.c ---------------------------------------------------- */

/* Measures the clock where that is due, and sets it where it may. */
enum zk_result harvest_measure_clock(struct harvest *h);

/* ---- harvest_live.c ----------------------------------------------------- */

/* Is it a live punch that waits for the clock to be measured? */
bool harvest_is_pending(const struct harvest *h, const struct spool_punch *p);
/*
 * Takes of the first `count` that wait those that have a name, or with `all`
 * all.  Returns how many of these go on waiting; they are the first then.
 */
size_t harvest_take_pending(struct harvest *h, size_t count, bool all);
/*
 * After a reading that came to `result`, what becomes of the first `count`,
 * which have no name; the result of the poll.
 */
enum harvest_result harvest_settle_nameless(struct harvest *h, size_t count,
                                            enum harvest_result result);
/* Those that wait were of another terminal, or nobody will ask any more. */
void harvest_give_up_pending(struct harvest *h);

#endif
