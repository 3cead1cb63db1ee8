/* device_order.h: orders for a terminal, as its bridge is to carry them out */
#ifndef DEVICE_ORDER_H
#define DEVICE_ORDER_H

#include "base/arena.h"
#include "gym/audit.h"

#define DEVICE_ORDER_NOTE_MAX 200	/* characters */
#define DEVICE_ORDER_LIST_MAX 10
#define DEVICE_ORDER_UNLOCK_MS 5000	/* then it has failed */
#define DEVICE_ORDER_TRIAL_MS 30000

enum device_order_state {
	DEVICE_ORDER_WAITING,
	DEVICE_ORDER_DONE,
	DEVICE_ORDER_FAILED,	/* `words` say why */
	DEVICE_ORDER_UNANSWERED,	/* the bridge did not answer in time */
};

/* One that was given. */
struct device_order {
	int64_t id;
	const char *kind;	/* UNLOCK, BLOCK or FREE */
	const char *user_id;	/* at the terminal; NULL of UNLOCK */
	const char *note, *words;	/* may be "" */
	enum device_order_state state;
	int64_t before, after;	/* templates; -1: not told */
	int64_t created_at, ended_at;
	const char *by;		/* who gave it; NULL: not known any more */
};

/* One that is to be given. */
struct device_order_call {
	const char *sn, *kind, *user_id, *note;
	int64_t seconds;	/* of UNLOCK; else 0 */
	int64_t lasts_ms;	/* until it has failed */
	const char *nonce;	/* of the form: posted twice, it is one */
};

/*
 * A transaction, with its audit row; then call feed_wake.  DB_NONE: the
 * terminal is not the company's any more.
 */
enum db_result device_order_add(struct db *db, const struct actor *actor,
                                const struct device_order_call *call,
                                int64_t *id);

struct device_order_list {
	struct device_order *rows;
	size_t count;		/* at most DEVICE_ORDER_LIST_MAX */
};

/* The last of a terminal, the newest first: unlocks, or those of trials. */
enum db_result device_order_last(struct db *db, struct arena *a,
                                 const char *company, const char *sn,
                                 bool is_unlock, int64_t now_at,
                                 struct device_order_list *out);

/* ---- for trials ---------------------------------------------------------- */

/* Somebody whose finger may be tried: mapped, and no administrator there. */
struct device_order_person {
	const char *user_id, *name;
};

/*
 * Those whose number is `q`, or whose name holds it (NULL: the first); at most
 * DEVICE_ORDER_LIST_MAX, the number itself first.
 */
enum db_result device_order_people(struct db *db, struct arena *a,
                                   const char *company, const char *sn,
                                   const char *q,
                                   struct device_order_person **out,
                                   size_t *count);
/* The last punch of a number that has arrived since; or CLOCK_NO_TIME. */
enum db_result device_order_touch(struct db *db, const char *company,
                                  const char *sn, const char *user_id,
                                  int64_t since_at, int64_t *local);

#endif
