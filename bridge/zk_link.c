/* zk_link.c: the line to a terminal; the only file that knows sockets */
#include "zk_link.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "resolve.h"

#define RECEIVE_BYTES (64 * 1024)	/* no datagram is larger */

const char *
zk_result_words(enum zk_result rc)
{
	static const char *const words[ZK__COUNT] = {
		[ZK_OK] = "done",
		[ZK_TIMEOUT] = "the terminal does not answer",
		[ZK_CLOSED] = "the connection is closed",
		[ZK_REFUSED] = "the terminal refuses",
		[ZK_PROTOCOL] = "what the terminal says makes no sense",
		[ZK_STOPPED] = "stopped",
	};

	return words[rc];
}

bool
zk_link_init(struct zk_link *link)
{
	link->fd = -1;
	return pipe2(link->wake, O_CLOEXEC | O_NONBLOCK) == 0 &&
	       pipe2(link->nudge, O_CLOEXEC | O_NONBLOCK) == 0;
}

void
zk_link_finish(struct zk_link *link)
{
	zk_link_close(link);
	for (int i = 0; i < 2; i++) {
		close(link->wake[i]);
		close(link->nudge[i]);
	}
}

void
zk_link_close(struct zk_link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
}

void
zk_link_interrupt(struct zk_link *link)
{
	ssize_t done = write(link->wake[1], "x", 1);

	(void)done;	/* a full pipe wakes as well */
}

void
zk_link_nudge(struct zk_link *link)
{
	ssize_t done = write(link->nudge[1], "x", 1);

	(void)done;
}

/* However many nudges there were, they are one. */
static void
take_nudge(struct zk_link *link)
{
	char all[64];

	while (read(link->nudge[0], all, sizeof all) > 0)
		;
}

/* Waits until the line is ready for `events` (0: only waits). */
static enum zk_result
wait_for(struct zk_link *link, short events, int64_t deadline)
{
	struct pollfd fds[3] = {
		{ .fd = link->deaf ? -1 : link->wake[0], .events = POLLIN },
		{ .fd = events == 0 ? -1 : link->fd, .events = events },
		{ .fd = link->idle ? link->nudge[0] : -1, .events = POLLIN },
	};
	int ready;

	do
		ready = poll(fds, 3, clock_left_ms(deadline));
	while (ready < 0 && errno == EINTR);
	if (fds[0].revents != 0)
		return ZK_STOPPED;
	if (ready < 0)
		return ZK_CLOSED;
	if (fds[2].revents != 0) {
		take_nudge(link);
		return ZK_TIMEOUT;
	}
	return ready == 0 ? ZK_TIMEOUT : ZK_OK;
}

bool
zk_link_pause(struct zk_link *link, int ms)
{
	return wait_for(link, 0, clock_mono_ms() + ms) != ZK_STOPPED;
}

/* A terminal that lost its power must be noticed, and small packets go now. */
static void
tune(int fd)
{
	static const int one = 1, idle_s = 30, every_s = 10, tries = 3;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every_s, sizeof every_s);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
}

/* One address; `cause` becomes an errno, 0 after a timeout. */
static enum zk_result
connect_to(struct zk_link *link, const struct addrinfo *address,
           int64_t deadline, int *cause)
{
	socklen_t size = sizeof *cause;
	enum zk_result rc;

	*cause = 0;
	link->fd = socket(address->ai_family, address->ai_socktype |
	                  SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (link->fd < 0) {
		*cause = errno;
		return ZK_CLOSED;
	}
	if (link->transport == ZK_TCP)
		tune(link->fd);
	if (connect(link->fd, address->ai_addr, address->ai_addrlen) == 0)
		return ZK_OK;
	if (errno != EINPROGRESS) {
		*cause = errno;
		rc = ZK_CLOSED;
	} else {
		rc = wait_for(link, POLLOUT, deadline);
		if (rc == ZK_OK && getsockopt(link->fd, SOL_SOCKET, SO_ERROR,
		                              cause, &size) == 0 &&
		    *cause != 0)
			rc = ZK_CLOSED;
	}
	if (rc != ZK_OK)
		zk_link_close(link);
	return rc;
}

enum zk_result
zk_link_connect(struct zk_link *link, const char *host, int port,
                enum zk_transport transport, int64_t deadline, char *error,
                size_t size)
{
	struct addrinfo *list = NULL;
	char service[8];
	enum zk_result rc = ZK_CLOSED;
	int cause = 0, failed;

	snprintf(service, sizeof service, "%d", port);
	link->transport = transport;
	failed = resolve(host, service, transport == ZK_UDP ? SOCK_DGRAM
		: SOCK_STREAM, deadline, link->deaf ? -1 : link->wake[0],
		&list);
	if (failed != 0) {
		snprintf(error, size, "%s: %s", host, failed == EAI_INPROGRESS
			? "the name server does not answer"
			: gai_strerror(failed));
		return failed != EAI_INPROGRESS ? ZK_CLOSED
			: zk_link_pause(link, 0) ? ZK_TIMEOUT : ZK_STOPPED;
	}
	for (struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		rc = connect_to(link, a, deadline, &cause);
		if (rc == ZK_OK || rc == ZK_STOPPED)
			break;
	}
	freeaddrinfo(list);
	if (rc != ZK_OK)
		snprintf(error, size, "cannot connect to %s port %d: %s", host,
		         port, cause == 0 ? "no answer" : strerror(cause));
	return rc;
}

enum zk_result
zk_link_send(struct zk_link *link, const void *data, size_t len,
             int64_t deadline)
{
	const char *at = data;

	while (len > 0) {
		ssize_t done = send(link->fd, at, len, MSG_NOSIGNAL);
		enum zk_result rc;

		if (done >= 0) {
			at += done;
			len -= (size_t)done;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return ZK_CLOSED;
		rc = wait_for(link, POLLOUT, deadline);
		if (rc != ZK_OK)
			return rc;
	}
	return ZK_OK;
}

enum zk_result
zk_link_receive(struct zk_link *link, struct buf *in, int64_t deadline)
{
	for (;;) {
		enum zk_result rc = wait_for(link, POLLIN, deadline);
		ssize_t got;

		if (rc != ZK_OK)
			return rc;
		got = recv(link->fd, buf_reserve(in, RECEIVE_BYTES),
		           RECEIVE_BYTES, 0);
		if (got > 0 || (got == 0 && link->transport == ZK_UDP)) {
			in->len += (size_t)got;
			return ZK_OK;
		}
		if (got == 0 || (errno != EINTR && errno != EAGAIN))
			return ZK_CLOSED;
	}
}
