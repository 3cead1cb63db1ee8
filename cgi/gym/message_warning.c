/* message_warning.c: whose owners are to be told of a pause */
#include "gym/message_warning.h"

static enum db_result
is_ours(struct db *db, enum stmt_id which)
{
	struct db_stmt *st = db_begin(db, which);
	bool ours;
	enum db_result rc;

	db_out_bool(st, &ours);
	rc = db_one(st);
	return rc == DB_OK && !ours ? DB_NONE : rc;
}

/* A named lock and not a row's: mails may take longer than a transaction may. */
enum db_result
message_warning_lock(struct db *db)
{
	return is_ours(db, STMT_MESSAGE_WARNING_LOCK);
}

enum db_result
message_warning_is_locked(struct db *db)
{
	return is_ours(db, STMT_MESSAGE_WARNING_IS_LOCKED);
}

void
message_warning_unlock(struct db *db)
{
	is_ours(db, STMT_MESSAGE_WARNING_UNLOCK);
	/* if that failed, it ends with the connection */
}

enum db_result
message_warning_due(struct db *db, struct arena *a,
                    struct message_warning list[MESSAGE_WARNINGS_MAX],
                    size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WARNING_DUE);
	struct message_warning w;
	enum db_result rc;

	*count = 0;
	db_out_str(st, a, &w.company);
	db_out_at(st, &w.warn_at);
	db_out_int(st, &w.told_user_id);
	while ((rc = db_next(st)) == DB_OK && *count < MESSAGE_WARNINGS_MAX)
		list[(*count)++] = w;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
message_warning_next(struct db *db, struct arena *a,
                     const struct message_warning *w,
                     struct message_warning_owner *out)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WARNING_NEXT);

	db_in_str(st, w->company);
	db_in_int(st, w->told_user_id);
	db_out_int(st, &out->user_id);
	db_out_str(st, a, &out->email);
	return db_one(st);
}

enum db_result
message_warning_told(struct db *db, struct message_warning *w,
                     int64_t user_id)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WARNING_TOLD);

	w->told_user_id = user_id;
	db_in_int(st, user_id);
	db_in_str(st, w->company);
	db_in_at(st, w->warn_at);
	return db_run(st);
}

enum db_result
message_warning_end(struct db *db, const struct message_warning *w)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WARNING_END);

	db_in_str(st, w->company);
	db_in_at(st, w->warn_at);
	return db_run(st);
}
