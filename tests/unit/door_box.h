/* door_box.h: a terminal's users and the bridge's journal, in memory */
#ifndef DOOR_BOX_H
#define DOOR_BOX_H

#include <stdlib.h>
#include <string.h>

#include "door_world.h"
#include "enforce.h"

struct box {
	struct zk_user users[NUMBERS];
	int count;
	bool is_admin[NUMBERS], is_banned[NUMBERS];
	struct zk_user banned_as[NUMBERS];	/* and administrators */
	int64_t stubborn_until[NUMBERS];	/* no write takes till then */
	struct enforce_mark marks[NUMBERS];
	bool is_marked[NUMBERS];
	/* what goes wrong next */
	int cut_after;		/* writes so many, then the power goes; -1 */
	bool is_away;
	int64_t now;
	/* judges each write */
	void (*judge)(void *arg, int number, const struct zk_user *after);
	void *arg;
};

static int
number_of(const char *user_id)
{
	return atoi(user_id) - 1;
}

static enum zk_result
box_read(void *arg, struct zk_user **users, size_t *count)
{
	struct box *box = arg;

	if (box->is_away)
		return ZK_CLOSED;
	*count = (size_t)box->count;
	*users = malloc(*count * sizeof **users);
	memcpy(*users, box->users, *count * sizeof **users);
	return ZK_OK;
}

static enum zk_result
box_write(void *arg, const struct zk_user *users, size_t count)
{
	struct box *box = arg;

	for (size_t i = 0; i < count; i++) {
		int n = number_of(users[i].user_id);

		if (box->cut_after == (int)i)
			return ZK_TIMEOUT;
		box->judge(box->arg, n, &users[i]);
		if (box->stubborn_until[n] <= box->now)
			box->users[n] = users[i];
	}
	return box->cut_after < 0 ? ZK_OK : ZK_TIMEOUT;
}

static bool
box_find(void *arg, const char *user_id, struct enforce_mark *out)
{
	const struct box *box = arg;
	int n = number_of(user_id);

	if (box->is_marked[n])
		*out = box->marks[n];
	return box->is_marked[n];
}

static bool
box_mark(void *arg, const struct enforce_mark *mark)
{
	struct box *box = arg;
	int n = number_of(mark->user_id);

	box->marks[n] = *mark;
	box->is_marked[n] = true;
	return true;
}

static bool
box_unmark(void *arg, const char *user_id)
{
	struct box *box = arg;

	box->is_marked[number_of(user_id)] = false;
	return true;
}

static bool
box_is_closed(const struct box *box, const struct lever *lever, int n)
{
	return lever_is_closed(lever, &box->users[n]);
}

/* Somebody at the terminal shuts one out. */
static void
box_ban(struct box *box, const struct lever *lever, int n)
{
	char was[LEVER_WAS_SIZE];

	lever_close(lever, &box->users[n], was);
	box->is_banned[n] = true;
	box->banned_as[n] = box->users[n];
}

static void
give_zones(struct zk_user *u)
{
	if (u->raw_len == 28) {
		u->zone_bits = (uint16_t)between(1, 99);
		return;
	}
	u->own_zones = 1;
	u->zones[0] = (uint16_t)between(1, 9);
}

/* Each with a group and time zones of its own; some are administrators. */
static void
make_box(struct box *box, int count)
{
	size_t width = draw(2) ? 72 : 28;

	*box = (struct box){ .count = count, .cut_after = -1 };
	for (int n = 0; n < count; n++) {
		struct zk_user *u = &box->users[n];

		u->uid = (uint16_t)(n + 1);
		snprintf(u->user_id, sizeof u->user_id, "%d", n + 1);
		u->raw_len = width;
		u->group = (uint8_t)between(1, 5);
		if (draw(4) == 0)
			give_zones(u);
		if (draw(25) == 0) {
			box->is_admin[n] = true;
			u->privilege = 14;
		}
		box->banned_as[n] = *u;
	}
}

#endif
