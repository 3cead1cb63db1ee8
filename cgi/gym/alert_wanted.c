/* alert_wanted.c: does an owner want mail about alerts? */
#include "gym/alert_wanted.h"

#include "db/tx.h"

#define ROLES 100		/* of a person: one a branch */

struct work {
	const struct actor *actor;
	bool is_wanted;
};

enum db_result
alert_wanted_find(struct db *db, const char *company, int64_t user_id,
                  bool *out)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_WANTED);
	enum db_result rc;

	*out = false;
	db_in_str(st, company);
	db_in_int(st, user_id);
	db_out_bool(st, out);
	rc = db_one(st);
	return rc == DB_NONE ? DB_OK : rc;
}

/* The roles that say otherwise. */
static enum db_result
read_roles(struct db *db, const struct work *w, int64_t ids[ROLES],
           size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_WANTED_LOCK);
	int64_t id;
	enum db_result rc;

	*count = 0;
	db_in_str(st, w->actor->company);
	db_in_int(st, w->actor->user_id);
	db_in_int(st, w->is_wanted);
	db_out_int(st, &id);
	while ((rc = db_next(st)) == DB_OK && *count < ROLES)
		ids[(*count)++] = id;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
set_role(struct db *db, const struct work *w, int64_t id)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_WANTED_SET);
	enum db_result rc;

	db_in_int(st, w->is_wanted);
	db_in_str(st, w->actor->company);
	db_in_int(st, id);
	rc = db_run(st);
	return rc == DB_OK ? audit_row(db, w->actor, "change",
	                               "trn_user_roles", id, "url_alerts")
		: rc;
}

static enum db_result
set_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	int64_t ids[ROLES];
	size_t count;
	enum db_result rc = read_roles(db, w, ids, &count);

	for (size_t i = 0; rc == DB_OK && i < count; i++)
		rc = set_role(db, w, ids[i]);
	return rc;
}

enum db_result
alert_wanted_set(struct db *db, const struct actor *actor, bool is_wanted)
{
	return tx_run(db, set_step, &(struct work){ actor, is_wanted });
}
