/* session.c: one client's conversation with the fake terminal */
#include "tests/terminal/session.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"

void
fake_session_init(struct fake_session *s, struct fake_terminal *t,
                  const struct fake_transport *transport, void *arg)
{
	*s = (struct fake_session){
		.next = t->sessions,
		.terminal = t,
		.transport = transport,
		.arg = arg,
	};
	t->sessions = s;
	t->served++;
}

void
fake_session_finish(struct fake_session *s)
{
	struct fake_session **at = &s->terminal->sessions;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	fake_session_die(s);
}

void
fake_session_mute(struct fake_session *s)
{
	if (s->life == FAKE_ALIVE)
		s->life = FAKE_MUTE;
	s->events = 0;
}

void
fake_session_die(struct fake_session *s)
{
	fake_session_mute(s);
	s->life = FAKE_DEAD;
	if (s->terminal->disabled_by == s)
		fake_terminal_enable(s->terminal);
	fake_session_forget(s);
	buf_finish(&s->snapshot);
	s->prepared = false;
}

unsigned
fake_session_count(const struct fake_terminal *t, bool registered)
{
	unsigned count = 0;

	for (struct fake_session *s = t->sessions; s != NULL; s = s->next)
		count += s->life != FAKE_DEAD &&
			(!registered || s->events != 0);
	return count;
}

/* ---- packets out ---------------------------------------------------------*/

void
fake_session_emit(struct fake_session *s, enum fake_shape shape,
                  const void *packet, size_t len)
{
	int64_t now = clock_mono_ms();

	if (s->life != FAKE_ALIVE)
		return;
	fake_session_due(s, now);
	if (s->busy_until > now)
		fake_session_later(s, s->busy_until, shape, packet, len);
	else
		s->transport->emit(s->arg, shape, packet, len);
}

/* Behind its length, until the whole answer is there. */
static void
hold(struct buf *held, const struct buf *packet)
{
	wire_put32(held, (uint32_t)packet->len);
	buf_append(held, packet->data, packet->len);
}

void
fake_session_send(struct fake_session *s, uint16_t code, uint16_t field,
                  uint16_t reply, const void *data, size_t len)
{
	struct buf packet = BUF_INIT;

	wire_put_packet(&packet, code, field, reply, data, len);
	if (s->held != NULL)
		hold(s->held, &packet);
	else
		fake_session_emit(s, FAKE_WHOLE, packet.data, packet.len);
	buf_finish(&packet);
}

void
fake_answer(struct fake_session *s, const struct fake_request *rq,
            uint16_t code, const void *data, size_t len)
{
	fake_session_send(s, code, s->id, rq->reply, data, len);
}

void
fake_answer_code(struct fake_session *s, const struct fake_request *rq,
                 uint16_t code)
{
	fake_answer(s, rq, code, NULL, 0);
}

void
fake_session_event(struct fake_session *s, const struct wire_punch *punch)
{
	size_t size = fake_settings_event_size(&s->terminal->settings);
	struct buf data = BUF_INIT;

	if ((s->events & FAKE_EVENT_PUNCH) == 0)
		return;
	wire_put_event(&data, size, punch);
	fake_session_send(s, CODE_REG_EVENT, FAKE_EVENT_PUNCH, 0,
	                  data.data, data.len);
	if (s->terminal->settings.event_ack == FAKE_ACK_RESEND)
		fake_session_await_ack(s, &data);
	buf_finish(&data);
}

/* ---- packets in ----------------------------------------------------------*/

void
fake_session_packet(struct fake_session *s, const void *packet, size_t len)
{
	const uint8_t *b = packet;
	struct fake_terminal *t = s->terminal;
	struct fake_request rq;

	if (s->life != FAKE_ALIVE)
		return;
	if (len < WIRE_HEADER_SIZE) {
		t->bad_packets++;
		return;
	}
	rq = (struct fake_request){
		.command = wire_get16(b),
		.session = wire_get16(b + 4),
		.reply = wire_get16(b + 6),
		.data = b + WIRE_HEADER_SIZE,
		.len = len - WIRE_HEADER_SIZE,
	};
	log_debug("command %u, reply %u, %zu bytes", rq.command, rq.reply,
	          rq.len);
	if (wire_checksum(b, len) != wire_get16(b + 2)) {
		t->bad_packets++;
		fake_session_send(s, CODE_ACK_ERROR_DATA, s->id, rq.reply,
		                  NULL, 0);
		return;
	}
	fake_fault_run(s, &rq);
	if (t->power_cut)
		fake_terminal_power_cut(t, t->power_cut_ms);
}
