/* user.c: people who sign in, and the delay after wrong passwords */
#include "gym/user.h"

#include <stdio.h>

#include "base/network.h"
#include "base/text.h"
#include "db/tx.h"
#include "gym/delay.h"
#include "gym/guess.h"
#include "gym/secret.h"

bool
user_email_valid(const char *email)
{
	const char *at = strchr(email, '@');
	size_t len = strlen(email);

	return len <= USER_EMAIL_MAX && at != NULL && at != email &&
	       at[1] != '\0' && strpbrk(email, " \t\r\n<>,;\"") == NULL &&
	       strchr(at + 1, '@') == NULL && text_is_utf8(email, len);
}

enum user_password
user_password_judge(const char *password, const char *email, const char *name)
{
	const char *const own[] = { email, name, NULL };
	size_t bytes = strlen(password), characters = 0;

	if (bytes > SECRET_PASSWORD_MAX)
		return USER_PASSWORD_LONG;
	if (!text_is_utf8(password, bytes))
		return USER_PASSWORD_UNREADABLE;
	for (const char *c = password; *c != '\0'; c++)
		characters += (*c & 0xc0) != 0x80;
	if (characters < SECRET_PASSWORD_MIN)
		return USER_PASSWORD_SHORT;
	return guess_is_likely(password, own) ? USER_PASSWORD_GUESSED
		: USER_PASSWORD_FINE;
}

/* E-mails are stored and looked for in lower case. */
static void
lower_case(const char *email, char out[USER_EMAIL_MAX + 1])
{
	size_t len = strnlen(email, USER_EMAIL_MAX);

	for (size_t i = 0; i < len; i++)
		out[i] = (char)(email[i] >= 'A' && email[i] <= 'Z'
			? email[i] | 0x20 : email[i]);
	out[len] = '\0';
}

enum db_result
user_add(struct db *db, const char *email, const char *name,
         const char *password, int64_t now_at, int64_t *id)
{
	char hash[SECRET_PASSWORD_HASH_SIZE], lower[USER_EMAIL_MAX + 1];
	struct db_stmt *st;
	enum db_result rc;

	if (!secret_password_hash(password, hash))
		return DB_FAIL;
	lower_case(email, lower);
	st = db_begin(db, STMT_USER_ADD);
	db_in_str(st, lower);
	db_in_str(st, name);
	db_in_str(st, hash);
	db_in_at(st, now_at);
	db_in_at(st, now_at);
	rc = db_run(st);
	*id = db_last_id(db);
	return rc;
}

enum db_result
user_find(struct db *db, struct arena *a, const char *email, struct user *out)
{
	struct db_stmt *st = db_begin(db, STMT_USER_FIND_EMAIL);
	char lower[USER_EMAIL_MAX + 1];

	lower_case(email, lower);
	db_in_str(st, lower);
	db_out_int(st, &out->id);
	db_out_str(st, a, &out->name);
	db_out_str(st, a, &out->password_hash);
	db_out_str(st, a, &out->status);
	return db_one(st);
}

enum db_result
user_set_password(struct db *db, int64_t id, const char *password,
                  int64_t now_at)
{
	char hash[SECRET_PASSWORD_HASH_SIZE];
	struct db_stmt *st;
	enum db_result rc;

	if (!secret_password_hash(password, hash))
		return DB_FAIL;
	st = db_begin(db, STMT_USER_SET_PASSWORD);
	db_in_str(st, hash);
	db_in_at(st, now_at);
	db_in_int(st, id);
	rc = db_run(st);
	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_SESSION_DELETE_USER);
	db_in_int(st, id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
user_places(struct db *db, int64_t id, const char *company,
            struct user_places *out)
{
	struct db_stmt *st = db_begin(db, STMT_USER_PLACES);

	db_in_str(st, company);
	db_in_str(st, company);
	db_in_int(st, id);
	db_out_bool(st, &out->is_here);
	db_out_bool(st, &out->is_elsewhere);
	return db_one(st);
}

enum db_result
user_lock(struct db *db, int64_t id, const char *company,
          struct user_places *out)
{
	struct db_stmt *st = db_begin(db, STMT_USER_LOCK);
	enum db_result rc;

	db_in_int(st, id);
	db_out_int(st, &id);
	rc = db_one(st);
	/* only now: what was stored while this waited counts */
	return rc == DB_OK ? user_places(db, id, company, out) : rc;
}

enum db_result
user_begin_anew(struct db *db, int64_t id, const char *name,
                const char *password, int64_t now_at)
{
	enum db_result rc = user_set_password(db, id, password, now_at);
	struct db_stmt *st;

	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_USER_SET_NAME);
	db_in_str(st, name);
	db_in_int(st, id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;	/* it is the same name */
}

enum db_result
user_find_id(struct db *db, struct arena *a, int64_t id, struct user *out)
{
	struct db_stmt *st = db_begin(db, STMT_USER_FIND_ID);

	*out = (struct user){ .id = id };
	db_in_int(st, id);
	db_out_str(st, a, &out->email);
	db_out_str(st, a, &out->name);
	db_out_str(st, a, &out->password_hash);
	return db_one(st);
}

/* What a transaction is about. */
struct renewal {
	const struct actor *actor;
	int64_t id;
	const char *password;
};

static enum db_result
renew_step(struct db *db, void *arg)
{
	const struct renewal *r = arg;
	enum db_result rc = user_set_password(db, r->id, r->password,
	                                      r->actor->now_at);

	return rc == DB_OK ? audit_row(db, r->actor, "change", "mst_users",
	                               r->id, "usr_password_hash") : rc;
}

enum db_result
user_renew_password(struct db *db, const struct actor *actor, int64_t id,
                    const char *password)
{
	return tx_run(db, renew_step, &(struct renewal){ actor, id,
	                                                 password });
}

enum db_result
role_add(struct db *db, const char *company, int64_t user_id,
         int64_t branch_id, const char *role, const char *nonce,
         int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_ADD);

	db_in_str(st, company);
	db_in_int(st, user_id);
	db_in_id(st, branch_id);
	db_in_str(st, role);
	db_in_at(st, now_at);
	db_in_str(st, nonce);
	return db_run(st);
}

enum db_result
role_first(struct db *db, struct arena *a, int64_t user_id,
           const char **company)
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_FIRST);

	db_in_int(st, user_id);
	db_out_str(st, a, company);
	return db_one(st);
}

enum db_result
role_each(struct db *db, struct arena *a, const char *company,
          void (*each)(const char *email, const char *name, const char *role,
                       const char *branch))
{
	struct db_stmt *st = db_begin(db, STMT_ROLE_LIST);
	const char *email, *name, *role, *branch;
	enum db_result rc;

	db_in_str(st, company);
	db_out_str(st, a, &email);
	db_out_str(st, a, &name);
	db_out_str(st, a, &role);
	db_out_str(st, a, &branch);
	while ((rc = db_next(st)) == DB_OK)
		each(email, name, role, branch);
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- the delay ----------------------------------------------------------- */

/* An account, and where it is tried, as keys; all of them have a longest. */
struct place {
	char email[USER_EMAIL_MAX + 1];		/* in lower case */
	char network[NETWORK_SIZE];
	char at[USER_EMAIL_MAX + 1 + NETWORK_SIZE];	/* at that address */
	char with[USER_EMAIL_MAX + 1 + SECRET_HASH_SIZE];	/* or "" */
};

/* 64 hex digits, as secret_random makes them? */
static bool
is_secret(const char *text)
{
	return strlen(text) == SECRET_HASH_SIZE - 1 &&
		strspn(text, "0123456789abcdef") == SECRET_HASH_SIZE - 1;
}

static void
find_place(struct place *p, const char *email, const struct user_from *from)
{
	lower_case(email, p->email);
	network_of(from->address, p->network);
	snprintf(p->at, sizeof p->at, "%s %s", p->email, p->network);
	p->with[0] = '\0';
	if (from->browser != NULL && is_secret(from->browser))
		snprintf(p->with, sizeof p->with, "%s %s", p->email,
		         from->browser);
}

const char *
user_browser(const char *held, char fresh[SECRET_HASH_SIZE])
{
	if (held != NULL && is_secret(held))
		return held;
	secret_random(fresh);
	return fresh;
}

static enum db_result
remembers(struct db *db, const char *what, int64_t now_at)
{
	return *what == '\0' ? DB_NONE : delay_remembers(db, what, now_at);
}

enum db_result
user_signin_try(struct db *db, const char *email, const struct user_from *from,
                int64_t now_at, int64_t *wait_s)
{
	struct place place;
	enum db_result rc;

	find_place(&place, email, from);
	/* who guesses from the same address does not hold up this browser */
	rc = remembers(db, place.with, now_at);
	if (rc == DB_OK)
		return delay_try(db, DELAY_KNOWN, place.with, now_at, wait_s);
	if (rc == DB_NONE)
		rc = remembers(db, place.at, now_at);
	/* the account first: who only waits for it holds up nobody else */
	if (rc == DB_OK)
		rc = delay_try(db, DELAY_KNOWN, place.at, now_at, wait_s);
	else if (rc == DB_NONE)
		rc = delay_try(db, DELAY_ACCOUNT, place.email, now_at, wait_s);
	return rc != DB_OK ? rc
		: delay_try(db, DELAY_NETWORK, place.network, now_at, wait_s);
}

/* How many tries had been counted there. */
static int64_t
trust(struct db *db, const char *what, int64_t now_at)
{
	int64_t tries;

	if (*what == '\0')
		return 0;
	tries = delay_clear(db, DELAY_KNOWN, what);
	delay_remember(db, what, now_at);
	return tries;
}

void
user_signin_done(struct db *db, const char *email,
                 const struct user_from *from, int64_t now_at)
{
	struct place place;
	int64_t at_account, at_known;

	find_place(&place, email, from);
	at_account = delay_clear(db, DELAY_ACCOUNT, place.email);
	at_known = trust(db, place.at, now_at);
	/*
	 * Of the address's tries only those at this account: who has one of
	 * their own does not clear what they guessed at others.
	 */
	if (remembers(db, place.with, now_at) == DB_NONE)
		delay_take_back(db, DELAY_NETWORK, place.network,
		                at_known > 0 ? at_known : at_account, now_at);
	trust(db, place.with, now_at);
}
