/* control.c: orders to a running fake terminal, a line each */
#include "tests/terminal/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/terminal/session.h"

#define ERROR_SIZE 200
#define LOG_MOST 200000
#define CLOCK_OFF_MOST (100LL * 366 * CLOCK_DAY_SECONDS)

/* An order appends what follows "ok", or sets `error`. */
struct order {
	struct fake_terminal *terminal;
	char *rest;		/* words not yet taken */
	struct buf *out;
	char error[ERROR_SIZE];
};

static bool
fail(struct order *o, const char *why)
{
	snprintf(o->error, sizeof o->error, "%s", why);
	return false;
}

/* The next word, "" when there is none. */
static char *
word(struct order *o)
{
	char *w = strtok_r(NULL, " ", &o->rest);
	static char none[1];

	return w != NULL ? w : none;
}

/* A number of 0 to 255, or `fallback` when there is no word. */
static bool
byte(struct order *o, uint8_t fallback, uint8_t *out)
{
	const char *w = word(o);
	int64_t value = fallback;

	if (*w != '\0' && !text_to_int(w, 0, 255, &value))
		return false;
	*out = (uint8_t)value;
	return true;
}

static bool
moment(struct order *o, int64_t *local)
{
	const char *w = word(o);
	bool has_offset;
	int offset_s;

	if (*w == '\0') {
		*local = fake_terminal_clock(o->terminal);
		return true;
	}
	return clock_parse(w, local, &has_offset, &offset_s) && !has_offset;
}

/* ---- orders --------------------------------------------------------------*/

static bool
order_punch(struct order *o)
{
	const char *user_id = word(o);
	char when[CLOCK_TEXT_SIZE];
	uint8_t state, verify;
	int64_t local;

	if (!moment(o, &local))
		return fail(o, "a time is written 2026-03-12T07:30:00");
	if (!byte(o, 0, &state) || !byte(o, 1, &verify))
		return fail(o, "state and verify are numbers from 0 to 255");
	if (!fake_terminal_punch(o->terminal, user_id, local, state, verify,
	                         o->error, sizeof o->error))
		return false;
	clock_format(local, when);
	buf_appendf(o->out, " %s %s", user_id, when);
	return true;
}

static bool
order_log(struct order *o)
{
	int64_t count;

	if (!text_to_int(word(o), 1, LOG_MOST, &count))
		return fail(o, "log N: N is 1 to 200000");
	if (!fake_terminal_fill(o->terminal, (size_t)count, o->error,
	                        sizeof o->error))
		return false;
	buf_appendf(o->out, " %lld", (long long)count);
	return true;
}

static bool
order_clear(struct order *o)
{
	buf_appendf(o->out, " %zu", o->terminal->store.punch_count);
	fake_store_clear(&o->terminal->store);
	return true;
}

static bool
order_drop(struct order *o)
{
	buf_appendf(o->out, " %u", fake_session_count(o->terminal, false));
	o->terminal->drop = true;	/* the server does it, after us */
	return true;
}

static bool
order_count(struct order *o)
{
	buf_appendf(o->out, " records=%zu users=%zu",
	            o->terminal->store.punch_count,
	            o->terminal->store.user_count);
	return true;
}

static bool
order_user(struct order *o)
{
	const char *user_id = word(o), *name = o->rest != NULL ? o->rest : "";
	struct fake_store *st = &o->terminal->store;

	if (!text_is_word(user_id, WIRE_USER_ID_SIZE - 1, ""))
		return fail(o, "a user id is 1 to 24 letters or digits");
	if (strlen(name) > 23)
		return fail(o, "a name has at most 23 bytes");
	if (fake_store_user(st, user_id) == NULL &&
	    (int64_t)st->user_count >= o->terminal->settings.user_capacity)
		return fail(o, "users full");
	buf_appendf(o->out, " %u", fake_store_put_user(st, user_id, name)->uid);
	return true;
}

static bool
order_time(struct order *o)
{
	char now[CLOCK_TEXT_SIZE];
	int64_t off;

	if (!text_to_int(word(o), -CLOCK_OFF_MOST, CLOCK_OFF_MOST, &off))
		return fail(o, "time SECONDS: how far the clock is ahead");
	o->terminal->clock_off_s = off;
	clock_format(fake_terminal_clock(o->terminal), now);
	buf_appendf(o->out, " %s", now);
	return true;
}

static bool
order_state(struct order *o)
{
	struct fake_terminal *t = o->terminal;
	bool disabled = fake_terminal_disabled(t);
	int64_t ms = t->disabled_ms;

	if (disabled)
		ms += clock_mono_ms() - t->disabled_since;
	buf_appendf(o->out, " %s connections=%u registered=%u served=%u "
	            "disabled=%u disabled_ms=%lld refused=%u bad=%u "
	            "clock_off=%lld", disabled ? "disabled" : "enabled",
	            fake_session_count(t, false), fake_session_count(t, true),
	            t->served, t->disabled_count, (long long)ms,
	            t->refused_punches, t->bad_packets,
	            (long long)t->clock_off_s);
	return true;
}

static bool
order_dump(struct order *o)
{
	const char *path = o->rest != NULL ? o->rest : "";

	if (!fake_store_dump(&o->terminal->store, path))
		return fail(o, strerror(errno));
	buf_appendf(o->out, " %zu", o->terminal->store.punch_count);
	return true;
}

static bool
order_set(struct order *o)
{
	const char *name = word(o), *value = o->rest != NULL ? o->rest : "";

	if (!fake_settings_set(&o->terminal->settings, name, value, true,
	                       o->error, sizeof o->error))
		return false;
	buf_appendf(o->out, " %s %s", name, value);
	return true;
}

static bool order_help(struct order *o);

static const struct {
	const char *name, *form;
	bool (*run)(struct order *o);
} orders[] = {
	{ "clear", "clear", order_clear },
	{ "count", "count", order_count },
	{ "drop", "drop", order_drop },
	{ "dump", "dump PATH", order_dump },
	{ "help", "help", order_help },
	{ "log", "log N", order_log },
	{ "punch", "punch ID [TIME [STATE [VERIFY]]]", order_punch },
	{ "set", "set OPTION VALUE", order_set },
	{ "state", "state", order_state },
	{ "time", "time SECONDS_AHEAD", order_time },
	{ "user", "user ID NAME", order_user },
};

#define ORDERS (sizeof orders / sizeof *orders)

static bool
order_help(struct order *o)
{
	for (size_t i = 0; i < ORDERS; i++)
		buf_appendf(o->out, "%s %s", i == 0 ? "" : " |",
		            orders[i].form);
	return true;
}

static bool
run_order(struct order *o, const char *name)
{
	for (size_t i = 0; i < ORDERS; i++) {
		if (strcmp(orders[i].name, name) == 0)
			return orders[i].run(o);
	}
	return fail(o, "unknown order; help lists them");
}

void
fake_control_run(struct fake_terminal *t, char *line, struct buf *answer)
{
	struct buf out = BUF_INIT;
	struct order o = { .terminal = t, .out = &out };
	const char *name = strtok_r(line, " ", &o.rest);

	if (run_order(&o, name != NULL ? name : ""))
		buf_appendf(answer, "ok%s\n", out.len > 0 ? out.data : "");
	else
		buf_appendf(answer, "error %s\n", o.error);
	fake_store_save(&t->store);
	buf_finish(&out);
}
