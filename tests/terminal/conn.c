/* conn.c: a TCP connection of the fake terminal */
#include "tests/terminal/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define OUT_MOST (1 << 20)	/* no more requests are served above it */
#define READ_SIZE 16384
#define WRITES_A_STEP 4096	/* so that one slow cut holds up nobody */
#define CHOP_MOST 700
#define AGAIN_MS 1		/* until asking anew if the client has read */

/* A packet of the session goes out as a frame of TCP. */
static void
emit_frame(void *arg, enum fake_shape shape, const void *packet, size_t len)
{
	struct fake_conn *c = arg;
	size_t start = c->out.len;

	if (shape != FAKE_RAW)
		wire_put_prefix(&c->out, len);
	buf_append(&c->out, packet, shape == FAKE_CUT ? len / 2 : len);
	wire_put32(&c->frames, (uint32_t)(c->out.len - start));
}

static const struct fake_transport tcp = {
	.emit = emit_frame,
	.data_most = WIRE_PACKET_MAX - WIRE_HEADER_SIZE,
	.border = 65472,
};

void
fake_conn_init(struct fake_conn *c, int fd, struct fake_terminal *t)
{
	int yes = 1;

	memset(c, 0, sizeof *c);
	c->fd = fd;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	fake_session_init(&c->session, t, &tcp, c);
}

void
fake_conn_finish(struct fake_conn *c)
{
	fake_session_finish(&c->session);
	buf_finish(&c->in);
	buf_finish(&c->out);
	buf_finish(&c->frames);
	close(c->fd);
	c->fd = -1;
}

static const struct fake_settings *
settings_of(const struct fake_conn *c)
{
	return &c->session.terminal->settings;
}

static size_t
waiting(const struct fake_conn *c)
{
	return c->out.len - c->sent;
}

/* ---- requests ------------------------------------------------------------*/

/* Serves whole frames while there is room for answers; false: not ours. */
static bool
serve_frames(struct fake_conn *c)
{
	size_t used = 0;
	bool fine = true;

	while (waiting(c) < OUT_MOST && c->in.len - used >= WIRE_PREFIX_SIZE) {
		const char *frame = c->in.data + used;
		size_t len;

		fine = wire_get_prefix(frame, &len) &&
			len >= WIRE_HEADER_SIZE && len <= WIRE_PACKET_MAX;
		if (!fine || c->in.len - used < WIRE_PREFIX_SIZE + len)
			break;
		fake_session_packet(&c->session, frame + WIRE_PREFIX_SIZE, len);
		used += WIRE_PREFIX_SIZE + len;
	}
	buf_consume(&c->in, used);
	if (!fine) {
		c->session.terminal->bad_packets++;
		log_debug("closed a connection that sent no frame");
	}
	return fine;
}

static bool
read_some(struct fake_conn *c)
{
	char bytes[READ_SIZE];
	ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	buf_append(&c->in, bytes, (size_t)n);
	return n > 0;
}

/* ---- answers -------------------------------------------------------------*/

static unsigned
port_of(const struct sockaddr_in *address)
{
	return ntohs(address->sin_port);
}

/*
 * Has the client, on this same machine, read all that was sent?  The kernel
 * lists what lies unread in its socket.  Without that list: yes.
 */
static bool
client_has_read(int fd)
{
	struct sockaddr_in own, peer;
	socklen_t own_len = sizeof own, peer_len = sizeof peer;
	unsigned from, to, unread;
	char line[256];
	bool read_all = true;
	FILE *list = fopen("/proc/net/tcp", "re");

	if (list == NULL || getsockname(fd, (void *)&own, &own_len) != 0 ||
	    getpeername(fd, (void *)&peer, &peer_len) != 0)
		goto out;
	while (fgets(line, sizeof line, list) != NULL) {
		if (sscanf(line, "%*d: %*8x:%4x %*8x:%4x %*x %*x:%x", &from,
		           &to, &unread) == 3 &&
		    from == port_of(&peer) && to == port_of(&own))
			read_all = unread == 0;
	}
out:
	if (list != NULL)
		fclose(list);
	return read_all;
}

/* The bytes of the next frame, which is no longer in the list then. */
static size_t
next_frame(struct fake_conn *c)
{
	size_t len = wire_get32(c->frames.data + c->frames_sent);

	c->frames_sent += 4;
	if (c->frames_sent == c->frames.len || c->frames_sent > READ_SIZE) {
		buf_consume(&c->frames, c->frames_sent);
		c->frames_sent = 0;
	}
	return len;
}

/* How many bytes the next write may have; 0: not now. */
static size_t
next_piece(struct fake_conn *c)
{
	size_t len;

	if (c->frame_left == 0) {
		if (settings_of(c)->pace_ms > 0 && !client_has_read(c->fd)) {
			c->next_at = clock_mono_ms() + AGAIN_MS;
			return 0;
		}
		c->frame_left = next_frame(c);
	}
	switch (settings_of(c)->cut) {
	case FAKE_CUT_BYTES:
		return 1;
	case FAKE_CUT_CHOP:
		len = 1 + fake_terminal_dice(c->session.terminal, CHOP_MOST);
		return len < c->frame_left ? len : c->frame_left;
	case FAKE_CUT_GLUE:
		if (settings_of(c)->pace_ms == 0)
			return waiting(c);
		return c->frame_left;
	default:
		return c->frame_left;
	}
}

/* Counts `n` bytes as sent: over as many frames as they make. */
static void
count_sent(struct fake_conn *c, size_t n)
{
	while (n > 0) {
		size_t step = n < c->frame_left ? n : c->frame_left;

		c->sent += step;
		c->frame_left -= step;
		n -= step;
		if (n > 0)
			c->frame_left = next_frame(c);
	}
	if (c->frame_left == 0)
		c->next_at = clock_mono_ms() + settings_of(c)->pace_ms;
	if (c->sent > OUT_MOST || c->sent == c->out.len) {
		buf_consume(&c->out, c->sent);
		c->sent = 0;
	}
}

static bool
write_some(struct fake_conn *c)
{
	for (int i = 0; i < WRITES_A_STEP && waiting(c) > 0; i++) {
		size_t piece;
		ssize_t n;

		if (clock_left_ms(c->next_at) > 0)
			break;
		piece = next_piece(c);
		if (piece == 0)
			break;
		n = send(c->fd, c->out.data + c->sent, piece, MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		count_sent(c, (size_t)n);
	}
	return true;
}

short
fake_conn_wants(const struct fake_conn *c, int *wait_ms)
{
	int left = waiting(c) > 0 ? clock_left_ms(c->next_at) : -1;
	short events = waiting(c) < OUT_MOST ? POLLIN : 0;

	*wait_ms = fake_session_wait(&c->session, clock_mono_ms());
	if (c->session.life == FAKE_DEAD)
		return POLLIN;	/* whatever waits to be written is lost */
	if (left > 0 && (*wait_ms < 0 || left < *wait_ms))
		*wait_ms = left;
	return left == 0 ? events | POLLOUT : events;
}

/* A terminal that lost its power neither answers nor closes. */
static bool
ignore(struct fake_conn *c)
{
	buf_reset(&c->in);
	c->sent = c->out.len;
	return true;
}

bool
fake_conn_step(struct fake_conn *c, bool readable)
{
	size_t before;

	if (readable && !read_some(c))
		return false;
	if (c->session.life == FAKE_DEAD)
		return ignore(c);
	fake_session_tick(&c->session, clock_mono_ms());
	do {	/* answers written make room for requests that wait */
		before = c->in.len;
		if (!write_some(c) || !serve_frames(c) || !write_some(c))
			return false;
	} while (c->in.len != before && c->session.life != FAKE_DEAD);
	return !c->session.closing || waiting(c) > 0;
}
