/* session.c: browsers that are signed in */
#include "gym/session.h"

#define TOUCH_MS (60 * 1000)	/* at most one write a minute */

enum db_result
session_add(struct db *db, int64_t user_id, const char *company,
            int64_t now_at, char secret[SECRET_HASH_SIZE])
{
	char hash[SECRET_HASH_SIZE];
	struct db_stmt *st = db_begin(db, STMT_SESSION_ADD);
	enum db_result rc;

	secret_random(secret);
	secret_hash(secret, hash);
	db_in_str(st, hash);
	db_in_int(st, user_id);
	db_in_str(st, company);
	db_in_at(st, now_at);
	db_in_at(st, now_at);
	db_in_at(st, now_at + SESSION_LIFE_S * INT64_C(1000));
	rc = db_run(st);
	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_USER_SET_LAST);
	db_in_str(st, company);
	db_in_int(st, user_id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;	/* as it was */
}

enum db_result
session_find(struct db *db, struct arena *a, const char *hash, int64_t now_at,
             bool touch, struct session *out)
{
	struct db_stmt *st = db_begin(db, STMT_SESSION_FIND);
	enum db_result rc;

	db_in_str(st, hash);
	db_out_int(st, &out->user_id);
	db_out_str(st, a, &out->company);
	db_out_at(st, &out->seen_at);
	db_out_at(st, &out->expires_at);
	db_out_str(st, a, &out->user_name);
	db_out_str(st, a, &out->company_name);
	db_out_str(st, a, &out->currency);
	db_out_str(st, a, &out->phone_code);
	db_out_bool(st, &out->is_owner);
	db_out_int(st, &out->branch_id);
	rc = db_one(st);
	if (rc != DB_OK)
		return rc;
	if (out->expires_at <= now_at ||
	    out->seen_at + SESSION_IDLE_S * INT64_C(1000) <= now_at)
		return DB_NONE;
	if (!touch || now_at - out->seen_at < TOUCH_MS)
		return DB_OK;
	st = db_begin(db, STMT_SESSION_TOUCH);
	db_in_at(st, now_at);
	db_in_str(st, hash);
	db_run(st);	/* not worth refusing the page for */
	return DB_OK;
}

enum db_result
session_end(struct db *db, const char *hash)
{
	struct db_stmt *st = db_begin(db, STMT_SESSION_DELETE);

	db_in_str(st, hash);
	return db_run(st);
}

enum db_result
session_end_all(struct db *db, int64_t user_id)
{
	struct db_stmt *st = db_begin(db, STMT_SESSION_DELETE_USER);

	db_in_int(st, user_id);
	return db_run(st);
}

enum db_result
session_switch(struct db *db, const char *hash, const char *company)
{
	struct db_stmt *st = db_begin(db, STMT_SESSION_SWITCH);

	db_in_str(st, company);
	db_in_str(st, hash);
	return db_run(st);
}
