/* harvest_live.c: live events into the spool, with a time and a name */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harvest_inside.h"
#include "reading.h"

#define WRONG_SECONDS 120	/* a clock further off is not believed live */
#define RECENT_MS 60000		/* between a record and its own event */
#define NAME_WITHIN_MS 600000	/* of an event with only a uid */

/* Stores one now; the log has it too, in case this fails. */
static void
take_live(struct harvest *h, struct spool_punch *p)
{
	size_t added;

	/* a tail costs little; a log that is read whole can wait its turn */
	h->wanted = h->wanted || harvest_is_believable(&h->sizes) ||
		h->log_bytes <= HARVEST_SHORT_LOG_BYTES;
	if (!spool_add(h->spool, h->terminal, 0, p, 1, &added)) {
		h->wanted = h->spool_failed = true;
		return;
	}
	if (p->sent_local == SPOOL_NONE)
		harvest_note(h, p, harvest_terminal_now(h));
	if (added > 0)
		h->on_new(h->arg);
}

/* Is this how wrong the clock is known to be? */
static bool
is_explained(const struct harvest *h, int64_t off)
{
	return h->clock_offset != SPOOL_NONE &&
	       llabs(off - h->clock_offset) < WRONG_SECONDS / 2;
}

/* The log was faster: what it told a moment ago is this very punch. */
static bool
was_just_read(const struct harvest *h, const struct spool_punch *p)
{
	for (size_t i = 0; i < HARVEST_RECENT; i++) {
		const struct harvest_recent *r = &h->recent[i];

		if (r->read_at != 0 && r->local == p->local &&
		    clock_mono_ms() < r->read_at + RECENT_MS &&
		    strcmp(r->user_id, p->user_id) == 0)
			return true;
	}
	return false;
}

/*
 * Only where the clock is as wrong as this punch is: another one is of the
 * past, or the clock has been set in between.
 */
static void
use_own_time(struct harvest *h, struct spool_punch *p, int64_t came_at)
{
	int64_t came_local = clock_local(h->zone, came_at);

	if (is_explained(h, p->local - came_local) &&
	    llabs(h->clock_offset) > WRONG_SECONDS && !was_just_read(h, p))
		p->sent_local = came_local;
	p->clock_offset = h->clock_offset;
}

bool
harvest_is_pending(const struct harvest *h, const struct spool_punch *p)
{
	for (size_t i = 0; i < h->pending_count; i++) {
		const struct spool_punch *other = &h->pending[i].punch;

		if (p->local == other->local &&
		    strcmp(p->user_id, other->user_id) == 0)
			return true;
	}
	return false;
}

static bool
is_nameless(const struct harvest_pending *pending)
{
	return pending->punch.user_id[0] == '\0';
}

/* Whoever has the uid much later did not punch. */
static void
name_pending(struct harvest *h, size_t count)
{
	int64_t since_at = clock_now_ms() - NAME_WITHIN_MS;

	for (size_t i = 0; i < count; i++) {
		struct harvest_pending *pending = &h->pending[i];
		struct spool_punch *p = &pending->punch;
		const char *user_id = !is_nameless(pending) ||
			pending->came_at < since_at ? NULL :
			roster_find(&h->roster, (uint16_t)p->uid);

		if (user_id != NULL)
			text_copy(p->user_id, sizeof p->user_id, user_id);
	}
}

static void
take_one_pending(struct harvest *h, struct harvest_pending *pending)
{
	struct spool_punch *p = &pending->punch;

	if (is_nameless(pending)) {
		char when[CLOCK_TEXT_SIZE], text[64];

		clock_format(p->local, when);
		snprintf(text, sizeof text, "uid %lld at %s",
		         (long long)p->uid, when);
		log_warn("%s: a live punch of nobody known: %s", h->name, text);
		spool_set_aside(h->spool, h->terminal, text, strlen(text),
		                "a live punch of nobody known");
		return;
	}
	use_own_time(h, p, pending->came_at);
	take_live(h, p);
}

size_t
harvest_take_pending(struct harvest *h, size_t count, bool all)
{
	size_t kept = 0, waiting = 0;

	for (size_t i = 0; i < h->pending_count; i++) {
		struct harvest_pending pending = h->pending[i];

		if (i < count && (all || !is_nameless(&pending))) {
			take_one_pending(h, &pending);
			continue;
		}
		h->pending[kept++] = pending;
		waiting += i < count;
	}
	h->pending_count = kept;
	return waiting;
}

enum harvest_result
harvest_settle_nameless(struct harvest *h, size_t count,
                        enum harvest_result result)
{
	enum zk_result rc;

	if (count == 0 || (result != HARVEST_OK && result != HARVEST_ODD))
		return result;
	if (!h->is_odd) {	/* the log has told of them */
		h->pending_count -= count;
		memmove(h->pending, h->pending + count,
		        h->pending_count * sizeof h->pending[0]);
		return result;
	}
	rc = reading_roster(h);
	if (rc != ZK_OK && rc != ZK_REFUSED)
		return harvest_line_result(rc);
	name_pending(h, count);
	harvest_take_pending(h, count, true);
	return result;
}

void
harvest_give_up_pending(struct harvest *h)
{
	h->terminal = h->last_terminal;
	harvest_take_pending(h, h->pending_count, true);
	h->terminal = 0;
}

/* Until the next poll; the log has it, too, when there is no room. */
static bool
keep_pending(struct harvest *h, const struct spool_punch *p)
{
	if (h->pending_count == HARVEST_PENDING)
		return false;
	h->pending[h->pending_count++] =
		(struct harvest_pending){ *p, clock_now_ms() };
	return true;
}

static void
hurry(struct harvest *h)
{
	h->hurried = true;
	zk_hurry(h->zk);
}

bool
harvest_is_hurried(const struct harvest *h)
{
	return h->hurried;
}

/* What is known of it may be over: somebody has set it right. */
static bool
is_clock_wrong(const struct harvest *h, int64_t off)
{
	return llabs(off) > WRONG_SECONDS ||
	       (h->clock_offset != SPOOL_NONE &&
	        llabs(h->clock_offset) > WRONG_SECONDS);
}

static void
judge_live(struct harvest *h, struct spool_punch *p)
{
	int64_t off = p->local - harvest_local_now(h);

	if (atomic_load(h->is_zone_sure) && is_clock_wrong(h, off)) {
		if (is_explained(h, off)) {
			use_own_time(h, p, clock_now_ms());
		} else if (keep_pending(h, p)) {
			hurry(h);
			return;
		}
	}
	take_live(h, p);
}

void
harvest_event(void *arg, const uint8_t *data, size_t len)
{
	struct harvest *h = arg;
	struct zk_punch from;
	struct spool_punch p;
	enum zk_flaw flaw = zk_event_decode(data, len, &from);

	if (h->terminal == 0)
		return;		/* from whom is not known yet */
	h->event_at = clock_mono_ms();
	h->on_alive(h->arg);
	if (flaw != ZK_SOUND) {
		log_warn("%s: a live event of %zu bytes that cannot be used: "
		         "%s", h->name, len, zk_flaw_words(flaw));
		h->wanted = true;
		return;
	}
	p = (struct spool_punch){
		.uid = from.uid_only ? from.uid : SPOOL_NONE,
		.local = from.local, .sent_local = SPOOL_NONE,
		.clock_offset = h->clock_offset, .fresh = true,
	};
	text_copy(p.user_id, sizeof p.user_id, from.user_id);
	if (!from.uid_only) {
		judge_live(h, &p);
		return;
	}
	h->wanted = true;
	keep_pending(h, &p);	/* in case that the log does not tell */
	hurry(h);
}
