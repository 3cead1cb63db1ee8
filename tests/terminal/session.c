/* session.c: one client's conversation with the fake terminal */
#include "tests/terminal/session.h"

#include <string.h>

#include "base/log.h"

#define EVENT_PUNCH 1

void
fake_session_init(struct fake_session *s, struct fake_terminal *t,
                  void (*emit)(void *arg, const void *packet, size_t len),
                  void *arg)
{
	*s = (struct fake_session){
		.next = t->sessions,
		.terminal = t,
		.emit = emit,
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
	if (s->terminal->disabled_by == s)
		fake_terminal_enable(s->terminal);
	buf_finish(&s->snapshot);
}

unsigned
fake_session_count(const struct fake_terminal *t, bool registered)
{
	unsigned count = 0;

	for (struct fake_session *s = t->sessions; s != NULL; s = s->next)
		count += !registered || s->events != 0;
	return count;
}

void
fake_session_send(struct fake_session *s, uint16_t code, uint16_t field,
                  uint16_t reply, const void *data, size_t len)
{
	struct buf packet = BUF_INIT;

	wire_put_packet(&packet, code, field, reply, data, len);
	s->emit(s->arg, packet.data, packet.len);
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

	if ((s->events & EVENT_PUNCH) == 0)
		return;
	wire_put_event(&data, size, punch);
	fake_session_send(s, CODE_REG_EVENT, EVENT_PUNCH, 0, data.data,
	                  data.len);
	buf_finish(&data);
}

void
fake_session_packet(struct fake_session *s, const void *packet, size_t len)
{
	const uint8_t *b = packet;
	struct fake_request rq;

	if (len < WIRE_HEADER_SIZE) {
		s->terminal->bad_packets++;
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
		s->terminal->bad_packets++;
		fake_session_send(s, CODE_ACK_ERROR_DATA, s->id, rq.reply,
		                  NULL, 0);
		return;
	}
	fake_command_run(s, &rq);
}
