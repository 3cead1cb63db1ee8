/* company_edit.c: what the owner settles of a company and its branches */
#include "gym/company_edit.h"

#include <string.h>

#include "db/tx.h"
#include "gym/company.h"

/* What a transaction is about. */
struct work {
	struct arena *arena;
	const struct actor *actor;
	const struct company_settings *settings;
	const struct branch_typed *branch;
};

static bool
differ(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) != 0;
}

/* ---- the company --------------------------------------------------------- */

enum db_result
company_settings_find(struct db *db, struct arena *a, const char *company,
                      struct company_settings *out)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_SETTINGS);

	db_in_str(st, company);
	db_out_str(st, a, &out->name);
	db_out_str(st, a, &out->currency);
	db_out_int(st, &out->expiring_days);
	db_out_int(st, &out->inside_minutes);
	db_out_int(st, &out->absent_days);
	db_out_str(st, a, &out->phone_code);
	db_out_str(st, a, &out->address);
	db_out_str(st, a, &out->gstin);
	db_out_int(st, &out->tax_rate);
	db_out_str(st, a, &out->receipt_prefix);
	db_out_str(st, a, &out->receipt_note);
	db_out_int(st, &out->version);
	return db_one(st);
}

static void
name_changes(struct audit_fields *f, const struct company_settings *s,
             const struct company_settings *was)
{
	audit_field(f, "cmp_name", differ(s->name, was->name));
	audit_field(f, "cmp_currency", differ(s->currency, was->currency));
	audit_field(f, "cmp_expiring_days",
	            s->expiring_days != was->expiring_days);
	audit_field(f, "cmp_inside_minutes",
	            s->inside_minutes != was->inside_minutes);
	audit_field(f, "cmp_absent_days", s->absent_days != was->absent_days);
	audit_field(f, "cmp_phone_code",
	            differ(s->phone_code, was->phone_code));
	audit_field(f, "cmp_address", differ(s->address, was->address));
	audit_field(f, "cmp_gstin", differ(s->gstin, was->gstin));
	audit_field(f, "cmp_tax_rate", s->tax_rate != was->tax_rate);
	audit_field(f, "cmp_receipt_prefix",
	            differ(s->receipt_prefix, was->receipt_prefix));
	audit_field(f, "cmp_receipt_note",
	            differ(s->receipt_note, was->receipt_note));
}

static enum db_result
store(struct db *db, const char *company, const struct company_settings *s)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_EDIT);

	db_in_str(st, s->name);
	db_in_str(st, s->currency);
	db_in_int(st, s->expiring_days);
	db_in_int(st, s->inside_minutes);
	db_in_int(st, s->absent_days);
	db_in_str(st, s->phone_code);
	db_in_str(st, s->address);
	db_in_str(st, s->gstin);
	db_in_int(st, s->tax_rate);
	db_in_str(st, s->receipt_prefix);
	db_in_str(st, s->receipt_note);
	db_in_str(st, company);
	db_in_int(st, s->version);
	return db_run(st);
}

static enum db_result
add_audit(struct db *db, const struct actor *actor, const char *fields)
{
	const struct audit line = { actor->company, actor->user_id, "change",
		                    "mst_companies", actor->company, fields,
		                    actor->address };

	return audit_add(db, &line, actor->now_at);
}

static enum db_result
settings_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	const char *company = w->actor->company;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	struct company_settings was;
	enum db_result rc = company_lock(db, company);

	if (rc == DB_OK)
		rc = company_settings_find(db, w->arena, company, &was);
	if (rc != DB_OK)
		return rc;
	if (was.version != w->settings->version)
		return DB_NONE;
	name_changes(&fields, w->settings, &was);
	if (*fields.text == '\0')
		return DB_OK;
	rc = store(db, company, w->settings);
	/* the counts that are kept are of other days then */
	if (rc == DB_OK && was.expiring_days != w->settings->expiring_days)
		rc = company_bump(db, company);
	return rc == DB_OK ? add_audit(db, w->actor, fields.text) : rc;
}

enum db_result
company_settings_edit(struct db *db, struct arena *a,
                      const struct actor *actor,
                      const struct company_settings *settings)
{
	return tx_run(db, settings_step, &(struct work){ a, actor, settings,
	                                                 NULL });
}

enum db_result
company_is_paid(struct db *db, const char *company)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_IS_PAID);
	int64_t id;

	db_in_str(st, company);
	db_out_int(st, &id);
	return db_one(st);
}

/* ---- branches ------------------------------------------------------------ */

enum db_result
branch_find_typed(struct db *db, struct arena *a, const char *company,
                  int64_t id, struct branch_typed *out)
{
	struct db_stmt *st = db_begin(db, STMT_BRANCH_ROW);

	*out = (struct branch_typed){ .id = id };
	db_in_str(st, company);
	db_in_int(st, id);
	db_out_str(st, a, &out->name);
	db_out_str(st, a, &out->zone);
	db_out_int(st, &out->hours.opens);
	db_out_int(st, &out->hours.closes);
	db_out_int(st, &out->version);
	return db_one(st);
}

static enum db_result
find_nonce(struct db *db, const char *company, const char *nonce)
{
	struct db_stmt *st = db_begin(db, STMT_BRANCH_FIND_NONCE);
	int64_t id;

	db_in_str(st, company);
	db_in_str(st, nonce);
	db_out_int(st, &id);
	return db_one(st);
}

static enum db_result
open_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	enum db_result rc = branch_add(db, w->actor->company, w->branch->name,
	                               w->branch->zone, &w->branch->hours,
	                               w->branch->nonce, w->actor->now_at);

	return rc == DB_OK ? audit_row(db, w->actor, "add", "mst_branches",
	                               db_last_id(db), "brn_name,brn_zone,"
	                               "brn_opens,brn_closes")
		: rc;
}

enum db_result
branch_open(struct db *db, const struct actor *actor,
            const struct branch_typed *typed)
{
	enum db_result rc = tx_run(db, open_step,
	                           &(struct work){ NULL, actor, NULL, typed });

	if (rc != DB_DUPLICATE)
		return rc;
	rc = find_nonce(db, actor->company, typed->nonce);
	return rc == DB_NONE ? DB_DUPLICATE : rc;
}

static enum db_result
store_branch(struct db *db, const struct work *w)
{
	struct db_stmt *st = db_begin(db, STMT_BRANCH_EDIT);

	db_in_str(st, w->branch->name);
	db_in_str(st, w->branch->zone);
	db_in_int(st, w->branch->hours.opens);
	db_in_int(st, w->branch->hours.closes);
	db_in_str(st, w->actor->company);
	db_in_int(st, w->branch->id);
	db_in_int(st, w->branch->version);
	return db_run(st);
}

static enum db_result
change_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	struct branch_typed was;
	enum db_result rc = company_lock(db, w->actor->company);

	if (rc == DB_OK)
		rc = branch_find_typed(db, w->arena, w->actor->company,
		                       w->branch->id, &was);
	if (rc != DB_OK)
		return rc;
	if (was.version != w->branch->version)
		return DB_NONE;
	audit_field(&fields, "brn_name", differ(w->branch->name, was.name));
	audit_field(&fields, "brn_zone", differ(w->branch->zone, was.zone));
	audit_field(&fields, "brn_opens",
	            w->branch->hours.opens != was.hours.opens);
	audit_field(&fields, "brn_closes",
	            w->branch->hours.closes != was.hours.closes);
	if (*fields.text == '\0')
		return DB_OK;
	rc = store_branch(db, w);
	/* which day it is there may be another one */
	if (rc == DB_OK)
		rc = company_bump(db, w->actor->company);
	return rc == DB_OK ? audit_row(db, w->actor, "change", "mst_branches",
	                               w->branch->id, fields.text) : rc;
}

enum db_result
branch_change(struct db *db, struct arena *a, const struct actor *actor,
              const struct branch_typed *typed)
{
	return tx_run(db, change_step, &(struct work){ a, actor, NULL,
	                                               typed });
}
