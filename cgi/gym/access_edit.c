/* access_edit.c: the owner settles what is done about each reason to refuse */
#include "gym/access_edit.h"

#include <string.h>

#include "db/tx.h"
#include "gym/access_rules.h"
#include "gym/company.h"

enum db_result
access_edit_find(struct db *db, struct arena *a, const char *company,
                 struct admit_rules *rules, int64_t *version)
{
	struct db_stmt *st = db_begin(db, STMT_ACCESS_EDIT_FIND);
	const char *text = NULL;
	enum db_result rc;

	db_in_str(st, company);
	db_out_str(st, a, &text);
	db_out_int(st, version);
	rc = db_one(st);
	if (rc == DB_OK && !access_rules_parse(text, rules))
		return DB_FAIL;
	return rc;
}

struct edit {
	struct arena *arena;
	const struct actor *actor;
	const struct admit_rules *rules;
	int64_t version;
};

static void
name_changes(struct audit_fields *f, const struct admit_rules *r,
             const struct admit_rules *was)
{
	char now[ACCESS_RULES_MODES_SIZE], then[ACCESS_RULES_MODES_SIZE];

	access_rules_modes(r, now);
	access_rules_modes(was, then);
	audit_field(f, "cmp_day_visits", r->day_visits != was->day_visits);
	audit_field(f, "cmp_grace_days", r->grace_days != was->grace_days);
	audit_field(f, "cmp_modes", strcmp(now, then) != 0);
	audit_field(f, "cmp_overdue_amount",
	            r->overdue_amount != was->overdue_amount);
	audit_field(f, "cmp_overdue_days",
	            r->overdue_days != was->overdue_days);
	audit_field(f, "cmp_visit_minutes",
	            r->visit_minutes != was->visit_minutes);
}

static enum db_result
store(struct db *db, const struct edit *e)
{
	struct db_stmt *st = db_begin(db, STMT_ACCESS_EDIT_STORE);
	char modes[ACCESS_RULES_MODES_SIZE];

	access_rules_modes(e->rules, modes);
	db_in_str(st, modes);
	db_in_int(st, e->rules->grace_days);
	db_in_int(st, e->rules->overdue_amount);
	db_in_int(st, e->rules->overdue_days);
	db_in_int(st, e->rules->day_visits);
	db_in_int(st, e->rules->visit_minutes);
	db_in_str(st, e->actor->company);
	db_in_int(st, e->version);
	return db_run(st);
}

static enum db_result
step(struct db *db, void *arg)
{
	const struct edit *e = arg;
	const struct actor *actor = e->actor;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	struct admit_rules was;
	int64_t version = 0;
	enum db_result rc = company_lock(db, actor->company);

	if (rc == DB_OK)
		rc = access_edit_find(db, e->arena, actor->company, &was,
		                      &version);
	if (rc != DB_OK)
		return rc;
	if (version != e->version)
		return DB_NONE;
	name_changes(&fields, e->rules, &was);
	if (*fields.text == '\0')
		return DB_OK;
	rc = store(db, e);
	if (rc == DB_OK)
		rc = company_bump_door(db, actor->company);
	return rc != DB_OK ? rc : audit_add(db, &(struct audit){
		actor->company, actor->user_id, "change", "mst_companies",
		actor->company, fields.text, actor->address }, actor->now_at);
}

enum db_result
access_edit_store(struct db *db, struct arena *a, const struct actor *actor,
                  const struct admit_rules *rules, int64_t version)
{
	return tx_run(db, step, &(struct edit){ a, actor, rules, version });
}
