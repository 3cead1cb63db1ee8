/* resolve.h: the addresses of a host, within a deadline */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdint.h>

struct addrinfo;	/* of netdb.h */

/*
 * As getaddrinfo(3) for sockets of `socktype`, which may take minutes where the
 * name server does not answer: here it ends at `deadline` (clock_mono_ms), or
 * when `wake_fd` becomes readable (-1: nothing does), with EAI_INPROGRESS.
 * `service` may be NULL.  With SOCK_DGRAM only IPv4 addresses are given where
 * there are any, for terminals speak no other.  0: `list` is for freeaddrinfo().
 */
int resolve(const char *host, const char *service, int socktype,
            int64_t deadline, int wake_fd, struct addrinfo **list);

#endif
