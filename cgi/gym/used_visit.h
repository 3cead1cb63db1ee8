/* used_visit.h: visits of packs that were used, each once */
#ifndef USED_VISIT_H
#define USED_VISIT_H

#include "base/arena.h"
#include "db/db.h"

/*
 * Uses one of `subscription_id` on `day`, by the punch `attendance_id`, in the
 * caller's transaction.  One of that day is used already: DB_OK.  DB_AGAIN:
 * none is left, whatever was read before; begin anew.
 */
enum db_result used_visit_add(struct db *db, const char *company,
                              int64_t subscription_id, int32_t day,
                              int64_t attendance_id);

/*
 * The punch `attendance_id` of a member does not count any more: what it used
 * passes to another one of that day that does, or is there again.
 */
enum db_result used_visit_give_back(struct db *db, const char *company,
                                    int64_t member_id, int64_t attendance_id);

#define USED_VISIT_LIST_MAX 200

/* A day on which a visit of a pack was used. */
struct used_visit {
	int64_t subscription_id;
	int32_t day;
};

struct used_visit_list {
	struct used_visit *rows;
	size_t count;			/* at most USED_VISIT_LIST_MAX */
};

/* Those of one member, the last first.  DB_OK or DB_FAIL. */
enum db_result used_visit_list(struct db *db, struct arena *a,
                               const char *company, int64_t member_id,
                               struct used_visit_list *out);

#endif
