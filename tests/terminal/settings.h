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

/* What a full log does. */
enum fake_full { FAKE_FULL_STOP, FAKE_FULL_DROP_ONE, FAKE_FULL_DROP_BLOCK };

/* Where it listens. */
enum fake_transport_choice {
	FAKE_TRANSPORT_BOTH,
	FAKE_TRANSPORT_TCP,
	FAKE_TRANSPORT_UDP,
};

enum fake_unknown { FAKE_UNKNOWN_ERROR, FAKE_UNKNOWN_UNKNOWN };
enum fake_odd_tails { FAKE_TAILS_SERVE, FAKE_TAILS_REFUSE };
enum fake_second { FAKE_SECOND_CLOSE, FAKE_SECOND_HANG };
enum fake_event_ack { FAKE_ACK_IGNORE, FAKE_ACK_RESEND };
/* Of what keeps a user out: the bit, closed group and zone; not the bit. */
enum fake_honours {
	FAKE_HONOURS_ALL,
	FAKE_HONOURS_ZONES,
	FAKE_HONOURS_NOTHING,
};

/* What a write of a user leaves as it was, though it is answered. */
enum fake_ignores {
	FAKE_IGNORES_NOTHING,
	FAKE_IGNORES_BIT,	/* "disabled" */
	FAKE_IGNORES_ALL,	/* and group and time zones */
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
	int64_t pace_ms, first_byte_ms;
	int64_t transport;	/* enum fake_transport_choice */
	int64_t udp_loss, udp_double, udp_swap;	/* of 100 datagrams */
	int64_t full;		/* enum fake_full */
	int64_t drop_block;
	int64_t sizes_form, counts_zero;
	int64_t unknown_option, odd_tails;
	int64_t connect_code, log_code;	/* 0: as it should be */
	int64_t second, event_ack;
	int64_t honours, ignores;	/* enum fake_honours, fake_ignores */
	int64_t closed_group, closed_zone;	/* 0: none is */
	int64_t drop_templates, user_code, relay;
	int64_t restart_answer, reboot_ms;
	int64_t junk;
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

/* Bytes of a live punch, and of the answer to GET_FREE_SIZES. */
size_t fake_settings_event_size(const struct fake_settings *s);
size_t fake_settings_sizes_size(const struct fake_settings *s);

/* Appends a line for each option: its name, its values, what it does. */
void fake_settings_help(struct buf *out);

#endif
