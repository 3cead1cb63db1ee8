/* tables.c: users and log as tables, at once, direct and buffered */
#include "tests/terminal/tables.h"

#include "base/clock.h"
#include "base/log.h"

#define PREPARE_SIZE 11		/* data of 1503 */
#define TABLE_USERS 5		/* "fct" of 1503 and 9 */
#define TABLE_LOG 1		/* of command 7, as some clients ask */

static void
put_users(const struct fake_terminal *t, struct buf *out)
{
	fake_store_put_users(&t->store, t->settings.user_form == 0 ? 28 : 72,
	                     t->settings.junk, out);
}

static void
put_log(const struct fake_terminal *t, struct buf *out)
{
	fake_store_put_log(&t->store,
	                   (enum wire_record)t->settings.record_form, out);
}

/* A long table is not ready at once. */
static void
take_time(struct fake_session *s)
{
	int64_t ms = s->terminal->settings.first_byte_ms;

	if (ms > 0)
		s->busy_until = clock_mono_ms() + ms;
}

/* By order somebody punches in the middle of a table. */
static void
punch_amid(struct fake_terminal *t)
{
	char error[100];

	if (t->amid_count == 0)
		return;
	t->amid_count--;
	if (!fake_terminal_punch(t, t->amid_user, fake_terminal_clock(t), 0, 1,
	                         error, sizeof error))
		log_warn("punch amid a table: %s", error);
}

/* PREPARE_DATA, the bytes in packets, and an end whose session is none. */
static void
send_bulk(struct fake_session *s, const struct fake_request *rq,
          const char *data, size_t len)
{
	size_t most = (size_t)s->terminal->settings.max_packet;
	struct buf head = BUF_INIT;
	uint16_t index = 0;

	if (most > s->transport->data_most)
		most = s->transport->data_most;
	wire_put32(&head, (uint32_t)len);
	wire_put32(&head, (uint32_t)most);
	fake_answer(s, rq, CODE_PREPARE_DATA, head.data, head.len);
	for (size_t at = 0; at < len; at += most) {
		size_t piece = len - at < most ? len - at : most;

		fake_session_send(s, CODE_DATA, index++, rq->reply, data + at,
		                  piece);
		if (at == 0)
			punch_amid(s->terminal);
	}
	fake_session_send(s, CODE_ACK_OK, (uint16_t)len, rq->reply, NULL, 0);
	buf_finish(&head);
}

/* An error in place of the log, if that is set. */
static bool
refuse_log(struct fake_session *s, const struct fake_request *rq)
{
	uint16_t code = (uint16_t)s->terminal->settings.log_code;

	if (code != 0)
		fake_answer_code(s, rq, code);
	return code != 0;
}

void
fake_table_log(struct fake_session *s, const struct fake_request *rq)
{
	struct buf table = BUF_INIT;

	if (refuse_log(s, rq))
		return;
	put_log(s->terminal, &table);
	take_time(s);
	send_bulk(s, rq, table.data, table.len);
	buf_finish(&table);
}

void
fake_table_users(struct fake_session *s, const struct fake_request *rq)
{
	struct buf table = BUF_INIT;

	if (rq->len != 1 || rq->data[0] != TABLE_USERS) {
		fake_answer_code(s, rq, CODE_ACK_ERROR);
		return;	/* wants a template, and there are none */
	}
	put_users(s->terminal, &table);
	take_time(s);
	send_bulk(s, rq, table.data, table.len);
	buf_finish(&table);
}

static const struct table {
	uint16_t command;
	uint32_t type;
	bool is_log;
	void (*put)(const struct fake_terminal *t, struct buf *out);
} tables[] = {
	{ 7, TABLE_LOG, true, put_log },
	{ 7, TABLE_USERS, false, put_users },
	{ CODE_USERTEMP_RRQ, TABLE_USERS, false, put_users },
	{ CODE_ATTLOG_RRQ, 0, true, put_log },
};

/* The table that a 1503 asks for, or NULL. */
static const struct table *
find_table(const struct fake_request *rq)
{
	if (rq->len != PREPARE_SIZE)
		return NULL;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (tables[i].command == wire_get16(rq->data + 1) &&
		    tables[i].type == wire_get32(rq->data + 3))
			return &tables[i];
	}
	return NULL;
}

static size_t
inline_most(const struct fake_session *s)
{
	size_t most = (size_t)s->terminal->settings.inline_bytes;

	return most < s->transport->data_most ? most : s->transport->data_most;
}

/* The snapshot itself when it is small, or what to ask of 1504. */
static void
answer_prepared(struct fake_session *s, const struct fake_request *rq)
{
	const struct buf *snap = &s->snapshot;
	struct buf head = BUF_INIT;

	take_time(s);
	if (snap->len <= inline_most(s)) {
		fake_answer(s, rq, CODE_DATA, snap->data, snap->len);
		punch_amid(s->terminal);
		return;
	}
	s->prepared = true;
	buf_append(&head, "", 1);
	wire_put32(&head, (uint32_t)snap->len);
	wire_put32(&head, (uint32_t)snap->len);
	wire_put32(&head, 0x00112233);	/* nobody knows what it is */
	fake_answer(s, rq, CODE_ACK_OK, head.data, head.len);
	buf_finish(&head);
}

void
fake_table_prepare(struct fake_session *s, const struct fake_request *rq)
{
	const struct table *table = find_table(rq);

	buf_reset(&s->snapshot);
	s->prepared = false;
	if (!s->terminal->settings.buffered) {
		fake_answer_code(s, rq, CODE_ACK_UNKNOWN);
	} else if (table == NULL) {
		fake_answer_code(s, rq, CODE_ACK_ERROR);
	} else if (!table->is_log || !refuse_log(s, rq)) {
		table->put(s->terminal, &s->snapshot);
		answer_prepared(s, rq);
	}
}

/* Some terminals know the starts only that clients commonly ask for. */
static bool
is_odd(const struct fake_session *s, uint32_t start)
{
	return s->terminal->settings.odd_tails == FAKE_TAILS_REFUSE &&
		start % s->transport->border != 0;
}

void
fake_table_read(struct fake_session *s, const struct fake_request *rq)
{
	uint32_t start, len;

	if (!s->terminal->settings.buffered) {
		fake_answer_code(s, rq, CODE_ACK_UNKNOWN);
		return;
	}
	start = rq->len >= 8 ? wire_get32(rq->data) : UINT32_MAX;
	len = rq->len >= 8 ? wire_get32(rq->data + 4) : 0;
	if (!s->prepared || start > s->snapshot.len ||
	    len > s->snapshot.len - start || is_odd(s, start)) {
		fake_answer_code(s, rq, CODE_ACK_ERROR);
		return;
	}
	send_bulk(s, rq, s->snapshot.data + start, len);
}

void
fake_table_free(struct fake_session *s, const struct fake_request *rq)
{
	buf_finish(&s->snapshot);
	s->prepared = false;
	fake_answer_code(s, rq, CODE_ACK_OK);
}
