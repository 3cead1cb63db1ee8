/* message_warning.h: whose owners are to be told of a pause */
#ifndef MESSAGE_WARNING_H
#define MESSAGE_WARNING_H

#include "base/arena.h"
#include "db/db.h"

/* Of one company; see messaging_pause and messaging_warn. */
struct message_warning {
	const char *company;
	int64_t warn_at;	/* since when */
	int64_t told_user_id;	/* the last who was told; 0: nobody yet */
};

#define MESSAGE_WARNINGS_MAX 100	/* at a time */
/* An owner whose mail cannot be delivered for so long is passed over. */
#define MESSAGE_WARNING_GIVE_UP_MS (3 * 24 * 3600 * (int64_t)1000)

/*
 * A turn at telling, so that of two runs at once only one mails: DB_NONE,
 * another has it.  Who is killed has given it back.
 */
enum db_result message_warning_lock(struct db *db);
/*
 * Is it still ours?  DB_NONE: the connection was lost and opened again, and the
 * lock went with it; another may have the turn.  To be asked before each mail.
 */
enum db_result message_warning_is_locked(struct db *db);
void message_warning_unlock(struct db *db);

/* Those that are not done, the longest first. */
enum db_result message_warning_due(struct db *db, struct arena *a,
	struct message_warning list[MESSAGE_WARNINGS_MAX], size_t *count);

struct message_warning_owner {
	int64_t user_id;
	const char *email;
};

/*
 * The next owner of all branches who wants to be told of alerts, behind the
 * last who was told.  DB_NONE: there is none.
 */
enum db_result message_warning_next(struct db *db, struct arena *a,
                                    const struct message_warning *w,
                                    struct message_warning_owner *out);
/*
 * Keeps that one was told, and that all were.  DB_NONE: there is something new
 * to tell meanwhile, or another run was quicker.
 */
enum db_result message_warning_told(struct db *db, struct message_warning *w,
                                    int64_t user_id);
enum db_result message_warning_end(struct db *db,
                                   const struct message_warning *w);

#endif
