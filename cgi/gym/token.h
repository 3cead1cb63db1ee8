/* token.h: what a bridge shows to be let in */
#ifndef TOKEN_H
#define TOKEN_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/audit.h"
#include "gym/secret.h"

#define TOKEN_SIZE 96	/* COMPANY.hexdigits and a NUL */
#define TOKEN_LABEL_MAX 120	/* characters */
#define TOKEN_LIST_MAX 1000

struct token {
	int64_t id;
	const char *company;
	const char *device_sn;	/* NULL: any terminal of the company */
};

/* A token in a list. */
struct token_row {
	int64_t id;
	const char *label, *device_sn;
	int64_t created_at, revoked_at;
};

/* The look of one: COMPANY.64 hex digits.  Says nothing of its validity. */
bool token_well_formed(const char *text);

/*
 * Makes one, stores its hash and puts the token itself, which nobody can
 * read again, into `out`.  `device_sn` NULL: for any terminal.  DB_DUPLICATE:
 * the form of that nonce (may be NULL) has made one already.
 */
enum db_result token_add(struct db *db, const char *company, const char *label,
                         const char *device_sn, const char *nonce,
                         int64_t now_at, char out[TOKEN_SIZE]);
/* The same, and token_revoke, as a transaction with its audit row. */
enum db_result token_make(struct db *db, const struct actor *actor,
                          const char *label, const char *device_sn,
                          const char *nonce, char out[TOKEN_SIZE]);
enum db_result token_withdraw(struct db *db, const struct actor *actor,
                              int64_t id);
/* Whose it is, by the secret_hash of its whole text; DB_NONE: nobody's. */
enum db_result token_find(struct db *db, struct arena *a, const char *hash,
                          struct token *out);
/* DB_NONE: the company has no such token in use. */
enum db_result token_revoke(struct db *db, const char *company, int64_t id,
                            int64_t now_at);
/* All of a company, at most TOKEN_LIST_MAX, the oldest first. */
enum db_result token_list(struct db *db, struct arena *a, const char *company,
                          struct token_row **out, size_t *count);
/* Calls `each` for every token of a company. */
enum db_result token_each(struct db *db, struct arena *a, const char *company,
                          void (*each)(const struct token_row *row));

#endif
