/* commands.c: what the fake terminal answers to each command */
#include "tests/terminal/session.h"

#include <string.h>

#include "tests/terminal/tables.h"

#define OPTION_NAME_MAX 64
#define FINGER_CAPACITY 20000

typedef void handler(struct fake_session *s, const struct fake_request *rq);

/* For all that needs no more than a nod. */
static void
do_nothing(struct fake_session *s, const struct fake_request *rq)
{
	fake_answer_code(s, rq, CODE_ACK_OK);
}

/* ---- connecting ----------------------------------------------------------*/

static void
answer_trust(struct fake_session *s, const struct fake_request *rq)
{
	fake_answer_code(s, rq,
	                 s->authenticated ? CODE_ACK_OK : CODE_ACK_UNAUTH);
}

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
	answer_trust(s, rq);
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
	answer_trust(s, rq);
}

static void
do_exit(struct fake_session *s, const struct fake_request *rq)
{
	fake_answer_code(s, rq, CODE_ACK_OK);
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
		fake_answer_code(s, rq, CODE_ACK_ERROR);
		return;
	}
	buf_appendf(&text, "%s=%s", name, value);
	fake_answer(s, rq, CODE_ACK_OK, text.data, text.len + 1);
	buf_finish(&text);
}

static void
do_version(struct fake_session *s, const struct fake_request *rq)
{
	const char *firmware = s->terminal->settings.firmware;

	fake_answer(s, rq, CODE_ACK_OK, firmware, strlen(firmware) + 1);
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
	fake_answer(s, rq, CODE_ACK_OK, data.data, data.len);
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

	fake_answer(s, rq, CODE_ACK_OK, &width, 1);
}

static void
do_get_time(struct fake_session *s, const struct fake_request *rq)
{
	struct buf data = BUF_INIT;

	wire_put32(&data, wire_pack_time(fake_terminal_clock(s->terminal)));
	fake_answer(s, rq, CODE_ACK_OK, data.data, data.len);
	buf_finish(&data);
}

static void
do_set_time(struct fake_session *s, const struct fake_request *rq)
{
	int64_t local;

	if (rq->len < 4 || !wire_unpack_time(wire_get32(rq->data), &local)) {
		fake_answer_code(s, rq, CODE_ACK_ERROR);
		return;
	}
	fake_terminal_set_clock(s->terminal, local);
	fake_answer_code(s, rq, CODE_ACK_OK);
}

static void
do_enable(struct fake_session *s, const struct fake_request *rq)
{
	fake_terminal_enable(s->terminal);
	fake_answer_code(s, rq, CODE_ACK_OK);
}

/* No data, or the seconds after which it enables itself. */
static void
do_disable(struct fake_session *s, const struct fake_request *rq)
{
	uint32_t timeout_s = rq->len >= 4 ? wire_get32(rq->data) : 0;

	fake_terminal_disable(s->terminal, s, timeout_s);
	fake_answer_code(s, rq, CODE_ACK_OK);
}

static void
do_clear_log(struct fake_session *s, const struct fake_request *rq)
{
	fake_store_clear(&s->terminal->store);
	fake_store_save(&s->terminal->store);
	fake_answer_code(s, rq, CODE_ACK_OK);
}

static void
do_register(struct fake_session *s, const struct fake_request *rq)
{
	if (rq->len < 4) {
		fake_answer_code(s, rq, CODE_ACK_ERROR);
		return;
	}
	s->events = wire_get32(rq->data);
	fake_answer_code(s, rq, CODE_ACK_OK);
}

/* The client took an event: there is nothing to answer. */
static void
do_event_taken(struct fake_session *s, const struct fake_request *rq)
{
	(void)s;
	(void)rq;
}

/* ---- the table -----------------------------------------------------------*/

enum who { ANYBODY, CONNECTED, TRUSTED };

static const struct command {
	uint16_t code;
	enum who who;
	handler *run;
} commands[] = {
	{ CODE_USERTEMP_RRQ, TRUSTED, fake_table_users },
	{ CODE_OPTIONS_RRQ, TRUSTED, do_option_read },
	{ CODE_OPTIONS_WRQ, TRUSTED, do_nothing },
	{ CODE_ATTLOG_RRQ, TRUSTED, fake_table_log },
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
	{ CODE_FREE_DATA, TRUSTED, fake_table_free },
	{ CODE_PREPARE_BUFFER, TRUSTED, fake_table_prepare },
	{ CODE_READ_BUFFER, TRUSTED, fake_table_read },
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
			fake_answer_code(s, rq, CODE_ACK_ERROR_INIT);
		else if (c->who == TRUSTED && !s->authenticated)
			fake_answer_code(s, rq, CODE_ACK_UNAUTH);
		else
			c->run(s, rq);
		return;
	}
	fake_answer_code(s, rq, CODE_ACK_UNKNOWN);
}
