/* harvest.h: takes a terminal's log and live events into the spool */
#ifndef HARVEST_H
#define HARVEST_H

#include <stdatomic.h>

#include "roster.h"
#include "spool.h"
#include "zk_session.h"

/*
 * What is read when.  An unchanged count on the same connection means that
 * nothing is.  Else the tail: the 64 records remembered from last time must
 * be where they were, and new ones follow them; if they are not, the whole
 * log.  A tail also on every new connection and every 15 minutes; the whole
 * log once a night.  Where the count cannot be believed (0, or a log that is
 * full) a short log is read at every poll, a long one every 15 minutes.
 *
 * Live events are taken as they come; the reading beneath them finds the same
 * punches again, and the spool knows them by the same key.  An event with no
 * more than a uid brings the reading forward instead: users are read anew with
 * each reading that needs them, for a uid may have changed hands since.  Where
 * the log is refused such an event waits for the users, over a line that breaks
 * as well.
 *
 * A live event of a clock that is more than 120 s wrong is told to the server
 * with the time of this machine; the terminal's own stays the key.
 */
#define HARVEST_PENDING 16

/* A live event that waits for the clock to be measured, or its user's id. */
struct harvest_pending {
	struct spool_punch punch;
	int64_t came_at;	/* instant */
};

/* A new punch that the log has told, for an event that comes after it. */
#define HARVEST_RECENT 64

struct harvest_recent {
	char user_id[SPOOL_USER_MAX + 1];
	int64_t local;
	int64_t read_at;	/* of clock_mono_ms; 0: none */
};

struct harvest {
	/* set before harvest_begin() */
	struct zk_session *zk;
	struct spool *spool;
	const char *name;	/* of the terminal, for the log */
	const char *zone;	/* of its clock */
	const char *charset;	/* of its users' names */
	const atomic_bool *is_zone_sure;	/* not just this machine's */
	bool clock_sync;	/* set its clock right */
	bool (*may_write)(void *arg);	/* to the terminal */
	void (*on_new)(void *arg);	/* new punches wait in the spool */
	void (*on_alive)(void *arg);	/* the terminal goes on telling */
	void *arg;

	/* to be shown */
	struct zk_sizes sizes;
	int64_t clock_offset;	/* seconds ahead, or SPOOL_NONE */
	int64_t last_punch_local;	/* or SPOOL_NONE */
	char words[160];	/* of HARVEST_ODD */
	uint32_t nights;	/* readings of the night, and of users, so far */
	uint32_t user_lists;

	/* its own */
	int64_t terminal;	/* number in the spool; 0: none is connected */
	struct spool_mark mark;
	struct roster roster;
	bool has_roster;	/* read in the reading in hand */
	bool wanted;		/* something asks for a reading */
	bool hurried;		/* and that at once */
	unsigned short_readings;	/* that fell short of the count, in a row */
	bool spool_failed;	/* nothing is read until it can be written */
	bool is_odd;		/* the log was refused, or of no known form */
	bool was_zone_sure;	/* when the clock was measured */
	bool has_counted;	/* on this connection */
	uint32_t counted, users_counted;
	int64_t users_at;	/* instant of the last list, or SPOOL_NONE */
	int64_t read_at, clock_at, event_at;	/* of clock_mono_ms */
	size_t log_bytes;
	struct harvest_recent recent[HARVEST_RECENT];
	size_t recent_next;	/* the oldest of these */
	struct harvest_pending pending[HARVEST_PENDING];
	size_t pending_count;
	int64_t last_terminal;	/* of the last connection; theirs, too */
};

/* What a poll came to. */
enum harvest_result {
	HARVEST_OK,
	HARVEST_LINE,	/* zk_error() says what: connect again */
	HARVEST_SPOOL,	/* spool_error() says what: try again later */
	HARVEST_ODD,	/* `words` say what: the log is refused, or cannot be
			 * understood; live events come all the same */
	HARVEST_STOPPED,
};

/* On a new connection to the terminal with this serial. */
enum harvest_result harvest_begin(struct harvest *h, const char *sn);
/* Asks, and reads what there is to read. */
enum harvest_result harvest_poll(struct harvest *h);
/* Asks for no more than a sign of life. */
enum harvest_result harvest_ask(struct harvest *h);
/* Did an event ask for the next poll at once? */
bool harvest_is_hurried(const struct harvest *h);
/* A live event: a zk_event_fn, with the harvest as `arg`. */
void harvest_event(void *arg, const uint8_t *data, size_t len);
/* The connection is over: who is there next may be another terminal. */
void harvest_end(struct harvest *h);
void harvest_finish(struct harvest *h);

#endif
