/* commands.c: what the fake terminal answers to each command */
#include "tests/terminal/session.h"

#include <string.h>

#include "base/text.h"

#define PREPARE_SIZE 11		/* data of 1503 */
#define OPTION_NAME_MAX 64
#define FINGER_CAPACITY 20000
#define TABLE_USERS 5		/* "fct" of 1503 and 9 */
#define TABLE_LOG 1		/* of command 7, as some clients ask */

typedef void handler(struct fake_session *s, const struct fake_request *rq);

static void
answer(struct fake_session *s, const struct fake_request *rq, uint16_t code,
       const void *data, size_t len)
{
	fake_session_send(s, code, s->id, rq->reply, data, len);
}

static void
answer_code(struct fake_session *s, const struct fake_request *rq,
            uint16_t code)
{
	answer(s, rq, code, NULL, 0);
}

/* For all that needs no more than a nod. */
static void
do_nothing(struct fake_session *s, const struct fake_request *rq)
{
	answer_code(s, rq, CODE_ACK_OK);
}

/* ---- connecting ----------------------------------------------------------*/

static void
do_connect(struct fake_session *s, const struct fake_request *rq)
{
	struct fake_terminal *t = s->terminal;

	if (s->id == 0) {
		s->id = t->next_session++;
		if (t->next_session == 0)
			t->next_session = 1;
	}
	s->authenticated = t->settings.comm_key == 0;
	answer_code(s, rq, s->authenticated ? CODE_ACK_OK : CODE_ACK_UNAUTH);
}

static void
do_auth(struct fake_session *s, const struct fake_request *rq)
{
	uint32_t key = (uint32_t)s->terminal->settings.comm_key;
	uint8_t expected[4];

	if (rq->len >= 4) {
		wire_scramble(key, s->id, rq->data[2], expected);
		s->authenticated = memcmp(rq->data, expected, 4) == 0;
	}
	answer_code(s, rq, s->authenticated ? CODE_ACK_OK : CODE_ACK_UNAUTH);
}

static void
do_exit(struct fake_session *s, const struct fake_request *rq)
{
	answer_code(s, rq, CODE_ACK_OK);
	if (s->terminal->disabled_by == s)
		fake_terminal_enable(s->terminal);
	s->id = 0;
	s->authenticated = false;
	s->events = 0;
}

/* ---- what it is and how it does ------------------------------------------*/

static void
do_option_read(struct fake_session *s, const struct fake_request *rq)
{
	char name[OPTION_NAME_MAX + 1];
	size_t len = strnlen((const char *)rq->data, rq->len);
	const char *value = NULL;
	struct buf text = BUF_INIT;

	if (len <= OPTION_NAME_MAX) {
		memcpy(name, rq->data, len);
		name[len] = '\0';
		value = fake_terminal_option(s->terminal, name);
	}
	if (value == NULL) {
		answer_code(s, rq, CODE_ACK_ERROR);
		return;
	}
	buf_appendf(&text, "%s=%s", name, value);
	answer(s, rq, CODE_ACK_OK, text.data, text.len + 1);
	buf_finish(&text);
}

static void
do_version(struct fake_session *s, const struct fake_request *rq)
{
	const char *firmware = s->terminal->settings.firmware;

	answer(s, rq, CODE_ACK_OK, firmware, strlen(firmware) + 1);
}

static void
do_free_sizes(struct fake_session *s, const struct fake_request *rq)
{
	const struct fake_terminal *t = s->terminal;
	const struct wire_sizes sizes = {
		.users = (uint32_t)t->store.user_count,
		.fingers = (uint32_t)t->store.user_count,
		.records = (uint32_t)t->store.punch_count,
		.finger_capacity = FINGER_CAPACITY,
		.user_capacity = (uint32_t)t->settings.user_capacity,
		.record_capacity = (uint32_t)t->settings.capacity,
	};
	struct buf data = BUF_INIT;

	wire_put_sizes(&data, &sizes);
	answer(s, rq, CODE_ACK_OK, data.data, data.len);
	buf_finish(&data);
}

/* The state of the terminal stands in the session field: 0, waiting. */
static void
do_state(struct fake_session *s, const struct fake_request *rq)
{
	fake_session_send(s, CODE_ACK_OK, 0, rq->reply, NULL, 0);
}

static void
do_pin_width(struct fake_session *s, const struct fake_request *rq)
{
	const uint8_t width = s->terminal->settings.user_form == 0 ? 9 : 24;

	answer(s, rq, CODE_ACK_OK, &width, 1);
}

static void
do_get_time(struct fake_session *s, const struct fake_request *rq)
{
	struct buf data = BUF_INIT;

	wire_put32(&data, wire_pack_time(fake_terminal_clock(s->terminal)));
	answer(s, rq, CODE_ACK_OK, data.data, data.len);
	buf_finish(&data);
}

static void
do_set_time(struct fake_session *s, const struct fake_request *rq)
{
	int64_t local;

	if (rq->len < 4 || !wire_unpack_time(wire_get32(rq->data), &local)) {
		answer_code(s, rq, CODE_ACK_ERROR);
		return;
	}
	fake_terminal_set_clock(s->terminal, local);
	answer_code(s, rq, CODE_ACK_OK);
}

static void
do_enable(struct fake_session *s, const struct fake_request *rq)
{
	fake_terminal_enable(s->terminal);
	answer_code(s, rq, CODE_ACK_OK);
}

/* No data, or the seconds after which it enables itself. */
static void
do_disable(struct fake_session *s, const struct fake_request *rq)
{
	uint32_t timeout_s = rq->len >= 4 ? wire_get32(rq->data) : 0;

	fake_terminal_disable(s->terminal, s, timeout_s);
	answer_code(s, rq, CODE_ACK_OK);
}

static void
do_clear_log(struct fake_session *s, const struct fake_request *rq)
{
	fake_store_clear(&s->terminal->store);
	fake_store_save(&s->terminal->store);
	answer_code(s, rq, CODE_ACK_OK);
}

static void
do_register(struct fake_session *s, const struct fake_request *rq)
{
	if (rq->len < 4) {
		answer_code(s, rq, CODE_ACK_ERROR);
		return;
	}
	s->events = wire_get32(rq->data);
	answer_code(s, rq, CODE_ACK_OK);
}

/* The client took an event: there is nothing to answer. */
static void
do_event_taken(struct fake_session *s, const struct fake_request *rq)
{
	(void)s;
	(void)rq;
}

/* ---- tables --------------------------------------------------------------*/

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
	answer(s, rq, CODE_PREPARE_DATA, head.data, head.len);
	for (size_t at = 0; at < len; at += most) {
		size_t piece = len - at < most ? len - at : most;

		fake_session_send(s, CODE_DATA, index++, rq->reply, data + at,
		                  piece);
	}
	fake_session_send(s, CODE_ACK_OK, (uint16_t)len, rq->reply, NULL, 0);
	buf_finish(&head);
}

static void
do_log_direct(struct fake_session *s, const struct fake_request *rq)
{
	struct buf table = BUF_INIT;

	put_log(s->terminal, &table);
	send_bulk(s, rq, table.data, table.len);
	buf_finish(&table);
}

static void
do_users_direct(struct fake_session *s, const struct fake_request *rq)
{
	struct buf table = BUF_INIT;

	if (rq->len != 1 || rq->data[0] != TABLE_USERS) {
		answer_code(s, rq, CODE_ACK_ERROR);	/* a template: none */
		return;
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

static void
do_prepare(struct fake_session *s, const struct fake_request *rq)
{
	const struct fake_settings *set = &s->terminal->settings;
	struct buf head = BUF_INIT;

	if (!set->buffered) {
		answer_code(s, rq, CODE_ACK_UNKNOWN);
	} else if (!prepare(s, rq)) {
		answer_code(s, rq, CODE_ACK_ERROR);
	} else if (s->snapshot.len <= (size_t)set->inline_bytes) {
		answer(s, rq, CODE_DATA, s->snapshot.data, s->snapshot.len);
	} else {
		s->prepared = true;
		buf_append(&head, "", 1);
		wire_put32(&head, (uint32_t)s->snapshot.len);
		wire_put32(&head, (uint32_t)s->snapshot.len);
		wire_put32(&head, 0x00112233);	/* nobody knows what it is */
		answer(s, rq, CODE_ACK_OK, head.data, head.len);
	}
	buf_finish(&head);
}

static void
do_read(struct fake_session *s, const struct fake_request *rq)
{
	uint32_t start, len;

	if (!s->terminal->settings.buffered) {
		answer_code(s, rq, CODE_ACK_UNKNOWN);
		return;
	}
	start = rq->len >= 8 ? wire_get32(rq->data) : UINT32_MAX;
	len = rq->len >= 8 ? wire_get32(rq->data + 4) : 0;
	if (!s->prepared || start > s->snapshot.len ||
	    len > s->snapshot.len - start) {
		answer_code(s, rq, CODE_ACK_ERROR);
		return;
	}
	send_bulk(s, rq, s->snapshot.data + start, len);
}

static void
do_free(struct fake_session *s, const struct fake_request *rq)
{
	buf_finish(&s->snapshot);
	s->prepared = false;
	answer_code(s, rq, CODE_ACK_OK);
}

/* ---- the table -----------------------------------------------------------*/

enum who { ANYBODY, CONNECTED, TRUSTED };

static const struct command {
	uint16_t code;
	enum who who;
	handler *run;
} commands[] = {
	{ CODE_USERTEMP_RRQ, TRUSTED, do_users_direct },
	{ CODE_OPTIONS_RRQ, TRUSTED, do_option_read },
	{ CODE_OPTIONS_WRQ, TRUSTED, do_nothing },
	{ CODE_ATTLOG_RRQ, TRUSTED, do_log_direct },
	{ CODE_CLEAR_ATTLOG, TRUSTED, do_clear_log },
	{ CODE_UNLOCK, TRUSTED, do_nothing },
	{ CODE_GET_FREE_SIZES, TRUSTED, do_free_sizes },
	{ CODE_ENABLE_CLOCK, TRUSTED, do_nothing },
	{ CODE_STARTVERIFY, TRUSTED, do_nothing },
	{ CODE_CANCELCAPTURE, TRUSTED, do_nothing },
	{ CODE_STATE_RRQ, TRUSTED, do_state },
	{ CODE_GET_PINWIDTH, TRUSTED, do_pin_width },
	{ CODE_GET_TIME, TRUSTED, do_get_time },
	{ CODE_SET_TIME, TRUSTED, do_set_time },
	{ CODE_REG_EVENT, TRUSTED, do_register },
	{ CODE_CONNECT, ANYBODY, do_connect },
	{ CODE_EXIT, CONNECTED, do_exit },
	{ CODE_ENABLEDEVICE, TRUSTED, do_enable },
	{ CODE_DISABLEDEVICE, TRUSTED, do_disable },
	{ CODE_REFRESHDATA, TRUSTED, do_nothing },
	{ CODE_REFRESHOPTION, TRUSTED, do_nothing },
	{ CODE_TESTVOICE, TRUSTED, do_nothing },
	{ CODE_GET_VERSION, TRUSTED, do_version },
	{ CODE_AUTH, CONNECTED, do_auth },
	{ CODE_FREE_DATA, TRUSTED, do_free },
	{ CODE_PREPARE_BUFFER, TRUSTED, do_prepare },
	{ CODE_READ_BUFFER, TRUSTED, do_read },
	{ CODE_ACK_OK, TRUSTED, do_event_taken },
};

void
fake_command_run(struct fake_session *s, const struct fake_request *rq)
{
	bool connected = s->id != 0 && rq->session == s->id;

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		const struct command *c = commands + i;

		if (c->code != rq->command)
			continue;
		if (c->who >= CONNECTED && !connected)
			answer_code(s, rq, CODE_ACK_ERROR_INIT);
		else if (c->who == TRUSTED && !s->authenticated)
			answer_code(s, rq, CODE_ACK_UNAUTH);
		else
			c->run(s, rq);
		return;
	}
	answer_code(s, rq, CODE_ACK_UNKNOWN);
}
