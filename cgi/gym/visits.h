/* visits.h: when a member came, or was refused */
#ifndef VISITS_H
#define VISITS_H

#include "base/arena.h"
#include "db/db.h"

#define VISITS_PAGE 10

/* A punch, with what its newest correction has made of it. */
struct visit {
	int64_t id, punch_local;
	const char *terminal;	/* its name, or again the serial */
	bool is_by_hand;	/* written in by staff, at no terminal */
	bool is_late;
	const char *was;	/* "ALLOWED", "DENIED": when it came */
	const char *reason;	/* of a refusal; NULL: none */
	const char *warning;	/* of one that came in; NULL: none */
	const char *now;	/* how it counts: the same, or "VOID" */
	const char *note;	/* of the correction; NULL: there is none */
};

struct visit_list {
	struct visit *rows;
	size_t count;		/* at most VISITS_PAGE */
	bool has_more;
};

/*
 * The last ones of a member, the newest first; with `before` only those
 * before that minute (CLOCK_NO_TIME: all there are).
 */
enum db_result visits_list(struct db *db, struct arena *a,
                           const char *company, int64_t member_id,
                           int64_t before_local, struct visit_list *out);

/* How often one came and was refused on a day, corrections counted in. */
struct visit_day {
	int64_t allowed, denied;
};

/* Fills `out` for `count` days from `first_day` on. */
enum db_result visits_days(struct db *db, const char *company,
                           int64_t member_id, int32_t first_day, size_t count,
                           struct visit_day *out);

#endif
