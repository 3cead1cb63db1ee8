/* member_photo.c: the photo that is kept of a member */
#include "gym/member_photo.h"

#include "db/tx.h"

#define TABLE "trn_member_photos"

enum db_result
member_photo_state(struct db *db, const char *company, int64_t member_id,
                   struct member_photo_state *out)
{
	struct db_stmt *st = db_begin(db, STMT_PHOTO_STATE);

	db_in_str(st, company);
	db_in_int(st, member_id);
	db_out_bool(st, &out->has_photo);
	db_out_bool(st, &out->has_consent);
	return db_one(st);
}

enum db_result
member_photo_load(struct db *db, struct arena *a, const char *company,
                  int64_t branch_id, int64_t member_id, bool is_large,
                  struct photo_file *out)
{
	struct db_stmt *st = db_begin(db, is_large ? STMT_PHOTO_LARGE
	                              : STMT_PHOTO_SMALL);

	db_in_str(st, company);
	db_in_int(st, member_id);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_out_bytes(st, a, &out->data, &out->len);
	return db_one(st);
}

/* ---- writing ------------------------------------------------------------- */

/* What a transaction is about. */
struct change {
	const struct actor *actor;
	int64_t member_id;
	const struct photo *photo;	/* NULL: it goes */
	bool agrees;
};

/* One after the other: so that two of us do not both add the consent. */
static enum db_result
lock(struct db *db, const struct change *c)
{
	struct db_stmt *st = db_begin(db, STMT_PHOTO_LOCK);
	int64_t id;

	db_in_str(st, c->actor->company);
	db_in_int(st, c->member_id);
	db_out_int(st, &id);
	return db_one(st);
}

static enum db_result
add_consent(struct db *db, const struct change *c)
{
	struct db_stmt *st = db_begin(db, STMT_PHOTO_CONSENT_ADD);
	enum db_result rc;

	db_in_str(st, c->actor->company);
	db_in_int(st, c->member_id);
	db_in_id(st, c->actor->user_id);
	db_in_at(st, c->actor->now_at);
	rc = db_run(st);
	return rc != DB_OK ? rc
		: audit_row(db, c->actor, "add", "trn_member_consents",
		            db_last_id(db), "cns_kind,cns_is_given");
}

static enum db_result
store(struct db *db, const struct change *c, const char *action)
{
	struct db_stmt *st = db_begin(db, STMT_PHOTO_SET);
	enum db_result rc;

	db_in_str(st, c->actor->company);
	db_in_int(st, c->member_id);
	db_in_bytes(st, c->photo->large.data, c->photo->large.len);
	db_in_bytes(st, c->photo->small.data, c->photo->small.len);
	db_in_at(st, c->actor->now_at);
	rc = db_run(st);
	if (rc == DB_NONE)	/* the very same again, in the same moment */
		rc = DB_OK;
	return rc != DB_OK ? rc : audit_row(db, c->actor, action, TABLE,
	                                    c->member_id, "pho_large,pho_small");
}

static enum db_result
set(struct db *db, void *arg)
{
	const struct change *c = arg;
	struct member_photo_state state;
	enum db_result rc = lock(db, c);

	if (rc == DB_OK)
		rc = member_photo_state(db, c->actor->company, c->member_id,
		                        &state);
	if (rc != DB_OK)
		return rc;
	if (!state.has_consent && !c->agrees)
		return DB_NONE;
	if (!state.has_consent)
		rc = add_consent(db, c);
	return rc != DB_OK ? rc
		: store(db, c, state.has_photo ? "change" : "add");
}

enum db_result
member_photo_set(struct db *db, const struct actor *actor, int64_t member_id,
                 const struct photo *photo, bool agrees)
{
	return tx_run(db, set, &(struct change){ actor, member_id, photo,
	                                         agrees });
}

static enum db_result
remove_it(struct db *db, void *arg)
{
	const struct change *c = arg;
	struct db_stmt *st = db_begin(db, STMT_PHOTO_DELETE);
	enum db_result rc;

	db_in_str(st, c->actor->company);
	db_in_int(st, c->member_id);
	rc = db_run(st);
	return rc != DB_OK ? rc : audit_row(db, c->actor, "remove", TABLE,
	                                    c->member_id, "pho_large,pho_small");
}

enum db_result
member_photo_remove(struct db *db, const struct actor *actor, int64_t member_id)
{
	return tx_run(db, remove_it, &(struct change){ actor, member_id, NULL,
	                                               false });
}

enum db_result
member_photo_drop(struct db *db, const struct actor *actor, int64_t member_id)
{
	enum db_result rc = remove_it(db, &(struct change){ actor, member_id,
	                                                    NULL, false });

	return rc == DB_NONE ? DB_OK : rc;
}
