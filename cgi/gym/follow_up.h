/* follow_up.h: whom to call: memberships that end, members who stay away */
#ifndef FOLLOW_UP_H
#define FOLLOW_UP_H

#include "base/arena.h"
#include "db/db.h"

#define FOLLOW_UP_SHOWN 10	/* rows of a list */
#define FOLLOW_UP_COUNTED 100	/* beyond, there are just more */

struct follow_up {
	int64_t id;
	const char *name;
	const char *phone;	/* E.164, or NULL */
	int32_t until_day;	/* of who is ending: the last day */
	const char *plan;	/* ... of what; NULL: of no plan */
	int32_t last_day;	/* of who is absent; CLOCK_NO_DAY: never came */
};

struct follow_up_list {
	struct follow_up *rows;
	size_t count;		/* at most FOLLOW_UP_SHOWN */
	int64_t total;		/* at most FOLLOW_UP_COUNTED */
	bool has_more;		/* even than that */
};

/*
 * Both are of active members of a branch (0: all); call member_state_refresh
 * before.  First those whose coverage ends within `days` of `today`, the soonest
 * first; then those who have joined and not come for `days`, the longest first.
 * That keeps what it finds of when members came, so that each time only those
 * are looked at who seem to be absent.
 */
enum db_result follow_up_expiring(struct db *db, struct arena *a,
                                  const char *company, int64_t branch_id,
                                  int32_t today, int64_t days,
                                  struct follow_up_list *out);
enum db_result follow_up_absent(struct db *db, struct arena *a,
                                const char *company, int64_t branch_id,
                                int32_t today, int64_t days,
                                struct follow_up_list *out);

/*
 * Keeps of all active members, of whom it is kept that they have not come
 * after `day`, when they did.
 */
enum db_result follow_up_keep_seen(struct db *db, const char *company,
                                   int32_t day);

#endif
