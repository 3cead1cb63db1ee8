/* admit_inside.h: what the files of the rule share, and nobody else */
#ifndef ADMIT_INSIDE_H
#define ADMIT_INSIDE_H

#include "gym/admit.h"

/* Walks the subscriptions as they lie once freezes have moved them. */
struct admit_walk {
	const struct admit_facts *facts;
	int32_t day;		/* seen from here */
	size_t next;		/* behind the one in hand */
	int32_t paid_end;	/* of those before: as bought, ... */
	int32_t held_end;	/* ... as moved: so long the next one waits */
	int32_t moved_end;	/* ... then its days begin to count: as held,
				   and until the last visit of packs that are
				   used up */
	bool is_pack_end;	/* of a pack: its visits may still change it */
	bool is_by_pack;	/* has the one in hand moved by such an end? */
};

/* The days of the next one, both included; false behind the last. */
bool admit_walk_next(struct admit_walk *w, int32_t *start, int32_t *end);

/* Do visits of packs say where another subscription lies? */
bool admit_inside_by_packs(const struct admit_facts *facts, int32_t day);

/* Does a rest of that kind hold on `day`? */
bool admit_inside_rests(const struct admit_facts *facts, int32_t day,
                        bool inactive);
/* ADMIT_ALLOWED: covered; else none, expired or not started.  Rests apart. */
enum admit_verdict admit_inside_cover(const struct admit_facts *facts,
                                      int32_t day);

#endif
