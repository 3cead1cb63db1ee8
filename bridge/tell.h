/* tell.h: tells server and spool how the terminals do */
#ifndef TELL_H
#define TELL_H

#include "base/buf.h"
#include "setup.h"
#include "spool.h"
#include "terminal.h"

/*
 * One thread that reports each terminal: when its state changes, and every
 * `report_seconds`.  Reports may fail; punches have nothing to do with it.
 */
struct tell;

/* All of these must outlive it.  Pair: tell_destroy. */
struct tell *tell_create(const struct setup *setup, struct spool *spool,
                         struct terminal *const *terminals);

/* A terminal's state changed; from any thread. */
void tell_wake(struct tell *t);

/* Ends the thread, breaking off a report in hand; takes NULL. */
void tell_destroy(struct tell *t);

/* Appends the report of one terminal as JSON; what is not known is left out. */
void tell_format(struct buf *to, const struct terminal_state *state,
                 const struct spool_counts *counts);

#endif
