/* door_show.c: how a door stands, as the spool knows it */
#include "door.h"

#include "base/clock.h"
#include "entry.h"

/* A spool_block_fn. */
static void
count(void *arg, const struct spool_block *block)
{
	struct door_sight *sight = arg;

	if (block->trial_until == SPOOL_NONE)
		sight->blocked++;
	else
		sight->trials++;
}

bool
door_look(struct spool *s, int64_t terminal, struct door_sight *out)
{
	struct spool_door door;
	struct entry_list list;
	struct buf text = BUF_INIT;

	*out = (struct door_sight){ .current_at = SPOOL_NONE };
	if (spool_door_load(s, terminal, &door, &text) &&
	    entry_read(&text, &list)) {
		out->has_list = true;
		out->is_enforced = list.enforced_at != CLOCK_NO_TIME;
		out->is_released = door.is_released;
		out->current_at = door.current_at;
		entry_finish(&list);
	}
	buf_finish(&text);
	return spool_block_list(s, terminal, count, out);
}
