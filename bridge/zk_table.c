/* zk_table.c: how a terminal hands out a whole table */
#include "zk_inside.h"

#include "base/text.h"

/*
 * A table arrives in one of three ways.  A small one inline, in the answer to
 * 1503; a larger one is prepared by 1503 and fetched by 1504 in pieces, one
 * request at a time; old firmware refuses 1503 and sends all at once.  In each
 * the first four bytes are the length of what follows them.
 */
#define TABLE_MAX (64u * 1024 * 1024)
#define END_TIMEOUT_MS 2000	/* for an end mark that may not come */

static void
hand_on(struct zk_table *t, const uint8_t *data, size_t len)
{
	t->got += len;
	if (!t->stopped && !t->sink(t->arg, data, len))
		t->stopped = true;
}

/* A whole table in one packet. */
static enum zk_result
take_inline(struct zk_table *t, const struct zk_packet *packet)
{
	t->start = 0;
	t->size = packet->len;
	hand_on(t, packet->data, packet->len);
	return ZK_OK;
}

/*
 * The data packets that PREPARE_DATA announced: `most` bytes are allowed.
 * They must be taken to their end even when nobody wants them any more.
 */
static enum zk_result
take_stream(struct zk_session *zk, struct zk_table *t,
            const struct zk_packet *prepare, size_t most)
{
	struct zk_reader r = { prepare->data, prepare->len, false };
	struct zk_packet packet;
	enum zk_result rc;
	size_t left;

	left = zk_get_u32(&r);
	if (r.bad || left == 0 || left > most)
		return zk_inside_fail(zk, ZK_PROTOCOL,
			"%s: a size announced that cannot be", t->what);
	if (t->size == 0)
		t->size = left;
	while (left > 0) {
		rc = zk_inside_receive(zk, zk->options.timeout_ms, &packet);
		if (rc != ZK_OK)
			return rc;
		if (packet.command != ZK_DATA || packet.len > left)
			return zk_inside_fail(zk, ZK_PROTOCOL,
				"%s: broken off after %zu bytes", t->what,
				t->got);
		hand_on(t, packet.data, packet.len);
		left -= packet.len;
	}
	/* the end mark; some send none, and a late one is dropped later */
	rc = zk_inside_receive(zk, END_TIMEOUT_MS, &packet);
	return rc == ZK_TIMEOUT ? ZK_OK : rc;
}

/* One piece of a prepared table. */
static enum zk_result
take_piece(struct zk_session *zk, struct zk_table *t, size_t at)
{
	size_t want = t->size - at > ZK_PIECE_BYTES ? ZK_PIECE_BYTES : t->size - at;
	struct zk_packet answer;
	struct buf data = BUF_INIT;
	enum zk_result rc;

	zk_put_u32(&data, (uint32_t)at);
	zk_put_u32(&data, (uint32_t)want);
	rc = zk_inside_send(zk, ZK_BUFFER_READ, data.data, data.len);
	buf_finish(&data);
	if (rc == ZK_OK)
		rc = zk_inside_receive(zk, zk->options.bulk_timeout_ms,
		                       &answer);
	if (rc != ZK_OK)
		return rc;
	if (answer.command == ZK_PREPARE_DATA)
		return take_stream(zk, t, &answer, want);
	if (answer.command != ZK_DATA)
		return zk_inside_refused(zk, t->what, answer.command);
	if (answer.len == 0 || answer.len > want)
		return zk_inside_fail(zk, ZK_PROTOCOL,
			"%s: a piece of the wrong size", t->what);
	hand_on(t, answer.data, answer.len);
	return ZK_OK;
}

/* The answer to 1503 announces the size at its second byte. */
static enum zk_result
take_pieces(struct zk_session *zk, struct zk_table *t,
            const struct zk_packet *answer)
{
	struct zk_reader r = { answer->data, answer->len, false };
	enum zk_result rc = ZK_OK;

	if (answer->len == 0) {		/* an empty table */
		t->start = 0;
		return ZK_OK;
	}
	zk_skip(&r, 1);
	t->size = zk_get_u32(&r);
	if (r.bad || t->size > TABLE_MAX)
		return zk_inside_fail(zk, ZK_PROTOCOL,
			"%s: a size announced that cannot be", t->what);
	while (rc == ZK_OK && !t->stopped && t->start + t->got < t->size)
		rc = take_piece(zk, t, t->start + t->got);
	return rc;
}

static enum zk_result
send_prepare(struct zk_session *zk, const struct zk_table *t)
{
	struct buf data = BUF_INIT;
	enum zk_result rc;

	zk_put_u8(&data, 1);
	zk_put_u16(&data, t->command);
	zk_put_u32(&data, t->kind);
	zk_put_u32(&data, 0);
	rc = zk_inside_send(zk, ZK_BUFFER_PREPARE, data.data, data.len);
	buf_finish(&data);
	return rc;
}

/* Whichever of the three ways the terminal takes. */
static enum zk_result
take_table(struct zk_session *zk, struct zk_table *t)
{
	struct zk_packet answer;
	enum zk_result rc = zk_inside_receive(zk, zk->options.bulk_timeout_ms,
	                                      &answer);

	if (rc != ZK_OK)
		return rc;
	switch (answer.command) {
	case ZK_DATA:
		return take_inline(t, &answer);
	case ZK_PREPARE_DATA:
		t->start = 0;
		return take_stream(zk, t, &answer, TABLE_MAX);
	case ZK_ACK_OK:
		return take_pieces(zk, t, &answer);
	default:
		return zk_inside_refused(zk, t->what, answer.command);
	}
}

/* All at once: what terminals without 1503 know. */
static enum zk_result
read_direct(struct zk_session *zk, struct zk_table *t)
{
	uint8_t kind = (uint8_t)t->kind;
	enum zk_result rc = zk_inside_send(zk, t->command, &kind,
	                                   kind == 0 ? 0 : 1);

	return rc == ZK_OK ? take_table(zk, t) : rc;
}

static enum zk_result
read_buffered(struct zk_session *zk, struct zk_table *t)
{
	enum zk_result rc = send_prepare(zk, t);

	return rc == ZK_OK ? take_table(zk, t) : rc;
}

static bool
is_old_firmware(const struct zk_session *zk)
{
	return zk->refusal == ZK_ACK_UNKNOWN || zk->refusal == ZK_ACK_ERROR;
}

/* 1502 before, for what an earlier client left open, and after. */
enum zk_result
zk_inside_read_table(struct zk_session *zk, struct zk_table *t)
{
	enum zk_result rc = zk_command(zk, ZK_FREE_DATA, NULL, 0, NULL);
	enum zk_result freed;

	if (rc != ZK_OK && rc != ZK_REFUSED)
		return rc;
	rc = read_buffered(zk, t);
	if (rc == ZK_REFUSED && t->got == 0 && t->size == 0 &&
	    is_old_firmware(zk))
		rc = read_direct(zk, t);
	if (rc == ZK_OK || rc == ZK_REFUSED) {
		char words[sizeof zk->error];

		memcpy(words, zk->error, sizeof words);
		freed = zk_command(zk, ZK_FREE_DATA, NULL, 0, NULL);
		if (freed != ZK_OK && freed != ZK_REFUSED)
			return freed;
		memcpy(zk->error, words, sizeof words);
	}
	return rc;
}
