/* zk_session.c: connect, authenticate, commands, deadlines */
#include "zk_inside.h"

#include <errno.h>
#include <stdarg.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define ACK_TIMEOUT_MS 2000
#define EXIT_TIMEOUT_MS 300
#define AUTH_TICKS 50		/* any would do; all clients send 50 */
#define REPLY_ID_END 65535	/* never sent */

/* ---- results ------------------------------------------------------------ */

enum zk_result
zk_inside_fail(struct zk_session *zk, enum zk_result rc, const char *format,
               ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(zk->error, sizeof zk->error, format, args);
	va_end(args);
	return rc;
}

enum zk_result
zk_inside_refused(struct zk_session *zk, const char *what, uint16_t code)
{
	zk->refusal = code;
	return zk_inside_fail(zk, ZK_REFUSED,
	                      "the terminal refuses %s: %s (code %u)", what,
	                      zk_code_words(code), (unsigned)code);
}

/* The words for what the line itself may end with. */
static enum zk_result
line_failed(struct zk_session *zk, enum zk_result rc)
{
	static const char *const words[ZK__COUNT] = {
		[ZK_TIMEOUT] = "the terminal does not answer",
		[ZK_CLOSED] = "the terminal closed the connection",
		[ZK_STOPPED] = "stopped",
	};

	return rc == ZK_OK ? rc : zk_inside_fail(zk, rc, "%s", words[rc]);
}

const char *
zk_error(const struct zk_session *zk)
{
	return zk->error;
}

uint16_t
zk_refusal(const struct zk_session *zk)
{
	return zk->refusal;
}

/* ---- packets ------------------------------------------------------------ */

static enum zk_result
send_packet(struct zk_session *zk, uint16_t command, uint16_t reply,
            const void *data, size_t len, int timeout_ms)
{
	struct buf out = BUF_INIT;
	enum zk_result rc;

	zk_packet_format(&out, true, command, zk->session, reply, data, len);
	rc = zk_link_send(&zk->link, out.data, out.len,
	                  clock_mono_ms() + timeout_ms);
	buf_finish(&out);
	return line_failed(zk, rc);
}

enum zk_result
zk_inside_send(struct zk_session *zk, uint16_t command, const void *data,
               size_t len)
{
	zk->reply = (uint16_t)((zk->reply + 1) % REPLY_ID_END);
	return send_packet(zk, command, zk->reply, data, len,
	                   zk->options.timeout_ms);
}

/* The next packet, whatever it is, that the bytes received hold. */
static enum zk_result
next_packet(struct zk_session *zk, int64_t deadline, struct zk_packet *out)
{
	for (;;) {
		size_t taken = 0;
		enum zk_result rc;

		switch (zk_frame_parse((uint8_t *)zk->in.data + zk->used,
		                       zk->in.len - zk->used, out, &taken)) {
		case ZK_FRAME_READY:
			zk->used += taken;
			if (out->sound)
				return ZK_OK;
			return zk_inside_fail(zk, ZK_PROTOCOL,
				"a packet arrived damaged (checksum)");
		case ZK_FRAME_BAD:
			return zk_inside_fail(zk, ZK_PROTOCOL, "what came is "
				"not the protocol of port 4370");
		case ZK_FRAME_MORE:
			break;
		}
		buf_consume(&zk->in, zk->used);
		zk->used = 0;
		rc = zk_link_receive(&zk->link, &zk->in, deadline);
		if (rc != ZK_OK)
			return line_failed(zk, rc);
	}
}

/* Terminals may send an event again that nobody acknowledged. */
static enum zk_result
take_event(struct zk_session *zk, const struct zk_packet *event)
{
	if (event->session == ZK_EVENT_PUNCH && zk->on_event != NULL)
		zk->on_event(zk->event_arg, event->data, event->len);
	return send_packet(zk, ZK_ACK_OK, 0, NULL, 0, ACK_TIMEOUT_MS);
}

enum zk_result
zk_inside_receive(struct zk_session *zk, int timeout_ms,
                  struct zk_packet *out)
{
	int64_t deadline = clock_mono_ms() + timeout_ms;

	for (;;) {
		enum zk_result rc = next_packet(zk, deadline, out);

		if (rc == ZK_OK && out->command == ZK_EVENT)
			rc = take_event(zk, out);
		else if (rc == ZK_OK && out->reply == zk->reply)
			return ZK_OK;
		else if (rc == ZK_OK)
			log_debug("%s: dropped a late packet (command %u, "
			          "reply %u)", zk->options.host,
			          (unsigned)out->command,
			          (unsigned)out->reply);
		if (rc != ZK_OK)
			return rc;
	}
}

enum zk_result
zk_wait(struct zk_session *zk, int ms)
{
	int64_t deadline = clock_mono_ms() + ms;
	enum zk_result rc = ZK_OK;

	while (rc == ZK_OK && !zk->hurried) {
		struct zk_packet packet;

		rc = next_packet(zk, deadline, &packet);
		if (rc == ZK_OK && packet.command == ZK_EVENT)
			rc = take_event(zk, &packet);
	}
	zk->hurried = false;
	return rc == ZK_TIMEOUT ? ZK_OK : rc;
}

void
zk_hurry(struct zk_session *zk)
{
	zk->hurried = true;
}

bool
zk_pause(struct zk_session *zk, int ms)
{
	return zk_link_pause(&zk->link, ms);
}

void
zk_interrupt(struct zk_session *zk)
{
	zk_link_interrupt(&zk->link);
}

/* Sends and receives, whatever code the answer has. */
static enum zk_result
exchange(struct zk_session *zk, uint16_t command, const void *data,
         size_t len, struct zk_packet *reply)
{
	enum zk_result rc = zk_inside_send(zk, command, data, len);

	return rc != ZK_OK ? rc :
		zk_inside_receive(zk, zk->options.timeout_ms, reply);
}

enum zk_result
zk_command(struct zk_session *zk, uint16_t command, const void *data,
           size_t len, struct zk_packet *reply)
{
	struct zk_packet answer;
	enum zk_result rc = exchange(zk, command, data, len, &answer);
	char what[32];

	if (rc != ZK_OK)
		return rc;
	snprintf(what, sizeof what, "command %u", (unsigned)command);
	if (answer.command != ZK_ACK_OK)
		return zk_inside_refused(zk, what, answer.command);
	if (reply != NULL)
		*reply = answer;
	return ZK_OK;
}

/* ---- from hello to goodbye ---------------------------------------------- */

struct zk_session *
zk_create(const struct zk_options *options, zk_event_fn *on_event, void *arg)
{
	struct zk_session *zk = calloc(1, sizeof *zk);

	if (zk == NULL || !zk_link_init(&zk->link))
		log_die("cannot start a session: %s", strerror(errno));
	buf_reserve(&zk->in, ZK_HEADER_BYTES);	/* never NULL, even if empty */
	zk->options = *options;
	zk->on_event = on_event;
	zk->event_arg = arg;
	return zk;
}

void
zk_destroy(struct zk_session *zk)
{
	if (zk == NULL)
		return;
	zk_disconnect(zk);
	zk_link_finish(&zk->link);
	buf_finish(&zk->in);
	free(zk);
}

static enum zk_result
authenticate(struct zk_session *zk)
{
	struct zk_packet answer;
	enum zk_result rc;
	uint8_t key[4];

	zk_comm_key(zk->options.comm_key, zk->session, AUTH_TICKS, key);
	rc = exchange(zk, ZK_AUTH, key, sizeof key, &answer);
	if (rc != ZK_OK || answer.command == ZK_ACK_OK)
		return rc;
	return zk_inside_refused(zk, "the comm key", answer.command);
}

/* CONNECT carries session 0 and reply id 0, and gives us our session. */
static enum zk_result
say_hello(struct zk_session *zk)
{
	struct zk_packet answer;
	enum zk_result rc;

	zk->session = 0;
	zk->reply = REPLY_ID_END - 1;
	rc = exchange(zk, ZK_CONNECT, NULL, 0, &answer);
	if (rc != ZK_OK)
		return rc;
	zk->session = answer.session;
	if (answer.command == ZK_ACK_OK)
		return ZK_OK;
	if (answer.command == ZK_ACK_UNAUTH)
		return authenticate(zk);
	return zk_inside_refused(zk, "the connection", answer.command);
}

enum zk_result
zk_connect(struct zk_session *zk)
{
	enum zk_result rc;

	zk_disconnect(zk);
	buf_reset(&zk->in);
	zk->used = 0;
	rc = zk_link_connect(&zk->link, zk->options.host, zk->options.port,
	                     clock_mono_ms() + zk->options.timeout_ms,
	                     zk->error, sizeof zk->error);
	if (rc == ZK_OK)
		rc = say_hello(zk);
	if (rc != ZK_OK)
		zk_disconnect(zk);
	return rc;
}

/*
 * A client that leaves without EXIT can block a terminal for minutes, so it is
 * sent on a line that failed too, and when we are being stopped.  It leaves
 * the words of the last failure as they are.
 */
void
zk_disconnect(struct zk_session *zk)
{
	char words[sizeof zk->error];
	struct zk_packet answer;

	if (zk->link.fd < 0)
		return;
	memcpy(words, zk->error, sizeof words);
	zk->reply = (uint16_t)((zk->reply + 1) % REPLY_ID_END);
	if (send_packet(zk, ZK_EXIT, zk->reply, NULL, 0,
	                EXIT_TIMEOUT_MS) == ZK_OK)
		zk_inside_receive(zk, EXIT_TIMEOUT_MS, &answer);
	memcpy(zk->error, words, sizeof words);
	zk_link_close(&zk->link);
}
