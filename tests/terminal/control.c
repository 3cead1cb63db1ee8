/* control.c: orders to a running fake terminal, a line each */
#include "tests/terminal/control.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tests/terminal/order.h"

bool
fake_order_fail(struct fake_order *o, const char *why)
{
	snprintf(o->error, sizeof o->error, "%s", why);
	return false;
}

char *
fake_order_word(struct fake_order *o)
{
	char *w = strtok_r(NULL, " ", &o->rest);
	static char none[1];

	return w != NULL ? w : none;
}

bool
fake_order_number(struct fake_order *o, int64_t least, int64_t most,
                  int64_t fallback, int64_t *out)
{
	const char *w = fake_order_word(o);

	*out = fallback;
	return *w == '\0' || text_to_int(w, least, most, out);
}

/* ---- the table -----------------------------------------------------------*/

static fake_order_fn order_help;

static const struct {
	const char *name, *form;
	fake_order_fn *run;
} orders[] = {
	{ "amid", "amid ID [COUNT]", fake_order_amid },
	{ "bad", "bad date|user|bytes [N]", fake_order_bad },
	{ "ban", "ban ID", fake_order_ban },
	{ "clear", "clear", fake_order_clear },
	{ "clock", "clock dead|jump [SECONDS]", fake_order_clock },
	{ "count", "count", fake_order_count },
	{ "crash", "crash WRITES [answered|silent [MS]]", fake_order_crash },
	{ "delete", "delete ID", fake_order_delete },
	{ "double", "double N", fake_order_double },
	{ "drop", "drop", fake_order_drop },
	{ "dump", "dump PATH", fake_order_dump },
	{ "fault", "fault KIND [any|bulk] [COUNT]", fake_order_fault },
	{ "fingers", "fingers ID N", fake_order_fingers },
	{ "group", "group ID N", fake_order_group },
	{ "help", "help", order_help },
	{ "log", "log N", fake_order_log },
	{ "privilege", "privilege ID N", fake_order_privilege },
	{ "punch", "punch ID [TIME [STATE [VERIFY]]]", fake_order_punch },
	{ "reboot", "reboot [MS]", fake_order_reboot },
	{ "refill", "refill N", fake_order_refill },
	{ "set", "set OPTION VALUE", fake_order_set },
	{ "show", "show ID", fake_order_show },
	{ "state", "state", fake_order_state },
	{ "table", "table PATH", fake_order_table },
	{ "time", "time SECONDS_AHEAD", fake_order_time },
	{ "unban", "unban ID", fake_order_unban },
	{ "user", "user ID NAME", fake_order_user },
	{ "users", "users PATH", fake_order_users },
	{ "zones", "zones ID [N [N [N]]]", fake_order_zones },
};

#define ORDERS (sizeof orders / sizeof *orders)

static bool
order_help(struct fake_order *o)
{
	for (size_t i = 0; i < ORDERS; i++)
		buf_appendf(o->out, "%s %s", i == 0 ? "" : " |",
		            orders[i].form);
	return true;
}

static bool
run_order(struct fake_order *o, const char *name)
{
	for (size_t i = 0; i < ORDERS; i++) {
		if (strcmp(orders[i].name, name) == 0)
			return orders[i].run(o);
	}
	return fake_order_fail(o, "unknown order; help lists them");
}

void
fake_control_run(struct fake_terminal *t, char *line, struct buf *answer)
{
	struct buf out = BUF_INIT;
	struct fake_order o = { .terminal = t, .out = &out };
	const char *name = strtok_r(line, " ", &o.rest);

	if (run_order(&o, name != NULL ? name : ""))
		buf_appendf(answer, "ok%s\n", out.len > 0 ? out.data : "");
	else
		buf_appendf(answer, "error %s\n", o.error);
	fake_store_save(&t->store);
	buf_finish(&out);
}
