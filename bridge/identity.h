/* identity.h: is it still the terminal that had this serial number? */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <pthread.h>

#include "spool.h"

/*
 * Serial number and MAC address of a terminal are remembered together.  Another
 * MAC under the same serial, or none any more, is another device until the owner
 * has said that it is right: the server tells that, and its word counts.  Until
 * it has spoken nothing is written to the terminal; it is read as always.
 *
 * Any thread may call anything.
 */
struct identity {
	struct spool *spool;
	const char *name;	/* of the terminal, for the log */
	pthread_mutex_t lock;	/* of what follows */
	char sn[SPOOL_SN_MAX + 1];
	char told[SPOOL_MAC_MAX + 1];	/* by the terminal; "" not at all */
	char known[SPOOL_MAC_MAX + 1];	/* that goes with the serial */
	bool is_sure;		/* the server has spoken of it, now or before */
	bool is_stranger;	/* what is told is not what is known */
	bool has_news;		/* it has become all right to write */
};

/* Pair: identity_finish. */
void identity_init(struct identity *i, struct spool *spool, const char *name);
void identity_finish(struct identity *i);

/* The terminal tells who it is; one never seen is remembered. */
void identity_meet(struct identity *i, const char *sn, const char *mac);

/*
 * The server holds `mac` for right of the terminal with this serial; "" is its
 * word on one that never told any.
 */
void identity_accept(struct identity *i, const char *sn, const char *mac);

bool identity_is_stranger(struct identity *i);
/* May the terminal be written to? */
bool identity_may_write(struct identity *i);
/* Once true after that has become so. */
bool identity_take_news(struct identity *i);

#endif
