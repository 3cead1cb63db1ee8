/* spool_door.c: who may enter as last heard, and whom this bridge keeps out */
#include "spool_inside.h"

#include "base/text.h"

/* ---- the list ----------------------------------------------------------- */

bool
spool_door_load(struct spool *s, int64_t terminal, struct spool_door *out,
                struct buf *list)
{
	struct sqlite3_stmt *st;
	bool ok, found;

	*out = (struct spool_door){ .current_at = SPOOL_NONE,
		                    .server_at = SPOOL_NONE };
	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_DOOR_LOAD, "i", terminal);
	found = spool_inside_row(s, st, &ok);
	if (found) {
		spool_inside_text(st, 0, out->etag, sizeof out->etag);
		if (list != NULL)
			spool_inside_append(st, 1, list);
		out->current_at = spool_inside_int(st, 2);
		out->server_at = spool_inside_int(st, 3);
		out->is_released = spool_inside_int(st, 4) != 0;
	}
	spool_inside_reset(st);
	return spool_inside_unlock(s, ok && found);
}

bool
spool_door_save(struct spool *s, int64_t terminal,
                const struct spool_door *door, const struct buf *list)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_DOOR_SAVE, "itbiii", terminal, door->etag,
		(const void *)list->data, list->len, door->current_at,
		door->server_at, (int64_t)door->is_released)));
}

bool
spool_door_current(struct spool *s, int64_t terminal, int64_t current_at,
                   int64_t server_at)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_DOOR_CURRENT, "iii", current_at, server_at, terminal)));
}

bool
spool_door_release(struct spool *s, int64_t terminal)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_DOOR_RELEASE, "i", terminal)));
}

bool
spool_door_is_released(struct spool *s, int64_t terminal)
{
	struct sqlite3_stmt *st;
	bool ok, is_released = false;

	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_DOOR_RELEASED, "i", terminal);
	if (spool_inside_row(s, st, &ok))
		is_released = spool_inside_int(st, 0) != 0;
	spool_inside_reset(st);
	spool_inside_unlock(s, ok);
	return is_released;
}

/* ---- the journal -------------------------------------------------------- */

static void
read_block(struct sqlite3_stmt *st, struct spool_block *out)
{
	spool_inside_text(st, 0, out->user_id, sizeof out->user_id);
	out->kind = spool_inside_int(st, 1);
	out->value = spool_inside_int(st, 2);
	spool_inside_text(st, 3, out->was, sizeof out->was);
	out->trial_until = spool_inside_int(st, 4);
}

bool
spool_block_find(struct spool *s, int64_t terminal, const char *user_id,
                 struct spool_block *out)
{
	struct sqlite3_stmt *st;
	bool ok, found;

	*out = (struct spool_block){ .trial_until = SPOOL_NONE };
	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_BLOCK_FIND, "it", terminal, user_id);
	found = spool_inside_row(s, st, &ok);
	if (found)
		read_block(st, out);
	spool_inside_reset(st);
	return spool_inside_unlock(s, ok && found);
}

bool
spool_block_save(struct spool *s, int64_t terminal,
                 const struct spool_block *block)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_BLOCK_SAVE, "itiiti", terminal, block->user_id,
		block->kind, block->value, block->was, block->trial_until)));
}

bool
spool_block_drop(struct spool *s, int64_t terminal, const char *user_id)
{
	spool_inside_lock(s);
	return spool_inside_unlock(s, spool_inside_run(s, spool_inside_bind(s,
		SQL_BLOCK_DROP, "it", terminal, user_id)));
}

bool
spool_block_list(struct spool *s, int64_t terminal, spool_block_fn *each,
                 void *arg)
{
	struct sqlite3_stmt *st;
	struct spool_block block;
	bool ok;

	spool_inside_lock(s);
	st = spool_inside_bind(s, SQL_BLOCK_LIST, "i", terminal);
	while (spool_inside_row(s, st, &ok)) {
		read_block(st, &block);
		each(arg, &block);
	}
	return spool_inside_unlock(s, ok);
}

bool
spool_trials_end(struct spool *s, int64_t terminal, int64_t now_at,
                 size_t *count)
{
	bool ok;

	*count = 0;
	spool_inside_lock(s);
	ok = spool_inside_run(s, spool_inside_bind(s, SQL_TRIALS_END, "ii",
	                                           terminal, now_at));
	if (ok)
		*count = spool_inside_changes(s);
	return spool_inside_unlock(s, ok);
}
