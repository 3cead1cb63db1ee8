/* admit.h: the rule: may this member enter at this moment, and why not */
#ifndef ADMIT_H
#define ADMIT_H

#include <stddef.h>
#include <stdint.h>

/* A paid stretch of days, both included. */
struct subscription {
	int32_t start_day, end_day;
};

/* Days of rest, both included; `to_day` CLOCK_NO_DAY: until further notice. */
struct freeze {
	int32_t from_day, to_day;
	_Bool is_inactive;	/* closes the door, but moves no coverage */
};

/* What is known of one member, each list ordered by its first day. */
struct admit_facts {
	const struct subscription *subscriptions;
	size_t subscription_count;
	const struct freeze *freezes;
	size_t freeze_count;
};

/* Where several hold, the one further down is shown. */
enum admit_verdict {
	ADMIT_ALLOWED,
	ADMIT_NONE,		/* no subscription at all */
	ADMIT_EXPIRED,
	ADMIT_NOT_STARTED,	/* none now, but one is to come */
	ADMIT_FROZEN,
	ADMIT_INACTIVE,
	ADMIT__COUNT
};

/*
 * Judges a moment of the branch's wall clock (seconds, see clock.h).  Pure: no
 * clock, no database.  The first and the last day are included whole.  A
 * frozen day is not used up: the subscription ends as many days later, and
 * one that waits behind it moves on as far as it must.
 */
enum admit_verdict admit(const struct admit_facts *facts, int64_t punch_local);

/*
 * The last day of the unbroken coverage that holds on `day`: subscriptions
 * that follow each other without a gap count as one.  CLOCK_NO_DAY when
 * `day` itself is not covered.
 */
int32_t admit_covered_until(const struct admit_facts *facts, int32_t day);

/*
 * The last day of all that was paid for, as seen on `day`, with gaps or
 * without; CLOCK_NO_DAY when nothing was.
 */
int32_t admit_end(const struct admit_facts *facts, int32_t day);

/*
 * What each subscription covers once freezes have moved it, as seen on `day`:
 * fills `out`, which has room for all of them, in their order.
 */
void admit_spans(const struct admit_facts *facts, int32_t day,
                 struct subscription *out);

/* What is stored and shown as att_reason; NULL for ADMIT_ALLOWED. */
const char *admit_reason(enum admit_verdict verdict);

#endif
