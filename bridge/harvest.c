/* harvest.c: takes a terminal's log and live events into the spool */
#include "harvest.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harvest_inside.h"
#include "reading.h"
#include "users.h"

#define TAIL_EVERY_MS (15 * 60 * 1000)
#define USERS_EVERY_MS (24 * 3600 * INT64_C(1000))
#define NIGHT_HOUR 3
#define SHORT_LOG_BYTES 65472
#define WRONG_SECONDS 120	/* a clock further off is not believed live */
#define SYNC_SECONDS 3		/* a clock less wrong is let be */
#define RECENT_MS 60000	/* between a record and its own event */
#define NAME_WITHIN_MS 600000	/* of an event with only a uid */
#define QUIET_MS 5000		/* without an event, before the clock is set */

static int64_t
local_now(const struct harvest *h)
{
	return clock_local(h->zone, clock_now_ms());
}

int64_t
harvest_terminal_now(const struct harvest *h)
{
	return local_now(h) +
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
	int64_t local = local_now(h);

	return !h->is_odd &&
	       (clock_day(local - NIGHT_HOUR * 3600) > h->mark.full_day ||
	        clock_day(local) < h->mark.full_day);
}

static bool
is_due(const struct harvest *h)
{
	if (h->wanted || !h->has_counted ||
	    clock_mono_ms() >= h->read_at + TAIL_EVERY_MS)
		return true;
	if (harvest_is_believable(&h->sizes))
		return h->sizes.records != h->counted;
	return h->log_bytes <= SHORT_LOG_BYTES;
}

static bool
are_users_due(const struct harvest *h)
{
	return h->users_at == SPOOL_NONE ||
	       clock_now_ms() >= h->users_at + USERS_EVERY_MS ||
	       (h->sizes.known && h->sizes.users != h->users_counted);
}

/* ---- the clock ---------------------------------------------------------- */

static enum zk_result
read_clock(struct harvest *h)
{
	int64_t asked_at = clock_now_ms(), shown, now;
	enum zk_result rc = zk_read_time(h->zk, &shown);

	now = clock_local(h->zone, asked_at + (clock_now_ms() - asked_at) / 2);
	h->clock_offset = shown == CLOCK_NO_TIME ? SPOOL_NONE : shown - now;
	h->clock_at = clock_mono_ms();
	return rc;
}

/* Not where the owner has yet to answer. */
static bool
is_sync_wanted(const struct harvest *h)
{
	return h->clock_sync && atomic_load(h->is_zone_sure) &&
	       h->may_write(h->arg) && h->pending_count == 0 &&
	       h->clock_offset != SPOOL_NONE &&
	       llabs(h->clock_offset) >= SYNC_SECONDS;
}

/* Nobody punches just now. */
static bool
is_quiet(const struct harvest *h)
{
	return h->event_at == 0 || clock_mono_ms() >= h->event_at + QUIET_MS;
}

static enum zk_result
sync_clock(struct harvest *h)
{
	int64_t before = h->clock_offset;
	enum zk_result rc = zk_write_time(h->zk, local_now(h));

	if (rc == ZK_REFUSED)
		log_warn("%s: its clock cannot be set: %s", h->name,
		         zk_error(h->zk));
	else if (rc == ZK_OK && (rc = read_clock(h)) == ZK_OK)
		log_info("%s: its clock was %+lld s off, now %+lld s", h->name,
		         (long long)before, h->clock_offset == SPOOL_NONE ? 0ll
		         : (long long)h->clock_offset);
	return rc == ZK_REFUSED ? ZK_OK : rc;
}

/*
 * A clock that drifts is seen without a new connection; one that was measured
 * in a zone that nobody was sure of could not be set then.
 */
static enum zk_result
measure_clock(struct harvest *h)
{
	bool is_sure = atomic_load(h->is_zone_sure);
	enum zk_result rc;

	if (is_sure && !h->was_zone_sure)
		h->clock_at = 0;
	h->was_zone_sure = is_sure;
	if (h->clock_at != 0 && h->pending_count == 0 &&
	    clock_mono_ms() < h->clock_at + TAIL_EVERY_MS)
		return ZK_OK;
	rc = read_clock(h);
	if (rc != ZK_OK || !is_sync_wanted(h))
		return rc;
	if (is_quiet(h))
		return sync_clock(h);
	h->clock_at += QUIET_MS - TAIL_EVERY_MS;	/* soon again */
	return rc;
}

/* ---- live --------------------------------------------------------------- */

/* Stores one now; the log has it too, in case this fails. */
static void
take_live(struct harvest *h, struct spool_punch *p)
{
	size_t added;

	/* a tail costs little; a log that is read whole can wait its turn */
	h->wanted = h->wanted || harvest_is_believable(&h->sizes) ||
		h->log_bytes <= SHORT_LOG_BYTES;
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
 * Only where the clock is as wrong as this punch is: another one is of the past,
 * or the clock has been set in between.
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

/*
 * Takes of the first `count` those that have a name, or with `all` all.  Returns
 * how many of these go on waiting; they are the first then.
 */
static size_t
take_pending(struct harvest *h, size_t count, bool all)
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

/* After a reading, those with no name that waited before it. */
static enum harvest_result
settle_nameless(struct harvest *h, size_t count, enum harvest_result result)
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
	take_pending(h, count, true);
	return result;
}

/* They were of another terminal, or nobody will ask for users any more. */
static void
give_up_pending(struct harvest *h)
{
	h->terminal = h->last_terminal;
	take_pending(h, h->pending_count, true);
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
	int64_t off = p->local - local_now(h);

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

/* ---- polls -------------------------------------------------------------- */

enum harvest_result
harvest_begin(struct harvest *h, const char *sn)
{
	struct spool_identity identity;
	int64_t terminal = spool_terminal(h->spool, sn);
	bool is_other = terminal != h->last_terminal;

	if (terminal != 0 && h->pending_count > 0 && is_other)
		give_up_pending(h);
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
		local_now(h) + CLOCK_DAY_SECONDS);
	return harvest_line_result(measure_clock(h));
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
		                h->log_bytes > SHORT_LOG_BYTES);
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
		result = harvest_line_result(measure_clock(h));
	if (result != HARVEST_OK)
		return result;
	if (h->spool_failed && !spool_probe(h->spool))
		return HARVEST_SPOOL;
	h->spool_failed = false;
	nameless = take_pending(h, h->pending_count, false);
	result = settle_nameless(h, nameless, read_due(h));
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
		take_pending(h, h->pending_count, false);
		h->last_terminal = h->terminal;
	}
	h->terminal = 0;
}

void
harvest_finish(struct harvest *h)
{
	if (h->pending_count > 0)
		give_up_pending(h);
	roster_finish(&h->roster);
}
