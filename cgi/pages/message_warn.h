/* message_warn.h: the chore that tells owners that messages are paused */
#ifndef MESSAGE_WARN_H
#define MESSAGE_WARN_H

#include "db/db.h"
#include "gym/site.h"

/*
 * A mail to each owner of all branches who wants alerts, with what is paused,
 * the service's words and what to do; see gym/message_warning.h.  A mail that
 * is sent twice, because a run was killed or two ran at once, has the same
 * Message-ID.  What the server does not take now waits for the next run.
 * False when something failed, which is logged.
 */
bool message_warn_keep(struct site *site, struct db *db);

#endif
