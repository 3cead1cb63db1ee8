/* terminal.h: the fake terminal itself: clock, users, log, who listens */
#ifndef TERMINAL_TERMINAL_H
#define TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/terminal/settings.h"
#include "tests/terminal/store.h"

struct fake_session;

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
 * Somebody punches: the log grows and whoever registered is told.  A user that
 * nobody entered is added without a name.  False, with the reason, when the
 * terminal is disabled, full, or cannot hold such a user or time.
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

/*
 * Disabled until `timeout_s` (0: no limit), until enabled, or until the
 * session `by` ends.  Times are counted for the `state` order.
 */
void fake_terminal_disable(struct fake_terminal *t, struct fake_session *by,
                           uint32_t timeout_s);
void fake_terminal_enable(struct fake_terminal *t);
/* Is it?  Ends the state when its time is over. */
bool fake_terminal_disabled(struct fake_terminal *t);

/* Value of an option as OPTIONS_RRQ gives it, or NULL. */
const char *fake_terminal_option(const struct fake_terminal *t,
                                 const char *name);

/* 0 to `below` - 1, by --seed always the same. */
uint32_t fake_terminal_dice(struct fake_terminal *t, uint32_t below);

#endif
