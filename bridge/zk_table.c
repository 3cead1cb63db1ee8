/* zk_table.c: how a terminal hands out a whole table */
#include "zk_inside.h"

#include "base/clock.h"
#include "base/text.h"

/*
 * A table arrives in one of three ways.  A small one inline, in the answer to
 * 1503; a larger one is prepared by 1503 and fetched by 1504 in pieces, one
 * request at a time; old firmware refuses 1503 and sends all at once.  In each
 * the first four bytes are the length of what follows them.
 */
#define TABLE_MS_MAX (10 * 60 * 1000)	/* of a terminal that only drips */
#define SLOWEST_BYTES_MS 2	/* ... and 2 KB a second of a long one */
#define END_TIMEOUT_MS 2000	/* for an end mark that may not come */

size_t
zk_inside_piece_bytes(const struct zk_session *zk)
{
	return zk->link.transport == ZK_UDP ? ZK_PIECE_BYTES_UDP
		: ZK_PIECE_BYTES_TCP;
}

void
zk_inside_hand_on(struct zk_table *t, const uint8_t *data, size_t len)
{
	t->got += len;
	if (len > 0 && !t->stopped && !t->sink(t->arg, data, len))
		t->stopped = true;
}

/* The size that PREPARE_DATA announces; 0 when it cannot be. */
size_t
zk_inside_announced(const struct zk_packet *prepare, size_t most)
{
	struct zk_reader r = { prepare->data, prepare->len, false };
	size_t size = zk_get_u32(&r);

	return r.bad || size > most ? 0 : size;
}

enum zk_result
zk_inside_impossible(struct zk_session *zk, const struct zk_table *t)
{
	return zk_inside_fail(zk, ZK_PROTOCOL,
		"%s: a size announced that cannot be", t->what);
}

/* A whole table in one packet. */
enum zk_result
zk_inside_take_inline(struct zk_table *t, const struct zk_packet *packet)
{
	t->start = 0;
	t->size = packet->len;
	zk_inside_hand_on(t, packet->data, packet->len);
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
	size_t left = zk_inside_announced(prepare, most);
	struct zk_packet packet;
	enum zk_result rc;

	if (left == 0)
		return zk_inside_impossible(zk, t);
	if (t->size == 0)
		t->size = left;
	while (left > 0) {
		rc = zk_inside_receive(zk, zk_inside_pause_ms(zk), &packet);
		if (rc != ZK_OK)
			return rc;
		if (packet.command != ZK_DATA || packet.len > left ||
		    packet.len == 0)
			return zk_inside_fail(zk, ZK_PROTOCOL,
				"%s: broken off after %zu bytes", t->what,
				t->got);
		zk_inside_hand_on(t, packet.data, packet.len);
		left -= packet.len;
	}
	/* the end mark; some send none, and a late one is dropped later */
	rc = zk_inside_receive(zk, END_TIMEOUT_MS, &packet);
	return rc == ZK_TIMEOUT ? ZK_OK : rc;
}

enum zk_result
zk_inside_ask_piece(struct zk_session *zk, size_t at, size_t want,
                    int timeout_ms, struct zk_packet *answer)
{
	struct buf data = BUF_INIT;
	enum zk_result rc;

	zk_put_u32(&data, (uint32_t)at);
	zk_put_u32(&data, (uint32_t)want);
	rc = zk_inside_ask(zk, ZK_BUFFER_READ, data.data, data.len,
	                   timeout_ms, answer);
	buf_finish(&data);
	return rc;
}

/* One piece of a prepared table. */
static enum zk_result
take_piece(struct zk_session *zk, struct zk_table *t, size_t at, size_t want)
{
	struct zk_packet answer;
	enum zk_result rc = zk_inside_ask_piece(zk, at, want,
		zk->options.bulk_timeout_ms, &answer);

	if (rc != ZK_OK)
		return rc;
	if (answer.command == ZK_PREPARE_DATA)
		return take_stream(zk, t, &answer, want);
	if (answer.command != ZK_DATA)
		return zk_inside_refused(zk, t->what, answer.command);
	if (answer.len == 0 || answer.len > want)
		return zk_inside_fail(zk, ZK_PROTOCOL,
			"%s: a piece of the wrong size", t->what);
	zk_inside_hand_on(t, answer.data, answer.len);
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
	if (r.bad || t->size > ZK_TABLE_MAX)
		return zk_inside_impossible(zk, t);
	zk->limit += (int64_t)t->size / SLOWEST_BYTES_MS;
	while (rc == ZK_OK && !t->stopped && t->start + t->got < t->size) {
		size_t at = t->start + t->got, want = t->size - at;

		if (want > zk_inside_piece_bytes(zk))
			want = zk_inside_piece_bytes(zk);
		rc = zk->link.transport == ZK_UDP
			? zk_inside_udp_piece(zk, t, at, want)
			: take_piece(zk, t, at, want);
	}
	return rc;
}

/* Whichever of the three ways the terminal takes. */
static enum zk_result
take_table(struct zk_session *zk, struct zk_table *t,
           const struct zk_packet *answer)
{
	switch (answer->command) {
	case ZK_DATA:
		return zk_inside_take_inline(t, answer);
	case ZK_PREPARE_DATA:
		t->start = 0;
		return take_stream(zk, t, answer, ZK_TABLE_MAX);
	case ZK_ACK_OK:
		return take_pieces(zk, t, answer);
	default:
		return zk_inside_refused(zk, t->what, answer->command);
	}
}

static enum zk_result
ask_table(struct zk_session *zk, struct zk_table *t, uint16_t command,
          const void *data, size_t len)
{
	struct zk_packet answer;
	bool taken = false;
	enum zk_result rc;

	if (zk->link.transport == ZK_UDP)
		rc = zk_inside_udp_table(zk, t, command, data, len, &answer,
		                         &taken);
	else
		rc = zk_inside_ask(zk, command, data, len,
		                   zk->options.bulk_timeout_ms, &answer);
	return rc != ZK_OK || taken ? rc : take_table(zk, t, &answer);
}

/* All at once: what terminals without 1503 know. */
static enum zk_result
read_direct(struct zk_session *zk, struct zk_table *t)
{
	uint8_t kind = (uint8_t)t->kind;

	return ask_table(zk, t, t->command, &kind, kind == 0 ? 0 : 1);
}

static enum zk_result
read_buffered(struct zk_session *zk, struct zk_table *t)
{
	struct buf data = BUF_INIT;
	enum zk_result rc;

	zk_put_u8(&data, 1);
	zk_put_u16(&data, t->command);
	zk_put_u32(&data, t->kind);
	zk_put_u32(&data, 0);
	rc = ask_table(zk, t, ZK_BUFFER_PREPARE, data.data, data.len);
	buf_finish(&data);
	return rc;
}

static bool
is_old_firmware(const struct zk_session *zk)
{
	return zk->refusal == ZK_ACK_UNKNOWN || zk->refusal == ZK_ACK_ERROR;
}

/* After a reading, however it went; its words stay. */
static enum zk_result
free_table(struct zk_session *zk, enum zk_result rc)
{
	char words[sizeof zk->error];
	uint16_t refusal = zk->refusal;
	enum zk_result freed;

	memcpy(words, zk->error, sizeof words);
	freed = zk_command(zk, ZK_FREE_DATA, NULL, 0, NULL);
	if (freed != ZK_OK && freed != ZK_REFUSED)
		return freed;
	memcpy(zk->error, words, sizeof words);
	zk->refusal = refusal;
	return rc;
}

/* 1502 before, for what an earlier client left open, and after. */
enum zk_result
zk_inside_read_table(struct zk_session *zk, struct zk_table *t)
{
	enum zk_result rc;

	zk->limit = clock_mono_ms() + TABLE_MS_MAX;
	rc = zk_command(zk, ZK_FREE_DATA, NULL, 0, NULL);
	if (rc == ZK_OK || rc == ZK_REFUSED) {
		rc = read_buffered(zk, t);
		if (rc == ZK_REFUSED && t->got == 0 && t->size == 0 &&
		    is_old_firmware(zk))
			rc = read_direct(zk, t);
	}
	if (rc == ZK_OK || rc == ZK_REFUSED)
		rc = free_table(zk, rc);
	zk->limit = 0;
	return rc;
}
