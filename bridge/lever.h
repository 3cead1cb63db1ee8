/* lever.h: what shuts a terminal's door to one user, and opens it again */
#ifndef LEVER_H
#define LEVER_H

#include "zk_record.h"

/*
 * Three ways, none of which takes anything away from the user (section 15):
 * the disabled bit of its privilege; a group, or a time zone of its own, that
 * is closed all day at the terminal.  All are one write of the user's record.
 * Which of them a firmware obeys has to be tried out.
 */
enum lever_kind { LEVER_DISABLE, LEVER_GROUP, LEVER_ZONE };

struct lever {
	enum lever_kind kind;
	/* number of the closed group (1 to 100) or time zone (1 to 50) */
	int value;		/* nothing to LEVER_DISABLE */
};

#define LEVER_WAS_SIZE 32	/* a text, with its NUL */

/*
 * Can the record of `user` hold it?  Not a number that no terminal has, nor a
 * time zone above 16 in a record of 28 bytes, which has a bit for each.
 */
bool lever_fits(const struct lever *lever, const struct zk_user *user);

/*
 * Is this lever what keeps the user out?  Of the others nothing is said, nor
 * who did it: a person may have, at the terminal.
 */
bool lever_is_closed(const struct lever *lever, const struct zk_user *user);

/*
 * Changes `user` so that zk_write_user() keeps it out.  What has to be put
 * back later is written into `was`: "" for LEVER_DISABLE, else letters,
 * digits and commas.  Not for one that is closed already: of LEVER_DISABLE
 * nothing would tell it from others.  One whose record does not hold the
 * lever (lever_fits) is not changed, and `was` is "".
 */
void lever_close(const struct lever *lever, struct zk_user *user,
                 char was[LEVER_WAS_SIZE]);

/*
 * Undoes that: the record is again what it was before, byte for byte, but for
 * what others have changed in it since.  A user who is not closed by the
 * lever any more is left as it is: somebody else opened it, or put it into
 * another group.  Where `was` is "" though the lever needs it, as in a new
 * spool, the user gets what terminals give: group 1 (LEVER_GROUP), and no time
 * zones of its own.  False: `was` makes no sense for this lever and record, or
 * the closed group is 1 and nothing is known; the user is not changed.
 */
bool lever_open(const struct lever *lever, struct zk_user *user,
                const char *was);

#endif
