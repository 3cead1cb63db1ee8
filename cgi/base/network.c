/* network.c: from where somebody comes, as far as it can be told apart */
#include "base/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define KEPT 8	/* bytes of an IPv6 address, of 16 */

const char *
network_of(const char *address, char out[NETWORK_SIZE])
{
	struct in6_addr in;

	snprintf(out, NETWORK_SIZE, "%s", address);
	if (inet_pton(AF_INET6, address, &in) != 1)
		return out;
	if (IN6_IS_ADDR_V4MAPPED(&in)) {
		inet_ntop(AF_INET, in.s6_addr + 12, out, NETWORK_SIZE);
		return out;
	}
	memset(in.s6_addr + KEPT, 0, sizeof in.s6_addr - KEPT);
	inet_ntop(AF_INET6, &in, out, NETWORK_SIZE);
	return out;
}
