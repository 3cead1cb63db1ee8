/* listen.c: the sockets on which the fake terminal is reached */
#include "tests/terminal/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES 50	/* to find a port that is free for both */
#define BACKLOG 16

/* A bound socket, or -1 with errno. */
static int
open_bound(int type, uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int yes = 1;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	/* for UDP that would let two of them have the same port */
	if ((type != SOCK_STREAM || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR,
	                                       &yes, sizeof yes) == 0) &&
	    bind(fd, (void *)&address, sizeof address) == 0 &&
	    (type != SOCK_STREAM || listen(fd, BACKLOG) == 0))
		return fd;
	close(fd);
	return -1;
}

unsigned
fake_listen_port(int fd)
{
	struct sockaddr_in address = { 0 };
	socklen_t len = sizeof address;

	getsockname(fd, (void *)&address, &len);
	return ntohs(address.sin_port);
}

static bool
open_both(uint16_t port, int *tcp, int *udp)
{
	*tcp = open_bound(SOCK_STREAM, port);
	if (*tcp < 0)
		return false;
	*udp = open_bound(SOCK_DGRAM, (uint16_t)fake_listen_port(*tcp));
	if (*udp >= 0)
		return true;
	close(*tcp);
	*tcp = -1;
	return false;
}

bool
fake_listen(enum fake_transport_choice which, uint16_t port, int *tcp,
            int *udp)
{
	*tcp = *udp = -1;
	if (which == FAKE_TRANSPORT_TCP) {
		*tcp = open_bound(SOCK_STREAM, port);
		return *tcp >= 0;
	}
	if (which == FAKE_TRANSPORT_UDP) {
		*udp = open_bound(SOCK_DGRAM, port);
		return *udp >= 0;
	}
	for (int i = 0; i < (port == 0 ? TRIES : 1); i++) {
		if (open_both(port, tcp, udp))
			return true;
		if (errno != EADDRINUSE)
			return false;
	}
	return false;
}
