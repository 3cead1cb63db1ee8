/* alert_wanted.h: does an owner want mail about alerts? */
#ifndef ALERT_WANTED_H
#define ALERT_WANTED_H

#include "gym/audit.h"

/* `out` is false for who is no owner there. */
enum db_result alert_wanted_find(struct db *db, const char *company,
                                 int64_t user_id, bool *out);
/*
 * Of the actor, in the company, wherever they own it: a transaction with its
 * audit rows.  DB_OK, too, where it was so already.
 */
enum db_result alert_wanted_set(struct db *db, const struct actor *actor,
                                bool is_wanted);

#endif
