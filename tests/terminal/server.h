/* server.h: the sockets of the fake terminal and its loop */
#ifndef TERMINAL_SERVER_H
#define TERMINAL_SERVER_H

#include "tests/terminal/terminal.h"

/*
 * Listens on 127.0.0.1 and at the control socket, prints "ready
 * 127.0.0.1:PORT", serves until SIGTERM or SIGINT.  False, with a line in
 * `error`, when it cannot listen.
 */
bool fake_server_run(struct fake_terminal *t, char *error, size_t size);

#endif
