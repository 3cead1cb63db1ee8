/* doctor_net.c: the way to a terminal: its name, and pings */
#include "doctor_inside.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "resolve.h"

#define PINGS 3
#define PING_MS 1000

/* ---- name --------------------------------------------------------------- */

static bool
has_address(const struct doctor *d, const char *text)
{
	for (size_t i = 0; i < d->address_count; i++) {
		if (strcmp(d->addresses[i], text) == 0)
			return true;
	}
	return false;
}

/* Those of one family. */
static void
keep_addresses(struct doctor *d, const struct addrinfo *list, int family)
{
	for (; list != NULL && d->address_count < DOCTOR_ADDRESSES_MAX;
	     list = list->ai_next) {
		char text[DOCTOR_ADDRESS_SIZE];

		if (list->ai_family == family &&
		    getnameinfo(list->ai_addr, list->ai_addrlen, text,
		                sizeof text, NULL, 0, NI_NUMERICHOST) == 0 &&
		    !has_address(d, text))
			text_copy(d->addresses[d->address_count++],
			          DOCTOR_ADDRESS_SIZE, text);
	}
}

/* Terminals speak IPv4, so that goes first. */
static void
keep_all(struct doctor *d, struct addrinfo *list)
{
	keep_addresses(d, list, AF_INET);
	keep_addresses(d, list, AF_INET6);
	freeaddrinfo(list);
}

static bool
is_address(struct doctor *d)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		                        .ai_flags = AI_NUMERICHOST };
	struct addrinfo *list;

	if (getaddrinfo(d->host, NULL, &hints, &list) != 0)
		return false;
	keep_all(d, list);
	return true;
}

static void
advise_name(const struct doctor *d, int failed)
{
	struct buf names = BUF_INIT;

	if (failed == EAI_INPROGRESS || failed == EAI_AGAIN)
		doctor_add("The name server does not answer: is this machine "
		           "in the gym's network? With the terminal's address "
		           "in place of its name none is needed.");
	else
		doctor_add("Check the spelling, or give the terminal's "
		           "address: its menu shows it under COMM. > "
		           "Ethernet.");
	for (size_t i = 0; i < d->setup.terminal_count; i++)
		buf_appendf(&names, "%s%s", i == 0 ? "" : ", ",
		            d->setup.terminals[i]->name);
	if (d->terminal == NULL && names.len > 0)
		doctor_add("Terminals of %s: %s", d->config, names.data);
	buf_finish(&names);
}

enum doctor_result
doctor_step_name(struct doctor *d)
{
	struct buf all = BUF_INIT;
	struct addrinfo *list = NULL;
	int failed;

	if (is_address(d)) {
		doctor_say(d, DOCTOR_NOTE, "%s is an address", d->host);
		return DOCTOR_GO_ON;
	}
	doctor_progress(d, "asking");
	failed = resolve(d->host, NULL, SOCK_STREAM, clock_mono_ms() +
	                 DOCTOR_STEP_MS, -1, &list);
	if (failed == 0)
		keep_all(d, list);
	if (d->address_count == 0) {
		doctor_say(d, DOCTOR_TROUBLE, "%s: %s", d->host,
		           failed == EAI_INPROGRESS ? "no answer in time" :
		           failed == 0 ? "has no address"
		           : gai_strerror(failed));
		advise_name(d, failed);
		return DOCTOR_END;
	}
	for (size_t i = 0; i < d->address_count; i++)
		buf_appendf(&all, "%s%s", i == 0 ? "" : ", ",
		            d->addresses[i]);
	doctor_say(d, DOCTOR_OK, "%s is %s", d->host, all.data);
	buf_finish(&all);
	return DOCTOR_GO_ON;
}

/* ---- ping --------------------------------------------------------------- */

/* A socket to the first address that needs no privilege, or -1. */
static int
open_ping(const struct doctor *d, bool *is_v6)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
		                        .ai_flags = AI_NUMERICHOST };
	struct addrinfo *to;
	int fd, saved;

	if (getaddrinfo(d->addresses[0], NULL, &hints, &to) != 0)
		return -1;
	*is_v6 = to->ai_family == AF_INET6;
	fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC,
	            *is_v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (fd >= 0 && connect(fd, to->ai_addr, to->ai_addrlen) != 0) {
		saved = errno;
		close(fd);
		errno = saved;
		fd = -1;
	}
	freeaddrinfo(to);
	return fd;
}

/* The system fills in what identifies us, and gives us our answers alone. */
static bool
send_ping(int fd, bool is_v6, uint16_t number)
{
	struct icmphdr request = {
		.type = is_v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.un.echo.sequence = htons(number),
	};

	return send(fd, &request, sizeof request, 0) == sizeof request;
}

/* Waits for an answer: milliseconds, or -1, with an errno or 0. */
static int
await_ping(int fd, bool is_v6, int64_t sent_at)
{
	uint8_t type = is_v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
	int64_t deadline = sent_at + PING_MS;
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	uint8_t answer[128];

	while (poll(&poller, 1, clock_left_ms(deadline)) > 0) {
		ssize_t got = recv(fd, answer, sizeof answer, MSG_DONTWAIT);

		if (got > 0 && answer[0] == type)
			return (int)(clock_mono_ms() - sent_at);
		if (got < 0 && errno != EAGAIN)
			return -1;
	}
	errno = 0;
	return -1;
}

/* Says what became of it. */
static void
say_ping(struct doctor *d, int fd, int ms, int cause)
{
	if (ms >= 0)
		doctor_say(d, DOCTOR_OK, "%s answers in %d ms",
		           d->addresses[0], ms == 0 ? 1 : ms);
	else if (fd < 0 && (cause == EACCES || cause == EPERM))
		doctor_say(d, DOCTOR_NOTE, "not allowed for this account");
	else if (cause != 0)
		doctor_say(d, DOCTOR_NOTE, "%s", strerror(cause));
	else
		doctor_say(d, DOCTOR_NOTE, "no answer; some terminals and "
		           "networks do not answer pings");
}

enum doctor_result
doctor_step_ping(struct doctor *d)
{
	bool is_v6 = false;
	int fd = open_ping(d, &is_v6), cause = errno, ms = -1;

	doctor_progress(d, "waiting");
	for (uint16_t i = 1; fd >= 0 && ms < 0 && i <= PINGS; i++) {
		int64_t sent_at = clock_mono_ms();

		if (send_ping(fd, is_v6, i))
			ms = await_ping(fd, is_v6, sent_at);
		cause = errno;
		if (ms < 0 && cause != 0)
			break;
	}
	d->pinged = ms >= 0;
	say_ping(d, fd, ms, cause);
	if (fd >= 0)
		close(fd);
	return DOCTOR_GO_ON;
}
