/* member_photo.h: the photo that is kept of a member */
#ifndef MEMBER_PHOTO_H
#define MEMBER_PHOTO_H

#include "gym/audit.h"
#include "gym/photo.h"

/*
 * One a member, and only of who has agreed to it: the newest consent of the
 * kind PHOTO is one that was given.
 */
struct member_photo_state {
	bool has_photo, has_consent;
};

/* DB_NONE: no such member, or one that was erased. */
enum db_result member_photo_state(struct db *db, const char *company,
                                  int64_t member_id,
                                  struct member_photo_state *out);

/*
 * Keeps a photo in place of the one before.  `agrees`: the member does so now,
 * which is kept as a consent unless there is one.  DB_NONE, and nothing kept:
 * the member is no more, or has not agreed.
 */
enum db_result member_photo_set(struct db *db, const struct actor *actor,
                                int64_t member_id, const struct photo *photo,
                                bool agrees);

/* DB_NONE: there was none. */
enum db_result member_photo_remove(struct db *db, const struct actor *actor,
                                   int64_t member_id);
/*
 * The same within a transaction of the caller's, as when a member is erased or
 * takes the consent back; DB_OK too when there was none.
 */
enum db_result member_photo_drop(struct db *db, const struct actor *actor,
                                 int64_t member_id);

/*
 * The photo of a member in `branch_id` (0: any), large or small; in the arena.
 * DB_NONE: there is none.
 */
enum db_result member_photo_load(struct db *db, struct arena *a,
                                 const char *company, int64_t branch_id,
                                 int64_t member_id, bool is_large,
                                 struct photo_file *out);

#endif
