/* access_edit.h: the owner settles what is done about each reason to refuse */
#ifndef ACCESS_EDIT_H
#define ACCESS_EDIT_H

#include "base/arena.h"
#include "gym/admit.h"
#include "gym/audit.h"

#define ACCESS_GRACE_MAX 60		/* days */
#define ACCESS_OVERDUE_DAYS_MAX 365
#define ACCESS_DAY_VISITS_MAX 20
#define ACCESS_VISIT_MINUTES_LEAST 5
#define ACCESS_VISIT_MINUTES_MAX 720

/* The rules of a company, and which version of them that is. */
enum db_result access_edit_find(struct db *db, struct arena *a,
                                const char *company, struct admit_rules *rules,
                                int64_t *version);

/*
 * A transaction, with its audit row; `version` is the one that was seen.
 * DB_NONE: there is another now, and nothing was changed.
 */
enum db_result access_edit_store(struct db *db, struct arena *a,
                                 const struct actor *actor,
                                 const struct admit_rules *rules,
                                 int64_t version);

#endif
