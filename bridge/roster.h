/* roster.h: which user id stands behind a terminal's internal number */
#ifndef ROSTER_H
#define ROSTER_H

#include "zk_record.h"

/* Zeroed, it is empty; pair: roster_finish. */
struct roster {
	struct roster_entry *entries;
	size_t count, cap;
};

void roster_finish(struct roster *r);
/* Empties it, to be filled anew by roster_add() in any order. */
void roster_reset(struct roster *r);
void roster_add(struct roster *r, const struct zk_user *user);
/* Makes it ready for roster_find(). */
void roster_sort(struct roster *r);
/* The user id of a uid, NULL when nobody has it. */
const char *roster_find(const struct roster *r, uint16_t uid);

#endif
