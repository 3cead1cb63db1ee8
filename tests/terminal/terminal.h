/* terminal.h: the fake terminal itself: clock, users, log, who listens */
#ifndef TERMINAL_TERMINAL_H
#define TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/terminal/faults.h"
#include "tests/terminal/settings.h"
#include "tests/terminal/store.h"

#define FAKE_FOR_GOOD (-1)

struct fake_session;

/* An option as a client wrote it. */
struct fake_option {
	char *name, *value;
};

/* What clients did, for the `state` order. */
struct fake_counts {
	unsigned writes, unlocks, restarts, cleared, datagrams;
	unsigned refused_writes;	/* of users, as those in `writes` */
	unsigned kept_out;		/* punches of closed users */
	uint32_t unlock_tenths;		/* of the last one */
};

/* Power that goes when a client has written some more users. */
struct fake_crash {
	int64_t writes;			/* left; 0: none is ordered */
	bool silent;			/* the last is not answered */
	int64_t away_ms;
};

struct fake_terminal {
	struct fake_settings settings;
	struct fake_store store;
	int64_t clock_off_s;		/* how far its clock is ahead */
	struct fake_session *sessions;	/* all there are, in a list */
	uint16_t next_session;
	uint64_t dice;			/* of what is made up */
	bool disabled;
	int64_t disabled_since, disabled_until;	/* of clock_mono_ms; 0: open */
	struct fake_session *disabled_by;
	unsigned disabled_count;
	int64_t disabled_ms;		/* in all, that which has ended */
	unsigned refused_punches;	/* while it was disabled */
	unsigned served, bad_packets;	/* connections ever, wrong packets */
	struct fake_counts counts;
	struct fake_option *options;
	size_t option_count;
	struct fake_fault fault;	/* what the next answers suffer */
	char amid_user[WIRE_USER_ID_SIZE];
	int64_t amid_count;		/* bulk answers with a punch in them */
	int64_t door_until;		/* unlocked, of clock_mono_ms */
	int64_t away_until;		/* without power, likewise */
	bool power_cut;			/* when the request is answered */
	int64_t power_cut_ms;
	struct fake_crash crash;
	bool drop;			/* an order: close all connections */
};

/*
 * Takes over `settings`, reads the state file, adds the users asked for.
 * False with a line in `error`.  Pair: fake_terminal_finish.
 */
bool fake_terminal_init(struct fake_terminal *t,
                        const struct fake_settings *settings, char *error,
                        size_t size);
void fake_terminal_finish(struct fake_terminal *t);

/* What its clock shows, and setting it. */
int64_t fake_terminal_clock(const struct fake_terminal *t);
void fake_terminal_set_clock(struct fake_terminal *t, int64_t local);

/*
 * Power is cut, and comes back after so many ms or FAKE_FOR_GOOD: all sessions
 * are forgotten without a word, the log stays.
 */
void fake_terminal_power_cut(struct fake_terminal *t, int64_t away_ms);
/* For how many ms yet it is without power. */
int fake_terminal_away(const struct fake_terminal *t);

/* ---- punches.c */

/*
 * Somebody punches: the log grows and whoever registered is told.  A user that
 * nobody entered is added without a name.  False, with the reason, when the
 * terminal or the user is disabled, or it is full or cannot hold such a user
 * or time.
 */
bool fake_terminal_punch(struct fake_terminal *t, const char *user_id,
                         int64_t at_local, uint8_t state, uint8_t verify,
                         char *error, size_t size);

/*
 * Makes up `count` punches of the users there are: ascending, each in a minute
 * of its own, before the oldest punch there is and before now.  They go behind
 * what the log holds, and no live events are sent.
 */
bool fake_terminal_fill(struct fake_terminal *t, size_t count, char *error,
                        size_t size);

/* In place of the log, `count` punches newer than all of it. */
bool fake_terminal_refill(struct fake_terminal *t, size_t count, char *error,
                          size_t size);

/* Copies of the last `count` records; records that nobody can read. */
bool fake_terminal_double(struct fake_terminal *t, size_t count, char *error,
                          size_t size);
bool fake_terminal_spoil(struct fake_terminal *t, enum wire_bad bad,
                         size_t count, char *error, size_t size);

/* ---- door.c */

/* Why the door stays shut to a user that it knows; NULL: it opens. */
const char *fake_terminal_keeps_out(const struct fake_terminal *t,
                                    const struct wire_user *user);

/* ---- terminal.c */

/*
 * Disabled until `timeout_s` (0: no limit), until enabled, or until the
 * session `by` ends.  Times are counted for the `state` order.
 */
void fake_terminal_disable(struct fake_terminal *t, struct fake_session *by,
                           uint32_t timeout_s);
void fake_terminal_enable(struct fake_terminal *t);
/* Is it?  Ends the state when its time is over. */
bool fake_terminal_disabled(struct fake_terminal *t);

/* ---- options.c */

/* Value of an option as OPTIONS_RRQ gives it, or NULL. */
const char *fake_terminal_option(const struct fake_terminal *t,
                                 const char *name);
void fake_options_finish(struct fake_terminal *t);

/* 0 to `below` - 1, by --seed always the same. */
uint32_t fake_terminal_dice(struct fake_terminal *t, uint32_t below);

#endif
