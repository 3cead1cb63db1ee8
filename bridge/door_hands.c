/* door_hands.c: the terminal and the journal, as enforce.h wants them */
#include "door_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

/* A zk_user_fn. */
static void
take_user(void *arg, const struct zk_user *user)
{
	struct door_hands *h = arg;

	if (h->count == h->cap) {
		h->cap = h->cap == 0 ? 64 : h->cap * 2;
		h->users = reallocarray(h->users, h->cap, sizeof *h->users);
		if (h->users == NULL)
			log_die("out of memory");
	}
	h->users[h->count++] = *user;
}

enum zk_result
door_hands_read(void *arg, struct zk_user **users, size_t *count)
{
	struct door_hands *h = arg;
	enum zk_result rc;

	h->users = NULL;
	h->count = h->cap = 0;
	rc = zk_read_users(h->line->zk, h->line->users, take_user, h);
	*users = h->users;
	*count = h->count;
	h->users = NULL;
	return rc;
}

/* All are tried; ZK_REFUSED: not every one was taken. */
enum zk_result
door_hands_write(void *arg, const struct zk_user *users, size_t count)
{
	struct door_hands *h = arg;
	enum zk_result rc = ZK_OK;
	bool refused = false;

	for (size_t i = 0; i < count && (rc == ZK_OK || rc == ZK_REFUSED);
	     i++) {
		rc = zk_put_user(h->line->zk, &users[i]);
		refused = refused || rc == ZK_REFUSED;
	}
	if (rc == ZK_OK || rc == ZK_REFUSED)
		rc = zk_refresh(h->line->zk);
	return rc == ZK_OK && refused ? ZK_REFUSED : rc;
}

bool
door_hands_find(void *arg, const char *user_id, struct enforce_mark *out)
{
	struct door_hands *h = arg;
	struct spool_block block;

	if (!spool_block_find(h->door->world.spool, h->door->terminal,
	                      user_id, &block))
		return false;
	*out = (struct enforce_mark){
		.lever = { (enum lever_kind)block.kind, (int)block.value },
		.is_trial = block.trial_until != SPOOL_NONE,
	};
	text_copy(out->user_id, sizeof out->user_id, block.user_id);
	text_copy(out->was, sizeof out->was, block.was);
	return true;
}

bool
door_hands_save(struct door_hands *h, const struct enforce_mark *mark,
          int64_t trial_until)
{
	struct spool_block block = { .trial_until = trial_until,
		.kind = (int64_t)mark->lever.kind,
		.value = mark->lever.value };

	text_copy(block.user_id, sizeof block.user_id, mark->user_id);
	text_copy(block.was, sizeof block.was, mark->was);
	return spool_block_save(h->door->world.spool, h->door->terminal,
	                        &block);
}

static bool
put_mark(void *arg, const struct enforce_mark *mark)
{
	return door_hands_save(arg, mark, SPOOL_NONE);
}

bool
door_hands_drop(void *arg, const char *user_id)
{
	struct door_hands *h = arg;

	return spool_block_drop(h->door->world.spool, h->door->terminal,
	                        user_id);
}

static void
tell_user(void *arg, const char *user_id, enum enforce_state state,
          enum entry_kind kind)
{
	static const char *const states[] = {
		[ENFORCE_IS_BLOCKED] = "BLOCKED",
		[ENFORCE_IS_PENDING] = "PENDING",
		[ENFORCE_IS_FAILED] = "FAILED",
		[ENFORCE_IS_BANNED] = "BANNED",
	};
	struct door_stand *s = &((struct door_hands *)arg)->stand;
	struct door_user *user;

	if (s->user_count == s->user_cap) {
		s->user_cap = s->user_cap == 0 ? 64 : s->user_cap * 2;
		s->users = reallocarray(s->users, s->user_cap,
		                        sizeof *s->users);
		if (s->users == NULL)
			log_die("out of memory");
	}
	user = &s->users[s->user_count++];
	text_copy(user->user_id, sizeof user->user_id, user_id);
	user->state = states[state];
	user->kind = kind == ENTRY_HOURS ? "HOURS" : "ENDED";
	s->differing += state == ENFORCE_IS_PENDING ||
		state == ENFORCE_IS_FAILED;
}

struct enforce_door
door_hands_of(struct door_hands *h)
{
	return (struct enforce_door){ h, door_hands_read, door_hands_write,
		door_hands_find, put_mark, door_hands_drop, tell_user };
}
