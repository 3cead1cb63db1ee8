/* plan.h: what a gym sells: so many days, or visits, for a price */
#ifndef PLAN_H
#define PLAN_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/audit.h"

#define PLAN_NAME_MAX 120	/* characters */
#define PLAN_DAYS_MAX 3660
#define PLAN_VISITS_MAX 1000
#define PLAN_LIST_MAX 200

struct plan {
	int64_t id;
	int64_t branch_id;	/* it is sold and holds there only; 0: at all */
	const char *branch;	/* its name; NULL: all */
	const char *name;
	int64_t days;
	int64_t visits;		/* on so many of them; 0: on all */
	const char *hours;	/* see plan_hours.h; NULL: always */
	int64_t price;		/* minor units */
	int64_t version;	/* of all but whether it is sold */
	bool is_closed;		/* is not sold any more */
};

struct plan_list {
	struct plan *rows;
	size_t count;		/* at most PLAN_LIST_MAX */
};

/*
 * The plans of a company that are sold in `branch_id` (0: anywhere), by days
 * and name; closed ones, last, only when asked for.
 */
enum db_result plan_list(struct db *db, struct arena *a, const char *company,
                         int64_t branch_id, bool with_closed,
                         struct plan_list *out);
/* The same, those behind `after` (NULL: from the first on). */
enum db_result plan_list_after(struct db *db, struct arena *a,
                               const char *company, int64_t branch_id,
                               bool with_closed, const struct plan *after,
                               struct plan_list *out);
/* One of them, closed or not. */
enum db_result plan_find(struct db *db, struct arena *a, const char *company,
                         int64_t branch_id, int64_t id, struct plan *out);

/*
 * Each is a transaction, with its audit row.  A form posted twice (`nonce`)
 * is one plan.  What was sold stays as it was sold.
 */
enum db_result plan_add(struct db *db, const struct actor *actor,
                        const struct plan *plan, const char *nonce);
/*
 * `plan` is to be what `was` is now, and carries the version that somebody has
 * seen.  DB_NONE: it has another one, and nothing was changed.
 */
enum db_result plan_edit(struct db *db, const struct actor *actor,
                         const struct plan *plan, const struct plan *was);
enum db_result plan_close(struct db *db, const struct actor *actor, int64_t id,
                          bool is_closed);

#endif
