/* control.h: orders to a running fake terminal, a line each */
#ifndef TERMINAL_CONTROL_H
#define TERMINAL_CONTROL_H

#include "tests/terminal/terminal.h"

/*
 * Carries out one order and appends one line: "ok ..." or "error ...".
 * `line` has no line end and is taken apart.
 */
void fake_control_run(struct fake_terminal *t, char *line, struct buf *answer);

/*
 * Sends one order to the terminal whose control socket is `path` and prints
 * its answer.  True when that begins with "ok".
 */
bool fake_control_send(const char *path, const char *order);

/* Listens at `path`, in place of a stale socket; -1 with errno. */
int fake_control_listen(const char *path);

/* Somebody who gives orders. */
struct fake_orders {
	int fd;			/* -1: this slot is free */
	struct buf in, out;
};

/* Carries out every whole line that came; false: it is over. */
bool fake_orders_step(struct fake_orders *c, struct fake_terminal *t);
/* Closes; takes a free slot too. */
void fake_orders_finish(struct fake_orders *c);

#endif
