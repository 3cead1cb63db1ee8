/* zk_udp.c: tables over UDP: lost, doubled and reordered datagrams */
#include "zk_inside.h"

#include "base/clock.h"
#include "base/log.h"

/*
 * The data packets of an answer carry their index, 0, 1, 2..., where other
 * packets have the session.  It tells those that came twice and those that
 * came early; what is missing at the end is asked for again, under a new reply
 * id, so that rests of the old answer cannot be mistaken for the new one.
 * Nothing changes in the terminal meanwhile: it holds what 1503 prepared, and
 * a log that is sent all at once only grows at its end.  So a piece is put
 * together from what came of all its tries.
 */
#define TRIES 8			/* to get a piece, or a direct answer */
#define GRACE_MS 200		/* for what the end mark has overtaken */
#define INDEX_LIKELY 64		/* a session id below may be an index */
#define EARLY_MAX (2 * ZK_PIECE_BYTES_UDP)
#define HELD_MAX (4u * 1024 * 1024)

struct gather {
	struct zk_table *t;
	size_t size;		/* bytes of the answer */
	size_t done;		/* of these, in order, so far */
	size_t skip;		/* of these, handed on by an earlier try */
	uint16_t next;		/* index whose turn it is */
	bool begun, plain;	/* without indexes: order of arrival counts */
	bool holds;		/* hands on nothing before all is there */
	bool again;		/* some of it is of an earlier try */
	size_t width;		/* of a data packet; the last may be shorter */
	bool uneven;		/* they differ: an index tells no place */
	struct buf held;
	struct buf early;	/* packets before their turn, as keep() has it */
};

static void
gather_finish(struct gather *g)
{
	buf_finish(&g->held);
	buf_finish(&g->early);
}

static enum zk_result
lost(struct zk_session *zk, const struct zk_table *t)
{
	zk->lost++;
	return zk_inside_fail(zk, ZK_TIMEOUT, "%s: datagrams keep getting "
		"lost (TCP would do better)", t->what);
}

/* ---- one answer --------------------------------------------------------- */

/* The bytes whose turn it is; false when they cannot be. */
static bool
put(struct gather *g, const uint8_t *data, size_t len)
{
	size_t from = g->skip > g->done ? g->skip - g->done : 0;

	if (g->width == 0)
		g->width = len;
	g->uneven = g->uneven ||
		(len != g->width && g->done + len != g->size);
	if (g->uneven && g->again)
		return false;
	if (len > g->size - g->done || (g->holds && g->size > HELD_MAX))
		return false;
	if (g->holds)
		buf_append(&g->held, data, len);
	else if (from < len)
		zk_inside_hand_on(g->t, data + from, len - from);
	g->done += len;
	g->next++;
	return true;
}

/* The packet with this index among those kept. */
static const uint8_t *
find_early(const struct gather *g, uint16_t wanted, size_t *len)
{
	struct zk_reader r = { (uint8_t *)g->early.data, g->early.len, false };

	while (r.left > 0) {
		uint16_t index = zk_get_u16(&r);

		*len = zk_get_u32(&r);
		if (index == wanted)
			return r.at;
		zk_skip(&r, *len);
	}
	return NULL;
}

/* Keeps a packet for later; false when there are too many. */
static bool
keep(struct gather *g, const struct zk_packet *p)
{
	size_t len;

	if (find_early(g, p->session, &len) != NULL)
		return true;
	if (g->early.len + p->len > EARLY_MAX)
		return false;
	zk_put_u16(&g->early, p->session);
	zk_put_u32(&g->early, (uint32_t)p->len);
	buf_append(&g->early, p->data, p->len);
	return true;
}

static bool
take_chunk(struct zk_session *zk, struct gather *g, const struct zk_packet *p)
{
	uint16_t ahead = (uint16_t)(p->session - g->next);
	const uint8_t *early;
	size_t len;

	if (!g->begun && p->session == zk->session &&
	    zk->session >= INDEX_LIKELY)
		g->plain = g->holds = true;
	g->begun = true;
	if (!g->plain && ahead >= 0x8000)
		return true;	/* for the second time */
	if (!g->plain && ahead > 0)
		return keep(g, p);
	if (!put(g, p->data, p->len))
		return false;
	while (!g->plain && 
	       (early = find_early(g, g->next, &len)) != NULL) {
		if (!put(g, early, len))
			return false;
	}
	return true;
}

/* False when this answer is lost. */
static bool
take_packet(struct zk_session *zk, struct gather *g,
            const struct zk_packet *p, bool *ended)
{
	size_t size;

	switch (p->command) {
	case ZK_DATA:
		return take_chunk(zk, g, p);
	case ZK_PREPARE_DATA:	/* may have been overtaken */
		size = zk_inside_announced(p, g->size);
		if (size == 0 || size < g->done || (g->plain && g->done > 0))
			return false;
		g->size = size;
		return true;
	case ZK_ACK_OK:
		*ended = true;
		return true;
	default:
		return false;
	}
}

/*
 * All packets of an answer from `first` on.  ZK_OK when all of it is there,
 * ZK_TIMEOUT when some is lost; else the line has failed.  Without indexes
 * only the end mark tells that nothing came twice.
 */
static enum zk_result
gather(struct zk_session *zk, struct gather *g, struct zk_packet first,
       int patience_ms)
{
	int64_t until = clock_mono_ms() + patience_ms;
	struct zk_packet packet = first;
	bool ended = false;
	enum zk_result rc;

	for (;;) {
		bool was_ended = ended;

		if (!take_packet(zk, g, &packet, &ended))
			return lost(zk, g->t);
		if (g->t->stopped ||
		    (g->done == g->size && (ended || !g->plain)))
			return ZK_OK;
		if (!ended)
			until = clock_mono_ms() + patience_ms;
		else if (!was_ended)
			until = clock_mono_ms() + (patience_ms < GRACE_MS
				? patience_ms : GRACE_MS);
		rc = zk_inside_receive(zk, clock_left_ms(until), &packet);
		if (rc == ZK_TIMEOUT && g->plain && g->done == g->size)
			return ZK_OK;	/* some send no end mark */
		if (rc != ZK_OK)
			return rc == ZK_TIMEOUT ? lost(zk, g->t) : rc;
	}
}

/* What was held back goes on, and the answer is done with. */
static void
release(struct gather *g)
{
	if (g->holds && g->held.len > g->skip)
		zk_inside_hand_on(g->t, (uint8_t *)g->held.data + g->skip,
		                  g->held.len - g->skip);
}

static int
patience(const struct zk_session *zk, int try)
{
	int ms = zk_inside_patience_ms(zk) << try;
	int most = zk_inside_pause_ms(zk);

	return ms < most ? ms : most;
}

/* ---- pieces ------------------------------------------------------------- */

/* For one more try: goes on with what came where that has a place. */
static void
begin_piece(struct gather *g, struct zk_table *t, size_t want)
{
	g->again = g->begun && !g->plain && !g->uneven;
	if (g->again)
		return;
	gather_finish(g);
	*g = (struct gather){ .t = t, .size = want, .holds = true };
}

static enum zk_result
try_piece(struct zk_session *zk, struct gather *g, size_t at, size_t want,
          int try)
{
	struct zk_packet answer;
	enum zk_result rc = zk_inside_ask_piece(zk, at, want,
		zk->options.bulk_timeout_ms, &answer);

	if (rc == ZK_OK && answer.command == ZK_ACK_OK)
		return lost(zk, g->t);	/* all but the end mark */
	if (rc == ZK_OK && answer.command != ZK_DATA &&
	    answer.command != ZK_PREPARE_DATA)
		return zk_inside_refused(zk, g->t->what, answer.command);
	return rc == ZK_OK ? gather(zk, g, answer, patience(zk, try)) : rc;
}

enum zk_result
zk_inside_udp_piece(struct zk_session *zk, struct zk_table *t, size_t at,
                    size_t want)
{
	struct gather g = { .begun = false };
	enum zk_result rc = ZK_TIMEOUT;

	for (int try = 0; try < TRIES && rc == ZK_TIMEOUT; try++) {
		uint32_t lost_before = zk->lost;

		begin_piece(&g, t, want);
		rc = try_piece(zk, &g, at, want, try);
		if (rc == ZK_TIMEOUT && zk->lost == lost_before)
			break;		/* nobody there at all */
	}
	if (rc == ZK_OK)
		release(&g);
	gather_finish(&g);
	return rc;
}

/* ---- whole tables ------------------------------------------------------- */

/*
 * Is a lone data packet all of a table?  It may be one of many whose
 * announcement was lost: then it has an index, or a length that says more.
 */
static bool
is_whole(const struct zk_session *zk, const struct zk_packet *p)
{
	struct zk_reader r = { p->data, p->len, false };
	size_t total = (size_t)zk_get_u32(&r) + 4;

	if (r.bad || total > p->len)
		return p->len == 0;
	return total == p->len || p->session == 0 ||
	       p->session == zk->session;
}

/* A table that comes by itself, or all at once. */
static enum zk_result
take_all(struct zk_session *zk, struct zk_table *t,
         const struct zk_packet *answer, int try)
{
	struct gather g = { .t = t, .size = ZK_TABLE_MAX, .skip = t->got };
	size_t size;
	enum zk_result rc;

	if (answer->command == ZK_DATA)
		return t->got == 0 && is_whole(zk, answer)
			? zk_inside_take_inline(t, answer) : lost(zk, t);
	size = zk_inside_announced(answer, ZK_TABLE_MAX);
	if (size == 0 || size < t->got)
		return zk_inside_impossible(zk, t);
	t->start = 0;
	if (t->size < size)
		t->size = size;
	rc = gather(zk, &g, *answer, patience(zk, try));
	if (rc == ZK_OK)
		release(&g);
	gather_finish(&g);
	return rc;
}

/*
 * Where a table comes all at once, a lone 2000 is an empty table or all that
 * was not lost: it must be said twice.  After 1503 it is the answer.
 */
enum zk_result
zk_inside_udp_table(struct zk_session *zk, struct zk_table *t,
                    uint16_t command, const void *data, size_t len,
                    struct zk_packet *answer, bool *taken)
{
	enum zk_result rc = ZK_TIMEOUT;
	int empty = 0;

	*taken = false;
	for (int try = 0; try < TRIES && rc == ZK_TIMEOUT; try++) {
		rc = zk_inside_ask(zk, command, data, len,
		                   zk->options.bulk_timeout_ms, answer);
		if (rc != ZK_OK)
			return rc;
		*taken = answer->command == ZK_DATA ||
			answer->command == ZK_PREPARE_DATA;
		if (*taken)
			rc = take_all(zk, t, answer, try);
		else if (answer->command == ZK_ACK_OK &&
		         command != ZK_BUFFER_PREPARE &&
		         (t->got > 0 || ++empty < 2))
			rc = lost(zk, t);
	}
	return rc;
}
