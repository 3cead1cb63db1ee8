/* subscription.h: what a member has paid for, and how many still have */
#ifndef SUBSCRIPTION_H
#define SUBSCRIPTION_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/admit.h"

/*
 * Reads the two texts that the statements make of a member's rows (see
 * intake_context in queries.sql): subscriptions as pairs of days, rests as
 * F or I and a pair, in any order, without blanks between; NULL for none.
 * False, and logged, when one is malformed.
 */
bool subscription_facts(struct arena *a, const char *subscriptions,
                        const char *freezes, struct admit_facts *out);

/* The same of one member, anywhere in the company, read from its rows. */
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
