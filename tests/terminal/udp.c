/* udp.c: the UDP clients of the fake terminal */
#include "tests/terminal/udp.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define SILENCE_MS 60000	/* ends a session */
#define SWAP_MS 20		/* none came that could overtake */
#define BURST 16		/* datagrams a ms: a client must keep up */
#define READS_A_STEP 64
#define DATA_MOST 1024

/* ---- datagrams out -------------------------------------------------------*/

static bool
happens(struct fake_peer *p, int64_t percent)
{
	return percent > 0 &&
		fake_terminal_dice(p->udp->terminal, 100) < percent;
}

static void
send_now(struct fake_peer *p, const void *bytes, size_t len)
{
	if (sendto(p->udp->fd, bytes, len, MSG_NOSIGNAL, (void *)&p->address,
	           sizeof p->address) < 0)
		log_debug("a datagram was not sent: %m");
}

static void
send_swapped(struct fake_peer *p)
{
	if (p->swapped.len > 0)
		send_now(p, p->swapped.data, p->swapped.len);
	buf_reset(&p->swapped);
}

/* As the network treats it: lost, late, twice, or well. */
static void
send_datagram(struct fake_peer *p, const void *bytes, size_t len)
{
	const struct fake_settings *set = &p->udp->terminal->settings;

	if (happens(p, set->udp_loss))
		return;
	if (p->swapped.len == 0 && happens(p, set->udp_swap)) {
		buf_append(&p->swapped, bytes, len);
		p->swapped_until = clock_mono_ms() + SWAP_MS;
		return;
	}
	send_now(p, bytes, len);
	if (happens(p, set->udp_double))
		send_now(p, bytes, len);
	send_swapped(p);
}

/* May one more go out?  A burst is followed by a pause. */
static bool
may_send(struct fake_peer *p, int64_t now)
{
	int64_t pace_ms = p->udp->terminal->settings.pace_ms;
	unsigned most = pace_ms > 0 ? 1 : BURST;

	if (p->next_at <= now && p->burst >= most)
		p->burst = 0;
	if (p->burst >= most)
		return false;
	if (++p->burst == most)
		p->next_at = now + (pace_ms > 0 ? pace_ms : 1);
	return true;
}

static void
flush(struct fake_peer *p)
{
	int64_t now = clock_mono_ms();

	while (p->sent < p->out.len && may_send(p, now)) {
		size_t len = wire_get32(p->out.data + p->sent);

		send_datagram(p, p->out.data + p->sent + 4, len);
		p->sent += 4 + len;
	}
	if (p->sent == p->out.len) {
		buf_reset(&p->out);
		p->sent = 0;
	}
	if (p->swapped.len > 0 && p->swapped_until <= now)
		send_swapped(p);
}

static void
emit_datagram(void *arg, enum fake_shape shape, const void *packet, size_t len)
{
	struct fake_peer *p = arg;

	if (shape == FAKE_CUT)
		len /= 2;
	wire_put32(&p->out, (uint32_t)len);
	buf_append(&p->out, packet, len);
	flush(p);
}

static const struct fake_transport transport = {
	.emit = emit_datagram,
	.data_most = DATA_MOST,
	.border = 16384,
};

/* ---- sessions ------------------------------------------------------------*/

static struct fake_peer *
find_peer(struct fake_udp *u, const struct sockaddr_in *address)
{
	for (int i = 0; i < FAKE_PEERS; i++) {
		struct fake_peer *p = &u->peers[i];

		if (p->used && p->address.sin_port == address->sin_port &&
		    p->address.sin_addr.s_addr == address->sin_addr.s_addr)
			return p;
	}
	return NULL;
}

static void
peer_finish(struct fake_peer *p)
{
	fake_session_finish(&p->session);
	buf_finish(&p->out);
	buf_finish(&p->swapped);
	p->used = false;
}

/* NULL when there are as many as may be: it gets no answer. */
static struct fake_peer *
add_peer(struct fake_udp *u, const struct sockaddr_in *address)
{
	struct fake_terminal *t = u->terminal;
	struct fake_peer *p = u->peers;

	while (p < u->peers + FAKE_PEERS && p->used)
		p++;
	if (p == u->peers + FAKE_PEERS ||
	    fake_session_count(t, false) >= t->settings.sessions)
		return NULL;
	*p = (struct fake_peer){ .used = true, .udp = u, .address = *address };
	fake_session_init(&p->session, t, &transport, p);
	return p;
}

/* Nobody that is known; as on a connection that has not begun. */
static void
answer_stranger(struct fake_udp *u, const struct sockaddr_in *address,
                const uint8_t *packet)
{
	struct buf out = BUF_INIT;

	wire_put_packet(&out, CODE_ACK_ERROR_INIT, 0, wire_get16(packet + 6),
	                NULL, 0);
	sendto(u->fd, out.data, out.len, MSG_NOSIGNAL, (const void *)address,
	       sizeof *address);
	buf_finish(&out);
}

/* CONNECT from where there is a session begins a new one. */
static void
take_datagram(struct fake_udp *u, const struct sockaddr_in *address,
              const uint8_t *packet, size_t len)
{
	struct fake_peer *p = find_peer(u, address);

	if (len < WIRE_HEADER_SIZE) {
		u->terminal->bad_packets++;
		return;
	}
	if (wire_get16(packet) == CODE_CONNECT &&
	    wire_checksum(packet, len) == wire_get16(packet + 2)) {
		if (p != NULL)
			peer_finish(p);
		p = add_peer(u, address);
		if (p == NULL)
			return;
	} else if (p == NULL) {
		answer_stranger(u, address, packet);
		return;
	}
	p->heard_at = clock_mono_ms();
	fake_session_packet(&p->session, packet, len);
}

/* ---- the socket ----------------------------------------------------------*/

void
fake_udp_init(struct fake_udp *u, int fd, struct fake_terminal *t)
{
	memset(u, 0, sizeof *u);
	u->fd = fd;
	u->terminal = t;
}

void
fake_udp_drop(struct fake_udp *u)
{
	for (int i = 0; i < FAKE_PEERS; i++) {
		if (u->peers[i].used)
			peer_finish(&u->peers[i]);
	}
}

void
fake_udp_finish(struct fake_udp *u)
{
	fake_udp_drop(u);
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}

static void
read_datagrams(struct fake_udp *u)
{
	static uint8_t bytes[WIRE_PACKET_MAX];

	for (int i = 0; i < READS_A_STEP; i++) {
		struct sockaddr_in address;
		socklen_t address_len = sizeof address;
		ssize_t n = recvfrom(u->fd, bytes, sizeof bytes, 0,
		                     (void *)&address, &address_len);

		if (n < 0)
			return;
		if (fake_terminal_away(u->terminal) > 0)
			continue;
		u->terminal->counts.datagrams++;
		take_datagram(u, &address, bytes, (size_t)n);
	}
}

/* EXIT, a fault, a power cut, or silence ended it, and all is sent. */
static bool
is_over(const struct fake_peer *p, int64_t now)
{
	const struct fake_session *s = &p->session;

	if (s->life == FAKE_DEAD && p->out.len == 0)
		return true;
	if (now - p->heard_at >= SILENCE_MS)
		return true;
	return (s->id == 0 || s->closing) && p->out.len == 0 &&
		p->swapped.len == 0 && fake_session_wait(s, now) < 0;
}

void
fake_udp_step(struct fake_udp *u, bool readable)
{
	int64_t now;

	if (readable)
		read_datagrams(u);
	now = clock_mono_ms();
	for (int i = 0; i < FAKE_PEERS; i++) {
		struct fake_peer *p = &u->peers[i];

		if (!p->used)
			continue;
		fake_session_tick(&p->session, now);
		flush(p);
		if (is_over(p, now))
			peer_finish(p);
	}
}

static int
sooner(int a, int64_t b)
{
	if (b < 0)
		b = 0;
	return a < 0 || b < a ? (int)b : a;
}

int
fake_udp_wait(const struct fake_udp *u)
{
	int64_t now = clock_mono_ms();
	int least = -1, wait;

	for (int i = 0; i < FAKE_PEERS; i++) {
		const struct fake_peer *p = &u->peers[i];

		if (!p->used)
			continue;
		least = sooner(least, p->heard_at + SILENCE_MS - now);
		wait = fake_session_wait(&p->session, now);
		if (wait >= 0)
			least = sooner(least, wait);
		if (p->out.len > 0)
			least = sooner(least, p->next_at - now);
		if (p->swapped.len > 0)
			least = sooner(least, p->swapped_until - now);
	}
	return least;
}
