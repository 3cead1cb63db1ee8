/* device_door.h: how a terminal keeps its door, and what its bridge tells */
#ifndef DEVICE_DOOR_H
#define DEVICE_DOOR_H

#include "base/arena.h"
#include "db/db.h"

#define DEVICE_DOOR_BLOCKS_MAX 500	/* of one list */
#define DEVICE_DOOR_OLD_MS (24LL * 3600 * 1000)	/* a list that old is said */
#define DEVICE_DOOR_GROUP_MAX 100	/* closed groups of a terminal */
#define DEVICE_DOOR_ZONE_MAX 50		/* its time zones */

/* What a bridge does about somebody who may not enter. */
enum device_door_state {
	DEVICE_DOOR_PENDING,	/* waits for the owner: many at once */
	DEVICE_DOOR_FAILED,	/* what was written did not take */
	DEVICE_DOOR_BLOCKED,
	DEVICE_DOOR_BANNED,	/* closed by hand at the terminal: let be */
	DEVICE_DOOR_STATES
};

/* The door of a terminal that a company has now. */
struct device_door {
	int64_t id, version;
	bool is_exit;		/* read on the way out: never closed */
	bool has_relay;
	int64_t unlock_seconds;
	const char *lever;	/* DISABLE, GROUP or ZONE */
	int64_t lever_value;	/* the closed group or time zone */
	int64_t enforced_at;	/* CLOCK_NO_TIME: off */
	int64_t block_after;	/* refused visits; 0: at once */
	int64_t trial_at;	/* passed with this lever; CLOCK_NO_TIME: not */
	/* as reported last */
	int64_t told_at;	/* CLOCK_NO_TIME: never */
	int64_t list_at;	/* the list was current then; or CLOCK_NO_TIME */
	int64_t differing;	/* users not yet as the list wants */
	const char *trouble;	/* NULL: none */
	int64_t counts[DEVICE_DOOR_STATES];
};

enum db_result device_door_find(struct db *db, struct arena *a,
                                const char *company, const char *sn,
                                struct device_door *out);

/* Does any terminal of the company keep people out? */
enum db_result device_door_any(struct db *db, const char *company, bool *any);

/* Is the list that the terminal is kept by too old to rely on? */
bool device_door_is_old(int64_t enforced_at, int64_t list_at, int64_t now_at);

/* A user of the terminal that its bridge told of. */
struct device_door_block {
	const char *user_id;
	enum device_door_state state;
	bool is_hours;		/* outside the hours of a plan; else ended */
	const char *words;	/* why it failed; may be "" */
	int64_t since_at;
	int64_t member_id;	/* 0: nobody's now */
	const char *member, *code;
};

struct device_door_blocks {
	struct device_door_block *rows;
	size_t count;
};

/* Those of one state by name, at most DEVICE_DOOR_BLOCKS_MAX. */
enum db_result device_door_list(struct db *db, struct arena *a,
                                const char *company, const char *sn,
                                enum device_door_state state,
                                struct device_door_blocks *out);

/* What is stored for a state: "PENDING". */
const char *device_door_state_text(enum device_door_state state);

#endif
