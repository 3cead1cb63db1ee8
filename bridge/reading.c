/* reading.c: one reading of a terminal's log into the spool */
#include "reading.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harvest_inside.h"

#define BATCH 2048		/* punches a transaction */
#define FRESH_SECONDS 600	/* older ones are a backlog */
#define KEEP_DAYS 60		/* a server's old backup */
#define REFUSED_MS (15 * 60 * 1000)
#define SHORT_MOST 3		/* readings that may fall short of the count */
#define PROGRESS_RECORDS 10000

struct pending {
	uint8_t raw[ZK_RAW_MAX];
	size_t len;
};

struct reading {
	struct harvest *h;
	struct zk_log log;
	int64_t round;		/* its number, 0 for a tail */
	int64_t known;		/* records before this index were read before */
	int64_t matched;	/* of the remembered ones, found in place */
	bool differs;		/* one was not */
	bool needs_roster, spool_failed;
	bool deferred;		/* some were left for the next reading */
	struct spool_punch punches[BATCH];
	struct pending raws[BATCH];	/* of the same records */
	size_t count;
	int64_t now;		/* the terminal's clock when they began */
	size_t added, flawed;
	uint8_t ring[SPOOL_TAIL_RECORDS][ZK_RAW_MAX];
	int64_t seen;		/* records put into the ring */
};

static void
set_aside(struct reading *r, const void *raw, size_t len, const char *why)
{
	r->flawed++;
	if (!spool_set_aside(r->h->spool, r->h->terminal, raw, len, why))
		r->spool_failed = true;
}

/*
 * Somebody may have been entered after the users were read and have punched at
 * once; and a list without anybody is none.
 */
static bool
may_be_named_yet(const struct reading *r, const struct spool_punch *p)
{
	bool night = r->round > r->h->mark.round;

	return p->fresh || (r->h->roster.count == 0 && !night);
}

/* A uid that nobody has stays nobody's: who gets it next did not punch. */
static void
take_nameless(struct reading *r)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->punches[i].novelty != SPOOL_NAMELESS)
			continue;
		if (may_be_named_yet(r, &r->punches[i])) {
			r->deferred = true;
			continue;
		}
		set_aside(r, r->raws[i].raw, r->raws[i].len,
		          "a user that the terminal does not know any more");
		if (!r->spool_failed && !spool_forsake(r->h->spool,
		    r->h->terminal, r->round, &r->punches[i]))
			r->spool_failed = true;
	}
}

/* False ends the reading. */
static bool
flush(struct reading *r)
{
	struct harvest *h = r->h;
	size_t added = 0;

	if (r->count > 0 && !spool_add(h->spool, h->terminal, r->round,
	                               r->punches, r->count, &added))
		r->spool_failed = true;
	else
		take_nameless(r);
	for (size_t i = 0; !r->spool_failed && i < r->count; i++)
		harvest_note(h, &r->punches[i], r->now);
	h->on_alive(h->arg);
	r->count = 0;
	r->added += added;
	if (added > 0)
		h->on_new(h->arg);
	return !r->spool_failed;
}

/* A record that was read before: is it what is remembered of its place? */
static bool
compare(struct reading *r, const struct zk_record *record)
{
	const struct spool_mark *mark = &r->h->mark;
	size_t at;

	if (record->index < r->log.from)
		return true;	/* before what is remembered */
	at = (record->index - r->log.from) * record->len;
	r->differs = at + record->len > mark->tail_len ||
		memcmp(mark->tail + at, record->raw, record->len) != 0;
	r->matched += !r->differs;
	return !r->differs;
}

static bool
queue_punch(struct reading *r, const struct zk_record *record)
{
	const struct zk_punch *from = &record->punch;
	const char *user_id = from->user_id;
	struct spool_punch *p = &r->punches[r->count];
	struct pending *raw = &r->raws[r->count];

	if (from->uid_only && !r->h->has_roster) {
		r->needs_roster = true;
		return false;
	}
	if (from->uid_only)
		user_id = roster_find(&r->h->roster, from->uid);
	if (r->count == 0)
		r->now = harvest_terminal_now(r->h);
	*p = (struct spool_punch){
		.uid = from->uid_only ? from->uid : SPOOL_NONE,
		.local = from->local, .sent_local = SPOOL_NONE,
		.clock_offset = r->h->clock_offset,
		.fresh = from->local >= r->now - FRESH_SECONDS,
	};
	text_copy(p->user_id, sizeof p->user_id,
	          user_id == NULL ? "" : user_id);
	if (harvest_is_pending(r->h, p)) {
		r->deferred = true;	/* it is told with another time */
		return true;
	}
	memcpy(raw->raw, record->raw, record->len);
	raw->len = record->len;
	return ++r->count < BATCH || flush(r);
}

/* A zk_record_fn. */
static bool
take_record(void *arg, const struct zk_record *record)
{
	struct reading *r = arg;
	bool known = record->index < r->known;

	if (known && !compare(r, record))
		return false;
	memcpy(r->ring[r->seen++ % SPOOL_TAIL_RECORDS], record->raw,
	       record->len);
	if (r->known == 0 && record->index > 0 &&
	    record->index % PROGRESS_RECORDS == 0)
		log_info("%s: read %u of %u records", r->h->name,
		         (unsigned)record->index, (unsigned)r->log.records);
	if (known)
		return true;
	if (record->flaw == ZK_SOUND)
		return queue_punch(r, record);
	set_aside(r, record->raw, record->len, zk_flaw_words(record->flaw));
	return !r->spool_failed;
}

/* What was read to its end is remembered; most readings change nothing. */
static bool
save_mark(struct reading *r)
{
	struct harvest *h = r->h;
	size_t bytes = zk_layout_bytes(r->log.layout);
	int64_t kept = r->seen < SPOOL_TAIL_RECORDS ? r->seen
		: SPOOL_TAIL_RECORDS;
	struct spool_mark mark;

	memset(&mark, 0, sizeof mark);
	mark.records = r->log.records;
	mark.layout = r->log.layout;
	mark.round = r->log.from > 0 ? h->mark.round : r->round;
	mark.full_day = r->log.from > 0 ? h->mark.full_day
		: clock_day(clock_local(h->zone, clock_now_ms()));
	for (int64_t i = r->seen - kept; i < r->seen; i++) {
		memcpy(mark.tail + mark.tail_len,
		       r->ring[i % SPOOL_TAIL_RECORDS], bytes);
		mark.tail_len += bytes;
	}
	if (memcmp(&mark, &h->mark, sizeof mark) == 0)
		return true;
	h->mark = mark;
	return spool_mark_save(h->spool, h->terminal, &mark);
}

/* ---- reading: tail, else all -------------------------------------------- */

static void
add_user(void *arg, const struct zk_user *user)
{
	roster_add(arg, user);
}

enum zk_result
reading_roster(struct harvest *h)
{
	enum zk_result rc;

	roster_reset(&h->roster);
	rc = zk_read_users(h->zk, h->sizes.users, add_user, &h->roster);
	roster_sort(&h->roster);
	h->has_roster = rc == ZK_OK;
	return rc;
}

/* One pass over the log, from the tail's first record or from 0. */
static enum zk_result
pass(struct reading *r, struct harvest *h, bool tail, bool night)
{
	enum zk_result rc;

	*r = (struct reading){
		.h = h, .known = tail ? h->mark.records : 0,
		.round = tail ? 0 : h->mark.round + night,
	};
	r->log.count = h->sizes.records;
	r->log.layout = (enum zk_layout)h->mark.layout;
	if (tail)
		r->log.from = (uint32_t)(h->mark.records -
			SPOOL_TAIL_RECORDS);
	rc = zk_read_log(h->zk, &r->log, take_record, r);
	if (!r->needs_roster && !r->spool_failed && !r->differs)
		flush(r);
	return rc;
}

/* A tail is of use only when all that was remembered is still in place. */
static bool
is_continued(const struct reading *r)
{
	return !r->differs && r->matched >= SPOOL_TAIL_RECORDS;
}

static enum zk_result
read_again(struct reading *r, struct harvest *h, bool tail, bool night)
{
	enum zk_result rc = pass(r, h, tail, night);

	if (r->needs_roster) {
		rc = reading_roster(h);
		if (rc == ZK_OK)
			rc = pass(r, h, tail, night);
	}
	return rc;
}

static bool
has_tail(const struct harvest *h)
{
	size_t bytes = zk_layout_bytes((enum zk_layout)h->mark.layout);

	return bytes > 0 && h->mark.records > SPOOL_TAIL_RECORDS &&
	       h->mark.tail_len == SPOOL_TAIL_RECORDS * bytes;
}

/* A session that was forgotten, or one that needs the comm key once more. */
static bool
is_session_over(const struct harvest *h)
{
	return zk_refusal(h->zk) == ZK_ACK_INIT ||
	       zk_refusal(h->zk) == ZK_ACK_UNAUTH;
}

/*
 * A new connection may be a cure, but live events must not suffer: it is made
 * when a log was served on this one, else now and then.  Between, the log is
 * asked for at each poll.
 */
static enum harvest_result
finish_refused(struct harvest *h)
{
	if (h->has_counted && (!h->is_odd ||
	    clock_mono_ms() >= h->read_at + REFUSED_MS))
		return HARVEST_LINE;
	if (!h->is_odd)
		h->read_at = clock_mono_ms();
	snprintf(h->words, sizeof h->words, "%s; only live punches are taken",
	         zk_error(h->zk));
	h->wanted = true;
	return HARVEST_ODD;
}

/* A log that nobody can read is shown to whoever can help, not guessed at. */
static enum harvest_result
finish_odd(struct reading *r)
{
	struct harvest *h = r->h;

	snprintf(h->words, sizeof h->words, "the log holds %zu bytes in "
	         "records of a form that is not known; only live punches are "
	         "taken", r->log.bytes);
	set_aside(r, r->log.sample, r->log.sample_len,
	          "the beginning of a log of a form that is not known");
	h->read_at = clock_mono_ms();
	return r->spool_failed ? HARVEST_SPOOL : HARVEST_ODD;
}

/* What neither this night's reading nor the last one's has found. */
static bool
prune(struct reading *r)
{
	struct harvest *h = r->h;
	int64_t before_day = clock_day(clock_local(h->zone, clock_now_ms())) -
		KEEP_DAYS;
	size_t count;

	if (!spool_prune(h->spool, h->terminal, before_day * CLOCK_DAY_SECONDS,
	                 r->round, &count))
		return false;
	if (count > 0)
		log_info("%s: forgot %zu old punches that the terminal does "
		         "not hold any more", h->name, count);
	return true;
}

/*
 * Less than the terminal counted a moment before is not all of the log, unless
 * it stays so.  What came is taken; what is missing must not count as gone.
 */
static bool
is_short(struct reading *r)
{
	struct harvest *h = r->h;

	if (!harvest_is_believable(&h->sizes) ||
	    r->log.records >= h->sizes.records) {
		h->short_readings = 0;
		return false;
	}
	if (h->short_readings >= SHORT_MOST)
		return false;
	h->short_readings++;
	h->wanted = true;
	snprintf(h->words, sizeof h->words, "the log came short: %u records of "
	         "%u", (unsigned)r->log.records, (unsigned)h->sizes.records);
	return true;
}

static enum harvest_result
finish_reading(struct reading *r, bool night)
{
	struct harvest *h = r->h;

	if (r->log.unknown_form)
		return finish_odd(r);
	if (r->added > 0)
		log_info("%s: %zu new punches in a log of %u", h->name,
		         r->added, (unsigned)r->log.records);
	if (r->flawed > 0)
		log_warn("%s: set aside %zu records that cannot be used",
		         h->name, r->flawed);
	if (r->log.odd_bytes > 0)
		log_warn("%s: the log ends with %zu bytes that are no record",
		         h->name, r->log.odd_bytes);
	h->log_bytes = r->log.records * zk_layout_bytes(r->log.layout);
	h->read_at = clock_mono_ms();
	if (!r->spool_failed && is_short(r))
		return HARVEST_ODD;
	if (r->deferred && !r->spool_failed) {
		h->wanted = true;	/* from where the last one ended */
		return HARVEST_OK;
	}
	if (r->spool_failed || !save_mark(r) || (night && !prune(r)))
		return HARVEST_SPOOL;
	return HARVEST_OK;
}

enum harvest_result
reading_run(struct harvest *h, bool all, bool night)
{
	struct reading *r = calloc(1, sizeof *r);
	bool tail = !all && has_tail(h);
	enum harvest_result result;
	enum zk_result rc;

	if (r == NULL)
		log_die("out of memory");
	h->has_roster = false;
	rc = read_again(r, h, tail, night);
	if (tail && !r->spool_failed && (rc == ZK_REFUSED ||
	    (rc == ZK_OK && !is_continued(r)))) {
		log_info("%s: the log does not go on where it ended; "
		         "reading all of it", h->name);
		rc = read_again(r, h, false, night);
	}
	if (rc == ZK_OK)
		result = finish_reading(r, night);
	else if (rc == ZK_REFUSED && !is_session_over(h))
		result = r->spool_failed ? HARVEST_SPOOL : finish_refused(h);
	else
		result = harvest_line_result(rc);
	free(r);
	return result;
}
