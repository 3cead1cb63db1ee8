/* session.h: browsers that are signed in */
#ifndef SESSION_H
#define SESSION_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/secret.h"

#define SESSION_COOKIE "gymgate-session"
#define SESSION_LIFE_S (30 * 24 * 3600)	/* whatever happens */
#define SESSION_IDLE_S (7 * 24 * 3600)	/* without a request */

/* Who it is and what they may, as it stands now. */
struct session {
	int64_t user_id;
	const char *user_name, *company, *company_name;
	const char *currency, *phone_code;	/* of the company */
	bool is_owner;
	int64_t branch_id;	/* 0: all branches */
	int64_t seen_at, expires_at;
};

/*
 * Starts one; `secret` is what the cookie will hold.  The next sign-in begins
 * at this company, too (role_first).
 */
enum db_result session_add(struct db *db, int64_t user_id, const char *company,
                           int64_t now_at, char secret[SECRET_HASH_SIZE]);
/*
 * By the hash of the cookie's secret.  DB_NONE: unknown, too old, or the
 * person has no role there any more.  `touch`: it counts as used.
 */
enum db_result session_find(struct db *db, struct arena *a, const char *hash,
                            int64_t now_at, bool touch, struct session *out);
enum db_result session_end(struct db *db, const char *hash);
/* All of a person: signed out everywhere. */
enum db_result session_end_all(struct db *db, int64_t user_id);
/*
 * It sees another company from now on, and the next sign-in begins there.
 * DB_NONE: the person has no role there, or it is closed, or the session sees
 * it already.
 */
enum db_result session_switch(struct db *db, const char *hash,
                              const char *company);

#endif
