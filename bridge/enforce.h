/* enforce.h: makes the users of a terminal agree with the list */
#ifndef ENFORCE_H
#define ENFORCE_H

#include "entry.h"
#include "zk_session.h"

#define ENFORCE_AT_ONCE 10	/* users written between two readings */

/* That the bridge itself closed a user: a row of the journal. */
struct enforce_mark {
	char user_id[ZK_USER_ID_MAX + 1];
	struct lever lever;	/* by which */
	char was[LEVER_WAS_SIZE];
	bool is_trial;		/* ends by itself: no run opens it */
};

/* How a user stands when a run is over; told of none that are as they should. */
enum enforce_state {
	ENFORCE_IS_BLOCKED,	/* kept out by the bridge */
	ENFORCE_IS_PENDING,	/* would be: waits for the owner */
	ENFORCE_IS_FAILED,	/* not as the list wants: a write did not take */
	ENFORCE_IS_BANNED	/* closed by hand at the terminal */
};

/*
 * The terminal and the journal, so that neither socket nor file is needed to
 * try this out.  What fails ends the run.
 */
struct enforce_door {
	void *arg;
	/* all users, in storage that the caller frees */
	enum zk_result (*read)(void *arg, struct zk_user **users,
	                       size_t *count);
	/*
	 * At most ENFORCE_AT_ONCE; seen in the next reading, or not.
	 * ZK_REFUSED, for one of them at least, does not end the run.
	 */
	enum zk_result (*write)(void *arg, const struct zk_user *users,
	                        size_t count);
	bool (*find)(void *arg, const char *user_id, struct enforce_mark *out);
	/* kept for good when it returns; one of that user is replaced */
	bool (*mark)(void *arg, const struct enforce_mark *mark);
	bool (*unmark)(void *arg, const char *user_id);
	/* NULL, or called at the end for each user of whom there is news */
	void (*tell)(void *arg, const char *user_id, enum enforce_state state,
	             enum entry_kind kind);
};

enum enforce_act {
	ENFORCE_LEAVE,		/* as it should be, or none of ours */
	ENFORCE_OPEN,
	ENFORCE_CLOSE,
	ENFORCE_HOLD,		/* too many at once: waits for the owner */
	ENFORCE_BANNED,		/* closed by hand: left alone */
	ENFORCE_FORGET		/* open again: out of the journal */
};

struct enforce_item {
	enum enforce_act act;
	bool is_marked;
	struct enforce_mark mark;
};

/* The branch's wall clock, and how far it and the list can be relied upon. */
struct enforce_when {
	int64_t local;
	enum entry_trust trust;
	bool opens_only;	/* the firmware is known to close nobody */
};

struct enforce_result {
	size_t opened, closed, failed;	/* in this run */
	size_t unopened;		/* of the failed */
	size_t held, banned;		/* as it stands after it */
	bool is_refused;	/* some failed as the terminal said no */
	bool is_ignored;	/* it said yes, and closed nobody */
};

/*
 * What is to be done about each of `count` users; of `items` the marks are
 * given.  Pure.
 */
void enforce_plan(const struct entry_list *list,
                  const struct enforce_when *when,
                  const struct zk_user *users, struct enforce_item *items,
                  size_t count);

/*
 * Does it: reads, writes a few, reads again, until nothing is left to do or
 * three closings in a row did not take; every opening is tried.  The journal
 * is written before the terminal, so that a run cut short is ended by the next
 * one.  ZK_OK also when some failed, as `out` says; else what the terminal
 * answered, ZK_REFUSED also for a journal that cannot be written.
 */
enum zk_result enforce_run(const struct enforce_door *door,
                           const struct entry_list *list,
                           const struct enforce_when *when,
                           struct enforce_result *out);

#endif
