/* zk_inside.h: what the files of the session share, and nobody else */
#ifndef ZK_INSIDE_H
#define ZK_INSIDE_H

#include "zk_session.h"

struct zk_session {
	struct zk_options options;
	zk_event_fn *on_event;
	void *event_arg;
	struct zk_link link;
	uint16_t session;	/* given by the answer to CONNECT */
	uint16_t reply;		/* of the request in hand */
	struct buf in;		/* received; the first `used` bytes are done */
	size_t used;
	uint16_t refusal;
	bool hurried;		/* the next zk_wait() is over */
	char error[256];
};

/* Sends a request under a new reply id. */
enum zk_result zk_inside_send(struct zk_session *zk, uint16_t command,
                              const void *data, size_t len);

/*
 * The next packet that answers the request in hand; events are taken and
 * strays dropped on the way.  Its data are gone with the next call.
 */
enum zk_result zk_inside_receive(struct zk_session *zk, int timeout_ms,
                                 struct zk_packet *out);

/* Keeps the words for `rc`, which it returns. */
enum zk_result zk_inside_fail(struct zk_session *zk, enum zk_result rc,
                              const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* ZK_REFUSED, with the code that the terminal gave. */
enum zk_result zk_inside_refused(struct zk_session *zk, const char *what,
                                 uint16_t code);

/* ---- tables ------------------------------------------------------------- */

#define ZK_PIECE_BYTES 65472u	/* what all clients ask for over TCP */

/* Takes bytes of a table in order; false ends the reading. */
typedef bool zk_sink_fn(void *arg, const uint8_t *data, size_t len);

struct zk_table {
	const char *what;	/* for people: "the log" */
	uint16_t command;	/* the direct one, and within 1503 */
	uint32_t kind;
	size_t start;		/* in: first byte wanted; out: that came */
	size_t size;		/* out: bytes of the table, before any came */
	size_t got;		/* bytes handed on */
	bool stopped;		/* by the sink */
	zk_sink_fn *sink;
	void *arg;
};

/* Reads a table from byte `start`, a multiple of ZK_PIECE_BYTES, on. */
enum zk_result zk_inside_read_table(struct zk_session *zk,
                                    struct zk_table *t);

#endif
