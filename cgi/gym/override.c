/* override.c: somebody at the desk lets a member in for a day */
#include "gym/override.h"

#include "db/tx.h"
#include "gym/company.h"
#include "gym/member_edit.h"

enum db_result
override_find(struct db *db, struct arena *a, const char *company,
              int64_t member_id, int32_t day, struct override *out)
{
	struct db_stmt *st = db_begin(db, STMT_OVERRIDE_FIND);

	*out = (struct override){ .note = "" };
	db_in_str(st, company);
	db_in_int(st, member_id);
	db_in_day(st, day);
	db_out_str(st, a, &out->note);
	db_out_str(st, a, &out->user);
	db_out_at(st, &out->at);
	return db_one(st);
}

struct addition {
	const struct actor *actor;
	int64_t member_id;
	int32_t day;
	const char *note, *nonce;
};

static enum db_result
insert(struct db *db, const struct addition *add)
{
	struct db_stmt *st = db_begin(db, STMT_OVERRIDE_ADD);

	db_in_str(st, add->actor->company);
	db_in_int(st, add->member_id);
	db_in_day(st, add->day);
	db_in_str(st, add->note);
	db_in_id(st, add->actor->user_id);
	db_in_str(st, add->nonce);
	db_in_at(st, add->actor->now_at);
	return db_run(st);
}

static enum db_result
add_step(struct db *db, void *arg)
{
	const struct addition *add = arg;
	enum db_result rc = member_lock(db, add->actor->company,
	                                add->member_id);

	if (rc == DB_OK)
		rc = insert(db, add);
	if (rc == DB_OK)
		rc = audit_row(db, add->actor, "add", "trn_access_overrides",
		               db_last_id(db),
		               "ovr_member_id,ovr_date,ovr_note");
	return rc == DB_OK ? company_bump_door(db, add->actor->company) : rc;
}

enum db_result
override_add(struct db *db, const struct actor *actor, int64_t member_id,
             int32_t day, const char *note, const char *nonce)
{
	enum db_result rc = tx_run(db, add_step, &(struct addition){
		actor, member_id, day, note, nonce,
	});

	return rc == DB_DUPLICATE ? DB_OK : rc;
}

enum db_result
override_forget_notes(struct db *db, const char *company, int64_t member_id)
{
	struct db_stmt *st = db_begin(db, STMT_OVERRIDE_FORGET_NOTES);
	enum db_result rc;

	db_in_str(st, company);
	db_in_int(st, member_id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}
