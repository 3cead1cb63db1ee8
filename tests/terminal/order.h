/* order.h: what the orders to a fake terminal have in common */
#ifndef TERMINAL_ORDER_H
#define TERMINAL_ORDER_H

#include "tests/terminal/terminal.h"

#define FAKE_ORDER_ERROR_SIZE 200
#define FAKE_LOG_MOST 200000

/* An order appends what follows "ok", or sets `error`. */
struct fake_order {
	struct fake_terminal *terminal;
	char *rest;		/* words not yet taken */
	struct buf *out;
	char error[FAKE_ORDER_ERROR_SIZE];
};

typedef bool fake_order_fn(struct fake_order *o);

/* Sets the error; false. */
bool fake_order_fail(struct fake_order *o, const char *why);
/* The next word, "" when there is none. */
char *fake_order_word(struct fake_order *o);
/* The next word as a number in bounds, or `fallback` when there is none. */
bool fake_order_number(struct fake_order *o, int64_t least, int64_t most,
                       int64_t fallback, int64_t *out);

/* order_log.c: orders to the log. */
fake_order_fn fake_order_amid, fake_order_bad, fake_order_clear,
	fake_order_double, fake_order_dump, fake_order_log, fake_order_punch,
	fake_order_refill;

/* order_self.c: orders to the terminal. */
fake_order_fn fake_order_clock, fake_order_count, fake_order_crash,
	fake_order_drop, fake_order_fault, fake_order_reboot, fake_order_set,
	fake_order_state, fake_order_time;

/* order_user.c: orders of its users. */
fake_order_fn fake_order_ban, fake_order_delete, fake_order_fingers,
	fake_order_group, fake_order_privilege, fake_order_show,
	fake_order_table, fake_order_unban, fake_order_user, fake_order_users,
	fake_order_zones;

#endif
