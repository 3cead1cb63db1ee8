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
	struct buf request;	/* in hand, as sent: UDP may need it again */
	struct buf in;		/* received; the first `used` bytes are done */
	size_t used;
	int64_t limit;		/* of the table in hand; 0: none is read */
	uint32_t lost;		/* datagrams that came damaged, or not at all */
	uint16_t refusal;
	bool hurried;		/* the next zk_wait() is over */
	bool disabled;		/* by us, and not enabled for sure since */
	char error[256];
};

/*
 * Sends a request under a new reply id and waits for the first packet that
 * answers it, whatever its code, `timeout_ms` in all.  Over UDP a request
 * that is safe to repeat is sent again, under the same reply id, while
 * nothing comes.  A terminal that has forgotten us is told the comm key
 * again, and a request that is safe to repeat is repeated; of another the
 * answer 2005 stands.  The answer's data are gone with the next call.
 */
enum zk_result zk_inside_ask(struct zk_session *zk, uint16_t command,
                             const void *data, size_t len, int timeout_ms,
                             struct zk_packet *out);

/*
 * The next packet that answers the request in hand; events are taken and
 * strays dropped on the way.  Its data are gone with the next call.
 */
enum zk_result zk_inside_receive(struct zk_session *zk, int timeout_ms,
                                 struct zk_packet *out);

/* Gives the terminal the comm key: ZK_OK, or why not. */
enum zk_result zk_inside_authenticate(struct zk_session *zk);

/* How long to wait over UDP before a packet counts as lost, at first. */
int zk_inside_patience_ms(const struct zk_session *zk);

/* Keeps the words for `rc`, which it returns. */
enum zk_result zk_inside_fail(struct zk_session *zk, enum zk_result rc,
                              const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* ZK_REFUSED, with the code that the terminal gave. */
enum zk_result zk_inside_refused(struct zk_session *zk, const char *what,
                                 uint16_t code);

/* ---- tables ------------------------------------------------------------- */

/* What all clients ask for at a time (section 12.2). */
#define ZK_PIECE_BYTES_TCP 65472u
#define ZK_PIECE_BYTES_UDP 16384u
#define ZK_TABLE_MAX (64u * 1024 * 1024)

size_t zk_inside_piece_bytes(const struct zk_session *zk);

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

/* Reads a table from byte `start`, a multiple of the piece, on. */
enum zk_result zk_inside_read_table(struct zk_session *zk,
                                    struct zk_table *t);

/* The longest pause between two packets of one answer. */
int zk_inside_pause_ms(const struct zk_session *zk);

/* Gives bytes that are next in order to the sink. */
void zk_inside_hand_on(struct zk_table *t, const uint8_t *data, size_t len);

/* A whole table in one packet. */
enum zk_result zk_inside_take_inline(struct zk_table *t,
                                     const struct zk_packet *packet);

/* Sends 1504 for `want` bytes at `at`, and receives its first answer. */
enum zk_result zk_inside_ask_piece(struct zk_session *zk, size_t at,
                                   size_t want, int timeout_ms,
                                   struct zk_packet *answer);

/* The size that PREPARE_DATA announces; 0 when it cannot be. */
size_t zk_inside_announced(const struct zk_packet *prepare, size_t most);
/* ZK_PROTOCOL, for such. */
enum zk_result zk_inside_impossible(struct zk_session *zk,
                                    const struct zk_table *t);

/* ---- tables over UDP: zk_udp.c ------------------------------------------ */

/*
 * Asks for `want` bytes of a prepared table at `at`, as often as it takes
 * for all of them to come, a named number of times at most, and hands them
 * on.
 */
enum zk_result zk_inside_udp_piece(struct zk_session *zk, struct zk_table *t,
                                   size_t at, size_t want);

/*
 * Asks for a table.  One that comes inline or all at once is `taken` and
 * handed on, asked for again where datagrams are lost; else `answer` is for
 * the caller, as after zk_inside_ask().
 */
enum zk_result zk_inside_udp_table(struct zk_session *zk, struct zk_table *t,
                                   uint16_t command, const void *data,
                                   size_t len, struct zk_packet *answer,
                                   bool *taken);

#endif
