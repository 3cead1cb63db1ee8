/* facts.h: members of the tests in short: what they paid for, when they rest */
#ifndef FACTS_H
#define FACTS_H

#include "base/clock.h"
#include "gym/admit.h"

#define PAID(first, last) { .start_day = (first), .end_day = (last) }
#define FACTS(subs, n, rests, m) { .subscriptions = (subs), \
	.subscription_count = (n), .freezes = (rests), .freeze_count = (m), \
	.let_in_day = CLOCK_NO_DAY }

#endif
