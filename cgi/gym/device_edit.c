/* device_edit.c: terminals as the owner adds, changes and gives them up */
#include "gym/device_edit.h"

#include <string.h>

#include "db/tx.h"
#include "gym/company.h"
#include "gym/device.h"

/* What a transaction is about. */
struct work {
	struct arena *arena;
	const struct actor *actor;
	const struct device_typed *typed;
};

static enum db_result
finish(struct db *db, const struct work *w, const char *action, int64_t id,
       const char *fields)
{
	enum db_result rc = company_bump(db, w->actor->company);

	return rc == DB_OK ? audit_row(db, w->actor, action, "mst_devices",
	                               id, fields) : rc;
}

static enum db_result
open_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	const struct device_typed *t = w->typed;
	enum db_result rc = device_add(db, w->actor->company, t->sn,
	                               t->branch_id, t->name, t->start_day,
	                               t->nonce, w->actor->now_at);

	return rc != DB_OK ? rc : finish(db, w, "add", db_last_id(db),
	                          "dev_sn,dev_branch_id,dev_name,dev_start");
}

enum db_result
device_find_nonce(struct db *db, struct arena *a, const char *company,
                  const char *nonce, const char **sn)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_FIND_NONCE);

	db_in_str(st, company);
	db_in_str(st, nonce);
	db_out_str(st, a, sn);
	return db_one(st);
}

enum db_result
device_open(struct db *db, struct arena *a, const struct actor *actor,
            const struct device_typed *typed)
{
	struct work w = { a, actor, typed };
	enum db_result rc = tx_run(db, open_step, &w);
	const char *sn;

	if (rc != DB_DUPLICATE)
		return rc;
	rc = device_find_nonce(db, a, actor->company, typed->nonce, &sn);
	return rc == DB_NONE ? DB_DUPLICATE : rc;
}

static enum db_result
store(struct db *db, const struct work *w, int64_t id)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_EDIT);

	db_in_int(st, w->typed->branch_id);
	db_in_str(st, w->typed->name);
	db_in_day(st, w->typed->start_day);
	db_in_str(st, w->actor->company);
	db_in_int(st, id);
	db_in_int(st, w->typed->version);
	return db_run(st);
}

static enum db_result
edit_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	const struct device_typed *t = w->typed;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	struct device was;
	enum db_result rc = device_lock(db, w->actor->company, t->sn);

	if (rc == DB_OK)
		rc = device_find(db, w->arena, w->actor->company, t->sn, &was);
	if (rc != DB_OK)
		return rc;
	if (was.version != t->version)
		return DB_NONE;
	audit_field(&fields, "dev_branch_id", was.branch_id != t->branch_id);
	audit_field(&fields, "dev_name", strcmp(was.name, t->name) != 0);
	audit_field(&fields, "dev_start", was.start_day != t->start_day);
	if (*fields.text == '\0')
		return DB_OK;
	rc = store(db, w, was.id);
	return rc == DB_OK ? finish(db, w, "change", was.id, fields.text) : rc;
}

enum db_result
device_edit(struct db *db, struct arena *a, const struct actor *actor,
            const struct device_typed *typed)
{
	return tx_run(db, edit_step, &(struct work){ a, actor, typed });
}

static enum db_result
give_up_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct device was;
	enum db_result rc = device_lock(db, w->actor->company, w->typed->sn);

	if (rc == DB_OK)
		rc = device_find(db, w->arena, w->actor->company, w->typed->sn,
		                 &was);
	if (rc == DB_OK)
		rc = device_close(db, w->actor->company, w->typed->sn,
		                  w->actor->now_at);
	return rc == DB_OK ? finish(db, w, "close", was.id, "dev_to_at") : rc;
}

enum db_result
device_give_up(struct db *db, struct arena *a, const struct actor *actor,
               const char *sn)
{
	const struct device_typed typed = { .sn = sn };

	return tx_run(db, give_up_step, &(struct work){ a, actor, &typed });
}
