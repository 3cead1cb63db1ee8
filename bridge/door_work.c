/* door_work.c: the list is put to work at the terminal, orders are done */
#include "door_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "enforce.h"

#define AGAIN_MS (60 * 60 * 1000)	/* a look at all users, whatever holds */
#define IGNORED_MS (24 * 60 * 60 * 1000)
#define CLOCK_MOST_S 600		/* the terminal's may be wrong by */
#define TRIAL_MS (10 * 60 * 1000)
#define LEVEL_BITS 0x0e			/* of the privilege */

void
door_meet(struct door *d, int64_t terminal)
{
	d->terminal = terminal;
	d->is_loaded = false;
	d->is_wanted = true;
	pthread_mutex_lock(&d->lock);
	d->is_connected = true;
	pthread_mutex_unlock(&d->lock);
}

static bool
take_order(struct door *d, struct door_order *out)
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

static struct door_result
result_of(const struct door_order *order)
{
	return (struct door_result){ .id = order->id,
		.templates_before = SPOOL_NONE,
		.templates_after = SPOOL_NONE };
}

void
door_part(struct door *d)
{
	struct door_order order;

	pthread_mutex_lock(&d->lock);
	d->is_connected = false;
	pthread_mutex_unlock(&d->lock);
	while (take_order(d, &order)) {
		struct door_result result = result_of(&order);

		text_copy(result.words, sizeof result.words,
		          "the connection to the terminal was lost");
		door_inside_settle(d, &result);
	}
}

/* ---- when --------------------------------------------------------------- */

static int64_t
own_local(const struct door *d)
{
	return clock_local(d->world.zone, clock_now_ms());
}

/* What the server's clock shows now; CLOCK_NO_TIME: it has not answered. */
static int64_t
server_local(const struct door *d, int64_t told_at, int64_t told_mono)
{
	return told_at == SPOOL_NONE ? CLOCK_NO_TIME
		: clock_local(d->world.zone,
		              told_at + clock_mono_ms() - told_mono);
}

static bool
is_past(int64_t local, int64_t edge)
{
	return edge != CLOCK_NO_TIME && local != CLOCK_NO_TIME &&
		local >= edge;
}

bool
door_is_due(struct door *d, uint32_t users)
{
	bool due, has_answer;
	int64_t told_at, told_mono;
	size_t ended;

	pthread_mutex_lock(&d->lock);
	due = d->has_list || d->order_count > 0;
	has_answer = d->has_answer;
	told_at = d->told_at;
	told_mono = d->told_mono;
	pthread_mutex_unlock(&d->lock);
	if (spool_trials_end(d->world.spool, d->terminal, clock_now_ms(),
	                     &ended) && ended > 0)
		d->is_wanted = true;
	if (spool_door_is_released(d->world.spool, d->terminal) !=
	    d->was_released)
		d->is_wanted = true;
	if (has_answer && (d->was_withheld ||
	    is_past(server_local(d, told_at, told_mono), d->next_local)))
		d->is_wanted = true;
	return due || d->is_wanted || users != d->users ||
		is_past(own_local(d), d->next_local) ||
		clock_mono_ms() >= d->ran_at + AGAIN_MS;
}

/* ---- the terminal and the journal, for enforce_run() ---------------------- */

struct hands {
	struct door *door;
	const struct door_line *line;
	struct zk_user *users;		/* being read */
	size_t count, cap;
	struct door_stand stand;	/* being gathered */
};

/* A zk_user_fn. */
static void
take_user(void *arg, const struct zk_user *user)
{
	struct hands *h = arg;

	if (h->count == h->cap) {
		h->cap = h->cap == 0 ? 64 : h->cap * 2;
		h->users = reallocarray(h->users, h->cap, sizeof *h->users);
		if (h->users == NULL)
			log_die("out of memory");
	}
	h->users[h->count++] = *user;
}

static enum zk_result
read_all(void *arg, struct zk_user **users, size_t *count)
{
	struct hands *h = arg;
	enum zk_result rc;

	h->users = NULL;
	h->count = h->cap = 0;
	rc = zk_read_users(h->line->zk, h->line->users, take_user, h);
	*users = h->users;
	*count = h->count;
	h->users = NULL;
	return rc;
}

/* One that is refused is seen to be, in the next reading. */
static enum zk_result
write_some(void *arg, const struct zk_user *users, size_t count)
{
	struct hands *h = arg;
	enum zk_result rc = ZK_OK;

	for (size_t i = 0; i < count && (rc == ZK_OK || rc == ZK_REFUSED); i++)
		rc = zk_put_user(h->line->zk, &users[i]);
	if (rc == ZK_OK || rc == ZK_REFUSED)
		rc = zk_refresh(h->line->zk);
	return rc;
}

static bool
find_mark(void *arg, const char *user_id, struct enforce_mark *out)
{
	struct hands *h = arg;
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

static bool
save_mark(struct hands *h, const struct enforce_mark *mark,
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
	return save_mark(arg, mark, SPOOL_NONE);
}

static bool
drop_mark(void *arg, const char *user_id)
{
	struct hands *h = arg;

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
	struct door_stand *s = &((struct hands *)arg)->stand;
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

/* ---- a run -------------------------------------------------------------- */

/* Loads the newest list; false: there is none that can be used. */
static bool
load(struct door *d)
{
	struct buf text = BUF_INIT;

	pthread_mutex_lock(&d->lock);
	d->has_list = false;
	pthread_mutex_unlock(&d->lock);
	entry_finish(&d->list);
	d->is_loaded = spool_door_load(d->world.spool, d->terminal,
	                               &d->known_list, &text) &&
		entry_read(&text, &d->list);
	buf_finish(&text);
	d->was_released = d->known_list.is_released;
	if (d->is_loaded && d->was_released)
		d->list.enforced_at = CLOCK_NO_TIME;
	return d->is_loaded;
}

/* May closings go by the bridge's own clock? */
static bool
is_clock_right(const struct door *d, const struct door_line *line)
{
	return (d->known_list.server_at == SPOOL_NONE ||
	        clock_now_ms() >= d->known_list.server_at) &&
		line->clock_offset != SPOOL_NONE &&
		line->clock_offset <= CLOCK_MOST_S &&
		line->clock_offset >= -CLOCK_MOST_S;
}

/* How the time is known, and what may be done by it; words where it is not. */
static struct enforce_when
choose_when(struct door *d, const struct door_line *line, const char **trouble)
{
	struct enforce_when when = { .trust = ENTRY_NO_CLOCK };
	bool has_answer;
	int64_t local;

	pthread_mutex_lock(&d->lock);
	has_answer = d->has_answer;
	d->has_answer = false;
	local = server_local(d, d->told_at, d->told_mono);
	pthread_mutex_unlock(&d->lock);
	*trouble = "";
	if (strcmp(d->list.zone, d->world.zone) != 0) {
		*trouble = "the bridge does not know the branch's time zone "
			"yet: nobody is closed";
		when.local = own_local(d);
	} else if (has_answer && local != CLOCK_NO_TIME) {
		when.local = local;
		when.trust = ENTRY_KNOWN;
	} else {
		when.local = own_local(d);
		if (!is_clock_right(d, line))
			*trouble = "the clock of the bridge or of the terminal "
				"is wrong: nobody is closed by it";
		else
			when.trust = clock_now_ms() -
				d->known_list.current_at > d->world.grace_ms
				? ENTRY_STALE : ENTRY_KNOWN;
	}
	return when;
}

static bool
is_same(const struct door_stand *a, const struct door_stand *b)
{
	bool same = a->is_known == b->is_known &&
		a->is_enforced == b->is_enforced &&
		a->differing == b->differing &&
		strcmp(a->trouble, b->trouble) == 0 &&
		a->user_count == b->user_count;

	for (size_t i = 0; same && i < a->user_count; i++)
		same = strcmp(a->users[i].user_id, b->users[i].user_id) == 0 &&
			strcmp(a->users[i].state, b->users[i].state) == 0 &&
			strcmp(a->users[i].kind, b->users[i].kind) == 0;
	return same;
}

/* The server hears of it at once, where there is anything to hear. */
static void
keep_stand(struct door *d, struct hands *h)
{
	bool changed;

	pthread_mutex_lock(&d->lock);
	changed = !is_same(&d->stand, &h->stand);
	free(d->stand.users);
	d->stand = h->stand;
	d->is_changed = d->is_changed || changed;
	pthread_mutex_unlock(&d->lock);
	if (changed)
		d->world.on_news(d->world.arg);
}

/* A firmware that does nothing of the kind is not tried for ever. */
static bool
is_ignored(const struct door *d)
{
	return clock_mono_ms() < d->ignored_until &&
		d->list.enforced_at == d->ignored_enforced;
}

static const char *
describe(const struct enforce_result *result, const char *trouble)
{
	if (result->is_ignored)
		return "the terminal answers that it has closed a user, and "
			"has not: its firmware does not know this way";
	if (*trouble != '\0')
		return trouble;
	return result->failed > 0 ? "the terminal did not keep what was "
		"written for some users" : "";
}

static enum zk_result
enforce(struct door *d, struct hands *h)
{
	const struct enforce_door door = { h, read_all, write_some, find_mark,
		put_mark, drop_mark, tell_user };
	struct enforce_result result;
	const char *trouble;
	struct enforce_when when = choose_when(d, h->line, &trouble);
	enum zk_result rc = enforce_run(&door, &d->list, &when, &result);

	d->was_withheld = when.trust != ENTRY_KNOWN;
	d->next_local = entry_next_change(&d->list, when.local);
	if (rc == ZK_OK && result.is_ignored) {
		d->ignored_until = clock_mono_ms() + IGNORED_MS;
		d->ignored_enforced = d->list.enforced_at;
	}
	if (result.opened + result.closed + result.failed > 0)
		log_info("%s: %zu may enter again, %zu are kept out, %zu could "
		         "not be written", d->name, result.opened,
		         result.closed, result.failed);
	h->stand.is_known = true;
	h->stand.is_enforced = d->list.enforced_at != CLOCK_NO_TIME;
	text_copy(h->stand.trouble, sizeof h->stand.trouble,
	          describe(&result, trouble));
	if (rc == ZK_OK)
		keep_stand(d, h);
	else
		free(h->stand.users);
	return rc;
}

/* ---- does the journal hold anybody? --------------------------------------- */

static void
count_block(void *arg, const struct spool_block *block)
{
	*(size_t *)arg += block->trial_until == SPOOL_NONE;
}

static bool
has_blocks(const struct door *d)
{
	size_t count = 0;

	return !spool_block_list(d->world.spool, d->terminal, count_block,
	                         &count) || count > 0;
}

/* It may be another terminal that has this one's number: looked at again. */
static enum zk_result
wait_for_owner(struct door *d, struct hands *h)
{
	d->is_wanted = true;
	h->stand.is_known = true;
	h->stand.is_enforced = d->list.enforced_at != CLOCK_NO_TIME;
	text_copy(h->stand.trouble, sizeof h->stand.trouble,
	          "nothing is written to this terminal until the owner has "
	          "said that it is the right one");
	keep_stand(d, h);
	return ZK_OK;
}

/* Off, and nobody to free: the terminal is not even read. */
static enum zk_result
run(struct door *d, struct hands *h)
{
	enum zk_result rc = ZK_OK;

	d->is_wanted = false;
	d->ran_at = clock_mono_ms();
	d->users = h->line->users;
	if (!load(d)) {
		d->next_local = CLOCK_NO_TIME;
		return ZK_OK;
	}
	if (is_ignored(d))
		return ZK_OK;
	if (!h->line->may_write)
		return wait_for_owner(d, h);
	if (d->list.enforced_at != CLOCK_NO_TIME || has_blocks(d)) {
		rc = enforce(d, h);
	} else {
		d->next_local = CLOCK_NO_TIME;
		h->stand.is_known = true;
		keep_stand(d, h);
	}
	if (rc == ZK_REFUSED) {		/* tried again within the hour */
		log_warn("%s: its users cannot be made to agree with the "
		         "list: %s", d->name, zk_error(h->line->zk));
		return ZK_OK;
	}
	return rc;
}

/* ---- orders ------------------------------------------------------------- */

static int64_t
count_templates(struct hands *h)
{
	struct zk_sizes sizes;

	return zk_read_sizes(h->line->zk, &sizes) == ZK_OK && sizes.known
		? sizes.templates : SPOOL_NONE;
}

static bool
find_user(struct hands *h, const char *user_id, struct zk_user *out,
          enum zk_result *rc)
{
	struct zk_user *users = NULL;
	size_t count = 0;
	bool found = false;

	*rc = read_all(h, &users, &count);
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
change(struct door *d, struct hands *h, const struct door_order *order,
       struct zk_user *user)
{
	struct enforce_mark mark;
	bool is_marked = find_mark(h, order->user_id, &mark);

	if ((user->privilege & LEVEL_BITS) != 0)
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
	return save_mark(h, &mark, clock_now_ms() + TRIAL_MS) ? NULL
		: "the bridge's spool cannot be written";
}

/* Written, and read again. */
static enum zk_result
try_user(struct door *d, struct hands *h, const struct door_order *order,
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
	find_mark(h, order->user_id, &mark);
	rc = write_some(h, &user, 1);
	*why = "the terminal did not keep what was written";
	if (rc != ZK_OK || !find_user(h, order->user_id, &seen, &rc))
		return rc;
	if (lever_is_closed(&mark.lever, &seen) == closes)
		*why = NULL;
	if (lever_is_closed(&mark.lever, &seen))
		return ZK_OK;
	drop_mark(h, order->user_id);
	return ZK_OK;
}

static enum zk_result
do_order(struct door *d, struct hands *h, const struct door_order *order)
{
	struct door_result result = result_of(order);
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

enum zk_result
door_work(struct door *d, const struct door_line *line)
{
	struct hands hands = { .door = d, .line = line };
	struct door_order order;
	enum zk_result rc = ZK_OK;

	if (!d->is_loaded)
		load(d);
	while (rc == ZK_OK && take_order(d, &order))
		rc = do_order(d, &hands, &order);
	return rc == ZK_OK ? run(d, &hands) : rc;
}
