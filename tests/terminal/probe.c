/* probe.c: a client of the fake terminal without sockets, for unit tests */
#include "tests/terminal/probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "tests/terminal/control.h"

#define ENTRY_SIZE 5	/* shape and length, in front of a packet */

static void
take(void *arg, enum fake_shape shape, const void *packet, size_t len)
{
	struct fake_probe *p = arg;

	wire_put8(&p->got, (uint8_t)shape);
	wire_put32(&p->got, (uint32_t)len);
	buf_append(&p->got, packet, len);
}

void
fake_probe_init(struct fake_probe *p, const char *const *options)
{
	struct fake_settings settings;
	char error[300];

	memset(p, 0, sizeof *p);
	fake_settings_init(&settings);
	for (; *options != NULL; options += 2) {
		if (!fake_settings_set(&settings, options[0], options[1],
		                       false, error, sizeof error))
			log_die("%s", error);
	}
	if (!fake_terminal_init(&p->terminal, &settings, error, sizeof error))
		log_die("%s", error);
	p->transport = (struct fake_transport){
		.emit = take, .data_most = 65528, .border = 65472,
	};
	fake_session_init(&p->session, &p->terminal, &p->transport, p);
}

void
fake_probe_finish(struct fake_probe *p)
{
	fake_session_finish(&p->session);
	fake_terminal_finish(&p->terminal);
	buf_finish(&p->got);
	buf_finish(&p->answer);
}

/* ---- requests ------------------------------------------------------------*/

void
fake_probe_send(struct fake_probe *p, uint16_t command, const void *data,
                size_t len)
{
	struct buf packet = BUF_INIT;

	buf_consume(&p->got, p->read);
	p->read = 0;
	wire_put_packet(&packet, command, p->session.id, ++p->reply, data, len);
	fake_session_packet(&p->session, packet.data, packet.len);
	buf_finish(&packet);
}

bool
fake_probe_next(struct fake_probe *p, struct fake_reply *r)
{
	const uint8_t *at = (const uint8_t *)p->got.data + p->read;
	size_t len;

	*r = (struct fake_reply){ 0 };
	if (p->read == p->got.len)
		return false;
	r->shape = (enum fake_shape)at[0];
	len = wire_get32(at + 1);
	at += ENTRY_SIZE;
	p->read += ENTRY_SIZE + len;
	if (len < WIRE_HEADER_SIZE)
		return true;
	r->sound = wire_checksum(at, len) == wire_get16(at + 2);
	r->code = wire_get16(at);
	r->field = wire_get16(at + 4);
	r->reply = wire_get16(at + 6);
	r->data = at + WIRE_HEADER_SIZE;
	r->len = len - WIRE_HEADER_SIZE;
	return true;
}

struct fake_reply
fake_probe_ask(struct fake_probe *p, uint16_t command, const void *data,
               size_t len)
{
	struct fake_reply r;

	while (fake_probe_next(p, &r))
		;	/* what came before is nobody's any more */
	fake_probe_send(p, command, data, len);
	fake_probe_next(p, &r);
	return r;
}

uint16_t
fake_probe_code(struct fake_probe *p, uint16_t command)
{
	return fake_probe_ask(p, command, NULL, 0).code;
}

/* ---- tables --------------------------------------------------------------*/

struct fake_reply
fake_probe_prepare(struct fake_probe *p, uint16_t command, uint32_t type)
{
	struct buf data = BUF_INIT;
	struct fake_reply r;

	wire_put8(&data, 1);
	wire_put16(&data, command);
	wire_put32(&data, type);
	wire_put32(&data, 0);
	r = fake_probe_ask(p, CODE_PREPARE_BUFFER, data.data, data.len);
	buf_finish(&data);
	return r;
}

void
fake_probe_read(struct fake_probe *p, uint32_t start, uint32_t len)
{
	struct buf data = BUF_INIT;

	wire_put32(&data, start);
	wire_put32(&data, len);
	fake_probe_send(p, CODE_READ_BUFFER, data.data, data.len);
	buf_finish(&data);
}

bool
fake_probe_table(struct fake_probe *p, uint16_t command, uint32_t type,
                 struct buf *out)
{
	struct fake_reply r = fake_probe_prepare(p, command, type);
	size_t size;

	buf_reset(out);
	if (r.code == CODE_DATA) {
		buf_append(out, r.data, r.len);
		return true;
	}
	if (r.code != CODE_ACK_OK || r.len < 5)
		return false;
	size = wire_get32(r.data + 1);
	fake_probe_read(p, 0, (uint32_t)size);
	while (fake_probe_next(p, &r)) {
		if (r.code == CODE_DATA)
			buf_append(out, r.data, r.len);
	}
	return out->len == size;
}

/* ---- orders --------------------------------------------------------------*/

const char *
fake_probe_order(struct fake_probe *p, const char *format, ...)
{
	char line[300];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	buf_reset(&p->answer);
	fake_control_run(&p->terminal, line, &p->answer);
	p->answer.data[p->answer.len - 1] = '\0';	/* the line end */
	return p->answer.data;
}
