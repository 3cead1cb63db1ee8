/* token.h: what a bridge shows to be let in */
#ifndef TOKEN_H
#define TOKEN_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/secret.h"

#define TOKEN_SIZE 96	/* COMPANY.hexdigits and a NUL */

struct token {
	int64_t id;
	const char *company;
	const char *device_sn;	/* NULL: any terminal of the company */
};

/* A token in the list that the command line shows. */
struct token_row {
	int64_t id;
	const char *label, *device_sn;
	int64_t created_at, revoked_at;
};

/* The look of one: COMPANY.64 hex digits.  Says nothing of its validity. */
bool token_well_formed(const char *text);

/*
 * Makes one, stores its hash and puts the token itself, which nobody can
 * read again, into `out`.  `device_sn` NULL: for any terminal.
 */
enum db_result token_add(struct db *db, const char *company, const char *label,
                         const char *device_sn, int64_t now_at,
                         char out[TOKEN_SIZE]);
/* Whose it is, by the secret_hash of its whole text; DB_NONE: nobody's. */
enum db_result token_find(struct db *db, struct arena *a, const char *hash,
                          struct token *out);
enum db_result token_revoke(struct db *db, const char *company, int64_t id,
                            int64_t now_at);
/* Calls `each` for every token of a company. */
enum db_result token_each(struct db *db, struct arena *a, const char *company,
                          void (*each)(const struct token_row *row));

#endif
