/* admit.h: the rule: may this member enter at this moment, and why not */
#ifndef ADMIT_H
#define ADMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gym/plan_hours.h"

/* ---- what is known ------------------------------------------------------- */

/* A paid stretch of days, both included, and what it was sold with. */
struct subscription {
	int32_t start_day, end_day;
	int64_t id;		/* 0: not told, as of those without terms */
	int64_t due;		/* not yet paid of it; minor units */
	struct plan_hours hours;
	bool is_pack;		/* of `visits` visits, one a day at most */
	int64_t visits;
	const int32_t *used_days;	/* on which one was used, each once */
	size_t used_count;
};

/* Days of rest, both included; `to_day` CLOCK_NO_DAY: until further notice. */
struct freeze {
	int32_t from_day, to_day;
	bool is_inactive;	/* closes the door, but moves no coverage */
};

/* What is known of one member. */
struct admit_facts {
	const struct subscription *subscriptions;	/* by first day */
	size_t subscription_count;
	const struct freeze *freezes;			/* likewise */
	size_t freeze_count;
	const int64_t *touches;	/* that were allowed, at no exit, of the days
				   in question; wall clock, ascending */
	size_t touch_count;
	int32_t let_in_day;	/* staff let the member in then; see
				   ADMIT_NOTHING */
};

/* Nothing is known: begin with this. */
#define ADMIT_NOTHING ((struct admit_facts){ .let_in_day = INT32_MIN })

/* ---- what is found ------------------------------------------------------- */

enum admit_verdict {
	ADMIT_ALLOWED,
	/* how a member stands on a day; of these one holds */
	ADMIT_NONE,		/* no subscription at all */
	ADMIT_EXPIRED,
	ADMIT_NOT_STARTED,	/* none now, but one is to come */
	ADMIT_FROZEN,
	ADMIT_INACTIVE,
	ADMIT_STANDINGS,
	/* what else may speak against a moment */
	ADMIT_OVERDUE = ADMIT_STANDINGS,	/* a payment is */
	ADMIT_VISITS,		/* of the pack are used up */
	ADMIT_HOURS,		/* outside those of the plan */
	ADMIT_DAY_LIMIT,	/* came often enough on this day */
	ADMIT_REASONS,
	/* what is only ever a warning */
	ADMIT_GRACE = ADMIT_REASONS,	/* expired, in its days of grace */
	ADMIT_LET_IN,		/* would be refused, but staff have let in */
	ADMIT__COUNT
};

/* What a gym wants done with a reason. */
enum admit_mode {
	ADMIT_REFUSE,
	ADMIT_WARN,		/* allowed, and said */
	ADMIT_IGNORE,
};

/* What a gym has chosen: see access_rules.h. */
struct admit_rules {
	enum admit_mode modes[ADMIT_REASONS];	/* of ADMIT_ALLOWED: unused */
	int32_t grace_days;		/* after the end */
	int64_t overdue_amount;		/* dues of less are let be */
	int32_t overdue_days;		/* after the first day of what is due */
	int64_t day_visits;		/* at most so many a day; 0: any number */
	int64_t visit_minutes;		/* touches so close to a visit's first
					   are of that visit */
};

/* Where and when. */
struct admit_moment {
	int64_t local;		/* of the branch's wall clock, see clock.h */
	bool is_exit;		/* on the way out: hours and visits are no
				   matter, and none is used */
};

struct admit_decision {
	enum admit_verdict refusal;	/* ADMIT_ALLOWED: may enter */
	enum admit_verdict warning;	/* ADMIT_ALLOWED: none */
	int64_t visit_of;	/* the pack of which a visit is used by it; 0:
				   none, or of this day one is used already */
	bool moves_standing;	/* ... by which admit_standing and the days
				   of coverage may change */
	bool is_counted;	/* others of this member may change it: judge
				   one after the other */
};

/* ---- the rule ------------------------------------------------------------ */

/*
 * Judges a moment.  Pure: no clock, no database.  The first and the last day
 * are included whole.  A frozen day is not used up: the subscription ends as
 * many days later, and one that waits behind it moves on as far as it must.
 * Nobody waits for the end of a pack that is used up: the one behind may be
 * entered from its own first day, and of its days none counts before those are
 * over on which the pack was used.
 * Of several subscriptions the best counts; of several reasons that are to
 * refuse, or else to warn, one is shown: inactive, frozen, none, expired, not
 * started, visits, overdue, hours, day limit, in this order.
 */
struct admit_decision admit(const struct admit_facts *facts,
                            const struct admit_rules *rules,
                            struct admit_moment moment);

/*
 * How a member stands on a day, whatever the gym does about it: ADMIT_ALLOWED
 * is covered.  For badges, lists and counts.
 */
enum admit_verdict admit_standing(const struct admit_facts *facts,
                                  int32_t day);

/* A stretch of the wall clock in which a member may enter: [from, to). */
struct admit_window {
	int64_t from, to;
};

/*
 * Those within [from, to), ascending and apart, by admit() at an entry, seen
 * from `from`: what is used later is not known yet.  At most `most`; what does
 * not fit is added to the last one, so that nobody is refused for it.  Returns
 * their number.
 */
size_t admit_windows(const struct admit_facts *facts,
                     const struct admit_rules *rules, int64_t from, int64_t to,
                     struct admit_window *out, size_t most);

/*
 * Visits that are left on `day` of the packs that cover it; ADMIT_NO_NUMBER
 * where none does, or something without number does as well.
 */
#define ADMIT_NO_NUMBER (-1)
int64_t admit_visits_left(const struct admit_facts *facts, int32_t day);

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

/* A stretch of days, both included. */
struct admit_span {
	int32_t start_day, end_day;
};

/*
 * What each subscription covers once freezes have moved it, as seen on `day`:
 * fills `out`, which has room for all of them, in their order.
 */
void admit_spans(const struct admit_facts *facts, int32_t day,
                 struct admit_span *out);

/* What is stored and shown as att_reason or att_warning; NULL: allowed. */
const char *admit_reason(enum admit_verdict verdict);

#endif
