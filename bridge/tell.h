/* tell.h: tells server and spool how the terminals do */
#ifndef TELL_H
#define TELL_H

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

struct tell_hooks {
	void (*on_waiting)(void *arg);	/* punches were put into the queue */
	/* the server says that the gym is in another zone than the one in use */
	void (*on_zone)(void *arg);
	void *arg;
	bool is_brief;	/* it ends soon: no streams of events */
};

/* The name of the note in the spool that keeps the gym's zone. */
#define TELL_ZONE_NOTE "zone"

/*
 * All of these must outlive it; `zone` is the one in use.  Pair: tell_destroy.
 */
struct tell *tell_create(const struct setup *setup, struct spool *spool,
                         struct terminal *const *terminals, const char *zone,
                         const struct tell_hooks *hooks);

/* A terminal's state changed; from any thread. */
void tell_wake(struct tell *t);

/* When it last showed a sign of life, by clock_mono_ms; from any thread. */
int64_t tell_beat(const struct tell *t);

/* Waits until all there is to tell was told, or `ms` are over. */
void tell_settle(struct tell *t, int ms);

/* Ends the thread, breaking off a report in hand; takes NULL. */
void tell_destroy(struct tell *t);

#endif
