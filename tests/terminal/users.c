/* users.c: the users inside the fake terminal, found by slot and by id */
#include "tests/terminal/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define SLOTS 65536

/*
 * Both indexes hold the place in `users` plus one, or 0: `by_uid` has a place
 * for each slot, `by_id` is a table of hashes at most a quarter full.
 */
static size_t
hash(const char *user_id)
{
	uint32_t h = 2166136261u;	/* FNV-1a */

	for (; *user_id != '\0'; user_id++)
		h = (h ^ (uint8_t)*user_id) * 16777619u;
	return h;
}

/* The place of the hash table where that id stands or would stand. */
static uint32_t *
place_of(const struct fake_store *st, const char *user_id)
{
	size_t mask = st->by_id_room - 1, at = hash(user_id) & mask;

	while (st->by_id[at] != 0 &&
	       strcmp(st->users[st->by_id[at] - 1].user_id, user_id) != 0)
		at = (at + 1) & mask;
	return &st->by_id[at];
}

static void
index_user(struct fake_store *st, size_t i)
{
	uint16_t uid = st->users[i].uid;

	*place_of(st, st->users[i].user_id) = (uint32_t)i + 1;
	st->by_uid[uid] = (uint32_t)i + 1;
	if (uid > st->uid_most)
		st->uid_most = uid;
}

static void *
zeroes(size_t count)
{
	void *p = calloc(count, sizeof(uint32_t));

	if (p == NULL)
		log_die("out of memory");
	return p;
}

static void
reindex(struct fake_store *st)
{
	free(st->by_id);
	free(st->by_uid);
	st->by_id_room = 256;
	while (st->by_id_room < st->user_room * 4)
		st->by_id_room *= 2;
	st->by_id = zeroes(st->by_id_room);
	st->by_uid = zeroes(SLOTS);
	for (size_t i = 0; i < st->user_count; i++)
		index_user(st, i);
}

struct wire_user *
fake_store_user(struct fake_store *st, const char *user_id)
{
	uint32_t at = st->by_id == NULL ? 0 : *place_of(st, user_id);

	return at == 0 ? NULL : &st->users[at - 1];
}

struct wire_user *
fake_store_slot(struct fake_store *st, uint32_t uid)
{
	uint32_t at = st->by_uid == NULL || uid >= SLOTS ? 0 : st->by_uid[uid];

	return at == 0 ? NULL : &st->users[at - 1];
}

void
fake_store_finish_users(struct fake_store *st)
{
	free(st->users);
	free(st->by_id);
	free(st->by_uid);
}

/* ---- changes -------------------------------------------------------------*/

/* The next behind all that were ever given, as terminals do. */
static uint16_t
free_uid(struct fake_store *st)
{
	uint16_t uid = 1;

	if (st->uid_most < SLOTS - 1)
		return st->uid_most + 1;
	while (fake_store_slot(st, uid) != NULL)
		uid++;
	return uid;
}

static struct wire_user *
add_user(struct fake_store *st, const struct wire_user *user)
{
	size_t room = st->user_room;

	st->users = fake_store_grow(st->users, st->user_count, &st->user_room,
	                            sizeof *st->users);
	st->users[st->user_count++] = *user;
	if (room != st->user_room)
		reindex(st);
	else
		index_user(st, st->user_count - 1);
	return &st->users[st->user_count - 1];
}

struct wire_user *
fake_store_put_user(struct fake_store *st, const char *user_id,
                    const char *name)
{
	struct wire_user *u = fake_store_user(st, user_id);

	if (u == NULL) {
		struct wire_user fresh = {
			.uid = free_uid(st), .access.group = 1, .fingers = 1,
		};

		text_copy(fresh.user_id, sizeof fresh.user_id, user_id);
		u = add_user(st, &fresh);
	}
	wire_set_name(u, name);
	fake_store_note(st, "user %u %s %u %s\n", u->uid, u->user_id,
	                u->privilege, u->name);
	return u;
}

void
fake_store_move_user(struct fake_store *st, struct wire_user *user,
                     uint16_t uid)
{
	st->by_uid[user->uid] = 0;
	user->uid = uid;
	index_user(st, (size_t)(user - st->users));
}

bool
fake_store_write_user(struct fake_store *st, const struct wire_user *user)
{
	struct wire_user *old = fake_store_slot(st, user->uid);
	struct wire_user *same = fake_store_user(st, user->user_id);
	char hex[2 * WIRE_USER_MOST + 1];

	if (same != NULL && same != old)
		return false;
	if (old == NULL) {
		add_user(st, user);
	} else {
		uint8_t fingers = old->fingers;
		uint16_t writes = old->writes;

		*old = *user;
		old->fingers = fingers;
		old->writes = writes;
		if (same == NULL)	/* somebody else in the same slot */
			reindex(st);
	}
	text_to_hex(hex, user->raw, user->raw_size);
	fake_store_note(st, "write %s\n", hex);
	return true;
}

void
fake_store_set_privilege(struct fake_store *st, struct wire_user *user,
                         uint8_t privilege)
{
	wire_set_privilege(user, privilege);
	fake_store_note(st, "privilege %u %u\n", user->uid, privilege);
}

void
fake_store_set_access(struct fake_store *st, struct wire_user *user,
                      const struct wire_access *access)
{
	wire_set_access(user, access);
	fake_store_note(st, "access %u %u %u %u %u %u %u\n", user->uid,
	                access->group, access->own_zones, access->zones[0],
	                access->zones[1], access->zones[2],
	                access->zone_bits);
}

void
fake_store_set_fingers(struct fake_store *st, struct wire_user *user,
                       uint8_t fingers)
{
	user->fingers = fingers;
	fake_store_note(st, "fingers %u %u\n", user->uid, fingers);
}

void
fake_store_delete_user(struct fake_store *st, struct wire_user *user)
{
	size_t i = (size_t)(user - st->users);

	fake_store_note(st, "delete %u\n", user->uid);
	memmove(user, user + 1, (st->user_count - i - 1) * sizeof *user);
	st->user_count--;
	reindex(st);
}

void
fake_store_clear_users(struct fake_store *st)
{
	for (size_t i = 0; i < st->user_count; i++)
		fake_store_note(st, "delete %u\n", st->users[i].uid);
	st->user_count = 0;
	reindex(st);
}

/* ---- as lines ------------------------------------------------------------*/

/* A name may hold any bytes, and none of them may break the line. */
static void
print_name(FILE *f, const char *name)
{
	for (; *name != '\0'; name++)
		putc((uint8_t)*name < ' ' ? '?' : *name, f);
}

bool
fake_store_dump_users(const struct fake_store *st, const char *path)
{
	FILE *f = fopen(path, "we");
	bool fine;

	if (f == NULL)
		return false;
	for (size_t i = 0; i < st->user_count; i++) {
		const struct wire_user *u = &st->users[i];

		fprintf(f, "%u %s %u ", u->uid, u->user_id, u->privilege);
		print_name(f, u->name);
		putc('\n', f);
	}
	fine = ferror(f) == 0;
	return fclose(f) == 0 && fine;
}
