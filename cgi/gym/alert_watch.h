/* alert_watch.h: where something begins to be wrong, and is well again */
#ifndef ALERT_WATCH_H
#define ALERT_WATCH_H

#include "db/db.h"

/*
 * Looks at the terminals of all companies, as they stand at `now_at`, and keeps
 * the events of trn_alerts: one for each terminal and kind at a time, by a key.
 * To be called every minute; two at once, or one that is killed, do no harm.
 * Silence counts only while it was watched: after some minutes without a call,
 * as when the server was off, from this call on.  False when something was not
 * done, which is logged.
 */
bool alert_watch(struct db *db, int64_t now_at);

#endif
