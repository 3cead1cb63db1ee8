/* device_replace.h: the numbers of a terminal go to another one */
#ifndef DEVICE_REPLACE_H
#define DEVICE_REPLACE_H

#include "base/arena.h"
#include "gym/audit.h"

/*
 * Another terminal takes the place of `sn`: its name, branch and open mappings,
 * and the tokens that are limited to it; its punches, and its mappings, count
 * from the beginning of today.  The old one is closed, its mappings end now and
 * stay as history.  What numbers the new one had with the company before ends,
 * too.
 *
 * DB_OK, too, where the same form has done it already; DB_NONE: `sn` is not
 * the company's any more; DB_DUPLICATE: it has the new one already.
 */
enum db_result device_replace(struct db *db, struct arena *a,
                              const struct actor *actor, const char *sn,
                              const char *new_sn, const char *nonce);

/*
 * Maps the numbers that are somebody's at `from` to the same members at `to`,
 * where they are free, as far back as nobody held them there.  Sets `copied`.
 * DB_NONE: one of the two is not the company's any more.  After it call
 * inbox_sweep.
 */
enum db_result device_copy(struct db *db, struct arena *a,
                           const struct actor *actor, const char *from,
                           const char *to, int64_t *copied);

/* A number that is somebody else's at the other terminal. */
struct device_held {
	const char *user_id;
	const char *member_from, *member_to;
};

#define DEVICE_HELD_MAX 100

/* Which numbers of `from` device_copy leaves out; the first of them. */
enum db_result device_list_held(struct db *db, struct arena *a,
                                const char *company, const char *from,
                                const char *to, struct device_held **out,
                                size_t *count);

#endif
