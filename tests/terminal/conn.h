/* conn.h: a TCP connection of the fake terminal */
#ifndef TERMINAL_CONN_H
#define TERMINAL_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/terminal/session.h"

struct fake_conn {
	int fd;			/* -1: this slot is free */
	struct fake_session session;
	struct buf in, out;
	size_t sent;		/* of `out` */
	struct buf frames;	/* the lengths of those not yet begun */
	size_t frames_sent;
	size_t frame_left;	/* of the frame being sent */
	int64_t next_at;	/* when the next write may be, clock_mono_ms */
};

/* Owns `fd`, which does not block.  Pair: fake_conn_finish, which closes. */
void fake_conn_init(struct fake_conn *c, int fd, struct fake_terminal *t);
void fake_conn_finish(struct fake_conn *c);

/* What to poll for, and within how many ms at most (-1: no limit). */
short fake_conn_wants(const struct fake_conn *c, int *wait_ms);

/* Reads, answers and writes as far as it goes; false: it is over. */
bool fake_conn_step(struct fake_conn *c, bool readable);

#endif
