/* zk_exchange.c: one request at a time, and the packets that come back */
#include "zk_inside.h"

#include <stdarg.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define ACK_TIMEOUT_MS 2000
#define PATIENCE_LEAST_MS 300
#define PAUSE_MOST_MS 10000
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
	if (rc == ZK_CLOSED)
		return zk_inside_fail(zk, rc, "%s",
			zk->link.transport == ZK_UDP
			? "nothing listens on the terminal's UDP port"
			: "the terminal closed the connection");
	return rc == ZK_OK ? rc : zk_inside_fail(zk, rc, "%s",
	                                         zk_result_words(rc));
}

/* ---- packets ------------------------------------------------------------ */

/* Formats a packet into `to` and sends it. */
static enum zk_result
send_packet(struct zk_session *zk, struct buf *to, uint16_t command,
            uint16_t reply, const void *data, size_t len, int timeout_ms)
{
	buf_reset(to);
	zk_packet_format(to, zk->link.transport == ZK_TCP, command,
	                 zk->session, reply, data, len);
	return line_failed(zk, zk_link_send(&zk->link, to->data, to->len,
	                                    clock_mono_ms() + timeout_ms));
}

static enum zk_result
send_request(struct zk_session *zk, uint16_t command, const void *data,
             size_t len)
{
	zk->reply = (uint16_t)((zk->reply + 1) % REPLY_ID_END);
	if (command == ZK_DISABLE)
		zk->disabled = true;	/* even if no answer comes */
	return send_packet(zk, &zk->request, command, zk->reply, data, len,
	                   zk->options.timeout_ms);
}

static enum zk_result
send_again(struct zk_session *zk)
{
	return line_failed(zk, zk_link_send(&zk->link, zk->request.data,
		zk->request.len, clock_mono_ms() + zk->options.timeout_ms));
}

/* A damaged datagram is as good as lost, and no more than that. */
static enum zk_result
next_datagram(struct zk_session *zk, int64_t deadline, struct zk_packet *out)
{
	do {
		enum zk_result rc;

		buf_reset(&zk->in);
		rc = zk_link_receive(&zk->link, &zk->in, deadline);
		if (rc != ZK_OK)
			return line_failed(zk, rc);
		if (zk_packet_parse((uint8_t *)zk->in.data, zk->in.len, out) &&
		    out->sound)
			return ZK_OK;
		zk->lost++;
		log_debug("%s: dropped a damaged datagram of %zu bytes",
		          zk->options.host, zk->in.len);
	} while (clock_mono_ms() < deadline);
	return line_failed(zk, ZK_TIMEOUT);
}

/* The next packet, whatever it is, that the bytes received hold. */
static enum zk_result
next_frame(struct zk_session *zk, int64_t deadline, struct zk_packet *out)
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

static enum zk_result
next_packet(struct zk_session *zk, int64_t deadline, struct zk_packet *out)
{
	return zk->link.transport == ZK_UDP ? next_datagram(zk, deadline, out)
		: next_frame(zk, deadline, out);
}

/*
 * Terminals may send an event again that nobody acknowledged.  A line that
 * does not even take an acknowledgement is broken: half of it may be sent.
 */
static enum zk_result
take_event(struct zk_session *zk, const struct zk_packet *event)
{
	struct buf out = BUF_INIT;
	enum zk_result rc;

	if (event->session == ZK_EVENT_PUNCH && zk->on_event != NULL)
		zk->on_event(zk->event_arg, event->data, event->len);
	rc = send_packet(zk, &out, ZK_ACK_OK, 0, NULL, 0, ACK_TIMEOUT_MS);
	buf_finish(&out);
	return rc == ZK_TIMEOUT ? line_failed(zk, ZK_CLOSED) : rc;
}

/* Neither events nor strays, however many, may hold us past the deadline. */
enum zk_result
zk_inside_receive(struct zk_session *zk, int timeout_ms,
                  struct zk_packet *out)
{
	int64_t now = clock_mono_ms(), deadline = now + timeout_ms;

	if (zk->limit != 0 && now >= zk->limit)
		return zk_inside_fail(zk, ZK_TIMEOUT, "the terminal takes "
			"too long over one table");
	if (zk->limit != 0 && deadline > zk->limit)
		deadline = zk->limit;
	do {
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
	} while (clock_mono_ms() < deadline);
	return line_failed(zk, ZK_TIMEOUT);
}

enum zk_result
zk_wait(struct zk_session *zk, int ms)
{
	int64_t deadline = clock_mono_ms() + ms;
	enum zk_result rc = ZK_OK;

	zk->link.idle = true;
	while (rc == ZK_OK && !zk->hurried) {
		struct zk_packet packet;

		rc = next_packet(zk, deadline, &packet);
		if (rc == ZK_OK && packet.command == ZK_EVENT)
			rc = take_event(zk, &packet);
		if (rc == ZK_OK && clock_mono_ms() >= deadline)
			break;
	}
	zk->link.idle = false;
	zk->hurried = false;
	return rc == ZK_TIMEOUT ? ZK_OK : rc;
}

/* ---- requests ----------------------------------------------------------- */

/* What changes nothing, or the same once more; all else is sent once. */
static bool
is_repeatable(uint16_t command)
{
	static const uint16_t commands[] = {
		ZK_USERS_READ, ZK_OPTION_READ, ZK_LOG_READ, ZK_FREE_SIZES,
		ZK_TIME_READ, ZK_EVENT, ZK_CONNECT, ZK_REFRESH, ZK_VERSION,
		ZK_AUTH, ZK_FREE_DATA, ZK_BUFFER_PREPARE, ZK_BUFFER_READ,
	};

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (commands[i] == command)
			return true;
	}
	return false;
}

int
zk_inside_patience_ms(const struct zk_session *zk)
{
	int ms = zk->options.timeout_ms / 4;

	return ms < PATIENCE_LEAST_MS ? PATIENCE_LEAST_MS : ms;
}

int
zk_inside_pause_ms(const struct zk_session *zk)
{
	int ms = zk->options.bulk_timeout_ms > zk->options.timeout_ms
		? zk->options.bulk_timeout_ms : zk->options.timeout_ms;

	return ms < PAUSE_MOST_MS ? ms : PAUSE_MOST_MS;
}

/*
 * Each repetition waits twice as long as the one before: a terminal that
 * prepares a long log is slow, and not to be buried under requests.
 */
static enum zk_result
ask_once(struct zk_session *zk, uint16_t command, const void *data,
         size_t len, int timeout_ms, struct zk_packet *out)
{
	int64_t deadline = clock_mono_ms() + timeout_ms;
	int pause = zk->link.transport == ZK_UDP && is_repeatable(command)
		? zk_inside_patience_ms(zk) : timeout_ms;
	enum zk_result rc = send_request(zk, command, data, len);

	if (zk->limit != 0 && deadline > zk->limit)
		deadline = zk->limit;
	while (rc == ZK_OK) {
		int left = clock_left_ms(deadline);

		rc = zk_inside_receive(zk, pause < left ? pause : left, out);
		if (rc != ZK_TIMEOUT || clock_left_ms(deadline) == 0)
			return rc;
		pause *= 2;
		rc = send_again(zk);
	}
	return rc;
}

static bool
is_forgotten(uint16_t command, const struct zk_packet *answer)
{
	return answer->command == ZK_ACK_UNAUTH && command != ZK_CONNECT &&
	       command != ZK_AUTH && command != ZK_EXIT;
}

enum zk_result
zk_inside_ask(struct zk_session *zk, uint16_t command, const void *data,
              size_t len, int timeout_ms, struct zk_packet *out)
{
	enum zk_result rc = ask_once(zk, command, data, len, timeout_ms, out);

	if (rc != ZK_OK || !is_forgotten(command, out))
		return rc;
	log_info("%s: the terminal asks for the comm key again",
	         zk->options.host);
	rc = zk_inside_authenticate(zk);
	if (rc != ZK_OK)
		return rc;
	if (is_repeatable(command))
		return ask_once(zk, command, data, len, timeout_ms, out);
	*out = (struct zk_packet){ .command = ZK_ACK_UNAUTH };
	return ZK_OK;
}
