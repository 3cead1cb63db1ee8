/* alert_plan.h: which owner is told of what, once */
#ifndef ALERT_PLAN_H
#define ALERT_PLAN_H

#include "db/db.h"

/*
 * For what begins or is over and is not told yet: a mail to each owner of the
 * branch who wants it, all that is new there in one.  That it is over is added
 * to the mail that tells the beginning while that one still waits; is told by
 * another when it was sent; and not at all to whom nothing was told.
 *
 * A transaction a branch, and a key of trn_alert_notices: two at once, or one
 * that is killed, tell nothing twice.  False when something was not done,
 * which is logged.
 */
bool alert_plan(struct db *db, int64_t now_at);

#endif
