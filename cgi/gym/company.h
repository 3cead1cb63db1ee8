/* company.h: companies and their branches */
#ifndef COMPANY_H
#define COMPANY_H

#include "base/arena.h"
#include "db/db.h"

#define COMPANY_CODE_MAX 16
#define COMPANY_NAME_MAX 120	/* characters */

struct company {
	const char *name;
	int64_t expiring_days;
	int64_t inside_minutes;	/* so long after a touch; 0: not shown */
	int64_t absent_days;	/* without a touch */
	const char *address, *receipt_prefix, *receipt_note;	/* may be "" */
	int64_t branch_id;	/* its first branch; 0: none yet */
	const char *zone;	/* of that branch; NULL: none yet */
};

struct branch {
	int64_t id;
	const char *name, *zone;
};

#define BRANCH_LIST_MAX 1000	/* of one company */

struct branch_list {
	struct branch *rows;
	size_t count;
};

/* DB_DUPLICATE: the code is taken. */
enum db_result company_add(struct db *db, const char *code, const char *name,
                           const char *currency, int64_t now_at);
enum db_result company_find(struct db *db, struct arena *a, const char *code,
                            struct company *out);
/*
 * To be called in the transaction of every write that can change who may
 * enter: subscriptions, freezes, mappings, plans, rules.
 */
enum db_result company_bump(struct db *db, const char *code);
/*
 * The same of writes that change who may enter now, but not how members
 * stand: used visits, refusals, rules, terminals.
 */
enum db_result company_bump_door(struct db *db, const char *code);
/* Holds its row until the transaction ends: of two who change it, one waits. */
enum db_result company_lock(struct db *db, const char *code);
enum db_result company_each(struct db *db, struct arena *a,
                            void (*each)(const char *code, const char *name,
                                         const char *status));

/*
 * When a branch is open, in minutes of its day.  It may close after midnight,
 * and never does where both are the same.
 */
struct branch_hours {
	int64_t opens, closes;
};
#define BRANCH_HOURS { 5 * 60, 23 * 60 }	/* unless one says otherwise */

/*
 * DB_DUPLICATE: the name is taken within the company, or the form of that
 * nonce (may be NULL) has added one already.
 */
enum db_result branch_add(struct db *db, const char *company,
                          const char *name, const char *zone,
                          const struct branch_hours *hours,
                          const char *nonce, int64_t now_at);
/* By its name; DB_NONE when the company has no such branch. */
enum db_result branch_find(struct db *db, const char *company,
                           const char *name, int64_t *id);
/* All of them, in the order in which they were added. */
enum db_result branch_list(struct db *db, struct arena *a,
                           const char *company, struct branch_list *out);
enum db_result branch_each(struct db *db, struct arena *a,
                           const char *company,
                           void (*each)(const struct branch *branch));

/*
 * The zone of `branch_id` of a company, 0 being its first branch, and the wall
 * clock there at an instant; DB_NONE when there is none.
 */
enum db_result branch_zone(struct db *db, struct arena *a,
                           const char *company, int64_t branch_id,
                           const char **zone);
enum db_result branch_local(struct db *db, struct arena *a,
                            const char *company, int64_t branch_id,
                            int64_t at, int64_t *local);

#endif
