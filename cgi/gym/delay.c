/* delay.c: whoever guesses secrets waits longer from try to try */
#include "gym/delay.h"

#include "gym/secret.h"

#define FIRST_MS 2000
#define MOST_MS (5 * 60 * 1000)	/* of one pause */
#define REMEMBER_MS (DELAY_REMEMBER_S * INT64_C(1000))
#define REMEMBERED "remembered"	/* the purpose of such a key's hash */

static const struct {
	const char *purpose;	/* of the key's hash */
	int64_t free_tries;	/* wrong ones without a delay */
} kinds[DELAY__COUNT] = {
	[DELAY_ACCOUNT] = { "account", 3 },
	[DELAY_KNOWN] = { "known", 3 },
	[DELAY_NETWORK] = { "address", 20 },	/* a gym's staff share one */
	[DELAY_PAIRING] = { "pairing", 5 },
};

/* The pause after so many failures: none at first, then doubling. */
static int64_t
pause_ms(enum delay_kind kind, int64_t failures)
{
	int64_t ms = FIRST_MS;

	if (failures < kinds[kind].free_tries)
		return 0;
	for (int64_t i = kinds[kind].free_tries; i < failures && ms < MOST_MS;
	     i++)
		ms *= 2;
	return ms < MOST_MS ? ms : MOST_MS;
}

static enum db_result
find(struct db *db, const char *key, int64_t *failures, int64_t *next_at)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_FIND);

	db_in_str(st, key);
	db_out_int(st, failures);
	db_out_at(st, next_at);
	return db_one(st);
}

static enum db_result
add(struct db *db, const char *key, int64_t next_at)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_ADD);

	db_in_str(st, key);
	db_in_at(st, next_at);
	return db_run(st);
}

static void
clear(struct db *db, const char *key)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_CLEAR);

	db_in_str(st, key);
	db_run(st);
}

/* Only one of those who saw the same count gets through. */
static enum db_result
claim(struct db *db, enum delay_kind kind, const char *key, int64_t now_at,
      int64_t failures)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_CLAIM);

	db_in_at(st, now_at + pause_ms(kind, failures + 1));
	db_in_str(st, key);
	db_in_int(st, failures);
	db_in_at(st, now_at);
	return db_run(st);
}

static void
purge(struct db *db, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_PURGE);

	db_in_at(st, now_at - DELAY_FORGET_MS);
	db_run(st);
}

enum db_result
delay_try(struct db *db, enum delay_kind kind, const char *what,
          int64_t now_at, int64_t *wait_s)
{
	char key[SECRET_HASH_SIZE];
	int64_t failures, next_at;
	enum db_result rc;

	purge(db, now_at);
	secret_derive(what, kinds[kind].purpose, key);
	rc = find(db, key, &failures, &next_at);
	*wait_s = 1;
	if (rc == DB_NONE)
		rc = add(db, key, now_at + pause_ms(kind, 1));
	else if (rc == DB_OK && next_at > now_at)
		*wait_s = (next_at - now_at + 999) / 1000, rc = DB_NONE;
	else if (rc == DB_OK)
		rc = claim(db, kind, key, now_at, failures);
	return rc == DB_DUPLICATE || rc == DB_AGAIN ? DB_NONE : rc;
}

int64_t
delay_clear(struct db *db, enum delay_kind kind, const char *what)
{
	char key[SECRET_HASH_SIZE];
	int64_t failures, next_at;

	secret_derive(what, kinds[kind].purpose, key);
	if (find(db, key, &failures, &next_at) != DB_OK)
		return 0;
	clear(db, key);
	return failures;
}

void
delay_take_back(struct db *db, enum delay_kind kind, const char *what,
                int64_t count, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_CLEAR_IF);
	char key[SECRET_HASH_SIZE];

	secret_derive(what, kinds[kind].purpose, key);
	db_in_str(st, key);
	db_in_int(st, count);
	if (db_run(st) == DB_OK)
		return;
	st = db_begin(db, STMT_SIGNIN_DELAY_TAKE_BACK);
	db_in_int(st, count);
	db_in_at(st, now_at);
	db_in_str(st, key);
	db_in_int(st, count);
	db_run(st);
}

void
delay_remember(struct db *db, const char *what, int64_t now_at)
{
	char key[SECRET_HASH_SIZE];

	secret_derive(what, REMEMBERED, key);
	clear(db, key);
	add(db, key, now_at + REMEMBER_MS);
}

enum db_result
delay_remembers(struct db *db, const char *what, int64_t now_at)
{
	char key[SECRET_HASH_SIZE];
	int64_t failures, until_at;
	enum db_result rc;

	secret_derive(what, REMEMBERED, key);
	rc = find(db, key, &failures, &until_at);
	return rc == DB_OK && until_at <= now_at ? DB_NONE : rc;
}
