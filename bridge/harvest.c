/* harvest.c: takes a terminal's log and live events into the spool */
#include "harvest.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "reading.h"

#define TAIL_EVERY_MS (15 * 60 * 1000)
#define NIGHT_HOUR 3
#define SHORT_LOG_BYTES 65472

int64_t
harvest_terminal_now(const struct harvest *h)
{
	return clock_local(h->zone, clock_now_ms()) +
	       (h->clock_offset == SPOOL_NONE ? 0 : h->clock_offset);
}

void
harvest_note(struct harvest *h, const struct spool_punch *p)
{
	if (p->novelty == SPOOL_NEW && p->local > h->last_punch_local &&
	    p->local < harvest_terminal_now(h) + CLOCK_DAY_SECONDS)
		h->last_punch_local = p->local;
}

enum harvest_result
harvest_line_result(enum zk_result rc)
{
	return rc == ZK_STOPPED ? HARVEST_STOPPED
		: rc == ZK_OK ? HARVEST_OK : HARVEST_LINE;
}

/* ---- when to read ------------------------------------------------------- */

static bool
is_believable(const struct zk_sizes *s)
{
	return s->known && s->records > 0 &&
	       (s->record_capacity == 0 || s->records < s->record_capacity);
}

/* A last reading that is yet to come was noted by a clock that was wrong. */
static bool
is_night_due(const struct harvest *h)
{
	int64_t local = clock_local(h->zone, clock_now_ms());

	return clock_day(local - NIGHT_HOUR * 3600) > h->mark.full_day ||
	       clock_day(local) < h->mark.full_day;
}

static bool
is_due(const struct harvest *h)
{
	if (h->wanted || !h->has_counted ||
	    clock_mono_ms() >= h->read_at + TAIL_EVERY_MS)
		return true;
	if (is_believable(&h->sizes))
		return h->sizes.records != h->counted;
	return h->log_bytes <= SHORT_LOG_BYTES;
}

/* A clock that drifts is seen without a new connection. */
static enum zk_result
measure_clock(struct harvest *h)
{
	int64_t asked_at = clock_now_ms(), shown, now;
	enum zk_result rc;

	if (h->clock_at != 0 &&
	    clock_mono_ms() < h->clock_at + TAIL_EVERY_MS)
		return ZK_OK;
	rc = zk_read_time(h->zk, &shown);
	now = clock_local(h->zone, asked_at + (clock_now_ms() - asked_at) / 2);
	h->clock_offset = shown == CLOCK_NO_TIME ? SPOOL_NONE : shown - now;
	h->clock_at = clock_mono_ms();
	return rc;
}

enum harvest_result
harvest_begin(struct harvest *h, const char *sn)
{
	h->terminal = spool_terminal(h->spool, sn);
	if (h->terminal == 0 ||
	    !spool_mark_load(h->spool, h->terminal, &h->mark))
		return HARVEST_SPOOL;
	h->has_counted = false;
	h->clock_at = 0;
	h->clock_offset = SPOOL_NONE;
	h->last_punch_local = spool_last_punch(h->spool, h->terminal,
		clock_local(h->zone, clock_now_ms()) + CLOCK_DAY_SECONDS);
	return harvest_line_result(measure_clock(h));
}

enum harvest_result
harvest_poll(struct harvest *h)
{
	enum harvest_result result = HARVEST_OK;
	enum zk_result rc = measure_clock(h);
	bool night = is_night_due(h);

	if (rc == ZK_OK)
		rc = zk_read_sizes(h->zk, &h->sizes);
	if (rc != ZK_OK)
		return harvest_line_result(rc);
	if (is_due(h) || night) {
		h->wanted = false;	/* an event on the way may set it */
		result = reading_run(h, night || (!is_believable(&h->sizes) &&
		                  h->log_bytes > SHORT_LOG_BYTES));
	}
	h->wanted = h->wanted || result != HARVEST_OK;
	h->counted = h->sizes.records;
	h->has_counted = true;
	return result;
}

/* ---- live --------------------------------------------------------------- */

void
harvest_event(void *arg, const uint8_t *data, size_t len)
{
	struct harvest *h = arg;
	struct zk_punch from;
	struct spool_punch p;
	enum zk_flaw flaw = zk_event_decode(data, len, &from);
	size_t added;

	if (h->terminal == 0)
		return;		/* from whom is not known yet */
	h->wanted = true;
	if (flaw != ZK_SOUND) {
		log_warn("%s: a live event of %zu bytes that cannot be used: "
		         "%s", h->name, len, zk_flaw_words(flaw));
		return;
	}
	if (from.uid_only) {
		zk_hurry(h->zk);	/* log and users will tell */
		return;
	}
	p = (struct spool_punch){
		.uid = SPOOL_NONE, .local = from.local,
		.clock_offset = h->clock_offset, .fresh = true,
	};
	text_copy(p.user_id, sizeof p.user_id, from.user_id);
	if (!spool_add(h->spool, h->terminal, &p, 1, &added))
		return;
	harvest_note(h, &p);
	if (added > 0)
		h->on_new(h->arg);
}

void
harvest_end(struct harvest *h)
{
	h->terminal = 0;
}

void
harvest_finish(struct harvest *h)
{
	roster_finish(&h->roster);
}
