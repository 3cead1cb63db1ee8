/* subscription.h: what a member has paid for, and how many still have */
#ifndef SUBSCRIPTION_H
#define SUBSCRIPTION_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/admit.h"

/*
 * What the statements tell of a member, each NULL for none, in any order and
 * without blanks between:
 *
 * subscriptions	pairs of days, a semicolon between them; behind a pair
 *			that has terms ",ID,VISITS,HOURS,DUE,USED": of the pack,
 *			as plan_hours has them, in minor units, days on which
 *			a visit was used; all but the id may be empty
 * freezes		F or I and a pair of days, 9999-12-31: until further notice
 * let_in		a day
 * touches		moments, only where a gym limits the visits of a day
 */
struct subscription_texts {
	const char *subscriptions, *freezes, *let_in, *touches;
};

/* Sets the targets of four columns, in this order. */
void subscription_out_texts(struct db_stmt *st, struct arena *a,
                            struct subscription_texts *texts);
/* Reads them; false, and logged, when one is malformed. */
bool subscription_facts(struct arena *a,
                        const struct subscription_texts *texts,
                        struct admit_facts *out);

/*
 * What one member has paid for anywhere in the company, and its rests: enough
 * for admit_standing and all that goes by days.
 */
enum db_result subscription_facts_of(struct db *db, struct arena *a,
                                     const char *company, int64_t member_id,
                                     struct admit_facts *out);

/* How the members of a company stand on a day, by the rule itself. */
struct subscription_counts {
	int64_t active;		/* may enter */
	int64_t expiring;	/* of these, unbroken coverage ends within
				   expiring_days */
	int64_t expired;	/* had a subscription, have none now */
	int64_t expiring_days;	/* as the company wants it */
};

/*
 * Counts the members of `branch_id` by what they may there (0: all members,
 * by what they may anywhere).  Taken from what was kept for this day
 * while the company's revision stands, else computed anew and kept.
 */
enum db_result subscription_count(struct db *db, const char *company,
                                  int64_t branch_id, int32_t day,
                                  struct subscription_counts *out);

#endif
