/* zk_link.h: the line to a terminal; the only file that knows sockets */
#ifndef ZK_LINK_H
#define ZK_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum zk_result {
	ZK_OK,
	ZK_TIMEOUT,	/* no answer by the deadline */
	ZK_CLOSED,	/* no connection, or it ended */
	ZK_REFUSED,	/* the terminal said no: a code tells why */
	ZK_PROTOCOL,	/* what came makes no sense: connect again */
	ZK_STOPPED,	/* zk_link_interrupt() was called */
	ZK__COUNT
};

enum zk_transport {
	ZK_TCP,
	ZK_UDP		/* a packet is a datagram, with nothing before it */
};

/* What a result means, in a few words for people; never NULL. */
const char *zk_result_words(enum zk_result rc);

struct zk_link {
	int fd;		/* -1: closed */
	int wake[2];	/* a pipe: readable from zk_link_interrupt() on */
	int nudge[2];	/* another: readable after zk_link_nudge() */
	enum zk_transport transport;	/* of the connection */
	bool deaf;	/* to zk_link_interrupt(): for a last word */
	bool idle;	/* nothing is expected: a nudge ends the wait */
};

/* Deadlines are those of clock_mono_ms() in base/clock.h. */

/* False, with errno, when the process has no descriptors left. */
bool zk_link_init(struct zk_link *link);
/* Closes all; takes a zeroed link that was never initialised badly. */
void zk_link_finish(struct zk_link *link);

/*
 * Connects.  Over TCP a host with several addresses is tried at each; over
 * UDP, where nobody answers yet, the first counts, and one of IPv4 before
 * others.  ZK_OK, or ZK_TIMEOUT, ZK_CLOSED, ZK_STOPPED with the cause for
 * people in `error`.
 */
enum zk_result zk_link_connect(struct zk_link *link, const char *host,
                               int port, enum zk_transport transport,
                               int64_t deadline, char *error, size_t size);
void zk_link_close(struct zk_link *link);

/* Sends all of it: ZK_OK, ZK_TIMEOUT, ZK_CLOSED or ZK_STOPPED. */
enum zk_result zk_link_send(struct zk_link *link, const void *data,
                            size_t len, int64_t deadline);

/*
 * Appends what arrives to `in`; results as above.  Over TCP that is at least
 * a byte, over UDP one datagram, which may be empty.  ZK_CLOSED over UDP says
 * that the other side has no such port.
 */
enum zk_result zk_link_receive(struct zk_link *link, struct buf *in,
                               int64_t deadline);

/* Waits; false when interrupted. */
bool zk_link_pause(struct zk_link *link, int ms);

/*
 * Ends every wait in hand and to come with ZK_STOPPED.  Another thread, or a
 * signal handler, may call it.
 */
void zk_link_interrupt(struct zk_link *link);

/*
 * Ends the wait in hand, or else the next one, with ZK_TIMEOUT while `idle` is
 * set; at other times it is kept until then.  From any thread.
 */
void zk_link_nudge(struct zk_link *link);

#endif
