/* report.h: what months and hours have brought a gym */
#ifndef REPORT_H
#define REPORT_H

#include "base/arena.h"
#include "base/month.h"
#include "db/db.h"
#include "gym/admit.h"

#define REPORT_MONTHS 12
#define REPORT_HOURS 24
#define REPORT_METHODS 4
/* days after an end within which what begins next is a renewal */
#define REPORT_RENEWAL_DAYS 30

/* Of whom; `branch_id` 0: of all branches. */
struct report_scope {
	const char *company;
	int64_t branch_id;
};

/* ---- visits -------------------------------------------------------------- */

/*
 * Visits of `count` days from `first_day` on, by the hour, from the summary
 * (see hours.h).
 */
enum db_result report_visits(struct db *db, const struct report_scope *scope,
                             int32_t first_day, size_t count,
                             int64_t (*out)[REPORT_HOURS]);

/* ---- members ------------------------------------------------------------- */

/* A month, and members in it, each counted once in each of the four. */
struct report_month {
	struct month month;
	int64_t begun;		/* whose first subscription began */
	int64_t renewed;	/* another began, at most REPORT_RENEWAL_DAYS
				   after the coverage before it ended */
	int64_t returned;	/* ... or later than that */
	int64_t lost;		/* all that was paid for ended, and nothing
				   was bought behind it */
};

/* The months up to the one of `today`, the oldest first, all at 0. */
void report_months(int32_t today, struct report_month out[REPORT_MONTHS]);
/*
 * Adds one member: `spans` are its subscriptions as freezes have moved them
 * (admit_spans), in their order.  What lies behind `today` has not happened
 * yet, but who has bought it is not lost.
 */
void report_count(const struct admit_span *spans, size_t count,
                  int32_t today, struct report_month months[REPORT_MONTHS]);

/* Members who may enter today, by the plan that lets them. */
struct report_plan {
	int64_t plan_id;	/* 0: none */
	const char *name;	/* NULL: of none */
	int64_t members;
};

struct report_members {
	struct report_month months[REPORT_MONTHS];
	struct report_plan *plans;	/* those that have any; most first */
	size_t plan_count;
	int64_t active;			/* all of them */
	bool is_empty;			/* nobody ever had a subscription */
};

/*
 * Of the members who belong to the scope, by what they may there, as seen on
 * `today`.  Reads every subscription once, whatever the number of members.
 */
enum db_result report_members(struct db *db, struct arena *a,
                              const struct report_scope *scope, int32_t today,
                              struct report_members *out);

/* ---- money --------------------------------------------------------------- */

/* In the order of these words: what was paid, and (below 0) taken back. */
extern const char *const report_methods[REPORT_METHODS];

struct report_collection {
	struct month month;
	int64_t paid[REPORT_METHODS], taken_back[REPORT_METHODS];
	int64_t total;		/* of all, what was taken back counted off */
};

/* Of the months up to the one of `today`, the oldest first. */
enum db_result report_collection(struct db *db,
                                 const struct report_scope *scope,
                                 int32_t today,
                                 struct report_collection
                                 out[REPORT_MONTHS]);

#endif
