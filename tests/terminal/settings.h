/* settings.h: how the fake terminal behaves: options and `set` orders */
#ifndef TERMINAL_SETTINGS_H
#define TERMINAL_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* How answers are cut into writes. */
enum fake_cut {
	FAKE_CUT_PLAIN,	/* one write a frame */
	FAKE_CUT_GLUE,	/* all that waits in one write */
	FAKE_CUT_BYTES,	/* one byte a write */
	FAKE_CUT_CHOP,	/* at random borders */
};

/* One for each option of the command line; help texts are in settings.c. */
struct fake_settings {
	int64_t port, users, seed;
	int64_t comm_key, sessions;
	int64_t record_form;	/* enum wire_record */
	int64_t user_form;	/* 0: 28 bytes, 1: 72 */
	int64_t event_form;	/* see fake_settings_event_size */
	int64_t max_packet, inline_bytes, buffered;
	int64_t capacity, user_capacity, disable_blocks;
	int64_t cut;		/* enum fake_cut */
	int64_t pace_ms;
	char *control, *send, *state, *zone;
	char *serial, *name, *platform, *mac, *firmware;
};

/* Everything at its default.  Pair: fake_settings_finish. */
void fake_settings_init(struct fake_settings *s);
void fake_settings_finish(struct fake_settings *s);

/*
 * Sets the option called `name` from a text.  With `running`, only those that
 * may change after the start.  On false, `error` says why in one line.
 */
bool fake_settings_set(struct fake_settings *s, const char *name,
                       const char *value, bool running, char *error,
                       size_t size);

/* Bytes of a live punch. */
size_t fake_settings_event_size(const struct fake_settings *s);

/* Appends a line for each option: its name, its values, what it does. */
void fake_settings_help(struct buf *out);

#endif
