/* display.h: screens at the front desk, and what lets them in */
#ifndef DISPLAY_H
#define DISPLAY_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/audit.h"
#include "gym/secret.h"

#define DISPLAY_COOKIE "gymgate-display"
#define DISPLAY_LIFE_S (400 * 24 * 3600)	/* what browsers keep at most */
#define DISPLAY_CODE_LIFE_MS (15 * 60 * 1000)
#define DISPLAY_LABEL_MAX 120	/* characters */
#define DISPLAY_LIST_MAX 200

struct display {
	int64_t id;
	const char *company, *company_name;
	int64_t branch_id;		/* 0: all branches */
	const char *branch_name;	/* NULL: all branches */
	const char *label;
	bool has_short_names, has_sound;
	int64_t version;
	int64_t created_at;
	int64_t paired_at, seen_at, revoked_at;	/* or CLOCK_NO_TIME */
};

struct display_list {
	struct display *rows;
	size_t count;
};

/* What an owner settles of one. */
struct display_typed {
	int64_t id;		/* 0: a new one */
	int64_t branch_id;
	const char *label;
	bool has_short_names, has_sound;
	int64_t version;	/* of the row that the form was made from */
	const char *nonce;	/* of a new one; may be NULL */
};

/*
 * Adds one and puts the code that pairs it, which nobody can read again, into
 * `code`.  DB_DUPLICATE: the form of that nonce has added one already.
 */
enum db_result display_add(struct db *db, const struct actor *actor,
                           const struct display_typed *typed,
                           char code[SECRET_CODE_SIZE]);
/* Another code in place of the one before; DB_NONE: there is no such display. */
enum db_result display_set_code(struct db *db, const struct actor *actor,
                                int64_t id, char code[SECRET_CODE_SIZE]);
/* DB_NONE: somebody else has changed or revoked it meanwhile. */
enum db_result display_change(struct db *db, struct arena *a,
                              const struct actor *actor,
                              const struct display_typed *typed);
/* DB_NONE: the company has no such display in use. */
enum db_result display_revoke(struct db *db, const struct actor *actor,
                              int64_t id);

/*
 * Exchanges a code, as secret_read_code gives it, for what the screen's cookie
 * will hold.  DB_NONE: no display has this code now.
 */
enum db_result display_pair(struct db *db, struct arena *a, const char *code,
                            const char *address, int64_t now_at,
                            char secret[SECRET_HASH_SIZE]);
/*
 * By the hash of the cookie's secret; it counts as seen.  DB_NONE: unknown,
 * revoked, or replaced by another screen.
 */
enum db_result display_find(struct db *db, struct arena *a, const char *hash,
                            int64_t now_at, struct display *out);

/*
 * All of a company, those in use first, then revoked ones, each the newest
 * first; and one of them.
 */
enum db_result display_list(struct db *db, struct arena *a,
                            const char *company, struct display_list *out);
enum db_result display_find_id(struct db *db, struct arena *a,
                               const char *company, int64_t id,
                               struct display *out);

#endif
