/* user.c: people who sign in, and the delay after wrong passwords */
#include "gym/user.h"

#include "base/text.h"
#include "db/tx.h"
#include "gym/secret.h"

#define FREE_TRIES 3		/* wrong ones without a delay */
#define DELAY_FIRST_MS 2000
#define DELAY_MOST_MS (5 * 60 * 1000)	/* never locked out for good */
#define ADDRESS_FREE_TRIES 20	/* a gym's staff share one address */
#define FORGET_MS (24 * 3600 * 1000)

bool
user_email_valid(const char *email)
{
	const char *at = strchr(email, '@');
	size_t len = strlen(email);

	return len <= USER_EMAIL_MAX && at != NULL && at != email &&
	       at[1] != '\0' && strpbrk(email, " \t\r\n<>,;\"") == NULL &&
	       strchr(at + 1, '@') == NULL && text_is_utf8(email, len);
}

const char *
user_password_problem(const char *password)
{
	size_t bytes = strlen(password), characters = 0;

	if (bytes > SECRET_PASSWORD_MAX)
		return "A password may be at most 128 characters long.";
	if (!text_is_utf8(password, bytes))
		return "The password is not readable text.";
	for (const char *c = password; *c != '\0'; c++)
		characters += (*c & 0xc0) != 0x80;
	if (characters < SECRET_PASSWORD_MIN)
		return "A password needs at least 10 characters.";
	return NULL;
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

/* The pause after so many failures: none at first, then doubling. */
static int64_t
delay_ms(int64_t failures, int64_t free_tries)
{
	int64_t ms = DELAY_FIRST_MS;

	if (failures < free_tries)
		return 0;
	for (int64_t i = free_tries; i < failures && ms < DELAY_MOST_MS; i++)
		ms *= 2;
	return ms < DELAY_MOST_MS ? ms : DELAY_MOST_MS;
}

static enum db_result
find_delay(struct db *db, const char *key, int64_t *failures, int64_t *next_at)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_FIND);

	db_in_str(st, key);
	db_out_int(st, failures);
	db_out_at(st, next_at);
	return db_one(st);
}

static enum db_result
add_delay(struct db *db, const char *key, int64_t now_at, int64_t free_tries)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_ADD);

	db_in_str(st, key);
	db_in_at(st, now_at + delay_ms(1, free_tries));
	return db_run(st);
}

/* Only one of those who saw the same count gets through. */
static enum db_result
claim_delay(struct db *db, const char *key, int64_t now_at, int64_t failures,
            int64_t free_tries)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_CLAIM);

	db_in_at(st, now_at + delay_ms(failures + 1, free_tries));
	db_in_str(st, key);
	db_in_int(st, failures);
	db_in_at(st, now_at);
	return db_run(st);
}

static enum db_result
try_key(struct db *db, const char *key, int64_t now_at, int64_t free_tries,
        int64_t *wait_s)
{
	int64_t failures, next_at;
	enum db_result rc = find_delay(db, key, &failures, &next_at);

	*wait_s = 1;
	if (rc == DB_NONE)
		rc = add_delay(db, key, now_at, free_tries);
	else if (rc == DB_OK && next_at > now_at)
		*wait_s = (next_at - now_at + 999) / 1000, rc = DB_NONE;
	else if (rc == DB_OK)
		rc = claim_delay(db, key, now_at, failures, free_tries);
	return rc == DB_DUPLICATE || rc == DB_AGAIN ? DB_NONE : rc;
}

static void
delay_key(const char *kind, const char *what, char key[SECRET_HASH_SIZE])
{
	char lower[USER_EMAIL_MAX + 1];

	lower_case(what, lower);
	secret_derive(lower, kind, key);
}

static void
purge(struct db *db, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_PURGE);

	db_in_at(st, now_at - FORGET_MS);
	db_run(st);
	st = db_begin(db, STMT_SESSION_PURGE);
	db_in_at(st, now_at);
	db_run(st);
}

enum db_result
user_signin_try(struct db *db, const char *email, const char *address,
                int64_t now_at, int64_t *wait_s)
{
	char key[SECRET_HASH_SIZE];
	enum db_result rc;

	purge(db, now_at);
	/* the account first: who only waits for it holds up nobody else */
	delay_key("account", email, key);
	rc = try_key(db, key, now_at, FREE_TRIES, wait_s);
	if (rc != DB_OK)
		return rc;
	delay_key("address", address, key);
	return try_key(db, key, now_at, ADDRESS_FREE_TRIES, wait_s);
}

static void
clear_delay(struct db *db, const char *kind, const char *what)
{
	char key[SECRET_HASH_SIZE];
	struct db_stmt *st = db_begin(db, STMT_SIGNIN_DELAY_CLEAR);

	delay_key(kind, what, key);
	db_in_str(st, key);
	db_run(st);
}

void
user_signin_done(struct db *db, const char *email, const char *address)
{
	clear_delay(db, "account", email);
	clear_delay(db, "address", address);
}
