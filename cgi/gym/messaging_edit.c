/* messaging_edit.c: how a company sends, settled by its owner */
#include "gym/messaging_edit.h"

#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/sender.h"

struct edit {
	struct arena *arena;
	const struct actor *actor;
	const struct messaging *messaging;	/* NULL: it only goes on */
	int64_t seen_at;	/* of a resumption */
};

static enum db_result
audit(struct db *db, const struct actor *actor, const char *action,
      const char *fields)
{
	return audit_add(db, &(struct audit){
		actor->company, actor->user_id, action, "mst_messaging",
		actor->company, fields, actor->address }, actor->now_at);
}

/* ---- settings ------------------------------------------------------------ */

static void
name_changes(struct audit_fields *f, const struct messaging *m,
             const struct messaging *was)
{
	audit_field(f, "mgs_cap", m->cap != was->cap);
	audit_field(f, "mgs_from", m->from_minute != was->from_minute);
	audit_field(f, "mgs_sender", strcmp(m->sender, was->sender) != 0);
	audit_field(f, "mgs_to", m->to_minute != was->to_minute);
}

static enum db_result
store(struct db *db, const char *company, const struct messaging *m)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGING_EDIT);

	db_in_str(st, m->sender);
	db_in_int(st, m->from_minute);
	db_in_int(st, m->to_minute);
	db_in_int(st, m->cap);
	db_in_str(st, company);
	db_in_int(st, m->version);
	return db_run(st);
}

static enum db_result
edit(struct db *db, void *arg)
{
	const struct edit *e = arg;
	const struct messaging *m = e->messaging;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	struct messaging was;
	enum db_result rc = messaging_lock(db, e->arena, e->actor->company,
	                                   &was);

	if (rc != DB_OK)
		return rc;
	if (was.version != m->version || (was.phone_id == NULL &&
	    strcmp(m->sender, sender_cloud.word) == 0))
		return DB_NONE;
	name_changes(&fields, m, &was);
	if (*fields.text == '\0')
		return DB_OK;
	rc = store(db, e->actor->company, m);
	return rc == DB_OK ? audit(db, e->actor, "change", fields.text) : rc;
}

enum db_result
messaging_edit(struct db *db, struct arena *a, const struct actor *actor,
               const struct messaging *m)
{
	return tx_run(db, edit, &(struct edit){ a, actor, m, 0 });
}

/* ---- going on ------------------------------------------------------------ */

static enum db_result
resume(struct db *db, void *arg)
{
	const struct edit *e = arg;
	struct db_stmt *st;
	struct messaging was;
	enum db_result rc = messaging_lock(db, e->arena, e->actor->company,
	                                   &was);

	if (rc != DB_OK)
		return rc;
	if (was.paused_at == CLOCK_NO_TIME && was.slow_to_at == CLOCK_NO_TIME)
		return DB_OK;
	if (was.paused_at != CLOCK_NO_TIME && was.paused_at != e->seen_at)
		return DB_NONE;
	st = db_begin(db, STMT_MESSAGING_RESUME);
	db_in_str(st, e->actor->company);
	rc = db_run(st);
	return rc == DB_OK ? audit(db, e->actor, "change",
	                           "mgs_paused_at,mgs_slow_to_at") : rc;
}

enum db_result
messaging_resume(struct db *db, struct arena *a, const struct actor *actor,
                 int64_t seen_at)
{
	return tx_run(db, resume, &(struct edit){ a, actor, NULL, seen_at });
}
