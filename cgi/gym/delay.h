/* delay.h: whoever guesses secrets waits longer from try to try */
#ifndef DELAY_H
#define DELAY_H

#include "db/db.h"

#define DELAY_FORGET_MS (24 * 3600 * 1000)	/* then it begins anew */
#define DELAY_REMEMBER_S (30 * 24 * 3600)	/* what was right */

/* What is counted apart: tries at an account, and from an address. */
enum delay_kind {
	DELAY_ACCOUNT,		/* an e-mail in lower case */
	DELAY_KNOWN,		/* the same, from where it got in lately */
	DELAY_NETWORK,		/* sign-in, from an address (network_of) */
	DELAY_PAIRING,		/* codes of displays, from such an address */
	DELAY__COUNT
};

/*
 * May `what` be tried now?  Counts the try as a failure at once, so that many
 * at the same time do not slip through; a success takes it back with
 * delay_clear or delay_take_back.  DB_OK: try; DB_NONE: not before `wait_s`
 * seconds.
 */
enum db_result delay_try(struct db *db, enum delay_kind kind,
                         const char *what, int64_t now_at, int64_t *wait_s);
/*
 * None of the tries counts any more; how many there were (0 where that cannot
 * be told).
 */
int64_t delay_clear(struct db *db, enum delay_kind kind, const char *what);
/* So many of the tries count no more, and nobody waits for them. */
void delay_take_back(struct db *db, enum delay_kind kind, const char *what,
                     int64_t count, int64_t now_at);

/*
 * Keeps for 30 days that `what` was right; and was it, lately?  DB_OK, DB_NONE,
 * or DB_FAIL.
 */
void delay_remember(struct db *db, const char *what, int64_t now_at);
enum db_result delay_remembers(struct db *db, const char *what,
                               int64_t now_at);

#endif
