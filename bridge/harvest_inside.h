/* harvest_inside.h: what the files of the harvest share, and nobody else */
#ifndef HARVEST_INSIDE_H
#define HARVEST_INSIDE_H

#include "harvest.h"

/* What the terminal's clock shows now. */
int64_t harvest_terminal_now(const struct harvest *h);
/* Remembers a new punch of the terminal's own time. */
void harvest_note(struct harvest *h, const struct spool_punch *p, int64_t now);
/* Does its count of records say how many there are? */
bool harvest_is_believable(const struct zk_sizes *sizes);
/* Is it a live punch that waits for the clock to be measured? */
bool harvest_is_pending(const struct harvest *h, const struct spool_punch *p);
/* What it means for the poll: HARVEST_OK, _LINE or _STOPPED. */
enum harvest_result harvest_line_result(enum zk_result rc);

#endif
