/* punches.c: how the log of the fake terminal grows */
#include "tests/terminal/terminal.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/terminal/session.h"

#define GAP_MINUTES 9	/* the longest between two punches made up */

static bool
refuse(char *error, size_t size, const char *why)
{
	snprintf(error, size, "%s", why);
	return false;
}

/* ---- room ----------------------------------------------------------------*/

static size_t
missing_room(const struct fake_terminal *t, size_t count)
{
	size_t after = t->store.punch_count + count;
	size_t capacity = (size_t)t->settings.capacity;

	return after > capacity ? after - capacity : 0;
}

/* Would `count` records find room, the oldest given up where that is done? */
static bool
has_room(const struct fake_terminal *t, size_t count)
{
	if (t->settings.full == FAKE_FULL_STOP)
		return missing_room(t, count) == 0;
	return count <= (size_t)t->settings.capacity;
}

/* Gives up the oldest for them: just as many, or whole blocks. */
static void
make_room(struct fake_terminal *t, size_t count)
{
	size_t missing = missing_room(t, count);
	size_t block = (size_t)t->settings.drop_block;

	if (missing == 0)
		return;
	if (t->settings.full == FAKE_FULL_DROP_BLOCK)
		missing = (missing + block - 1) / block * block;
	fake_store_drop(&t->store, missing);
}

/* ---- a punch -------------------------------------------------------------*/

/* Layouts without room for letters cannot hold such a user. */
static bool
user_fits(const struct fake_terminal *t, const char *user_id)
{
	bool numbers_only = t->settings.user_form == 0 ||
		t->settings.record_form == WIRE_RECORD_16;
	int64_t number;

	return text_is_word(user_id, WIRE_USER_ID_SIZE - 1, "") &&
		(!numbers_only || text_to_int(user_id, 0, UINT32_MAX, &number));
}

static const char *
why_no_user(struct fake_terminal *t, const char *user_id)
{
	const struct wire_user *u = fake_store_user(&t->store, user_id);
	const char *why;

	if (u == NULL)
		return (int64_t)t->store.user_count <
			t->settings.user_capacity ? NULL : "users full";
	why = fake_terminal_keeps_out(t, u);
	t->counts.kept_out += why != NULL;
	return why;
}

static const char *
why_refused(struct fake_terminal *t, const char *user_id, int64_t at_local)
{
	if (!user_fits(t, user_id))
		return "this terminal cannot hold such a user id";
	if (!wire_time_fits(at_local))
		return "the year must be 2000 to 2099";
	if (fake_terminal_disabled(t) && t->settings.disable_blocks) {
		t->refused_punches++;
		return "disabled";
	}
	if (!has_room(t, 1))
		return "log full";
	return why_no_user(t, user_id);
}

bool
fake_terminal_punch(struct fake_terminal *t, const char *user_id,
                    int64_t at_local, uint8_t state, uint8_t verify,
                    char *error, size_t size)
{
	const char *why = why_refused(t, user_id, at_local);
	struct wire_user *u;

	if (why != NULL)
		return refuse(error, size, why);
	u = fake_store_user(&t->store, user_id);
	if (u == NULL)
		u = fake_store_put_user(&t->store, user_id, "");
	make_room(t, 1);
	fake_store_add_punch(&t->store, u, at_local, state, verify);
	for (struct fake_session *s = t->sessions; s != NULL; s = s->next)
		fake_session_event(s,
			&t->store.punches[t->store.punch_count - 1]);
	return true;
}

/* ---- many of them --------------------------------------------------------*/

/* The minute before which made-up punches must lie. */
static int64_t
free_minute(const struct fake_terminal *t)
{
	int64_t least = fake_terminal_clock(t);

	for (size_t i = 0; i < t->store.punch_count; i++) {
		if (t->store.punches[i].at_local < least)
			least = t->store.punches[i].at_local;
	}
	return least / 60;
}

static uint32_t
next_gap(struct fake_terminal *t)
{
	return 1 + fake_terminal_dice(t, GAP_MINUTES);
}

static void
add_made_up(struct fake_terminal *t, int64_t minute)
{
	struct fake_store *st = &t->store;
	uint32_t who = fake_terminal_dice(t, (uint32_t)st->user_count);
	int64_t second = fake_terminal_dice(t, 60);

	fake_store_add_punch(st, &st->users[who], minute * 60 + second,
	                     (uint8_t)fake_terminal_dice(t, 2),
	                     (uint8_t)fake_terminal_dice(t, 2));
}

bool
fake_terminal_fill(struct fake_terminal *t, size_t count, char *error,
                   size_t size)
{
	int64_t minute = free_minute(t);
	uint64_t dice = t->dice;

	/* the same gaps twice: to find the first minute, and to go by */
	for (size_t i = 0; i < count; i++)
		minute -= next_gap(t);
	t->dice = dice;
	if (t->store.user_count == 0)
		return refuse(error, size, "there are no users");
	if (!has_room(t, count))
		return refuse(error, size, "log full");
	if (!wire_time_fits(minute * 60))
		return refuse(error, size,
		              "that many do not fit behind the year 2000");
	make_room(t, count);
	for (size_t i = 0; i < count; i++) {
		uint64_t before = t->dice;

		add_made_up(t, minute);
		t->dice = before;
		minute += next_gap(t);
	}
	return true;
}

/* The newest time of the log, or that of a clock a day ago. */
static int64_t
newest_local(const struct fake_terminal *t)
{
	int64_t most = fake_terminal_clock(t) - CLOCK_DAY_SECONDS;

	for (size_t i = 0; i < t->store.punch_count; i++) {
		if (t->store.punches[i].at_local > most)
			most = t->store.punches[i].at_local;
	}
	return most;
}

/*
 * They are spread over the time since the newest of before.  In a short one
 * several users share a second; only when all have punched in each of them,
 * the clock is overtaken.
 */
bool
fake_terminal_refill(struct fake_terminal *t, size_t count, char *error,
                     size_t size)
{
	struct fake_store *st = &t->store;
	int64_t newest = newest_local(t), left, step = 1;
	size_t at_once = 1;

	if (st->user_count == 0)
		return refuse(error, size, "there are no users");
	if (count > (size_t)t->settings.capacity)
		return refuse(error, size, "log full");
	left = fake_terminal_clock(t) - newest;
	if (left >= (int64_t)count)
		step = left / (int64_t)count;
	else
		at_once = left > 0 ? count / (size_t)left + 1 : st->user_count;
	if (at_once > st->user_count)
		at_once = st->user_count;
	if (!wire_time_fits(newest + (int64_t)(count / at_once + 1) * step))
		return refuse(error, size, "the year must be 2000 to 2099");
	fake_store_clear(st);
	for (size_t i = 0; i < count; i++)
		fake_store_add_punch(st, &st->users[i % st->user_count],
		                     newest + (int64_t)(i / at_once + 1) * step,
		                     (uint8_t)(i % 2), 1);
	return true;
}

bool
fake_terminal_double(struct fake_terminal *t, size_t count, char *error,
                     size_t size)
{
	if (count > t->store.punch_count)
		return refuse(error, size, "the log has not that many");
	if (!has_room(t, count))
		return refuse(error, size, "log full");
	fake_store_double(&t->store, count);
	make_room(t, 0);	/* only now: the copied may have to go */
	return true;
}

bool
fake_terminal_spoil(struct fake_terminal *t, enum wire_bad bad, size_t count,
                    char *error, size_t size)
{
	int64_t now_local = fake_terminal_clock(t);

	if (!has_room(t, count))
		return refuse(error, size, "log full");
	if (!wire_time_fits(now_local))
		return refuse(error, size, "the year must be 2000 to 2099");
	make_room(t, count);
	for (size_t i = 0; i < count; i++)
		fake_store_add_bad(&t->store, bad, now_local + (int64_t)i);
	return true;
}
