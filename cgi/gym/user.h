/* user.h: people who sign in, and the delay after wrong passwords */
#ifndef USER_H
#define USER_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/audit.h"
#include "gym/secret.h"

#define USER_EMAIL_MAX 254
#define USER_NAME_MAX 120

struct user {
	int64_t id;
	const char *name, *password_hash, *status;
	const char *email;	/* user_find_id only */
};

/* Something with an @ inside, no blanks, at most USER_EMAIL_MAX bytes? */
bool user_email_valid(const char *email);

/* What is wrong with a new password. */
enum user_password {
	USER_PASSWORD_FINE,
	USER_PASSWORD_SHORT,	/* under SECRET_PASSWORD_MIN characters */
	USER_PASSWORD_LONG,	/* over SECRET_PASSWORD_MAX bytes */
	USER_PASSWORD_UNREADABLE,	/* no UTF-8 */
	USER_PASSWORD_GUESSED,	/* among the first that are tried */
	USER_PASSWORD__COUNT
};

/* `email` and `name` of whose it is to be: they are guessed, too; or "". */
enum user_password user_password_judge(const char *password,
                                       const char *email, const char *name);

/* DB_DUPLICATE: the e-mail is known.  `id` is set on DB_OK. */
enum db_result user_add(struct db *db, const char *email, const char *name,
                        const char *password, int64_t now_at, int64_t *id);
enum db_result user_find(struct db *db, struct arena *a, const char *email,
                         struct user *out);
/* The same, but its status is not read. */
enum db_result user_find_id(struct db *db, struct arena *a, int64_t id,
                            struct user *out);
/* Ends all the user's sessions too. */
enum db_result user_set_password(struct db *db, int64_t id,
                                 const char *password, int64_t now_at);

/* Where somebody has a role. */
struct user_places {
	bool is_here, is_elsewhere;	/* the company; another one */
};

enum db_result user_places(struct db *db, int64_t id, const char *company,
                           struct user_places *out);
/*
 * The same, and nobody gives them a role, or another password, until the
 * transaction ends.  DB_NONE: there is no such account.
 */
enum db_result user_lock(struct db *db, int64_t id, const char *company,
                         struct user_places *out);
/*
 * An account that has no role is as new: name and password are others, and
 * whoever had it is signed out everywhere.
 */
enum db_result user_begin_anew(struct db *db, int64_t id, const char *name,
                               const char *password, int64_t now_at);

/* user_set_password as a transaction with its audit row. */
enum db_result user_renew_password(struct db *db, const struct actor *actor,
                                   int64_t id, const char *password);

/*
 * Gives a role in a company; `branch_id` 0: in all its branches.  DB_DUPLICATE:
 * the person has one there, or the form of that nonce (may be NULL) has given
 * one already.
 */
enum db_result role_add(struct db *db, const char *company, int64_t user_id,
                        int64_t branch_id, const char *role,
                        const char *nonce, int64_t now_at);
/*
 * The company that a person sees first: where they were last, else the first by
 * its code.  DB_NONE: has no role anywhere.
 */
enum db_result role_first(struct db *db, struct arena *a, int64_t user_id,
                          const char **company);
enum db_result role_each(struct db *db, struct arena *a, const char *company,
                         void (*each)(const char *email, const char *name,
                                      const char *role, const char *branch));

/*
 * The cookie of a browser in which somebody has signed in.  It gives no rights:
 * with it tries are only counted apart.  It stays when they sign out.
 */
#define USER_BROWSER_COOKIE "gymgate-browser"

/* Whence somebody tries to sign in. */
struct user_from {
	const char *address;
	const char *browser;	/* what its cookie holds; NULL: it has none */
};

/*
 * What the cookie holds from a sign-in on: what it `held` (NULL: nothing), for
 * several people may share a browser, or `fresh`, which is new, where that is
 * no secret.
 */
const char *user_browser(const char *held, char fresh[SECRET_HASH_SIZE]);

/*
 * May this account be tried now, from there?  Counts the try as a failure at
 * once, so that many at the same time do not slip through; a success takes it
 * back with user_signin_done.  At an address (network_of) and with a browser
 * where the account got in within the last 30 days its tries are counted apart,
 * so that whoever guesses elsewhere, day and night, does not lock its owner
 * out; with such a browser the address does not count either.  DB_OK: try;
 * DB_NONE: not before `wait_s` seconds.
 */
enum db_result user_signin_try(struct db *db, const char *email,
                               const struct user_from *from, int64_t now_at,
                               int64_t *wait_s);
void user_signin_done(struct db *db, const char *email,
                      const struct user_from *from, int64_t now_at);

#endif
