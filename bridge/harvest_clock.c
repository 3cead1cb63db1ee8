/* harvest_clock.c: how wrong a terminal's clock is, and setting it */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harvest_inside.h"

#define SYNC_SECONDS 3		/* a clock less wrong is let be */
#define QUIET_MS 5000		/* without an event, before the clock is set */

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
	enum zk_result rc = zk_write_time(h->zk, harvest_local_now(h));

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
enum zk_result
harvest_measure_clock(struct harvest *h)
{
	bool is_sure = atomic_load(h->is_zone_sure);
	enum zk_result rc;

	if (is_sure && !h->was_zone_sure)
		h->clock_at = 0;
	h->was_zone_sure = is_sure;
	if (h->clock_at != 0 && h->pending_count == 0 &&
	    clock_mono_ms() < h->clock_at + HARVEST_TAIL_EVERY_MS)
		return ZK_OK;
	rc = read_clock(h);
	if (rc != ZK_OK || !is_sync_wanted(h))
		return rc;
	if (is_quiet(h))
		return sync_clock(h);
	h->clock_at += QUIET_MS - HARVEST_TAIL_EVERY_MS;	/* soon again */
	return rc;
}
