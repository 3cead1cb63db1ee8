/* door_work.c: the list is put to work at the terminal, when that is due */
#include "door_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define AGAIN_MS (60 * 60 * 1000)	/* a look at all users, whatever holds */
#define SOON_LEAST_MS 8000		/* and at what did not take */
#define SOON_MOST_MS (5 * 60 * 1000)
#define IGNORED_MS (24 * 60 * 60 * 1000)
#define CLOCK_MOST_S 600		/* the terminal's may be wrong by */

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

void
door_part(struct door *d)
{
	struct door_order order;

	pthread_mutex_lock(&d->lock);
	d->is_connected = false;
	pthread_mutex_unlock(&d->lock);
	while (door_inside_take_order(d, &order)) {
		struct door_result result = door_inside_result(&order);

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
		(d->again_at != 0 && clock_mono_ms() >= d->again_at) ||
		clock_mono_ms() >= d->ran_at + AGAIN_MS;
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
keep_stand(struct door *d, struct door_hands *h)
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

/* A firmware that closes nobody is not tried for ever; it may still open. */
static bool
is_ignored(const struct door *d)
{
	return clock_mono_ms() < d->ignored_until &&
		d->list.enforced_at == d->ignored_enforced;
}

static const char *
describe(const struct enforce_result *result, bool ignored,
         const char *trouble)
{
	if (ignored)
		return "the terminal answers that it has closed a user, and "
			"has not: its firmware does not know this way";
	if (*trouble != '\0')
		return trouble;
	return result->failed > 0 ? "the terminal did not keep what was "
		"written for some users" : "";
}

/* Who waits at the door is let in soon; a terminal that never does it rests. */
static void
try_again(struct door *d, bool is_left)
{
	d->again_at = !is_left ? 0 : clock_mono_ms() +
		clock_backoff_ms(d->attempts, SOON_LEAST_MS, SOON_MOST_MS);
	d->attempts = is_left ? d->attempts + 1 : 0;
}

static enum zk_result
enforce(struct door *d, struct door_hands *h)
{
	const struct enforce_door door = door_hands_of(h);
	struct enforce_result result;
	const char *trouble;
	struct enforce_when when = choose_when(d, h->line, &trouble);
	enum zk_result rc;

	when.opens_only = is_ignored(d);
	rc = enforce_run(&door, &d->list, &when, &result);
	try_again(d, rc == ZK_REFUSED || result.is_refused ||
	          result.unopened > 0);
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
	          describe(&result, result.is_ignored || when.opens_only,
	                   trouble));
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
wait_for_owner(struct door *d, struct door_hands *h)
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
run(struct door *d, struct door_hands *h)
{
	enum zk_result rc = ZK_OK;

	d->is_wanted = false;
	d->again_at = 0;
	d->ran_at = clock_mono_ms();
	d->users = h->line->users;
	if (!load(d)) {
		d->next_local = CLOCK_NO_TIME;
		return ZK_OK;
	}
	if (!h->line->may_write)
		return wait_for_owner(d, h);
	if (d->list.enforced_at != CLOCK_NO_TIME || has_blocks(d)) {
		rc = enforce(d, h);
	} else {
		d->next_local = CLOCK_NO_TIME;
		h->stand.is_known = true;
		keep_stand(d, h);
	}
	if (rc == ZK_REFUSED) {		/* tried again soon */
		log_warn("%s: its users cannot be made to agree with the "
		         "list: %s", d->name, zk_error(h->line->zk));
		return ZK_OK;
	}
	return rc;
}

enum zk_result
door_work(struct door *d, const struct door_line *line)
{
	struct door_hands hands = { .door = d, .line = line };
	struct door_order order;
	enum zk_result rc = ZK_OK;

	if (!d->is_loaded)
		load(d);
	while (rc == ZK_OK && door_inside_take_order(d, &order))
		rc = door_inside_obey(d, &hands, &order);
	return rc == ZK_OK ? run(d, &hands) : rc;
}
