/* freeze.h: days on which a membership rests */
#ifndef FREEZE_H
#define FREEZE_H

#include "gym/audit.h"

#define FREEZE_NOTE_MAX 200	/* characters */
#define FREEZE_LIST_MAX 100	/* the newest of one member */

struct freeze_row {
	int64_t id;
	bool is_inactive;	/* closes the door, but moves no coverage */
	int32_t from_day;
	int32_t to_day;		/* included; CLOCK_NO_DAY: until further notice */
	const char *note;
};

struct freeze_list {
	struct freeze_row *rows;
	size_t count;
};

/* Of one member, the last to begin first. */
enum db_result freeze_list(struct db *db, struct arena *a, const char *company,
                           int64_t member_id, struct freeze_list *out);
/* One of a member; DB_NONE: there is none. */
enum db_result freeze_find(struct db *db, struct arena *a, const char *company,
                           int64_t member_id, int64_t id,
                           struct freeze_row *out);

/*
 * Adds `row`.  Posted twice with the same `nonce` (may be NULL) it is one, and
 * DB_OK.  DB_NONE: the member is no more; DB_DUPLICATE: it overlaps another of
 * the same kind, and was not added.
 */
enum db_result freeze_add(struct db *db, const struct actor *actor,
                          int64_t member_id, const struct freeze_row *row,
                          const char *nonce);

/*
 * Ends one on the day before `back_day`, the first on which the member may
 * come again.  Where that is before it begins, nothing is left of it: the row
 * goes, and the audit says so.  DB_NONE: there is none that lasts so long.
 */
enum db_result freeze_end(struct db *db, struct arena *a,
                          const struct actor *actor, int64_t member_id,
                          int64_t id, int32_t back_day);

/* What was written at a member's freezes goes, in the caller's transaction. */
enum db_result freeze_forget_notes(struct db *db, const char *company,
                                   int64_t member_id);

#endif
