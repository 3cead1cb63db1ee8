/* door_order.c: orders are done at the terminal: unlock, block, free */
#include "door_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define TRIAL_MS (10 * 60 * 1000)

bool
door_inside_take_order(struct door *d, struct door_order *out)
{
	bool found;

	pthread_mutex_lock(&d->lock);
	found = d->order_count > 0;
	if (found) {
		*out = d->orders[0];
		memmove(d->orders, d->orders + 1,
		        --d->order_count * sizeof *d->orders);
	}
	pthread_mutex_unlock(&d->lock);
	return found;
}

struct door_result
door_inside_result(const struct door_order *order)
{
	return (struct door_result){ .id = order->id,
		.templates_before = SPOOL_NONE,
		.templates_after = SPOOL_NONE };
}

static int64_t
count_templates(struct door_hands *h)
{
	struct zk_sizes sizes;

	return zk_read_sizes(h->line->zk, &sizes) == ZK_OK && sizes.known
		? sizes.templates : SPOOL_NONE;
}

static bool
find_user(struct door_hands *h, const char *user_id, struct zk_user *out,
          enum zk_result *rc)
{
	struct zk_user *users = NULL;
	size_t count = 0;
	bool found = false;

	*rc = door_hands_read(h, &users, &count);
	for (size_t i = 0; *rc == ZK_OK && i < count && !found; i++) {
		found = strcmp(users[i].user_id, user_id) == 0;
		if (found)
			*out = users[i];
	}
	free(users);
	return found;
}

/* Puts the change of a trial into `user`; NULL, or why it may not be. */
static const char *
change(struct door *d, struct door_hands *h, const struct door_order *order,
       struct zk_user *user)
{
	struct enforce_mark mark;
	bool is_marked = door_hands_find(h, order->user_id, &mark);

	if (!zk_user_is_plain(user))
		return "this is an administrator of the terminal";
	if (order->kind == DOOR_FREE)
		return !is_marked ? "this user was not closed by the bridge"
			: lever_open(&mark.lever, user, mark.was) ? NULL
			: "what has to be put back is not known";
	if (!d->is_loaded)
		return "the bridge has no list from the server yet";
	if (is_marked || lever_is_closed(&d->list.lever, user))
		return "this user is closed already";
	if (!lever_fits(&d->list.lever, user))
		return "the terminal's records do not hold this way";
	mark = (struct enforce_mark){ .lever = d->list.lever };
	memcpy(mark.user_id, user->user_id, sizeof mark.user_id);
	lever_close(&mark.lever, user, mark.was);
	return door_hands_save(h, &mark, clock_now_ms() + TRIAL_MS) ? NULL
		: "the bridge's spool cannot be written";
}

/* Written, and read again. */
static enum zk_result
try_user(struct door *d, struct door_hands *h, const struct door_order *order,
         const char **why)
{
	bool closes = order->kind == DOOR_BLOCK;
	struct zk_user user, seen;
	struct enforce_mark mark = { .user_id = "" };
	enum zk_result rc;

	*why = "the terminal does not know this user";
	if (!find_user(h, order->user_id, &user, &rc))
		return rc;
	*why = change(d, h, order, &user);
	if (*why != NULL)
		return ZK_OK;
	door_hands_find(h, order->user_id, &mark);
	rc = door_hands_write(h, &user, 1);
	*why = "the terminal did not keep what was written";
	if ((rc != ZK_OK && rc != ZK_REFUSED) ||
	    !find_user(h, order->user_id, &seen, &rc))
		return rc;
	if (lever_is_closed(&mark.lever, &seen) == closes)
		*why = NULL;
	if (lever_is_closed(&mark.lever, &seen))
		return ZK_OK;
	door_hands_drop(h, order->user_id);
	return ZK_OK;
}

enum zk_result
door_inside_obey(struct door *d, struct door_hands *h, const struct door_order *order)
{
	struct door_result result = door_inside_result(order);
	const char *why = NULL;
	enum zk_result rc = ZK_OK;

	if (clock_mono_ms() >= order->deadline) {
		why = "it came too late";
	} else if (!h->line->may_write) {
		why = "nothing is written to this terminal until the owner "
			"has said that it is the right one";
	} else if (order->kind == DOOR_UNLOCK) {
		rc = zk_unlock(h->line->zk, (uint32_t)order->seconds * 10);
		if (rc != ZK_OK)
			why = zk_error(h->line->zk);
	} else {
		result.templates_before = count_templates(h);
		rc = try_user(d, h, order, &why);
		if (rc != ZK_OK)
			why = zk_error(h->line->zk);
		else
			result.templates_after = count_templates(h);
	}
	result.is_done = why == NULL;
	text_copy(result.words, sizeof result.words, why == NULL ? "" : why);
	door_inside_settle(d, &result);
	return rc == ZK_REFUSED ? ZK_OK : rc;
}
