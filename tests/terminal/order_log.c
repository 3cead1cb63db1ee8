/* order_log.c: orders to the log of a running fake terminal */
#include "tests/terminal/order.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static bool
moment(struct fake_order *o, int64_t *local)
{
	const char *w = fake_order_word(o);
	bool has_offset;
	int offset_s;

	if (*w == '\0') {
		*local = fake_terminal_clock(o->terminal);
		return true;
	}
	return clock_parse(w, local, &has_offset, &offset_s) && !has_offset;
}

bool
fake_order_punch(struct fake_order *o)
{
	const char *user_id = fake_order_word(o);
	char when[CLOCK_TEXT_SIZE];
	int64_t state, verify, local;

	if (!moment(o, &local))
		return fake_order_fail(o, "a time is written "
		                       "2026-03-12T07:30:00");
	if (!fake_order_number(o, 0, 255, 0, &state) ||
	    !fake_order_number(o, 0, 255, 1, &verify))
		return fake_order_fail(o, "state and verify are numbers from "
		                       "0 to 255");
	if (!fake_terminal_punch(o->terminal, user_id, local, (uint8_t)state,
	                         (uint8_t)verify, o->error, sizeof o->error))
		return false;
	clock_format(local, when);
	buf_appendf(o->out, " %s %s", user_id, when);
	return true;
}

bool
fake_order_log(struct fake_order *o)
{
	int64_t count;

	if (!text_to_int(fake_order_word(o), 1, FAKE_LOG_MOST, &count))
		return fake_order_fail(o, "log N: N is 1 to 200000");
	if (!fake_terminal_fill(o->terminal, (size_t)count, o->error,
	                        sizeof o->error))
		return false;
	buf_appendf(o->out, " %lld", (long long)count);
	return true;
}

bool
fake_order_clear(struct fake_order *o)
{
	buf_appendf(o->out, " %zu", o->terminal->store.punch_count);
	fake_store_clear(&o->terminal->store);
	return true;
}

bool
fake_order_dump(struct fake_order *o)
{
	const char *path = o->rest != NULL ? o->rest : "";
	size_t count;

	if (!fake_store_dump(&o->terminal->store, path, &count))
		return fake_order_fail(o, strerror(errno));
	buf_appendf(o->out, " %zu", count);
	return true;
}

bool
fake_order_refill(struct fake_order *o)
{
	int64_t count;

	if (!text_to_int(fake_order_word(o), 1, FAKE_LOG_MOST, &count))
		return fake_order_fail(o, "refill N: N is 1 to 200000");
	if (!fake_terminal_refill(o->terminal, (size_t)count, o->error,
	                          sizeof o->error))
		return false;
	buf_appendf(o->out, " %lld", (long long)count);
	return true;
}

bool
fake_order_double(struct fake_order *o)
{
	int64_t count;

	if (!fake_order_number(o, 1, FAKE_LOG_MOST, 1, &count))
		return fake_order_fail(o, "double N: N is 1 to 200000");
	if (!fake_terminal_double(o->terminal, (size_t)count, o->error,
	                          sizeof o->error))
		return false;
	buf_appendf(o->out, " %lld", (long long)count);
	return true;
}

bool
fake_order_bad(struct fake_order *o)
{
	const char *word = fake_order_word(o);
	enum wire_bad bad = fake_store_bad_word(word);
	int64_t count;

	if (bad == WIRE_BAD_NONE)
		return fake_order_fail(o, "bad date, bad user or bad bytes");
	if (!fake_order_number(o, 1, FAKE_LOG_MOST, 1, &count))
		return fake_order_fail(o, "bad KIND N: N is 1 to 200000");
	if (!fake_terminal_spoil(o->terminal, bad, (size_t)count, o->error,
	                         sizeof o->error))
		return false;
	buf_appendf(o->out, " %s %lld", word, (long long)count);
	return true;
}

/* The punch itself may still be refused when it comes to it. */
bool
fake_order_amid(struct fake_order *o)
{
	struct fake_terminal *t = o->terminal;
	const char *user_id = fake_order_word(o);
	int64_t count;

	if (!text_is_word(user_id, WIRE_USER_ID_SIZE - 1, ""))
		return fake_order_fail(o, "amid ID: 1 to 24 letters or digits");
	if (!fake_order_number(o, 0, FAKE_LOG_MOST, 1, &count))
		return fake_order_fail(o, "amid ID N: N is 0 to 200000");
	text_copy(t->amid_user, sizeof t->amid_user, user_id);
	t->amid_count = count;
	buf_appendf(o->out, " %s %lld", user_id, (long long)count);
	return true;
}
