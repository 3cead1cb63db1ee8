/* spool.h: punches waiting for the API, and all that were ever seen */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * A SQLite file that a power cut at any moment leaves whole (WAL, synchronous
 * FULL).  A punch is known by terminal (its serial number), user and time to
 * the second; what has been seen once is never taken in again.  New ones wait
 * until the API has taken them, or parked them.
 *
 * One connection behind a lock: any thread may call anything.  What fails is
 * logged here, and its words are kept for spool_error().
 */
struct spool;

#define SPOOL_SN_MAX 32
#define SPOOL_USER_MAX 24
#define SPOOL_NAME_MAX 63
#define SPOOL_MAC_MAX 31
#define SPOOL_TEXT_MAX 255
#define SPOOL_NONE INT64_MIN	/* a number that is not known */

/* ---- the file: spool.c -------------------------------------------------- */

enum spool_use {
	SPOOL_LOOK,	/* `status`, `retry`: a spool that is there already */
	SPOOL_OWN,	/* the bridge: made when missing, mended when damaged */
};

enum spool_fault {
	SPOOL_FINE,
	SPOOL_TAKEN,		/* another bridge has it */
	SPOOL_UNWRITABLE,	/* a full disk, a read-only one: it may pass */
	SPOOL_UNUSABLE,		/* no such folder, not a spool, a later one; */
				/* to look at: an earlier one, too */
};

/*
 * Opens the file, creating it (not its folder) for SPOOL_OWN, which holds it
 * for this process alone.  What a damaged file still has is copied into a new
 * one, the old one is kept beside it as PATH.damaged-TIME, and all logs will be
 * read again.  NULL, with a line in `error` and the kind of fault, when that
 * cannot be.  Pair: spool_close, which takes NULL.
 */
struct spool *spool_open(const char *path, enum spool_use use,
                         enum spool_fault *fault, char *error, size_t size);
void spool_close(struct spool *s);

/* What failed last, "" while all is well. */
void spool_error(struct spool *s, char out[SPOOL_TEXT_MAX + 1]);
/*
 * Has the file shown damage since it was opened?  Opening it anew mends it:
 * PATH.damage has been left beside it.
 */
bool spool_is_damaged(struct spool *s);
/* Can it be written to?  Tries. */
bool spool_probe(struct spool *s);

/* ---- in: spool_punch.c -------------------------------------------------- */

enum spool_novelty {
	SPOOL_NEW,		/* now waiting */
	SPOOL_KNOWN,
	SPOOL_NAMELESS,		/* a uid without a user: not taken in */
};

struct spool_punch {
	char user_id[SPOOL_USER_MAX + 1];	/* "" when not known */
	int64_t uid;		/* of records that say no more; or SPOOL_NONE */
	int64_t local;		/* the terminal's wall clock */
	int64_t sent_local;	/* what to tell the server instead; or SPOOL_NONE */
	int64_t clock_offset;	/* seconds it is ahead, or SPOOL_NONE */
	bool fresh;		/* goes before a backlog */
	enum spool_novelty novelty;	/* out */
};

/*
 * A clock that died shows, some day, the very second of another punch of the
 * same user.  A live punch tells by `sent_local` that it is another one: more
 * than SPOOL_SAME_SECONDS from what the known one was told as.  It gets a key
 * of its own in place of the terminal's time, that no record of a log can have:
 * negative.  The record that the log has of it is known, by the other's key.
 */
#define SPOOL_SAME_SECONDS 120	/* a live event sent again comes sooner */
#define SPOOL_OWN_KEY(sent_local) (-(sent_local))
#define SPOOL_HAS_OWN_KEY(local) ((local) < 0)

/*
 * Takes in what is new of `punches`, in their order, all or nothing.  A uid is
 * given its user once, at first sight, whoever has that uid later.  `round` is
 * the number of the reading of the whole log that they come from, 0 for any
 * other.  Sets `count` to how many were new.  False: nothing was stored.
 */
bool spool_add(struct spool *s, int64_t terminal, int64_t round,
               struct spool_punch *punches, size_t n, size_t *count);

/*
 * Keeps the bytes of a record that cannot be used; the same bytes once.  Of a
 * terminal that has sent SPOOL_ASIDE_MAX of them others are only counted, each
 * time that they come.
 */
#define SPOOL_ASIDE_MAX 10000
bool spool_set_aside(struct spool *s, int64_t terminal, const void *raw,
                     size_t len, const char *why);

/* A record that was set aside. */
#define SPOOL_RAW_MAX 256	/* of a longer one nothing is given */

struct spool_aside {
	char sn[SPOOL_SN_MAX + 1];
	char why[SPOOL_TEXT_MAX + 1];
	int64_t seen_at;
	uint8_t raw[SPOOL_RAW_MAX];
	size_t len;
};

/* Calls `each` for the last ones, of all terminals, oldest first. */
typedef void spool_aside_fn(void *arg, const struct spool_aside *record);
bool spool_aside_list(struct spool *s, size_t most, spool_aside_fn *each,
                      void *arg);

/* The punch of a uid without a user is known from now on, as nobody's. */
bool spool_forsake(struct spool *s, int64_t terminal, int64_t round,
                   const struct spool_punch *punch);

/*
 * Forgets punches from before `before_local`, the beginning of a day, that
 * neither the reading of number `round` nor the one before it has found in the
 * terminal any more; of each day all or none.  `count` becomes their number.
 */
bool spool_prune(struct spool *s, int64_t terminal, int64_t before_local,
                 int64_t round, size_t *count);

/* ---- out: spool_punch.c ------------------------------------------------- */

struct spool_item {
	int64_t id;
	char sn[SPOOL_SN_MAX + 1];
	char user_id[SPOOL_USER_MAX + 1];
	int64_t local;		/* or a key: SPOOL_HAS_OWN_KEY() */
	int64_t clock_offset;	/* or SPOOL_NONE */
	int64_t sent_local;	/* or SPOOL_NONE: `local` itself */
};

/*
 * The next of those that wait, fresh ones first, each terminal's in the order
 * they came.  They go on waiting until settled.
 */
bool spool_next(struct spool *s, struct spool_item *items, size_t most,
                size_t *count);

struct spool_settled {
	int64_t id;
	int parked;		/* status that parks it, 0: done */
	const char *answer;	/* what the API said, for people, where parked */
	bool waits;		/* neither: it goes behind all that wait */
};

/* Done items leave, others are parked or go on waiting; all or nothing. */
bool spool_settle(struct spool *s, const struct spool_settled *items,
                  size_t n);

/* Called for each parked item, oldest first; `answer` as it was settled. */
typedef void spool_parked_fn(void *arg, const struct spool_item *item,
                             const char *answer);
bool spool_parked(struct spool *s, size_t most, spool_parked_fn *each,
                  void *arg);

/* Everything parked waits again. */
bool spool_retry(struct spool *s, size_t *count);
/* The same of what was parked by `status` before an instant, as a backlog. */
bool spool_retry_since(struct spool *s, int status, int64_t parked_before_at,
                       size_t *count);

/* How many wait, of all terminals. */
bool spool_waiting(struct spool *s, int64_t *count);

/* ---- days, to be compared with the server's: spool_day.c ---------------- */

/* The punches of one day that the server should hold. */
struct spool_day {
	int32_t day;
	int64_t count;
	uint32_t checksum;	/* XOR of CRC-32 of "USER YYYY-MM-DD HH:MM:SS" */
	bool is_waiting;	/* more of it are on their way */
};

struct spool_days {
	struct spool_day *list;	/* ascending */
	size_t count, cap;
};

/*
 * All days of a terminal, without what waits or is parked.  Pair:
 * spool_days_finish, which takes a zeroed list too.
 */
bool spool_days(struct spool *s, int64_t terminal, struct spool_days *out);
void spool_days_finish(struct spool_days *days);
/* The entry of a day, NULL when it has none. */
const struct spool_day *spool_days_find(const struct spool_days *days,
                                        int32_t day);

/*
 * Everything of a day waits again, as a backlog, unless the day was sent again
 * over these very sums since it last agreed: `sums` is any text that tells
 * them.  `count` becomes how many it were.
 */
bool spool_send_day(struct spool *s, int64_t terminal, int32_t day,
                    const char *sums, size_t *count);
/* The server holds all of it: over any sums it may be sent again. */
bool spool_day_agrees(struct spool *s, int64_t terminal, int32_t day);

/* ---- what is known of a terminal: spool_place.c ------------------------- */

/* The number of the terminal with this serial; 0 on failure. */
int64_t spool_terminal(struct spool *s, const char *sn);

struct spool_counts {
	int64_t waiting, parked, aside;
};

bool spool_count(struct spool *s, int64_t terminal,
                 struct spool_counts *counts);

/* The latest punch not after `before`, or SPOOL_NONE. */
int64_t spool_last_punch(struct spool *s, int64_t terminal, int64_t before);

/* How far the log was read: its records, and the bytes of the last ones. */
#define SPOOL_TAIL_RECORDS 64
#define SPOOL_TAIL_BYTES (SPOOL_TAIL_RECORDS * 64)

struct spool_mark {
	int64_t records;	/* 0: never read */
	int layout;		/* enum zk_layout */
	int64_t full_day;	/* day of the last reading of all, or SPOOL_NONE */
	int64_t round;		/* its number; 0: there was none */
	size_t tail_len;
	uint8_t tail[SPOOL_TAIL_BYTES];
};

bool spool_mark_load(struct spool *s, int64_t terminal,
                     struct spool_mark *mark);
bool spool_mark_save(struct spool *s, int64_t terminal,
                     const struct spool_mark *mark);

/* Who it is, and what the server says of it. */
struct spool_identity {
	char mac[SPOOL_MAC_MAX + 1];	/* that goes with its serial; "" none */
	int64_t start_day;	/* from which its punches count, or SPOOL_NONE */
	int64_t users_at;	/* instant its users were read, or SPOOL_NONE */
};

bool spool_identity_load(struct spool *s, int64_t terminal,
                         struct spool_identity *identity);
/* "" and SPOOL_NONE leave what is known; `users_at` is not saved here. */
bool spool_identity_save(struct spool *s, int64_t terminal,
                         const struct spool_identity *identity);

/* A user of a terminal. */
struct spool_user {
	int64_t uid;
	char user_id[SPOOL_USER_MAX + 1];
	char name[SPOOL_NAME_MAX + 1];	/* UTF-8 */
	int privilege;
};

/* Replaces the list of a terminal's users, read at an instant. */
bool spool_users_save(struct spool *s, int64_t terminal, int64_t read_at,
                      const struct spool_user *users, size_t count);
/* Calls `each` for all of them, by uid. */
typedef void spool_user_fn(void *arg, const struct spool_user *user);
bool spool_users_list(struct spool *s, int64_t terminal, spool_user_fn *each,
                      void *arg);

/* ---- who may enter: spool_door.c ----------------------------------------- */

#define SPOOL_ETAG_MAX 127
#define SPOOL_WAS_MAX 31

/* The last list of a terminal, of which the text stands beside it. */
struct spool_door {
	char etag[SPOOL_ETAG_MAX + 1];
	int64_t current_at;	/* when it was known to be the newest */
	int64_t server_at;	/* the server's own clock then, or SPOOL_NONE */
	bool is_released;	/* somebody at the bridge has freed all, until
				   it is switched on anew */
};

/*
 * Loads it, and into `list` its text as it came; false: there is none, or the
 * spool fails.  `list` may be NULL.
 */
bool spool_door_load(struct spool *s, int64_t terminal,
                     struct spool_door *out, struct buf *list);
bool spool_door_save(struct spool *s, int64_t terminal,
                     const struct spool_door *door, const struct buf *list);
/* The same list is the newest still. */
bool spool_door_current(struct spool *s, int64_t terminal, int64_t current_at,
                        int64_t server_at);
bool spool_door_release(struct spool *s, int64_t terminal);
bool spool_door_is_released(struct spool *s, int64_t terminal);

/* A user whom this bridge keeps out. */
struct spool_block {
	char user_id[SPOOL_USER_MAX + 1];
	int64_t kind, value;		/* of the lever */
	char was[SPOOL_WAS_MAX + 1];	/* what the lever has to put back */
	int64_t trial_until;		/* instant; or SPOOL_NONE: no trial */
};

/* False: it is none of ours. */
bool spool_block_find(struct spool *s, int64_t terminal, const char *user_id,
                      struct spool_block *out);
/* Written to the disk when it returns; one of that user is replaced. */
bool spool_block_save(struct spool *s, int64_t terminal,
                      const struct spool_block *block);
bool spool_block_drop(struct spool *s, int64_t terminal, const char *user_id);
typedef void spool_block_fn(void *arg, const struct spool_block *block);
bool spool_block_list(struct spool *s, int64_t terminal, spool_block_fn *each,
                      void *arg);
/* Trials that ended before `now_at` are blocks like others; how many. */
bool spool_trials_end(struct spool *s, int64_t terminal, int64_t now_at,
                      size_t *count);

/* A terminal of the configuration, as `status` shows it. */
struct spool_place {
	char name[SPOOL_NAME_MAX + 1];
	char sn[SPOOL_SN_MAX + 1];	/* "" while never reached */
	int64_t reached_at;		/* or SPOOL_NONE, as the next three */
	int64_t log_count, log_capacity, clock_offset;
	char error[SPOOL_TEXT_MAX + 1];	/* "" when well */
};

/* False for a name never saved, too; then `place` has only the name. */
bool spool_place_load(struct spool *s, const char *name,
                      struct spool_place *place);
bool spool_place_save(struct spool *s, const struct spool_place *place);

/* Lines kept by name: how the server does.  An unknown one is "". */
bool spool_note_save(struct spool *s, const char *name, const char *text);
bool spool_note_load(struct spool *s, const char *name,
                     char out[SPOOL_TEXT_MAX + 1]);

#endif
