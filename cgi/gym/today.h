/* today.h: how the day goes: who is in the gym now, and what is usual */
#ifndef TODAY_H
#define TODAY_H

#include "gym/feed.h"

#define TODAY_WEEKS 4	/* as many days of the same weekday are looked at */

/* A branch beside others. */
struct today_branch {
	int64_t id;
	const char *name, *zone;
	int64_t allowed, denied;	/* today */
	int64_t inside;
};

/*
 * How many were allowed in by this minute on the same weekday of the last
 * weeks, in the mean of those days on which the gym was running: somebody had
 * come in the week up to one of them, or before.
 */
struct today_usual {
	int64_t minute_local;	/* for which it holds */
	int64_t day_count;	/* how many days it is the mean of */
	int64_t mean;
};

struct today {
	int64_t inside_minutes;	/* after a touch one counts as inside; 0: it
				   is not asked for */
	int64_t inside;		/* different members */
	struct today_usual usual;
	struct today_branch *branches;	/* where several are looked at */
	size_t branch_count;	/* 0, or 2 and more */
};

/*
 * Reads it for a scope whose wall clock shows `now_local` at `now_at`, and whose
 * day is counted in `counts`.  `kept` is what was usual the last time, zero at
 * first, which is read anew once a minute; NULL: whoever asks keeps nothing, and
 * the database does for them.  DB_NONE: there is no such company.
 *
 * Who is inside goes by the time of the punch, late or not; a terminal's clock
 * may be ahead a little.  Somebody who went to two branches is counted in
 * each, and once in the sum, unless the branches are of several time zones: then
 * each goes by its own clock.
 */
enum db_result today_read(struct db *db, struct arena *a,
                          const struct feed_scope *scope, int64_t now_at,
                          int64_t now_local, const struct feed_counts *counts,
                          struct today_usual *kept, struct today *out);

#endif
