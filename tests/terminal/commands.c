/* commands.c: what the fake terminal answers to each command */
#include "tests/terminal/session.h"

#include <string.h>

#include "base/clock.h"
#include "tests/terminal/tables.h"

#define FINGER_CAPACITY 20000
#define PRIVILEGE_LEVEL 0x0e	/* bits of the privilege: above a user's */
#define DOOR_TENTH_MS 100	/* UNLOCK counts in tenths of a second */

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

	if (t->settings.connect_code != 0) {
		fake_answer_code(s, rq, (uint16_t)t->settings.connect_code);
		return;
	}
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
do_version(struct fake_session *s, const struct fake_request *rq)
{
	const char *firmware = s->terminal->settings.firmware;

	fake_answer(s, rq, CODE_ACK_OK, firmware, strlen(firmware) + 1);
}

static uint32_t
count_admins(const struct fake_store *st)
{
	uint32_t count = 0;

	for (size_t i = 0; i < st->user_count; i++)
		count += (st->users[i].privilege & PRIVILEGE_LEVEL) != 0;
	return count;
}

static uint32_t
count_fingers(const struct fake_store *st)
{
	uint32_t count = 0;

	for (size_t i = 0; i < st->user_count; i++)
		count += st->users[i].fingers;
	return count;
}

/* Short forms lack the end; of the long one nobody knows what it holds. */
static void
do_free_sizes(struct fake_session *s, const struct fake_request *rq)
{
	const struct fake_terminal *t = s->terminal;
	const struct wire_sizes sizes = {
		.users = (uint32_t)t->store.user_count,
		.fingers = count_fingers(&t->store),
		.records = t->settings.counts_zero ? 0 :
			(uint32_t)t->store.punch_count,
		.admins = count_admins(&t->store),
		.finger_capacity = FINGER_CAPACITY,
		.user_capacity = (uint32_t)t->settings.user_capacity,
		.record_capacity = (uint32_t)t->settings.capacity,
	};
	size_t size = fake_settings_sizes_size(&t->settings);
	struct buf data = BUF_INIT;

	wire_put_sizes(&data, &sizes);
	if (size > data.len)
		wire_put_zeroes(&data, size - data.len);
	fake_answer(s, rq, CODE_ACK_OK, data.data, size);
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

/* ---- door, power ---------------------------------------------------------*/

static void
do_unlock(struct fake_session *s, const struct fake_request *rq)
{
	uint32_t tenths = rq->len >= 4 ? wire_get32(rq->data) : 0;

	if (!s->terminal->settings.relay) {
		fake_answer_code(s, rq, CODE_ACK_ERROR);
		return;
	}
	s->terminal->counts.unlocks++;
	s->terminal->counts.unlock_tenths = tenths;
	s->terminal->door_until = clock_mono_ms() +
		(int64_t)tenths * DOOR_TENTH_MS;
	fake_answer_code(s, rq, CODE_ACK_OK);
}

static void
do_door_state(struct fake_session *s, const struct fake_request *rq)
{
	uint8_t open = clock_left_ms(s->terminal->door_until) > 0;

	fake_answer(s, rq, CODE_ACK_OK, &open, 1);
}

/* Power goes when the answer is on its way. */
static void
do_restart(struct fake_session *s, const struct fake_request *rq)
{
	struct fake_terminal *t = s->terminal;

	t->counts.restarts++;
	if (t->settings.restart_answer)
		fake_answer_code(s, rq, CODE_ACK_OK);
	t->power_cut = true;
	t->power_cut_ms = t->settings.reboot_ms;
}

static void
do_power_off(struct fake_session *s, const struct fake_request *rq)
{
	fake_answer_code(s, rq, CODE_ACK_OK);
	s->terminal->power_cut = true;
	s->terminal->power_cut_ms = FAKE_FOR_GOOD;
}

/* ---- events --------------------------------------------------------------*/

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
	if (rq->reply == 0)
		fake_session_acked(s);
}

/* ---- the table -----------------------------------------------------------*/

enum who { ANYBODY, CONNECTED, TRUSTED };

static const struct command {
	uint16_t code;
	enum who who;
	handler *run;
} commands[] = {
	{ CODE_USER_WRQ, TRUSTED, fake_write_user },
	{ CODE_USERTEMP_RRQ, TRUSTED, fake_table_users },
	{ CODE_OPTIONS_RRQ, TRUSTED, fake_option_read },
	{ CODE_OPTIONS_WRQ, TRUSTED, fake_option_write },
	{ CODE_ATTLOG_RRQ, TRUSTED, fake_table_log },
	{ CODE_CLEAR_DATA, TRUSTED, fake_write_clear },
	{ CODE_CLEAR_ATTLOG, TRUSTED, fake_write_clear_log },
	{ CODE_DELETE_USER, TRUSTED, fake_write_delete },
	{ CODE_UNLOCK, TRUSTED, do_unlock },
	{ CODE_GET_FREE_SIZES, TRUSTED, do_free_sizes },
	{ CODE_ENABLE_CLOCK, TRUSTED, do_nothing },
	{ CODE_STARTVERIFY, TRUSTED, do_nothing },
	{ CODE_CANCELCAPTURE, TRUSTED, do_nothing },
	{ CODE_STATE_RRQ, TRUSTED, do_state },
	{ CODE_GET_PINWIDTH, TRUSTED, do_pin_width },
	{ CODE_DOORSTATE_RRQ, TRUSTED, do_door_state },
	{ CODE_GET_TIME, TRUSTED, do_get_time },
	{ CODE_SET_TIME, TRUSTED, do_set_time },
	{ CODE_REG_EVENT, TRUSTED, do_register },
	{ CODE_CONNECT, ANYBODY, do_connect },
	{ CODE_EXIT, CONNECTED, do_exit },
	{ CODE_ENABLEDEVICE, TRUSTED, do_enable },
	{ CODE_DISABLEDEVICE, TRUSTED, do_disable },
	{ CODE_RESTART, TRUSTED, do_restart },
	{ CODE_POWEROFF, TRUSTED, do_power_off },
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
