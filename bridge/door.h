/* door.h: the door of one terminal: the list, the orders, how it stands */
#ifndef DOOR_H
#define DOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "spool.h"
#include "zk_session.h"

/*
 * Between two threads: one talks to the server, gives lists and orders in and
 * takes reports and results out; the other holds the line to the terminal and
 * does what is to be done.  Calls say which may call them; each may be called
 * while the other thread is in one of its own.
 */
struct door;

#define DOOR_WORDS_MAX 200

enum door_order_kind { DOOR_UNLOCK, DOOR_BLOCK, DOOR_FREE };

/* Something to be done at once, or not at all. */
struct door_order {
	int64_t id;
	enum door_order_kind kind;
	int64_t seconds;			/* of DOOR_UNLOCK */
	char user_id[SPOOL_USER_MAX + 1];	/* of the others */
	int64_t deadline;			/* clock_mono_ms() */
};

/* What became of an order. */
struct door_result {
	int64_t id;
	bool is_done;
	char words[DOOR_WORDS_MAX + 1];		/* why not; "" */
	int64_t templates_before, templates_after;	/* or SPOOL_NONE */
};

struct door_world {
	struct spool *spool;
	const char *zone;		/* that the bridge goes by */
	int64_t grace_ms;		/* offline_grace_hours */
	void (*on_work)(void *arg);	/* the terminal's thread has to do */
	void (*on_news)(void *arg);	/* a report or a result waits */
	void *arg;
};

/* `name` is for the log and lives as long.  Pair: door_destroy. */
struct door *door_create(const char *name, const struct door_world *world);
void door_destroy(struct door *d);

/* ---- the thread of the server -------------------------------------------- */

/* The ETag to ask with, of the terminal that has this number in the spool. */
bool door_etag(struct door *d, int64_t terminal,
               char etag[SPOOL_ETAG_MAX + 1]);
/*
 * The server has sent a list, `server_at` by its own clock; kept for good.
 * False: it makes no sense and is not taken.
 */
bool door_take_list(struct door *d, int64_t terminal, const char *etag,
                    const struct buf *body, int64_t server_at);
/* The server says that there is no newer one. */
void door_list_holds(struct door *d, int64_t terminal, int64_t server_at);

/* Reads the data of a `command`; false: it is none, or known already. */
bool door_take_order(struct door *d, const char *data);
/* The next result to be told; false: there is none. */
bool door_take_result(struct door *d, struct door_result *out);
/* It could not be told: it comes again. */
void door_return_result(struct door *d, const struct door_result *result);

/*
 * Appends the body of PUT .../access; false: nothing is known of this door
 * yet.  `changed`: since the last call that said so.
 */
bool door_report(struct door *d, struct buf *to, bool *changed);

/* ---- the thread of the terminal ------------------------------------------ */

/* A connection to the terminal of this number is there; and is gone. */
void door_meet(struct door *d, int64_t terminal);
void door_part(struct door *d);
/* Is there anything to do?  `users`: how many the terminal counts. */
bool door_is_due(struct door *d, uint32_t users);

/* What is known of the terminal as it works. */
struct door_line {
	struct zk_session *zk;
	uint32_t users;			/* that it counts, or 0 */
	int64_t clock_offset;		/* seconds ahead, or SPOOL_NONE */
	bool may_write;			/* it is the terminal it says it is */
};

/* Does it.  ZK_OK, or what ended the line. */
enum zk_result door_work(struct door *d, const struct door_line *line);

/* ---- for people: door_show.c --------------------------------------------- */

/* What the spool knows of a door. */
struct door_sight {
	bool has_list;
	bool is_enforced, is_released;
	int64_t current_at;		/* of the list; or SPOOL_NONE */
	size_t blocked, trials;		/* users whom the bridge keeps out */
};

/* False: the spool fails. */
bool door_look(struct spool *s, int64_t terminal, struct door_sight *out);

#endif
