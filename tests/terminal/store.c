/* store.c: users and punches inside the fake terminal */
#include "tests/terminal/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

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
	fake_store_finish_users(st);
	free(st->table);
	fake_store_init(st);
}

void *
fake_store_grow(void *items, size_t count, size_t *room, size_t item_size)
{
	if (count < *room)
		return items;
	*room = *room == 0 ? 64 : *room * 2;
	items = realloc(items, *room * item_size);
	if (items == NULL)
		log_die("out of memory");
	return items;
}

/* ---- punches -------------------------------------------------------------*/

/* The dropped are overwritten once they are half of all. */
static struct wire_punch *
next_place(struct fake_store *st)
{
	size_t dropped = (size_t)(st->punches - st->table);

	if (dropped > 0 && dropped >= st->punch_count) {
		memmove(st->table, st->punches,
		        st->punch_count * sizeof *st->table);
		dropped = 0;
	}
	st->table = fake_store_grow(st->table, dropped + st->punch_count,
	                            &st->table_room, sizeof *st->table);
	st->punches = st->table + dropped;
	return &st->punches[st->punch_count++];
}

static void
when_of(const struct wire_punch *p, char out[CLOCK_TEXT_SIZE])
{
	clock_format(p->at_local, out);
	out[10] = 'T';
}

void
fake_store_add_punch(struct fake_store *st, const struct wire_user *user,
                     int64_t at_local, uint8_t state, uint8_t verify)
{
	struct wire_punch *p = next_place(st);
	char when[CLOCK_TEXT_SIZE];

	*p = (struct wire_punch){
		.uid = user->uid,
		.state = state,
		.verify = verify,
		.at_local = at_local,
	};
	memcpy(p->user_id, user->user_id, sizeof p->user_id);
	if (st->fd < 0 || st->loading)
		return;
	when_of(p, when);
	fake_store_note(st, "punch %s %s %u %u\n", p->user_id, when, p->state,
	                p->verify);
}

static const char *const bad_words[WIRE_BAD__COUNT] = {
	"", "bytes", "date", "user",
};

enum wire_bad
fake_store_bad_word(const char *word)
{
	int bad = WIRE_BAD__COUNT - 1;

	while (bad > 0 && strcmp(bad_words[bad], word) != 0)
		bad--;
	return (enum wire_bad)bad;
}

void
fake_store_add_bad(struct fake_store *st, enum wire_bad bad, int64_t at_local)
{
	struct wire_punch *p = next_place(st);
	char when[CLOCK_TEXT_SIZE];

	*p = (struct wire_punch){
		.verify = 1, .bad = (uint8_t)bad, .at_local = at_local,
	};
	if (bad != WIRE_BAD_USER) {
		p->uid = 1;
		p->user_id[0] = '1';
	}
	when_of(p, when);
	fake_store_note(st, "bad %s %s\n", bad_words[bad], when);
}

void
fake_store_double(struct fake_store *st, size_t count)
{
	size_t from = st->punch_count - count;

	for (size_t i = 0; i < count; i++) {
		struct wire_punch *p = next_place(st);

		*p = st->punches[from + i];
	}
	fake_store_note(st, "double %zu\n", count);
}

void
fake_store_drop(struct fake_store *st, size_t count)
{
	if (count > st->punch_count)
		count = st->punch_count;
	st->punches += count;
	st->punch_count -= count;
	fake_store_note(st, "drop %zu\n", count);
}

void
fake_store_clear(struct fake_store *st)
{
	st->punches = st->table;
	st->punch_count = 0;
	fake_store_note(st, "clear\n");
}

/* ---- as tables -----------------------------------------------------------*/

void
fake_store_put_users(const struct fake_store *st, size_t user_size, bool junk,
                     struct buf *out)
{
	wire_put32(out, (uint32_t)(st->user_count * user_size));
	for (size_t i = 0; i < st->user_count; i++) {
		size_t start = out->len;

		wire_put_user(out, user_size, &st->users[i]);
		if (junk && st->users[i].raw_size != user_size)
			wire_spoil_user(out->data + start, user_size);
	}
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
fake_store_dump(const struct fake_store *st, const char *path, size_t *count)
{
	FILE *f = fopen(path, "we");
	bool fine;

	*count = 0;
	if (f == NULL)
		return false;
	for (size_t i = 0; i < st->punch_count; i++) {
		const struct wire_punch *p = &st->punches[i];
		char when[CLOCK_TEXT_SIZE];

		if (p->bad != WIRE_BAD_NONE)
			continue;
		clock_format(p->at_local, when);
		fprintf(f, "%s %s %u %u\n", p->user_id, when, p->state,
		        p->verify);
		++*count;
	}
	fine = ferror(f) == 0;
	return fclose(f) == 0 && fine;
}
