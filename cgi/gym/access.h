/* access.h: who may enter at a terminal, and when, over the next days */
#ifndef ACCESS_H
#define ACCESS_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/admit.h"

#define ACCESS_DAYS 14		/* how far ahead is told */
#define ACCESS_WINDOWS_MAX 128	/* of one user; beyond, the last grows */
#define ACCESS_TAG_SIZE 64

/* ---- the list that a bridge keeps its terminal by ------------------------ */

/* A terminal's door, and as of when its list is. */
struct access_door {
	char tag[ACCESS_TAG_SIZE];	/* another one: the list is, too */
	int64_t branch_id;
	const char *zone;		/* of the branch */
	bool is_exit;			/* nobody is ever kept from leaving */
	int64_t enforced_at;		/* CLOCK_NO_TIME: off; as at exits */
	const char *lever;		/* DISABLE, GROUP or ZONE */
	int64_t lever_value;
	int64_t block_after;		/* refused visits; 0: at once */
	int64_t now_local, until_local;	/* of the branch's wall clock */
	struct admit_rules rules;
};

/* What a closing, the one that holds or else the next, would be. */
enum access_kind {
	ACCESS_ENDED,		/* no window comes after it */
	ACCESS_HOURS,		/* one does */
};

/* Somebody who holds a number at the terminal now. */
struct access_user {
	const char *user_id;	/* at the terminal */
	int64_t member_id;
	const char *name;	/* of the member */
	struct admit_window windows[ACCESS_WINDOWS_MAX];
	size_t window_count;
	bool is_open;		/* a window holds now */
	enum access_kind kind;
	int64_t visits_left;	/* or ADMIT_NO_NUMBER */
	bool is_spared;		/* was not refused often enough yet */
	bool is_approved;	/* the owner agreed to the closing of `kind` */
	bool is_blocked;	/* its bridge holds it closed */
	/* as the bridge told of the terminal's users last */
	bool is_known;		/* the terminal has this user */
	bool is_admin;		/* of the terminal: never touched */
	bool is_enabled;	/* else: shut there, by whomever */
};

/*
 * A terminal's door as of an instant: one read by keys, enough to see whether
 * a list is still current.  DB_NONE: not a terminal of the company.
 */
enum db_result access_door(struct db *db, struct arena *a,
                           const char *company, const char *sn,
                           int64_t now_at, struct access_door *out);

/* What is done with each; the user and its texts are gone when it returns. */
typedef void access_fn(void *arg, const struct access_user *user);

/*
 * Calls `each` for everybody who holds a number at the terminal, in the order
 * of the numbers, judged by admit_windows() from the door's now until its
 * until.  The door must be read before: what changes between the two shows in
 * the list, and in the next door's tag.  DB_OK or DB_FAIL.
 */
enum db_result access_each(struct db *db, const char *company,
                           const char *sn, const struct access_door *door,
                           access_fn *each, void *arg);

/* ---- what a bridge would do with it -------------------------------------- */

#define ACCESS_DRY_RUN_MAX 200	/* rows of each kind; all are counted */

/* Somebody whose door would change now. */
struct access_change {
	const char *user_id, *name;
	int64_t member_id;
	enum access_kind kind;	/* of one who would be closed */
	bool is_spared;		/* would be, but for refusals yet to come */
};

struct access_changes {
	struct access_change *rows;
	size_t count;		/* at most ACCESS_DRY_RUN_MAX */
	size_t all;
};

struct access_dry_run {
	struct access_door door;
	size_t users;			/* who hold a number there */
	struct access_changes closed;	/* would be closed now */
	struct access_changes spared;	/* would be, but are spared */
	struct access_changes opened;	/* are closed by the bridge, and would
					   be opened */
};

/*
 * Whom a bridge would close and open at the terminal at this instant, if it
 * were to enforce the list there: users that the terminal has, and who are no
 * administrators of it.  Nothing is changed.  DB_NONE as access_door.
 */
enum db_result access_dry_run(struct db *db, struct arena *a,
                              const char *company, const char *sn,
                              int64_t now_at, struct access_dry_run *out);

#endif
