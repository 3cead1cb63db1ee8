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
 *	access UID GROUP OWN_ZONES ZONE ZONE ZONE ZONE_BITS
 *	bad date|user|bytes YYYY-MM-DDTHH:MM:SS
 *	clear			the log
 *	delete UID
 *	double N
 *	drop N
 *	fingers UID N
 *	privilege UID N
 *	punch USER_ID YYYY-MM-DDTHH:MM:SS STATE VERIFY
 *	user UID USER_ID PRIVILEGE NAME...
 *	write HEX		a whole record of 28 or 72 bytes
 */
struct fake_store {
	struct wire_user *users;
	size_t user_count, user_room;
	uint32_t *by_uid, *by_id;	/* users.c: where to look first */
	size_t by_id_room;
	uint16_t uid_most;		/* ever given */
	struct wire_punch *punches;	/* in `table`, behind the dropped */
	size_t punch_count;
	struct wire_punch *table;
	size_t table_room;
	struct buf unsaved;	/* lines not yet in the state file */
	int fd;			/* of the state file, or -1 */
	bool loading;
};

/* Empty and without a file.  Pair: fake_store_finish, which saves. */
void fake_store_init(struct fake_store *st);
void fake_store_finish(struct fake_store *st);

/* ---- statefile.c */

/*
 * Reads the state file at `path`, which need not exist, and appends to it from
 * now on.  A last line cut short by a crash is dropped.  False, with the line
 * number in `error`, when the file is not one of ours.
 */
bool fake_store_open(struct fake_store *st, const char *path, char *error,
                     size_t size);
/* Writes what has been gathered since; false when the file refuses it. */
bool fake_store_save(struct fake_store *st);
/* Gathers a line, when there is a file. */
void fake_store_note(struct fake_store *st, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- users.c: what they return is valid until the next user comes or goes */

/* NULL when there is none. */
struct wire_user *fake_store_user(struct fake_store *st, const char *user_id);
struct wire_user *fake_store_slot(struct fake_store *st, uint32_t uid);
/*
 * Adds the user, in the next free slot and with one finger, or renames; the
 * name may be "".
 */
struct wire_user *fake_store_put_user(struct fake_store *st,
                                      const char *user_id, const char *name);
/* Moves the user to a slot that is free. */
void fake_store_move_user(struct fake_store *st, struct wire_user *user,
                          uint16_t uid);
/*
 * Puts a user as a client writes it into its slot, over whom it holds.  False
 * when another slot has that user id.
 */
bool fake_store_write_user(struct fake_store *st,
                           const struct wire_user *user);
void fake_store_set_privilege(struct fake_store *st, struct wire_user *user,
                              uint8_t privilege);
void fake_store_set_access(struct fake_store *st, struct wire_user *user,
                           const struct wire_access *access);
void fake_store_set_fingers(struct fake_store *st, struct wire_user *user,
                            uint8_t fingers);
/* Takes the user away; the punches stay. */
void fake_store_delete_user(struct fake_store *st, struct wire_user *user);
void fake_store_clear_users(struct fake_store *st);
void fake_store_finish_users(struct fake_store *st);

/* ---- store.c */

/* Makes room for one more item; the table may move. */
void *fake_store_grow(void *items, size_t count, size_t *room,
                      size_t item_size);

/* Appends to the log; `uid` and `user_id` are those of `user`. */
void fake_store_add_punch(struct fake_store *st, const struct wire_user *user,
                          int64_t at_local, uint8_t state, uint8_t verify);
/* Appends a record that nobody can read. */
void fake_store_add_bad(struct fake_store *st, enum wire_bad bad,
                        int64_t at_local);
/* Appends copies of the last `count` records, of which there are as many. */
void fake_store_double(struct fake_store *st, size_t count);
/* Takes the oldest away, at most all. */
void fake_store_drop(struct fake_store *st, size_t count);
/* Empties the log; the users stay. */
void fake_store_clear(struct fake_store *st);

/*
 * The tables as the terminal sends them, their length of 4 bytes in front;
 * `junk`: with rubbish behind the texts that no client wrote.
 */
void fake_store_put_users(const struct fake_store *st, size_t user_size,
                          bool junk, struct buf *out);
void fake_store_put_log(const struct fake_store *st, enum wire_record form,
                        struct buf *out);

/*
 * Writes a line for each record that can be read: "USER_ID YYYY-MM-DD HH:MM:SS
 * STATE VERIFY"; or for each user: "UID USER_ID PRIVILEGE NAME".  `count`
 * becomes how many; errno on false.
 */
bool fake_store_dump(const struct fake_store *st, const char *path,
                     size_t *count);
bool fake_store_dump_users(const struct fake_store *st, const char *path);

/* "bytes", "date", "user" of enum wire_bad; WIRE_BAD_NONE for other words. */
enum wire_bad fake_store_bad_word(const char *word);

#endif
