/* intake.h: a punch on its way into the database: mapping, duplicate, rule */
#ifndef INTAKE_H
#define INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "db/db.h"

#define INTAKE_USER_ID_MAX 24
#define INTAKE_SN_MAX 32
#define INTAKE_RAW_MAX 64
#define INTAKE_BATCH_MAX 1000

/* What became of a punch; the API has an answer for each. */
enum intake_answer {
	INTAKE_ALLOWED,
	INTAKE_DENIED,
	INTAKE_REPEAT,		/* same member, same minute */
	INTAKE_UNMAPPED,	/* kept in the inbox */
	INTAKE_BEFORE_START,	/* of the terminal; not stored */
	INTAKE_CLOCK,		/* kept in the inbox */
	INTAKE_NO_TOKEN,	/* nobody's token */
	INTAKE_OTHER_TERMINAL,	/* not of this company, or not of this token */
	INTAKE_UNAVAILABLE,	/* the database is away; nothing half-done */
	INTAKE__COUNT
};

/* A punch as it came, its fields checked already. */
struct punch {
	const char *device_sn;
	const char *user_id;
	const char *raw;	/* timestamp as it came; "" when it did not */
	bool is_readable;	/* and `local` holds its digits */
	bool has_offset;	/* ... which are of this offset, not the wall */
	int offset_s;
	int64_t local;
	bool has_clock_offset;
	int64_t clock_offset_s;	/* by which the terminal was ahead */
	bool is_bridge_time;	/* the bridge's, whose clock is right */
	const char *terminal_raw;	/* then: the terminal's text, or NULL */
};

/* Takes the text of a timestamp into `p`. */
void intake_read_time(struct punch *p, const char *raw);

/*
 * Takes in one punch for the token of this hash: one read, one insert.  When
 * it returns, what the answer says is committed.  `stored` is set to true
 * when a row was added, which the live hub wants to know.
 */
enum intake_answer intake_one(struct db *db, struct arena *a,
                              const char *token_hash, const struct punch *p,
                              int64_t now_at, bool *stored);

/*
 * Takes in a list for a company, whose token may be limited to `token_sn`
 * (else NULL): one read and one transaction for all; one by one only when a
 * race breaks that.  Answers in order; INTAKE_UNAVAILABLE for one that cannot
 * be judged now.  False when the database is away: then some may be stored,
 * and the same list again is harmless.
 */
bool intake_many(struct db *db, struct arena *a, const char *company,
                 const char *token_sn, const char *token_hash,
                 const struct punch *list, size_t count, int64_t now_at,
                 enum intake_answer *answers, bool *stored);

#endif
