/* override.h: somebody at the desk lets a member in for a day */
#ifndef OVERRIDE_H
#define OVERRIDE_H

#include "base/arena.h"
#include "gym/audit.h"

#define OVERRIDE_NOTE_MAX 200	/* characters */

struct override {
	const char *note;	/* why; "" once the member was erased */
	const char *user;	/* who; NULL: nobody knows */
	int64_t at;
};

/* The one of a day; DB_NONE: there is none. */
enum db_result override_find(struct db *db, struct arena *a,
                             const char *company, int64_t member_id,
                             int32_t day, struct override *out);

/*
 * Lets a member in on `day`, whatever the rule says: a transaction, with its
 * audit row.  One who is let in on it already stays so, by the first reason:
 * DB_OK.  DB_NONE: the member is no more.
 */
enum db_result override_add(struct db *db, const struct actor *actor,
                            int64_t member_id, int32_t day, const char *note,
                            const char *nonce);

/* What was written at a member's goes, in the caller's transaction. */
enum db_result override_forget_notes(struct db *db, const char *company,
                                     int64_t member_id);

#endif
