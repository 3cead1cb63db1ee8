/* tables.c: users and log as tables, at once, direct and buffered */
#include "tests/terminal/tables.h"

#define PREPARE_SIZE 11		/* data of 1503 */
#define TABLE_USERS 5		/* "fct" of 1503 and 9 */
#define TABLE_LOG 1		/* of command 7, as some clients ask */

static void
put_users(const struct fake_terminal *t, struct buf *out)
{
	fake_store_put_users(&t->store, t->settings.user_form == 0 ? 28 : 72,
	                     out);
}

static void
put_log(const struct fake_terminal *t, struct buf *out)
{
	fake_store_put_log(&t->store,
	                   (enum wire_record)t->settings.record_form, out);
}

/* PREPARE_DATA, the bytes in packets, and an end whose session is none. */
static void
send_bulk(struct fake_session *s, const struct fake_request *rq,
          const char *data, size_t len)
{
	size_t most = (size_t)s->terminal->settings.max_packet;
	struct buf head = BUF_INIT;
	uint16_t index = 0;

	wire_put32(&head, (uint32_t)len);
	wire_put32(&head, (uint32_t)most);
	fake_answer(s, rq, CODE_PREPARE_DATA, head.data, head.len);
	for (size_t at = 0; at < len; at += most) {
		size_t piece = len - at < most ? len - at : most;

		fake_session_send(s, CODE_DATA, index++, rq->reply, data + at,
		                  piece);
	}
	fake_session_send(s, CODE_ACK_OK, (uint16_t)len, rq->reply, NULL, 0);
	buf_finish(&head);
}

void
fake_table_log(struct fake_session *s, const struct fake_request *rq)
{
	struct buf table = BUF_INIT;

	put_log(s->terminal, &table);
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
	send_bulk(s, rq, table.data, table.len);
	buf_finish(&table);
}

static const struct {
	uint16_t command;
	uint32_t table;
	void (*put)(const struct fake_terminal *t, struct buf *out);
} tables[] = {
	{ 7, TABLE_LOG, put_log },
	{ 7, TABLE_USERS, put_users },
	{ CODE_USERTEMP_RRQ, TABLE_USERS, put_users },
	{ CODE_ATTLOG_RRQ, 0, put_log },
};

/* Takes the snapshot that a 1503 asks for; false when it asks for no table. */
static bool
prepare(struct fake_session *s, const struct fake_request *rq)
{
	buf_reset(&s->snapshot);
	s->prepared = false;
	if (rq->len != PREPARE_SIZE)
		return false;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (tables[i].command == wire_get16(rq->data + 1) &&
		    tables[i].table == wire_get32(rq->data + 3)) {
			tables[i].put(s->terminal, &s->snapshot);
			return true;
		}
	}
	return false;
}

void
fake_table_prepare(struct fake_session *s, const struct fake_request *rq)
{
	const struct fake_settings *set = &s->terminal->settings;
	const struct buf *snap = &s->snapshot;
	struct buf head = BUF_INIT;

	if (!set->buffered) {
		fake_answer_code(s, rq, CODE_ACK_UNKNOWN);
	} else if (!prepare(s, rq)) {
		fake_answer_code(s, rq, CODE_ACK_ERROR);
	} else if (snap->len <= (size_t)set->inline_bytes) {
		fake_answer(s, rq, CODE_DATA, snap->data, snap->len);
	} else {
		s->prepared = true;
		buf_append(&head, "", 1);
		wire_put32(&head, (uint32_t)snap->len);
		wire_put32(&head, (uint32_t)snap->len);
		wire_put32(&head, 0x00112233);	/* nobody knows what it is */
		fake_answer(s, rq, CODE_ACK_OK, head.data, head.len);
	}
	buf_finish(&head);
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
	    len > s->snapshot.len - start) {
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
