/* test_zk_script.h: a terminal that plays a script, over TCP or UDP */
#ifndef TEST_ZK_SCRIPT_H
#define TEST_ZK_SCRIPT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "zk_session.h"

#define SESSION 0x2b67
#define SAME (-1)		/* the reply id of the request */
#define STEPS 40
#define FLOOD_MS 1000
#define DRIP_MS 50

/*
 * SEND: one packet, its session field SESSION; CHUNK(n): the index n; FLOOD:
 * the packet again and again, for a while; DRIP: byte by byte, slowly.
 */
enum deed { SEND, SEND_BROKEN, SEND_RAW, CLOSE, NOTHING, FLOOD, DRIP, CHUNK_0 };
#define CHUNK(n) ((enum deed)(CHUNK_0 + (n)))

/* What the terminal does when `on` arrives; the first that is not used yet. */
struct step {
	uint16_t on;		/* command; 0: right after the step before */
	enum deed deed;
	uint16_t command;
	int reply;
	const char *hex;	/* data, or all bytes of SEND_RAW */
};

struct terminal_script {
	const struct step *steps;	/* ends with a zeroed one */
	enum zk_transport transport;
	int visits;		/* connections it takes, one after another */
	int listener, port;
	struct sockaddr_in client;	/* over UDP */
	atomic_bool over;		/* over UDP: no more will come */
	unsigned acks, exits, auths;	/* of the client, once halted */
	struct buf heard;	/* its commands, those that write with data */
	pthread_t thread;
};

static inline size_t
bytes_of(const char *hex, uint8_t *out)
{
	unsigned value;
	size_t n = 0;

	for (; hex != NULL && *hex != '\0'; hex += 2, n++) {
		assert_int_equal(sscanf(hex, "%2x", &value), 1);
		out[n] = (uint8_t)value;
	}
	return n;
}

static inline void
put_out(struct terminal_script *t, int fd, const char *data, size_t len)
{
	if (t->transport == ZK_UDP)
		sendto(fd, data, len, 0, (struct sockaddr *)&t->client,
		       sizeof t->client);
	else
		send(fd, data, len, MSG_NOSIGNAL);
}

/* What stands where the session does; mends the checksum. */
static inline void
set_session(char *packet, size_t len, uint16_t session)
{
	uint16_t sum;

	packet[4] = (char)session;
	packet[5] = (char)(session >> 8);
	sum = zk_checksum((uint8_t *)packet, len);
	packet[2] = (char)(sum & 0xff);
	packet[3] = (char)(sum >> 8);
}

static inline void
flood(struct terminal_script *t, int fd, const struct buf *out)
{
	int64_t until = clock_mono_ms() + FLOOD_MS;
	char answer[4096];

	while (clock_mono_ms() < until) {
		put_out(t, fd, out->data, out->len);
		while (recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0)
			;
	}
}

static inline void
drip(struct terminal_script *t, int fd, const struct buf *out)
{
	for (size_t i = 0; i < out->len; i++) {
		put_out(t, fd, out->data + i, 1);
		poll(NULL, 0, DRIP_MS);
	}
}

/* False when the line is closed by it. */
static inline bool
act(struct terminal_script *t, int fd, const struct step *step,
    uint16_t reply)
{
	size_t prefix = t->transport == ZK_UDP ? 0 : ZK_PREFIX_BYTES;
	struct buf out = BUF_INIT;
	uint8_t data[512];
	size_t len = bytes_of(step->hex, data);

	if (step->deed == CLOSE)
		return false;
	if (step->deed == NOTHING)
		return true;
	if (step->deed == SEND_RAW)
		buf_append(&out, data, len);
	else
		zk_packet_format(&out, prefix > 0, step->command, SESSION,
		                 step->reply == SAME ? reply
		                 : (uint16_t)step->reply, data, len);
	if (step->deed == SEND_BROKEN)
		out.data[out.len - 1] ^= 1;
	if (step->deed >= CHUNK_0)
		set_session(out.data + prefix, out.len - prefix,
		            (uint16_t)(step->deed - CHUNK_0));
	if (step->command == ZK_EVENT)
		set_session(out.data + prefix, out.len - prefix,
		            ZK_EVENT_PUNCH);
	if (step->deed == FLOOD)
		flood(t, fd, &out);
	else if (step->deed == DRIP)
		drip(t, fd, &out);
	else
		put_out(t, fd, out.data, out.len);
	buf_finish(&out);
	return true;
}

static inline bool
is_end(const struct step *step)
{
	return step->on == 0 && step->command == 0 && step->deed == SEND;
}

/* Everything that follows this packet in the script. */
static inline bool
respond(struct terminal_script *t, int fd, const struct zk_packet *packet,
        bool *used)
{
	size_t i = 0;

	while (!is_end(&t->steps[i]) &&
	       (used[i] || t->steps[i].on != packet->command))
		i++;
	if (is_end(&t->steps[i]))
		return true;
	do {
		used[i] = true;
		if (!act(t, fd, &t->steps[i++], packet->reply))
			return false;
	} while (t->steps[i].on == 0 && !is_end(&t->steps[i]));
	return true;
}

static inline bool
is_write(uint16_t command)
{
	return command == ZK_USER_WRITE || command == ZK_UNLOCK ||
	       command == ZK_TIME_WRITE || command == ZK_DISABLE;
}

static inline bool
hear(struct terminal_script *t, int fd, const struct zk_packet *packet,
     bool *used)
{
	buf_appendf(&t->heard, "%u", (unsigned)packet->command);
	for (size_t i = 0; is_write(packet->command) && i < packet->len; i++)
		buf_appendf(&t->heard, "%s%02x", i == 0 ? ":" : "",
		            (unsigned)packet->data[i]);
	buf_append_str(&t->heard, " ");
	t->acks += packet->command == ZK_ACK_OK;
	t->exits += packet->command == ZK_EXIT;
	t->auths += packet->command == ZK_AUTH && packet->len == 4 &&
		memcmp(packet->data, "\x26\x7f\x32\xd2", 4) == 0;
	return respond(t, fd, packet, used);
}

static inline void
talk(struct terminal_script *t, int fd, bool *used)
{
	struct buf in = BUF_INIT;
	struct zk_packet packet;
	char piece[4096];
	bool open = true;
	size_t taken;
	ssize_t got;

	while (open && (got = recv(fd, piece, sizeof piece, 0)) > 0) {
		buf_append(&in, piece, (size_t)got);
		while (open && zk_frame_parse((uint8_t *)in.data, in.len,
		       &packet, &taken) == ZK_FRAME_READY) {
			open = hear(t, fd, &packet, used);
			buf_consume(&in, taken);
		}
	}
	buf_finish(&in);
}

/* Until finish() says so, and all was heard. */
static inline void
talk_udp(struct terminal_script *t, bool *used)
{
	struct zk_packet packet;
	uint8_t piece[4096];

	for (;;) {
		socklen_t size = sizeof t->client;
		ssize_t got = recvfrom(t->listener, piece, sizeof piece, 0,
		                       (struct sockaddr *)&t->client, &size);

		if (got < 0 && t->over)
			return;
		if (got >= 0 && zk_packet_parse(piece, (size_t)got, &packet) &&
		    !hear(t, t->listener, &packet, used))
			return;
	}
}

static inline void *
serve(void *arg)
{
	struct terminal_script *t = arg;
	bool used[STEPS] = { false };

	if (t->transport == ZK_UDP) {
		talk_udp(t, used);
		close(t->listener);
		return NULL;
	}
	for (int i = 0; i < t->visits; i++) {
		int fd = accept(t->listener, NULL, NULL);

		talk(t, fd, used);
		close(fd);
	}
	close(t->listener);
	return NULL;
}

static inline void
start_visits(struct terminal_script *t, enum zk_transport transport,
             const struct step *steps, int visits)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	*t = (struct terminal_script){ .steps = steps, .visits = visits,
		                       .transport = transport };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	t->listener = socket(AF_INET, transport == ZK_UDP ? SOCK_DGRAM
	                     : SOCK_STREAM, 0);
	assert_int_equal(bind(t->listener, (struct sockaddr *)&at, size), 0);
	if (transport == ZK_TCP)
		assert_int_equal(listen(t->listener, 1), 0);
	else
		setsockopt(t->listener, SOL_SOCKET, SO_RCVTIMEO,
		           &(struct timeval){ 0, 20000 },
		           sizeof(struct timeval));
	assert_int_equal(getsockname(t->listener, (struct sockaddr *)&at,
	                             &size), 0);
	t->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&t->thread, NULL, serve, t), 0);
}

static inline void
start(struct terminal_script *t, const struct step *steps)
{
	start_visits(t, ZK_TCP, steps, 1);
}

/* The session must have been destroyed: that closes the line of TCP. */
static inline void
finish(struct terminal_script *t)
{
	t->over = true;
	pthread_join(t->thread, NULL);
}

struct events {
	int count;
	char user_id[ZK_USER_ID_MAX + 1];
};

static inline void
on_event(void *arg, const uint8_t *data, size_t len)
{
	struct events *e = arg;
	struct zk_punch p;

	assert_int_equal(zk_event_decode(data, len, &p), ZK_SOUND);
	text_copy(e->user_id, sizeof e->user_id, p.user_id);
	e->count++;
}

static inline struct zk_session *
make(const struct terminal_script *t, struct events *events)
{
	const struct zk_options options = { .host = "127.0.0.1",
		.port = t->port, .comm_key = 123456, .timeout_ms = 400,
		.bulk_timeout_ms = 400, .transport = t->transport };

	return zk_create(&options, events == NULL ? NULL : on_event, events);
}

#define HELLO { ZK_CONNECT, SEND, ZK_ACK_OK, SAME, NULL }
#define FREED { ZK_FREE_DATA, SEND, ZK_ACK_OK, SAME, NULL }
#define THEN 0
#define EVENT "31303037" "0000000000000000000000000000000000000000" \
	"01001a010f061e00"
#define END { 0 }

#endif
