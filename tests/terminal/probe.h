/* probe.h: a client of the fake terminal without sockets, for unit tests */
#ifndef TERMINAL_PROBE_H
#define TERMINAL_PROBE_H

#include "tests/terminal/session.h"

struct fake_probe {
	struct fake_terminal terminal;
	struct fake_session session;
	struct fake_transport transport;
	struct buf got;		/* packets, each behind shape and length */
	size_t read;
	uint16_t reply;		/* id of the last request */
	struct buf answer;	/* to the last order */
};

/* A packet from the terminal; `data` is valid until the next request. */
struct fake_reply {
	enum fake_shape shape;
	bool sound;		/* its checksum is right */
	uint16_t code, field, reply;
	const uint8_t *data;
	size_t len;
};

/*
 * A terminal with `options`, NAME VALUE ... NULL, and a client that has not
 * said CONNECT.  A wrong option ends the program.  Pair: fake_probe_finish.
 */
void fake_probe_init(struct fake_probe *p, const char *const *options);
void fake_probe_finish(struct fake_probe *p);

/* One request, and the packets that came, one a call; false: no more. */
void fake_probe_send(struct fake_probe *p, uint16_t command, const void *data,
                     size_t len);
bool fake_probe_next(struct fake_probe *p, struct fake_reply *r);

/* A request and the first packet of its answer; code 0 when there is none. */
struct fake_reply fake_probe_ask(struct fake_probe *p, uint16_t command,
                                 const void *data, size_t len);
/* The same for commands without data: the code alone. */
uint16_t fake_probe_code(struct fake_probe *p, uint16_t command);

/* 1503 for a table (9 with 5: users; 13 with 0: log), and a piece by 1504. */
struct fake_reply fake_probe_prepare(struct fake_probe *p, uint16_t command,
                                     uint32_t type);
void fake_probe_read(struct fake_probe *p, uint32_t start, uint32_t len);
/* The table whole, its length in front, or false. */
bool fake_probe_table(struct fake_probe *p, uint16_t command, uint32_t type,
                      struct buf *out);

/* Gives an order; the whole answer, "ok ..." or "error ...". */
const char *fake_probe_order(struct fake_probe *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
