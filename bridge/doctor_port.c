/* doctor_port.c: does anything at the terminal's port speak its protocol? */
#include "doctor_inside.h"

#include <errno.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define TCP_MS 6000		/* together with UDP_MS: one step */
#define UDP_MS 4000
#define UDP_TRIES 4
#define EXIT_MS 300

/* What came of knocking; the first ones are not as near as the later ones. */
enum knock {
	KNOCK_UNREACHABLE,	/* the network says so */
	KNOCK_SILENT,
	KNOCK_REFUSED,
	KNOCK_CLOSED,		/* connected, and closed without a word */
	KNOCK_MUTE,		/* connected, but no word came */
	KNOCK_STRANGE,		/* what came is another protocol */
	KNOCK_ANSWERED,
	KNOCK_STOPPED,
	KNOCK__COUNT
};

struct attempt {
	struct zk_link link;
	enum zk_transport transport;
	int64_t deadline;
	struct buf in;
	struct zk_packet answer;
	char error[200];
};

/* ---- one address -------------------------------------------------------- */

/* The link tells the cause in words only, those of the system at their end. */
static bool
is_cause(const char *error, int cause)
{
	const char *words = strerror(cause);
	size_t len = strlen(error), n = strlen(words);

	return len >= n && strcmp(error + len - n, words) == 0;
}

static enum knock
judge_connection(const struct attempt *a, enum zk_result rc)
{
	if (rc == ZK_STOPPED)
		return KNOCK_STOPPED;
	if (rc == ZK_TIMEOUT || is_cause(a->error, ETIMEDOUT))
		return KNOCK_SILENT;
	return is_cause(a->error, ECONNREFUSED) ? KNOCK_REFUSED
		: KNOCK_UNREACHABLE;
}

static enum zk_result
send_packet(struct attempt *a, uint16_t command, uint16_t session,
            uint16_t reply)
{
	struct buf packet = BUF_INIT;
	enum zk_result rc;

	zk_packet_format(&packet, a->transport == ZK_TCP, command, session,
	                 reply, NULL, 0);
	rc = zk_link_send(&a->link, packet.data, packet.len, a->deadline);
	buf_finish(&packet);
	return rc;
}

static enum zk_frame
parse(struct attempt *a)
{
	const uint8_t *bytes = (const uint8_t *)a->in.data;
	size_t used;

	if (a->transport == ZK_TCP)
		return zk_frame_parse(bytes, a->in.len, &a->answer, &used);
	return zk_packet_parse(bytes, a->in.len, &a->answer)
		? ZK_FRAME_READY : ZK_FRAME_BAD;
}

/* Waits for a packet. */
static enum knock
receive(struct attempt *a, int64_t deadline)
{
	enum zk_frame frame = ZK_FRAME_MORE;

	buf_reset(&a->in);
	while (frame == ZK_FRAME_MORE) {
		enum zk_result rc = zk_link_receive(&a->link, &a->in,
		                                    deadline);

		if (rc == ZK_STOPPED)
			return KNOCK_STOPPED;
		if (rc == ZK_CLOSED)
			return a->transport == ZK_UDP ? KNOCK_REFUSED :
			       a->in.len > 0 ? KNOCK_STRANGE : KNOCK_CLOSED;
		if (rc != ZK_OK)
			return a->in.len > 0 ? KNOCK_STRANGE :
			       a->transport == ZK_UDP ? KNOCK_SILENT
			       : KNOCK_MUTE;
		frame = parse(a);
	}
	return frame == ZK_FRAME_READY && a->answer.sound ? KNOCK_ANSWERED
		: KNOCK_STRANGE;
}

/* Over UDP a datagram may be lost, so it is said more than once. */
static enum knock
say_hello(struct attempt *a)
{
	int tries = a->transport == ZK_UDP ? UDP_TRIES : 1;
	enum knock knock = KNOCK_SILENT;

	for (int left = tries; left > 0; left--) {
		int ms = clock_left_ms(a->deadline) / left;

		if (send_packet(a, ZK_CONNECT, 0, 0) != ZK_OK)
			return a->transport == ZK_UDP ? KNOCK_REFUSED
				: KNOCK_CLOSED;
		knock = receive(a, clock_mono_ms() + ms);
		if (knock != KNOCK_SILENT)
			return knock;
	}
	return knock;
}

/* The terminal is free again for the session to come. */
static void
say_goodbye(struct attempt *a)
{
	struct zk_packet hello = a->answer;

	a->deadline = clock_mono_ms() + EXIT_MS;
	if (send_packet(a, ZK_EXIT, hello.session, 1) == ZK_OK)
		receive(a, a->deadline);
}

static enum knock
knock_at(struct doctor *d, struct attempt *a, const char *address)
{
	enum zk_result rc;
	enum knock knock;

	if (!zk_link_init(&a->link))
		log_die("cannot open a connection: %s", strerror(errno));
	doctor_watch(NULL, &a->link);
	rc = zk_link_connect(&a->link, address, d->options.port, a->transport,
	                     a->deadline, a->error, sizeof a->error);
	knock = rc == ZK_OK ? say_hello(a) : judge_connection(a, rc);
	if (knock == KNOCK_ANSWERED) {
		d->hello = a->answer.command;
		say_goodbye(a);
	}
	doctor_watch(NULL, NULL);
	zk_link_finish(&a->link);
	return knock;
}

/* ---- all of them -------------------------------------------------------- */

/* The nearest that any address came to an answer; `nearest` is that one. */
static enum knock
knock(struct doctor *d, enum zk_transport transport, int ms,
      const char **nearest, char *error, size_t size)
{
	int64_t deadline = clock_mono_ms() + ms;
	size_t count = transport == ZK_UDP ? 1 : d->address_count;
	enum knock best = KNOCK_UNREACHABLE;

	for (size_t i = 0; i < count && best < KNOCK_CLOSED; i++) {
		struct attempt a = { .transport = transport };
		enum knock one;

		a.deadline = clock_mono_ms() +
			clock_left_ms(deadline) / (int)(count - i);
		one = knock_at(d, &a, d->addresses[i]);
		if (i == 0 || one > best) {
			best = one;
			*nearest = d->addresses[i];
			snprintf(error, size, "%s", a.error);
		}
		buf_finish(&a.in);
	}
	return best;
}

#define OTHER_PROGRAM \
	"Another program is probably connected: most terminals take one " \
	"at a time. That may be the bridge itself, on this machine or " \
	"another (systemctl stop gymgate-bridge), or the vendor's software " \
	"(ZKTime, BioTime...): end it and try again. If there is none, " \
	"switch the terminal off and on."
#define NO_WAY \
	"Is the terminal on, and its network cable in? Does its menu, COMM. " \
	"> Ethernet, show this very address? Is this machine in the same " \
	"network, with no firewall between?"

static const struct {
	const char *words, *advice;
} findings[KNOCK__COUNT] = {
	[KNOCK_UNREACHABLE] = { "cannot be reached", NO_WAY },
	[KNOCK_SILENT] = { "no answer", NO_WAY },
	[KNOCK_REFUSED] = { "connection refused",
		"The device at this address is on, but nothing listens at "
		"this port. If it is the terminal: on new models the port is "
		"off, and they only push (ADMS). Look in its menu under COMM. "
		"> PC Connection for a switch, and under COMM. > Cloud Server "
		"Setting (ADMS) for a server that it pushes to instead. "
		"Gymgate does not take pushes yet." },
	[KNOCK_CLOSED] = { "connected, but closed at once", OTHER_PROGRAM },
	[KNOCK_MUTE] = { "connected, but silent", OTHER_PROGRAM },
	[KNOCK_STRANGE] = { "what answers does not speak the protocol",
		"Something else than a ZKTeco terminal is at this address or "
		"port. Its menu shows both, under COMM. > Ethernet." },
};

static void
say_nobody(struct doctor *d, enum knock tcp, const char *error)
{
	const char *cause = strrchr(error, ':');

	if (tcp == KNOCK_UNREACHABLE && cause != NULL)
		doctor_say(d, DOCTOR_TROUBLE, "%s port %d:%s",
		           d->options.host, d->options.port, cause + 1);
	else
		doctor_say(d, DOCTOR_TROUBLE, "%s port %d: %s%s",
		           d->options.host, d->options.port,
		           findings[tcp].words, tcp <= KNOCK_REFUSED
		           ? " (TCP); nothing over UDP either" : "");
	if (tcp == KNOCK_SILENT && d->pinged)
		doctor_add("It answers pings, so a firewall is between, or "
		           "another device has this address.");
	if (d->bridge_runs && tcp >= KNOCK_CLOSED)
		doctor_add("gymgate-bridge is running here, and has this "
		           "terminal: stop it for the check.");
	doctor_add("%s", findings[tcp].advice);
}

static void
say_udp(struct doctor *d, enum knock tcp)
{
	bool is_wrong = d->terminal != NULL &&
		d->terminal->transport == SETUP_TCP;

	doctor_say(d, is_wrong ? DOCTOR_TROUBLE : DOCTOR_OK,
	           "%s answers at port %d over UDP (TCP: %s)",
	           d->options.host, d->options.port, findings[tcp].words);
	if (is_wrong)
		doctor_add("The configuration says `transport = tcp`: make it "
		           "udp, or any.");
}

/* TCP, and where nobody is there, UDP; true when one is answered. */
static bool
knock_both(struct doctor *d, enum knock *tcp, enum knock *udp, char *error,
           size_t size)
{
	int ms = d->options.timeout_ms;
	const char *by_tcp = d->addresses[0], *by_udp = by_tcp;
	char unused[200];

	*udp = KNOCK_SILENT;
	*tcp = knock(d, ZK_TCP, ms < TCP_MS ? ms : TCP_MS, &by_tcp, error,
	             size);
	if (*tcp <= KNOCK_REFUSED)
		*udp = knock(d, ZK_UDP, ms < UDP_MS ? ms : UDP_MS, &by_udp,
		             unused, sizeof unused);
	d->options.transport = *udp == KNOCK_ANSWERED ? ZK_UDP : ZK_TCP;
	d->options.host = *udp == KNOCK_ANSWERED ? by_udp : by_tcp;
	return *tcp == KNOCK_ANSWERED || *udp == KNOCK_ANSWERED;
}

enum doctor_result
doctor_step_port(struct doctor *d)
{
	enum knock tcp, udp;
	char error[200] = "";
	bool is_there;

	doctor_progress(d, "knocking at port %d", d->options.port);
	is_there = knock_both(d, &tcp, &udp, error, sizeof error);
	if (tcp == KNOCK_STOPPED || udp == KNOCK_STOPPED)
		return DOCTOR_STOPPED;
	if (!is_there)
		say_nobody(d, tcp, error);
	else if (udp == KNOCK_ANSWERED)
		say_udp(d, tcp);
	else
		doctor_say(d, DOCTOR_OK, "%s answers at port %d",
		           d->options.host, d->options.port);
	return is_there ? DOCTOR_GO_ON : DOCTOR_END;
}
