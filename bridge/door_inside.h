/* door_inside.h: what the files of the door share, and nobody else */
#ifndef DOOR_INSIDE_H
#define DOOR_INSIDE_H

#include <pthread.h>

#include "door.h"
#include "enforce.h"

#define DOOR_ORDERS 8		/* that wait for the terminal's thread */
#define DOOR_KNOWN 32		/* orders of which the id is remembered */

/* A user of whom there is something to tell. */
struct door_user {
	char user_id[SPOOL_USER_MAX + 1];
	const char *state, *kind;	/* of the API */
};

/* How the door stood after the last run. */
struct door_stand {
	bool is_known;
	bool is_enforced;
	int64_t differing;
	char trouble[DOOR_WORDS_MAX + 1];
	struct door_user *users;
	size_t user_count, user_cap;
};

struct door {
	const char *name;
	struct door_world world;
	pthread_mutex_t lock;		/* of what follows, up to the line */
	bool has_list;			/* a newer one is in the spool */
	int64_t told_at;		/* the server's clock, when it last */
	int64_t told_mono;		/* ... answered, by clock_mono_ms() */
	bool has_answer;		/* ... since the last run */
	bool is_connected;
	struct door_order orders[DOOR_ORDERS];
	size_t order_count;
	int64_t known[DOOR_KNOWN];	/* ids */
	size_t known_next;
	struct door_result results[DOOR_ORDERS];
	size_t result_count;
	struct door_stand stand;
	bool is_changed;		/* `stand`, since it was reported */
	/* ---- of the terminal's thread alone */
	int64_t terminal;		/* number in the spool */
	struct entry_list list;
	bool is_loaded;
	struct spool_door known_list;
	bool is_wanted;			/* a run is */
	bool was_released;
	bool was_withheld;		/* closings, for want of a clock */
	int64_t ran_at;			/* clock_mono_ms() */
	int64_t next_local;		/* when the list changes; CLOCK_NO_TIME */
	uint32_t users;
	int64_t again_at;		/* clock_mono_ms(): a run; or 0 */
	int attempts;			/* in a row that left something */
	int64_t ignored_until;		/* clock_mono_ms(): nobody is closed */
	int64_t ignored_enforced;	/* ... unless this has changed */
};

/* Puts a result where the server's thread finds it. */
void door_inside_settle(struct door *d, const struct door_result *result);

/* ---- door_hands.c -------------------------------------------------------- */

struct door_hands {
	struct door *door;
	const struct door_line *line;
	struct zk_user *users;		/* being read */
	size_t count, cap;
	struct door_stand stand;	/* being gathered */
};

/* What enforce_run() works with; the hands outlive it. */
struct enforce_door door_hands_of(struct door_hands *h);
/* Some of these, by themselves: see struct enforce_door. */
enum zk_result door_hands_read(void *arg, struct zk_user **users,
                               size_t *count);
enum zk_result door_hands_write(void *arg, const struct zk_user *users,
                                size_t count);
bool door_hands_find(void *arg, const char *user_id,
                     struct enforce_mark *out);
bool door_hands_drop(void *arg, const char *user_id);
/* `trial_until` is an instant; SPOOL_NONE: it is no trial. */
bool door_hands_save(struct door_hands *h, const struct enforce_mark *mark,
                     int64_t trial_until);

/* ---- door_order.c -------------------------------------------------------- */

/* The next order; false: there is none. */
bool door_inside_take_order(struct door *d, struct door_order *out);
/* A result of it in which nothing is said yet. */
struct door_result door_inside_result(const struct door_order *order);
/* Does it, and settles it; ZK_OK, or what ended the line. */
enum zk_result door_inside_obey(struct door *d, struct door_hands *h,
                                const struct door_order *order);

#endif
