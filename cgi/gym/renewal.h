/* renewal.h: a subscription is sold, and paid for, in one go */
#ifndef RENEWAL_H
#define RENEWAL_H

#include "gym/admit.h"
#include "gym/payment.h"
#include "gym/plan.h"
#include "gym/subscription_list.h"

/*
 * The day on which the next one begins: the one after the last that was
 * bought, while the coverage holds or is to come on `today`; else `today`.
 * Freezes move it on with the rest: see admit.h.  A pack that is used up
 * holds no day any more.  Pure; `facts` are of the same member, of which the
 * freezes count, `list` may hold void ones.
 */
int32_t renewal_start(struct arena *a, const struct subscription_list *list,
                      const struct admit_facts *facts, int32_t today);
/* Its last day. */
int32_t renewal_end(int32_t start_day, int64_t days);

enum renewal_fault {
	RENEWAL_FINE,
	RENEWAL_NO_MEMBER,	/* or erased, or of another branch */
	RENEWAL_NO_PLAN,	/* or closed, or of another branch */
	RENEWAL_OVERLAPS,	/* another holds on some of these days */
	RENEWAL_DEARER,		/* than the plan: there is a discount only */
	RENEWAL_PAID_TOO_MUCH,
};

/* What is sold to whom, and what came of it. */
struct renewal {
	struct payment_call paid;	/* actor, branch, member; `amount` 0:
					   nothing yet; `id`, `subscription_id`
					   are set */
	int64_t plan_id;
	int32_t start_day;
	int64_t amount;			/* agreed price, minor units */
	const char *nonce;
	enum renewal_fault fault;	/* set */
};

/*
 * Subscription, payment, receipt, and the new revision of who may enter.
 * DB_OK: also where the same form had been posted before; DB_NONE: `fault`
 * says why not, and nothing is changed.
 */
enum db_result renewal_sell(struct db *db, struct arena *a,
                            struct renewal *renewal);
/* The same within a transaction, of which the member is locked or new. */
enum db_result renewal_store(struct db *db, struct arena *a,
                             struct renewal *renewal);

/*
 * Takes back a sale by which nothing is paid any more: the row becomes void.
 * DB_NONE: there is none such.
 */
enum db_result renewal_void(struct db *db, const struct actor *actor,
                            int64_t member_id, int64_t subscription_id);

#endif
