/* member_erase.c: a member is forgotten */
#include "gym/member_erase.h"

#include "db/tx.h"
#include "gym/company.h"
#include "gym/consent.h"
#include "gym/freeze.h"
#include "gym/mapping.h"
#include "gym/member_edit.h"
#include "gym/member_photo.h"
#include "gym/message.h"
#include "gym/override.h"

struct erasure {
	struct arena *arena;
	const struct actor *actor;
	int64_t member_id;
	const char *name;
	int64_t now_local;
};

/* What hangs on the member. */
static enum db_result
let_go(struct db *db, const struct erasure *e)
{
	enum db_result rc = consent_withdraw_all(db, e->actor, e->member_id);

	/* there may be one without a consent, from before these were kept */
	if (rc == DB_OK)
		rc = member_photo_drop(db, e->actor, e->member_id);
	if (rc == DB_OK)
		rc = mapping_end_member(db, e->arena, e->actor, e->member_id,
		                        e->now_local);
	if (rc == DB_OK)
		rc = override_forget_notes(db, e->actor->company,
		                           e->member_id);
	if (rc == DB_OK)
		rc = message_forget(db, e->actor->company, e->member_id);
	return rc == DB_OK ? freeze_forget_notes(db, e->actor->company,
	                                         e->member_id) : rc;
}

static enum db_result
erase_row(struct db *db, const struct erasure *e)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_ERASE);

	db_in_str(st, e->name);
	db_in_at(st, e->actor->now_at);
	db_in_str(st, e->actor->company);
	db_in_int(st, e->member_id);
	return db_run(st);
}

static enum db_result
erase(struct db *db, void *arg)
{
	const struct erasure *e = arg;
	enum db_result rc = member_lock(db, e->actor->company, e->member_id);

	if (rc == DB_OK)
		rc = let_go(db, e);
	if (rc == DB_OK)
		rc = erase_row(db, e);
	if (rc == DB_OK)
		rc = company_bump(db, e->actor->company);
	return rc == DB_OK ? audit_row(db, e->actor, "erase",
		"mst_members_lists", e->member_id,
		"mbr_name,mbr_phone,mbr_email,mbr_notes,mbr_erased_at") : rc;
}

enum db_result
member_erase(struct db *db, struct arena *a, const struct actor *actor,
             int64_t member_id, const char *name, int64_t now_local)
{
	return tx_run(db, erase, &(struct erasure){ a, actor, member_id, name,
	                                            now_local });
}
