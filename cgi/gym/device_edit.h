/* device_edit.h: terminals as the owner adds, changes and gives them up */
#ifndef DEVICE_EDIT_H
#define DEVICE_EDIT_H

#include "base/arena.h"
#include "gym/audit.h"

/* What is typed of a terminal. */
struct device_typed {
	const char *sn, *name;
	int64_t branch_id;	/* one of the company's */
	int32_t start_day;
	const char *nonce;	/* of the form; may be NULL */
	int64_t version;	/* of device_edit: the one that was seen */
};

/*
 * Each is a transaction, with its audit row and a new revision of who may
 * enter.  DB_OK, too, where the same form has done it already.
 *
 * device_open: DB_DUPLICATE: the company has one of that serial now.
 */
enum db_result device_open(struct db *db, struct arena *a,
                           const struct actor *actor,
                           const struct device_typed *typed);
/* Name, branch, start day.  DB_NONE: another version now, or not ours. */
enum db_result device_edit(struct db *db, struct arena *a,
                           const struct actor *actor,
                           const struct device_typed *typed);
/* DB_NONE: it is not the company's any more. */
enum db_result device_give_up(struct db *db, struct arena *a,
                              const struct actor *actor, const char *sn);
/* DB_OK: the form of that nonce has added a terminal; its serial. */
enum db_result device_find_nonce(struct db *db, struct arena *a,
                                 const char *company, const char *nonce,
                                 const char **sn);

#endif
