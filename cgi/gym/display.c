/* display.c: screens at the front desk, and what lets them in */
#include "gym/display.h"

#include <string.h>

#include "base/clock.h"
#include "db/tx.h"

#define TABLE "mst_displays"
#define TOUCH_MS (60 * 1000)	/* at most one write a minute */

/* What a transaction is about. */
struct work {
	const struct actor *actor;
	struct arena *arena;
	const struct display_typed *typed;
	int64_t id;
	const char *code_hash, *token_hash;
};

/* ---- reading ------------------------------------------------------------- */

static void
out_row(struct db_stmt *st, struct arena *a, struct display *out)
{
	db_out_int(st, &out->id);
	db_out_str(st, a, &out->company);
	db_out_str(st, a, &out->company_name);
	db_out_int(st, &out->branch_id);
	db_out_str(st, a, &out->branch_name);
	db_out_str(st, a, &out->label);
	db_out_bool(st, &out->has_short_names);
	db_out_bool(st, &out->has_sound);
	db_out_int(st, &out->version);
	db_out_at(st, &out->created_at);
	db_out_at(st, &out->paired_at);
	db_out_at(st, &out->seen_at);
	db_out_at(st, &out->revoked_at);
}

static struct db_stmt *
begin_list(struct db *db, const char *company, int64_t id)
{
	struct db_stmt *st = db_begin(db, STMT_DISPLAY_LIST);

	db_in_str(st, company);
	db_in_id(st, id);
	db_in_id(st, id);
	return st;
}

enum db_result
display_list(struct db *db, struct arena *a, const char *company,
             struct display_list *out)
{
	struct db_stmt *st = begin_list(db, company, 0);
	struct display row;
	enum db_result rc;

	out_row(st, a, &row);
	out->rows = arena_alloc(a, DISPLAY_LIST_MAX * sizeof *out->rows);
	out->count = 0;
	while ((rc = db_next(st)) == DB_OK && out->count < DISPLAY_LIST_MAX)
		out->rows[out->count++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
display_find_id(struct db *db, struct arena *a, const char *company,
                int64_t id, struct display *out)
{
	struct db_stmt *st;

	if (id == 0)
		return DB_NONE;
	st = begin_list(db, company, id);
	out_row(st, a, out);
	return db_one(st);
}

static void
touch(struct db *db, const struct display *d, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_DISPLAY_TOUCH);

	db_in_at(st, now_at);
	db_in_str(st, d->company);
	db_in_int(st, d->id);
	db_run(st);	/* not worth refusing the page for */
}

enum db_result
display_find(struct db *db, struct arena *a, const char *hash, int64_t now_at,
             struct display *out)
{
	struct db_stmt *st = db_begin(db, STMT_DISPLAY_FIND);
	enum db_result rc;

	db_in_str(st, hash);
	out_row(st, a, out);
	rc = db_one(st);
	if (rc == DB_OK && now_at - out->seen_at >= TOUCH_MS)
		touch(db, out, now_at);
	return rc;
}

/* ---- adding, changing, revoking ------------------------------------------ */

static enum db_result
add_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct db_stmt *st = db_begin(db, STMT_DISPLAY_ADD);
	enum db_result rc;

	db_in_str(st, w->actor->company);
	db_in_id(st, w->typed->branch_id);
	db_in_str(st, w->typed->label);
	db_in_int(st, w->typed->has_short_names);
	db_in_int(st, w->typed->has_sound);
	db_in_str(st, w->code_hash);
	db_in_at(st, w->actor->now_at + DISPLAY_CODE_LIFE_MS);
	db_in_at(st, w->actor->now_at);
	db_in_str(st, w->typed->nonce);
	rc = db_run(st);
	return rc == DB_OK ? audit_row(db, w->actor, "add", TABLE,
		db_last_id(db), "dsp_label,dsp_branch_id,dsp_short_names,"
		"dsp_sound,dsp_code_hash") : rc;
}

enum db_result
display_add(struct db *db, const struct actor *actor,
            const struct display_typed *typed, char code[SECRET_CODE_SIZE])
{
	char hash[SECRET_HASH_SIZE];

	secret_code(code);
	secret_hash(code, hash);
	return tx_run(db, add_step, &(struct work){ .actor = actor,
		.typed = typed, .code_hash = hash });
}

static enum db_result
code_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct db_stmt *st = db_begin(db, STMT_DISPLAY_SET_CODE);
	enum db_result rc;

	db_in_str(st, w->code_hash);
	db_in_at(st, w->actor->now_at + DISPLAY_CODE_LIFE_MS);
	db_in_str(st, w->actor->company);
	db_in_int(st, w->id);
	rc = db_run(st);
	return rc == DB_OK ? audit_row(db, w->actor, "change", TABLE, w->id,
	                               "dsp_code_hash") : rc;
}

enum db_result
display_set_code(struct db *db, const struct actor *actor, int64_t id,
                 char code[SECRET_CODE_SIZE])
{
	char hash[SECRET_HASH_SIZE];

	secret_code(code);
	secret_hash(code, hash);
	return tx_run(db, code_step, &(struct work){ .actor = actor, .id = id,
		.code_hash = hash });
}

static enum db_result
store_typed(struct db *db, const struct work *w)
{
	struct db_stmt *st = db_begin(db, STMT_DISPLAY_CHANGE);

	db_in_id(st, w->typed->branch_id);
	db_in_str(st, w->typed->label);
	db_in_int(st, w->typed->has_short_names);
	db_in_int(st, w->typed->has_sound);
	db_in_str(st, w->actor->company);
	db_in_int(st, w->typed->id);
	db_in_int(st, w->typed->version);
	return db_run(st);
}

/* The version sees to it that what was read is what is overwritten. */
static enum db_result
change_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	const struct display_typed *t = w->typed;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	struct display was;
	enum db_result rc = display_find_id(db, w->arena, w->actor->company,
	                                    t->id, &was);

	if (rc == DB_OK)
		rc = store_typed(db, w);
	if (rc != DB_OK)
		return rc;
	audit_field(&fields, "dsp_label", strcmp(t->label, was.label) != 0);
	audit_field(&fields, "dsp_branch_id", t->branch_id != was.branch_id);
	audit_field(&fields, "dsp_short_names",
	            t->has_short_names != was.has_short_names);
	audit_field(&fields, "dsp_sound", t->has_sound != was.has_sound);
	return *fields.text == '\0' ? DB_OK
		: audit_row(db, w->actor, "change", TABLE, t->id, fields.text);
}

enum db_result
display_change(struct db *db, struct arena *a, const struct actor *actor,
               const struct display_typed *typed)
{
	return tx_run(db, change_step, &(struct work){ .actor = actor,
		.arena = a, .typed = typed });
}

static enum db_result
revoke_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct db_stmt *st = db_begin(db, STMT_DISPLAY_REVOKE);
	enum db_result rc;

	db_in_at(st, w->actor->now_at);
	db_in_str(st, w->actor->company);
	db_in_int(st, w->id);
	rc = db_run(st);
	return rc == DB_OK ? audit_row(db, w->actor, "revoke", TABLE, w->id,
	                               "dsp_revoked_at") : rc;
}

enum db_result
display_revoke(struct db *db, const struct actor *actor, int64_t id)
{
	return tx_run(db, revoke_step, &(struct work){ .actor = actor,
		.id = id });
}

/* ---- pairing ------------------------------------------------------------- */

/* The actor is nobody yet: whose display it is, only the code says. */
static enum db_result
pair_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct actor actor = *w->actor;
	struct db_stmt *st = db_begin(db, STMT_DISPLAY_PAIR);
	struct display display;
	enum db_result rc;

	db_in_str(st, w->token_hash);
	db_in_at(st, actor.now_at);
	db_in_at(st, actor.now_at);
	db_in_str(st, w->code_hash);
	db_in_at(st, actor.now_at);
	rc = db_run(st);
	if (rc == DB_OK)
		rc = display_find(db, w->arena, w->token_hash, actor.now_at,
		                  &display);
	if (rc != DB_OK)
		return rc;
	actor.company = display.company;
	return audit_row(db, &actor, "pair", TABLE, display.id,
	                 "dsp_token_hash");
}

enum db_result
display_pair(struct db *db, struct arena *a, const char *code,
             const char *address, int64_t now_at,
             char secret[SECRET_HASH_SIZE])
{
	const struct actor nobody = { .address = address, .now_at = now_at };
	char code_hash[SECRET_HASH_SIZE], token_hash[SECRET_HASH_SIZE];

	secret_random(secret);
	secret_hash(secret, token_hash);
	secret_hash(code, code_hash);
	return tx_run(db, pair_step, &(struct work){ .actor = &nobody,
		.arena = a, .code_hash = code_hash,
		.token_hash = token_hash });
}
