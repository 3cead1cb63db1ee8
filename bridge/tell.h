/* tell.h: tells server and spool how the terminals do */
#ifndef TELL_H
#define TELL_H

#include <stdatomic.h>

#include "setup.h"
#include "spool.h"
#include "terminal.h"

/*
 * One thread that reports each terminal: when its state changes, when the
 * server asks, and every `report_seconds`.  It also sends the list of users
 * when that has changed, and closes the loop: on connection, after a night's
 * reading, and when the server comes back, count and checksum of each day are
 * held against the server's, and days that differ are sent again.  All of it
 * may fail; punches have nothing to do with it.
 *
 * The article's server takes no reports: then only `status` is told.
 */
struct tell;

/* What it stands in. */
struct tell_world {
	const char *zone;	/* the one in use; outlives it */
	atomic_bool *is_zone_sure;	/* set when the server names the same */
	bool is_brief;		/* it ends soon: no streams of events */
	void (*on_waiting)(void *arg);	/* punches were put into the queue */
	/* the gym is in another zone; TELL_ZONE_NOTE of the spool has it */
	void (*on_zone)(void *arg);
	void *arg;
};

#define TELL_ZONE_NOTE "zone"

/* All of these must outlive it but `world`.  Pair: tell_destroy. */
struct tell *tell_create(const struct setup *setup, struct spool *spool,
                         struct terminal *const *terminals,
                         const struct tell_world *world);

/* A terminal's state changed; from any thread. */
void tell_wake(struct tell *t);

/* When it last showed a sign of life, by clock_mono_ms; from any thread. */
int64_t tell_beat(const struct tell *t);

/* Waits until all there is to tell was told, or `ms` are over. */
void tell_settle(struct tell *t, int ms);

/* Ends the thread, breaking off a report in hand; takes NULL. */
void tell_destroy(struct tell *t);

#endif
