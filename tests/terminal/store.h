/* store.h: users and punches inside the fake terminal */
#ifndef TERMINAL_STORE_H
#define TERMINAL_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/terminal/wire.h"

/*
 * Both tables lie in memory, in the order they were filled; with a state file,
 * every change is appended to it as a line:
 *
 *	user UID USER_ID PRIVILEGE NAME...
 *	punch USER_ID YYYY-MM-DDTHH:MM:SS STATE VERIFY
 *	clear
 */
struct fake_store {
	struct wire_user *users;
	size_t user_count, user_room;
	struct wire_punch *punches;
	size_t punch_count, punch_room;
	struct buf unsaved;	/* lines not yet in the state file */
	int fd;			/* of the state file, or -1 */
	bool loading;
};

/* Empty and without a file.  Pair: fake_store_finish, which saves. */
void fake_store_init(struct fake_store *st);
void fake_store_finish(struct fake_store *st);

/*
 * Reads the state file at `path`, which need not exist, and appends to it from
 * now on.  A last line cut short by a crash is dropped.  False, with the line
 * number in `error`, when the file is not one of ours.
 */
bool fake_store_open(struct fake_store *st, const char *path, char *error,
                     size_t size);
/* Writes what has been gathered since; false when the file refuses it. */
bool fake_store_save(struct fake_store *st);

/* NULL when there is none; valid until the next user is added. */
struct wire_user *fake_store_user(struct fake_store *st, const char *user_id);
/* Adds the user, in the next free slot, or renames; the name may be "". */
struct wire_user *fake_store_put_user(struct fake_store *st,
                                      const char *user_id, const char *name);

/* Appends to the log; `uid` and `user_id` are those of `user`. */
void fake_store_add_punch(struct fake_store *st, const struct wire_user *user,
                          int64_t at_local, uint8_t state, uint8_t verify);
/* Empties the log; the users stay. */
void fake_store_clear(struct fake_store *st);

/* The tables as the terminal sends them, their length of 4 bytes in front. */
void fake_store_put_users(const struct fake_store *st, size_t user_size,
                          struct buf *out);
void fake_store_put_log(const struct fake_store *st, enum wire_record form,
                        struct buf *out);

/* Writes "USER_ID YYYY-MM-DD HH:MM:SS STATE VERIFY" a line; errno on false. */
bool fake_store_dump(const struct fake_store *st, const char *path);

#endif
