/* device_door_edit.h: what the owner decides about a terminal's door */
#ifndef DEVICE_DOOR_EDIT_H
#define DEVICE_DOOR_EDIT_H

#include "base/arena.h"
#include "gym/audit.h"

/* Why something cannot be done; nothing is changed then. */
enum device_door_fault {
	DEVICE_DOOR_FINE,
	DEVICE_DOOR_STALE,	/* somebody else has changed it meanwhile */
	DEVICE_DOOR_IS_ON,	/* not while blocking is on: exit, lever */
	DEVICE_DOOR_IS_EXIT,	/* a reader on the way out never blocks */
	DEVICE_DOOR_NO_TRIAL,	/* none was passed with the lever of now */
};

/* What is typed of it; the lever is well formed. */
struct device_door_typed {
	const char *sn;
	bool is_exit, has_relay;
	int64_t unlock_seconds, block_after;
	const char *lever;
	int64_t lever_value;	/* 0 of DISABLE */
	int64_t version;	/* that was seen */
};

/*
 * Each is a transaction, with its audit row and a new revision of the door.
 * DB_OK; DB_NONE: `fault` says why not, or, where that is DEVICE_DOOR_FINE, it
 * is not the company's terminal any more.  After DB_OK call feed_wake.
 *
 * device_door_edit: another lever forgets the trial.
 */
enum db_result device_door_edit(struct db *db, struct arena *a,
                                const struct actor *actor,
                                const struct device_door_typed *typed,
                                enum device_door_fault *fault);
/* Switches blocking on or off; what is so already is well. */
enum db_result device_door_switch(struct db *db, struct arena *a,
                                  const struct actor *actor, const char *sn,
                                  bool is_on, enum device_door_fault *fault);
/* The trial with the lever of now went well. */
enum db_result device_door_pass_trial(struct db *db, struct arena *a,
                                      const struct actor *actor,
                                      const char *sn, const char *lever,
                                      int64_t lever_value,
                                      enum device_door_fault *fault);

/* Somebody whom the owner agrees to close, as it was shown. */
struct device_door_agreed {
	const char *user_id;
	bool is_hours;		/* outside the hours of a plan; else ended */
};

/*
 * Of those that were shown, agrees to the ones that wait for it still, and of
 * the same kind; `agreed`: how many these are, which may be none.
 */
enum db_result device_door_agree(struct db *db, struct arena *a,
                                 const struct actor *actor, const char *sn,
                                 const struct device_door_agreed *list,
                                 size_t count, int64_t *agreed);

#endif
