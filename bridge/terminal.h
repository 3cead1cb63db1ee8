/* terminal.h: one terminal, one thread: connect, read, listen, back off */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "door.h"
#include "setup.h"
#include "spool.h"

struct terminal;

/* What the threads of all terminals share; outlives them. */
struct terminal_world {
	struct spool *spool;
	const char *zone;	/* of the terminals' clocks */
	/* it is the gym's, not just this machine's; may become so */
	const atomic_bool *is_zone_sure;
	void (*on_new)(void *arg);	/* punches wait; from any thread */
	void (*on_change)(void *arg);	/* a state changed; from any thread */
	int64_t grace_ms;	/* for which doors go by the last list */
	void *arg;
};

/* Numbers are SPOOL_NONE while not known, texts "". */
struct terminal_state {
	const char *name;
	char sn[SPOOL_SN_MAX + 1];
	char firmware[64], platform[64], mac[SPOOL_MAC_MAX + 1];
	bool is_stranger;		/* its MAC is not the one we know */
	int64_t log_count, log_capacity, user_count;
	int64_t clock_offset;		/* seconds the terminal is ahead */
	int64_t last_punch_local;
	int64_t reached_at;		/* the last answer it gave */
	char error[SPOOL_TEXT_MAX + 1];	/* "" while all is well */
	/* how often so far: connected, read in full at night, users read */
	uint32_t connections, nights, user_lists;
};

/*
 * The process's time zone rules are shared: call this once, before any thread
 * is started.  Returns the zone for terminal_world: `zone`, or where it is ""
 * that of this machine.
 */
const char *terminal_zone(const char *zone);

/* Pair: terminal_destroy. */
struct terminal *terminal_create(const struct setup_terminal *setup,
                                 const struct terminal_world *world);
/* Starts the thread.  Pair: terminal_stop, then terminal_join. */
void terminal_start(struct terminal *t);
/* Once and then no more: connects, reads, and ends; for `--once`. */
void terminal_start_once(struct terminal *t);

/*
 * Copies the state.  True when it has changed since the last call in a way
 * that is to be reported at once.
 */
bool terminal_look(struct terminal *t, struct terminal_state *out);

/*
 * The server holds `mac` for that of the terminal with this serial, "": of none
 * that told any; from any thread.  Until it is the one that the terminal tells,
 * nothing is written to the terminal.
 */
void terminal_accept_mac(struct terminal *t, const char *sn, const char *mac);

/* The door of the terminal, for the thread that talks to the server. */
struct door *terminal_door(struct terminal *t);

/* Asks the thread to say goodbye to the terminal and end. */
void terminal_stop(struct terminal *t);
/* Waits for the thread's end: after it, it calls nobody any more. */
void terminal_join(struct terminal *t);
/* Frees; takes NULL. */
void terminal_destroy(struct terminal *t);

#endif
