/* store.c: users and punches inside the fake terminal */
#include "tests/terminal/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define UNSAVED_MOST 65536

void
fake_store_init(struct fake_store *st)
{
	memset(st, 0, sizeof *st);
	st->fd = -1;
}

void
fake_store_finish(struct fake_store *st)
{
	fake_store_save(st);
	if (st->fd >= 0)
		close(st->fd);
	buf_finish(&st->unsaved);
	free(st->users);
	free(st->punches);
	fake_store_init(st);
}

/* Makes room for one more item; the table may move. */
static void *
grow(void *items, size_t count, size_t *room, size_t item_size)
{
	if (count < *room)
		return items;
	*room = *room == 0 ? 64 : *room * 2;
	items = realloc(items, *room * item_size);
	if (items == NULL)
		log_die("out of memory");
	return items;
}

/* ---- users ---------------------------------------------------------------*/

struct wire_user *
fake_store_user(struct fake_store *st, const char *user_id)
{
	for (size_t i = 0; i < st->user_count; i++) {
		if (strcmp(st->users[i].user_id, user_id) == 0)
			return &st->users[i];
	}
	return NULL;
}

static struct wire_user *
add_user(struct fake_store *st, const char *user_id)
{
	struct wire_user *u;
	uint16_t uid = 0;

	st->users = grow(st->users, st->user_count, &st->user_room,
	                 sizeof *st->users);
	for (size_t i = 0; i < st->user_count; i++) {
		if (st->users[i].uid > uid)
			uid = st->users[i].uid;
	}
	u = &st->users[st->user_count++];
	memset(u, 0, sizeof *u);
	u->uid = uid + 1;
	u->group = 1;
	text_copy(u->user_id, sizeof u->user_id, user_id);
	return u;
}

static void
note_user(struct fake_store *st, const struct wire_user *u)
{
	if (st->fd >= 0 && !st->loading)
		buf_appendf(&st->unsaved, "user %u %s %u %s\n", u->uid,
		            u->user_id, u->privilege, u->name);
}

struct wire_user *
fake_store_put_user(struct fake_store *st, const char *user_id,
                    const char *name)
{
	struct wire_user *u = fake_store_user(st, user_id);

	if (u == NULL)
		u = add_user(st, user_id);
	snprintf(u->name, sizeof u->name - 1, "%s", name);
	note_user(st, u);
	return u;
}

/* ---- punches -------------------------------------------------------------*/

static void
note_punch(struct fake_store *st, const struct wire_punch *p)
{
	char when[CLOCK_TEXT_SIZE];

	if (st->fd < 0 || st->loading)
		return;
	clock_format(p->at_local, when);
	when[10] = 'T';
	buf_appendf(&st->unsaved, "punch %s %s %u %u\n", p->user_id, when,
	            p->state, p->verify);
	if (st->unsaved.len > UNSAVED_MOST)
		fake_store_save(st);
}

void
fake_store_add_punch(struct fake_store *st, const struct wire_user *user,
                     int64_t at_local, uint8_t state, uint8_t verify)
{
	struct wire_punch *p;

	st->punches = grow(st->punches, st->punch_count, &st->punch_room,
	                   sizeof *st->punches);
	p = &st->punches[st->punch_count++];
	*p = (struct wire_punch){
		.uid = user->uid,
		.state = state,
		.verify = verify,
		.at_local = at_local,
	};
	memcpy(p->user_id, user->user_id, sizeof p->user_id);
	note_punch(st, p);
}

void
fake_store_clear(struct fake_store *st)
{
	st->punch_count = 0;
	if (st->fd >= 0 && !st->loading)
		buf_append_str(&st->unsaved, "clear\n");
}

/* ---- as tables -----------------------------------------------------------*/

void
fake_store_put_users(const struct fake_store *st, size_t user_size,
                     struct buf *out)
{
	wire_put32(out, (uint32_t)(st->user_count * user_size));
	for (size_t i = 0; i < st->user_count; i++)
		wire_put_user(out, user_size, &st->users[i]);
}

void
fake_store_put_log(const struct fake_store *st, enum wire_record form,
                   struct buf *out)
{
	size_t size = st->punch_count * wire_record_size(form);

	buf_reserve(out, size + 4);
	wire_put32(out, (uint32_t)size);
	for (size_t i = 0; i < st->punch_count; i++)
		wire_put_record(out, form, &st->punches[i]);
}

bool
fake_store_dump(const struct fake_store *st, const char *path)
{
	FILE *f = fopen(path, "we");
	bool fine;

	if (f == NULL)
		return false;
	for (size_t i = 0; i < st->punch_count; i++) {
		const struct wire_punch *p = &st->punches[i];
		char when[CLOCK_TEXT_SIZE];

		clock_format(p->at_local, when);
		fprintf(f, "%s %s %u %u\n", p->user_id, when, p->state,
		        p->verify);
	}
	fine = ferror(f) == 0;
	return fclose(f) == 0 && fine;
}
