/* order_self.c: orders to a running fake terminal itself */
#include "tests/terminal/order.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/terminal/session.h"

#define CLOCK_OFF_MOST (100LL * 366 * CLOCK_DAY_SECONDS)
#define CLOCK_DEAD INT64_C(946684800)	/* 2000-01-01 00:00:00 */
#define AWAY_MOST 600000

bool
fake_order_count(struct fake_order *o)
{
	buf_appendf(o->out, " records=%zu users=%zu",
	            o->terminal->store.punch_count,
	            o->terminal->store.user_count);
	return true;
}

bool
fake_order_state(struct fake_order *o)
{
	struct fake_terminal *t = o->terminal;
	bool disabled = fake_terminal_disabled(t);
	int64_t ms = t->disabled_ms;

	if (disabled)
		ms += clock_mono_ms() - t->disabled_since;
	buf_appendf(o->out, " %s connections=%u registered=%u served=%u "
	            "disabled=%u disabled_ms=%lld refused=%u bad=%u "
	            "clock_off=%lld writes=%u unlocks=%u restarts=%u "
	            "cleared=%u datagrams=%u door=%s unlock_tenths=%u "
	            "kept_out=%u refused_writes=%u",
	            disabled ? "disabled" : "enabled",
	            fake_session_count(t, false), fake_session_count(t, true),
	            t->served, t->disabled_count, (long long)ms,
	            t->refused_punches, t->bad_packets,
	            (long long)t->clock_off_s, t->counts.writes,
	            t->counts.unlocks, t->counts.restarts, t->counts.cleared,
	            t->counts.datagrams,
	            clock_left_ms(t->door_until) > 0 ? "open" : "shut",
	            t->counts.unlock_tenths, t->counts.kept_out,
	            t->counts.refused_writes);
	return true;
}

bool
fake_order_set(struct fake_order *o)
{
	const char *name = fake_order_word(o);
	const char *value = o->rest != NULL ? o->rest : "";

	if (!fake_settings_set(&o->terminal->settings, name, value, true,
	                       o->error, sizeof o->error))
		return false;
	buf_appendf(o->out, " %s %s", name, value);
	return true;
}

bool
fake_order_drop(struct fake_order *o)
{
	buf_appendf(o->out, " %u", fake_session_count(o->terminal, false));
	o->terminal->drop = true;	/* the server does it, after us */
	return true;
}

bool
fake_order_reboot(struct fake_order *o)
{
	struct fake_terminal *t = o->terminal;
	int64_t ms;

	if (!fake_order_number(o, 0, AWAY_MOST, t->settings.reboot_ms, &ms))
		return fake_order_fail(o, "reboot MS: MS is 0 to 600000");
	fake_terminal_power_cut(t, ms);
	buf_appendf(o->out, " %lld", (long long)ms);
	return true;
}

/* WRITES [answered|silent] [MS] */
bool
fake_order_crash(struct fake_order *o)
{
	struct fake_terminal *t = o->terminal;
	struct fake_crash crash = { 0 };
	const char *how;

	if (!text_to_int(fake_order_word(o), 0, INT32_MAX, &crash.writes))
		return fake_order_fail(o, "crash WRITES: after so many users "
		                       "written");
	how = fake_order_word(o);
	crash.silent = strcmp(how, "silent") == 0;
	if (!crash.silent && *how != '\0' && strcmp(how, "answered") != 0)
		return fake_order_fail(o, "crash WRITES answered or silent");
	if (!fake_order_number(o, 0, AWAY_MOST, t->settings.reboot_ms,
	                       &crash.away_ms))
		return fake_order_fail(o, "crash WRITES HOW MS: MS is 0 to "
		                       "600000");
	t->crash = crash;
	buf_appendf(o->out, " %lld", (long long)crash.writes);
	return true;
}

static bool
read_scope(const char *word, bool *bulk)
{
	*bulk = strcmp(word, "bulk") == 0;
	return *bulk || strcmp(word, "any") == 0;
}

/* KIND [any|bulk] [COUNT] */
bool
fake_order_fault(struct fake_order *o)
{
	const char *kind = fake_order_word(o), *next = fake_order_word(o);
	struct fake_fault fault = { 0 };
	int64_t count = 1;

	if (!fake_fault_read(kind, &fault))
		return fake_order_fail(o, "fault checksum, close, error:CODE, "
		                       "garbage, late, none, short, size, "
		                       "stall or stray");
	if (read_scope(next, &fault.bulk))
		next = fake_order_word(o);
	if (*next != '\0' && !text_to_int(next, 1, INT32_MAX, &count))
		return fake_order_fail(o, "fault KIND [any|bulk] [COUNT]");
	fault.count = fault.kind == FAKE_FAULT_NONE ? 0 : count;
	o->terminal->fault = fault;
	buf_appendf(o->out, " %s %lld", kind, (long long)fault.count);
	return true;
}

/* ---- clock ---------------------------------------------------------------*/

static bool
show_clock(struct fake_order *o)
{
	char now[CLOCK_TEXT_SIZE];

	clock_format(fake_terminal_clock(o->terminal), now);
	buf_appendf(o->out, " %s", now);
	return true;
}

bool
fake_order_time(struct fake_order *o)
{
	int64_t off;

	if (!text_to_int(fake_order_word(o), -CLOCK_OFF_MOST, CLOCK_OFF_MOST,
	                 &off))
		return fake_order_fail(o, "time SECONDS: how far the clock "
		                       "is ahead");
	o->terminal->clock_off_s = off;
	return show_clock(o);
}

/* As the battery left it, or moved from where it is. */
bool
fake_order_clock(struct fake_order *o)
{
	const char *how = fake_order_word(o);
	int64_t now_local = fake_terminal_clock(o->terminal), by;

	if (strcmp(how, "dead") == 0)
		now_local = CLOCK_DEAD;
	else if (strcmp(how, "jump") == 0 &&
	         text_to_int(fake_order_word(o), -CLOCK_OFF_MOST,
	                     CLOCK_OFF_MOST, &by))
		now_local += by;
	else
		return fake_order_fail(o, "clock dead, or clock jump SECONDS");
	if (!wire_time_fits(now_local))
		return fake_order_fail(o, "the year must be 2000 to 2099");
	fake_terminal_set_clock(o->terminal, now_local);
	return show_clock(o);
}
