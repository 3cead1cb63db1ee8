/* network.h: from where somebody comes, as far as it can be told apart */
#ifndef NETWORK_H
#define NETWORK_H

#define NETWORK_SIZE 64

/*
 * The address of one machine as what is counted for it: an IPv4 address whole
 * (also as "::ffff:192.0.2.1"), of an IPv6 address the /64, "2001:db8:1:2::",
 * since whoever has one address of it has them all.  What is no address stays
 * as it is, cut off where it does not fit.  Returns `out`.
 */
const char *network_of(const char *address, char out[NETWORK_SIZE]);

#endif
