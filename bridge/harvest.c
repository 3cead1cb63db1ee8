/* harvest.c: takes a terminal's log and live events into the spool */
#include "harvest.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harvest_inside.h"
#include "reading.h"
#include "users.h"

#define USERS_EVERY_MS (24 * 3600 * INT64_C(1000))
#define NIGHT_HOUR 3

int64_t
harvest_local_now(const struct harvest *h)
{
	return clock_local(h->zone, clock_now_ms());
}

int64_t
harvest_terminal_now(const struct harvest *h)
{
	return harvest_local_now(h) +
	       (h->clock_offset == SPOOL_NONE ? 0 : h->clock_offset);
}

void
harvest_note(struct harvest *h, const struct spool_punch *p, int64_t now)
{
	struct harvest_recent *recent = &h->recent[h->recent_next];

	if (p->novelty != SPOOL_NEW)
		return;
	if (p->local > h->last_punch_local &&
	    p->local < now + CLOCK_DAY_SECONDS)
		h->last_punch_local = p->local;
	recent->local = p->local;
	recent->read_at = clock_mono_ms();
	text_copy(recent->user_id, sizeof recent->user_id, p->user_id);
	h->recent_next = (h->recent_next + 1) % HARVEST_RECENT;
}

enum harvest_result
harvest_line_result(enum zk_result rc)
{
	return rc == ZK_STOPPED ? HARVEST_STOPPED
		: rc == ZK_OK ? HARVEST_OK : HARVEST_LINE;
}

/* ---- when to read ------------------------------------------------------- */

bool
harvest_is_believable(const struct zk_sizes *s)
{
	return s->known && s->records > 0 &&
	       (s->record_capacity == 0 || s->records < s->record_capacity);
}

/* A last reading that is yet to come was noted by a clock that was wrong. */
static bool
is_night_due(const struct harvest *h)
{
	int64_t local = harvest_local_now(h);

	return !h->is_odd &&
	       (clock_day(local - NIGHT_HOUR * 3600) > h->mark.full_day ||
	        clock_day(local) < h->mark.full_day);
}

static bool
is_due(const struct harvest *h)
{
	if (h->wanted || !h->has_counted ||
	    clock_mono_ms() >= h->read_at + HARVEST_TAIL_EVERY_MS)
		return true;
	if (harvest_is_believable(&h->sizes))
		return h->sizes.records != h->counted;
	return h->log_bytes <= HARVEST_SHORT_LOG_BYTES;
}

static bool
are_users_due(const struct harvest *h)
{
	return h->users_at == SPOOL_NONE ||
	       clock_now_ms() >= h->users_at + USERS_EVERY_MS ||
	       (h->sizes.known && h->sizes.users != h->users_counted);
}

/* ---- polls -------------------------------------------------------------- */

enum harvest_result
harvest_begin(struct harvest *h, const char *sn)
{
	struct spool_identity identity;
	int64_t terminal = spool_terminal(h->spool, sn);
	bool is_other = terminal != h->last_terminal;

	if (terminal != 0 && h->pending_count > 0 && is_other)
		harvest_give_up_pending(h);
	h->terminal = terminal;
	if (h->terminal == 0 ||
	    !spool_identity_load(h->spool, h->terminal, &identity) ||
	    !spool_mark_load(h->spool, h->terminal, &h->mark))
		return HARVEST_SPOOL;
	if (is_other)	/* else tries that were refused count, too */
		h->users_at = identity.users_at;
	h->has_counted = h->is_odd = h->hurried = false;
	h->clock_at = h->event_at = 0;
	h->clock_offset = SPOOL_NONE;
	h->last_punch_local = spool_last_punch(h->spool, h->terminal,
		harvest_local_now(h) + CLOCK_DAY_SECONDS);
	return harvest_line_result(harvest_measure_clock(h));
}

enum harvest_result
harvest_ask(struct harvest *h)
{
	return harvest_line_result(zk_read_sizes(h->zk, &h->sizes));
}

/* What is due of log and users. */
static enum harvest_result
read_due(struct harvest *h)
{
	bool night = is_night_due(h), all;
	enum harvest_result result = HARVEST_OK;

	if (is_due(h) || night) {
		h->wanted = false;	/* an event on the way may set it */
		all = night || (!harvest_is_believable(&h->sizes) &&
		                h->log_bytes > HARVEST_SHORT_LOG_BYTES);
		result = reading_run(h, all, night);
		h->nights += night && result == HARVEST_OK;
		h->is_odd = result == HARVEST_ODD;
	}
	if ((result == HARVEST_OK || result == HARVEST_ODD) &&
	    are_users_due(h))
		result = users_read(h);
	return result;
}

/*
 * A spool that could not be written is tried before the log is read.  Nothing
 * is asked between the clock and those that wait for it: a live punch that
 * came meanwhile would be judged by a clock measured before it.
 */
enum harvest_result
harvest_poll(struct harvest *h)
{
	enum harvest_result result;
	size_t nameless;

	h->hurried = false;
	result = harvest_ask(h);
	if (result == HARVEST_OK)
		result = harvest_line_result(harvest_measure_clock(h));
	if (result != HARVEST_OK)
		return result;
	if (h->spool_failed && !spool_probe(h->spool))
		return HARVEST_SPOOL;
	h->spool_failed = false;
	nameless = harvest_take_pending(h, h->pending_count, false);
	result = harvest_settle_nameless(h, nameless, read_due(h));
	h->spool_failed = h->spool_failed || result == HARVEST_SPOOL;
	h->wanted = h->wanted ||
		(result != HARVEST_OK && result != HARVEST_ODD);
	h->counted = h->sizes.records;
	h->has_counted = true;
	return h->is_odd && result == HARVEST_OK ? HARVEST_ODD : result;
}

/*
 * What waited for the clock goes with the terminal's own time; what waits for
 * its user waits for the next connection.
 */
void
harvest_end(struct harvest *h)
{
	if (h->terminal != 0) {
		harvest_take_pending(h, h->pending_count, false);
		h->last_terminal = h->terminal;
	}
	h->terminal = 0;
}

void
harvest_finish(struct harvest *h)
{
	if (h->pending_count > 0)
		harvest_give_up_pending(h);
	roster_finish(&h->roster);
}
