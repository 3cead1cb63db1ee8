/* access_rules.h: what a gym does about each reason to refuse */
#ifndef ACCESS_RULES_H
#define ACCESS_RULES_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/admit.h"

/* The article's: no subscription, or none now, is refused; see 0018-door.sql. */
extern const struct admit_rules access_rules_default;

/*
 * Reads what statements tell of a company: "MODES,GRACE,AMOUNT,DAYS,VISITS,
 * MINUTES", its columns from cmp_modes to cmp_visit_minutes.  False, and
 * logged, when it is malformed.
 */
bool access_rules_parse(const char *text, struct admit_rules *out);
/* The letters of cmp_modes. */
#define ACCESS_RULES_MODES_SIZE ADMIT_REASONS
void access_rules_modes(const struct admit_rules *rules,
                        char out[ACCESS_RULES_MODES_SIZE]);

/* Those of a company; DB_NONE: it is not known. */
enum db_result access_rules_find(struct db *db, struct arena *a,
                                 const char *company, struct admit_rules *out);

#endif
