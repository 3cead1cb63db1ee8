/* token.c: what a bridge shows to be let in */
#include "gym/token.h"

#include "base/text.h"
#include "db/tx.h"

#define SECRET_DIGITS (SECRET_HASH_SIZE - 1)

bool
token_well_formed(const char *text)
{
	const char *dot = strchr(text, '.');
	size_t head = dot == NULL ? 0 : (size_t)(dot - text);

	return head >= 1 && head <= 16 && text_is_word(text, 90, ".-_") &&
	       strlen(dot + 1) == SECRET_DIGITS &&
	       strspn(dot + 1, "0123456789abcdef") == SECRET_DIGITS;
}

enum db_result
token_add(struct db *db, const char *company, const char *label,
          const char *device_sn, const char *nonce, int64_t now_at,
          char out[TOKEN_SIZE])
{
	struct db_stmt *st = db_begin(db, STMT_TOKEN_ADD);
	char secret[SECRET_HASH_SIZE], hash[SECRET_HASH_SIZE];

	secret_random(secret);
	snprintf(out, TOKEN_SIZE, "%s.%s", company, secret);
	secret_hash(out, hash);
	db_in_str(st, company);
	db_in_str(st, label);
	db_in_str(st, hash);
	db_in_str(st, device_sn);
	db_in_at(st, now_at);
	db_in_str(st, nonce);
	return db_run(st);
}

enum db_result
token_find(struct db *db, struct arena *a, const char *hash, struct token *out)
{
	struct db_stmt *st = db_begin(db, STMT_TOKEN_FIND);

	db_in_str(st, hash);
	db_out_int(st, &out->id);
	db_out_str(st, a, &out->company);
	db_out_str(st, a, &out->device_sn);
	return db_one(st);
}

enum db_result
token_revoke(struct db *db, const char *company, int64_t id, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_TOKEN_REVOKE);

	db_in_at(st, now_at);
	db_in_str(st, company);
	db_in_int(st, id);
	return db_run(st);
}

/* What a transaction is about. */
struct work {
	const struct actor *actor;
	const char *label, *device_sn, *nonce;
	int64_t id;
	char *out;
};

static enum db_result
make_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	enum db_result rc = token_add(db, w->actor->company, w->label,
	                              w->device_sn, w->nonce,
	                              w->actor->now_at, w->out);

	return rc == DB_OK ? audit_row(db, w->actor, "add", "mst_api_tokens",
	                               db_last_id(db),
	                               "tok_label,tok_device_sn") : rc;
}

enum db_result
token_make(struct db *db, const struct actor *actor, const char *label,
           const char *device_sn, const char *nonce, char out[TOKEN_SIZE])
{
	struct work w = { actor, label, device_sn, nonce, 0, out };

	return tx_run(db, make_step, &w);
}

static enum db_result
withdraw_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	enum db_result rc = token_revoke(db, w->actor->company, w->id,
	                                 w->actor->now_at);

	return rc == DB_OK ? audit_row(db, w->actor, "revoke",
	                               "mst_api_tokens", w->id,
	                               "tok_revoked_at") : rc;
}

enum db_result
token_withdraw(struct db *db, const struct actor *actor, int64_t id)
{
	struct work w = { .actor = actor, .id = id };

	return tx_run(db, withdraw_step, &w);
}

enum db_result
token_list(struct db *db, struct arena *a, const char *company,
           struct token_row **out, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_TOKEN_LIST);
	struct token_row *list = arena_alloc(a, TOKEN_LIST_MAX * sizeof *list);
	struct token_row row;
	enum db_result rc;

	db_in_str(st, company);
	db_out_int(st, &row.id);
	db_out_str(st, a, &row.label);
	db_out_str(st, a, &row.device_sn);
	db_out_at(st, &row.created_at);
	db_out_at(st, &row.revoked_at);
	*out = list;
	*count = 0;
	while ((rc = db_next(st)) == DB_OK && *count < TOKEN_LIST_MAX)
		list[(*count)++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
token_each(struct db *db, struct arena *a, const char *company,
           void (*each)(const struct token_row *row))
{
	struct db_stmt *st = db_begin(db, STMT_TOKEN_LIST);
	struct token_row row;
	enum db_result rc;

	db_in_str(st, company);
	db_out_int(st, &row.id);
	db_out_str(st, a, &row.label);
	db_out_str(st, a, &row.device_sn);
	db_out_at(st, &row.created_at);
	db_out_at(st, &row.revoked_at);
	while ((rc = db_next(st)) == DB_OK)
		each(&row);
	return rc == DB_NONE ? DB_OK : rc;
}
