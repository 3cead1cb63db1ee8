/* plan_terms.h: what a plan allows, in words */
#ifndef PLAN_TERMS_H
#define PLAN_TERMS_H

#include "base/arena.h"
#include "gym/plan_hours.h"

/*
 * "Mon–Fri 06:00–10:00; Sat, Sun 08:00–12:00" of a text of plan_hours.h; NULL for
 * always, as of one that makes no sense.  In the arena.
 */
const char *plan_terms_hours(struct arena *a, const char *hours);

/* "10 visits"; NULL of 0, which is without number. */
const char *plan_terms_visits(struct arena *a, int64_t visits);

/* Both, each behind ", "; "" where there is nothing to say. */
const char *plan_terms_tail(struct arena *a, int64_t visits,
                            const char *hours);

#endif
