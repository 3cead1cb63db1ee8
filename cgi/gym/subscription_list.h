/* subscription_list.h: what a member has bought, to be shown */
#ifndef SUBSCRIPTION_LIST_H
#define SUBSCRIPTION_LIST_H

#include "base/arena.h"
#include "db/db.h"

#define SUBSCRIPTION_LIST_MAX 100	/* the newest: years of monthly ones */

struct subscription_row {
	int64_t id;
	int64_t plan_id;		/* 0: of no plan */
	const char *plan;		/* its name, or NULL */
	int64_t branch_id;		/* 0: holds at all branches */
	int32_t start_day, end_day;	/* as bought: freezes not counted */
	int64_t visits, used;		/* of a pack; 0: of none */
	const char *hours;		/* see plan_hours.h; NULL: always */
	int64_t amount, paid;		/* minor units */
	int64_t due;			/* what is still to pay; 0 of a void one */
	bool is_void;
};

struct subscription_list {
	struct subscription_row *rows;
	size_t count;			/* at most SUBSCRIPTION_LIST_MAX */
};

/* Is it a pack, and no visit of it left? */
bool subscription_is_used_up(const struct subscription_row *row);

/*
 * Of one member, void ones too, the last to start first.  An unknown member
 * has none.  DB_OK or DB_FAIL.
 */
enum db_result subscription_list(struct db *db, struct arena *a,
                                 const char *company, int64_t member_id,
                                 struct subscription_list *out);

#endif
