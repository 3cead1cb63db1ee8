/* messaging_edit.h: how a company sends, settled by its owner */
#ifndef MESSAGING_EDIT_H
#define MESSAGING_EDIT_H

#include "gym/audit.h"
#include "gym/messaging.h"

/*
 * Stores sender, hours and cap of `m`; nothing else of it is looked at but the
 * version, which is the one that somebody has seen.  The sender is CLOUD only
 * where the company has a number there.  The company's row must be there:
 * messaging_open.  A transaction, with its audit row where something differs.
 *
 * DB_OK; DB_NONE: there is another version now, or no number, and nothing was
 * changed.
 */
enum db_result messaging_edit(struct db *db, struct arena *a,
                              const struct actor *actor,
                              const struct messaging *m);

/*
 * What stands paused, or is to be slow, goes on: messages are due again as
 * they were.  DB_OK, too, where nothing was paused; DB_NONE: it is not the
 * pause of `seen_at` (CLOCK_NO_TIME: none) that the actor has read of, and
 * stands.  With its audit row.
 */
enum db_result messaging_resume(struct db *db, struct arena *a,
                                const struct actor *actor, int64_t seen_at);

#endif
