/* listen.h: the sockets on which the fake terminal is reached */
#ifndef TERMINAL_LISTEN_H
#define TERMINAL_LISTEN_H

#include "tests/terminal/settings.h"

/*
 * Opens what --transport asks for on 127.0.0.1, both on the same port; for port
 * 0 on any that is free for both.  The other is -1.  False with errno.
 */
bool fake_listen(enum fake_transport_choice which, uint16_t port, int *tcp,
                 int *udp);

/* The port of a socket. */
unsigned fake_listen_port(int fd);

#endif
