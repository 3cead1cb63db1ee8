/* terminal.c: the fake terminal itself: clock, users, log, who listens */
#include "tests/terminal/terminal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "tests/terminal/session.h"

#define FIRST_SESSION 0x2b67

/* Those of a state file may have been deleted since: no new ones to it. */
static void
add_first_users(struct fake_terminal *t)
{
	char id[24], name[32];

	if (t->store.user_count > 0)
		return;
	for (int64_t n = 1; n <= t->settings.users; n++) {
		snprintf(id, sizeof id, "%lld", (long long)n);
		snprintf(name, sizeof name, "Member %lld", (long long)n);
		fake_store_put_user(&t->store, id, name);
	}
	fake_store_save(&t->store);
}

bool
fake_terminal_init(struct fake_terminal *t,
                   const struct fake_settings *settings, char *error,
                   size_t size)
{
	memset(t, 0, sizeof *t);
	t->settings = *settings;
	t->next_session = FIRST_SESSION;
	t->dice = (uint64_t)settings->seed;
	fake_store_init(&t->store);
	if (settings->state != NULL &&
	    !fake_store_open(&t->store, settings->state, error, size))
		return false;
	add_first_users(t);
	return true;
}

void
fake_terminal_finish(struct fake_terminal *t)
{
	fake_store_finish(&t->store);
	fake_options_finish(t);
	fake_settings_finish(&t->settings);
}

uint32_t
fake_terminal_dice(struct fake_terminal *t, uint32_t below)
{
	/* Knuth's MMIX generator; its high bits are the good ones */
	t->dice = t->dice * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((t->dice >> 33) % below);
}

/* ---- clock ---------------------------------------------------------------*/

/* What a correct clock shows here. */
static int64_t
true_clock(const struct fake_terminal *t)
{
	int64_t now_at = clock_now_ms();
	time_t seconds = (time_t)(now_at / 1000);
	struct tm tm;

	if (t->settings.zone != NULL)
		return clock_local(t->settings.zone, now_at);
	if (localtime_r(&seconds, &tm) == NULL)
		return seconds;
	return seconds + tm.tm_gmtoff;
}

int64_t
fake_terminal_clock(const struct fake_terminal *t)
{
	return true_clock(t) + t->clock_off_s;
}

void
fake_terminal_set_clock(struct fake_terminal *t, int64_t local)
{
	t->clock_off_s = local - true_clock(t);
}

/* ---- disabled ------------------------------------------------------------*/

void
fake_terminal_disable(struct fake_terminal *t, struct fake_session *by,
                      uint32_t timeout_s)
{
	int64_t now = clock_mono_ms();

	if (!fake_terminal_disabled(t)) {
		t->disabled_since = now;
		t->disabled_count++;
	}
	t->disabled = true;
	t->disabled_by = by;
	t->disabled_until = 0;
	if (timeout_s > 0)
		t->disabled_until = now + (int64_t)timeout_s * 1000;
}

static void
end_disabled(struct fake_terminal *t, int64_t at)
{
	t->disabled_ms += at - t->disabled_since;
	t->disabled = false;
	t->disabled_by = NULL;
}

void
fake_terminal_enable(struct fake_terminal *t)
{
	if (fake_terminal_disabled(t))
		end_disabled(t, clock_mono_ms());
}

bool
fake_terminal_disabled(struct fake_terminal *t)
{
	if (t->disabled && t->disabled_until != 0 &&
	    clock_mono_ms() >= t->disabled_until)
		end_disabled(t, t->disabled_until);
	return t->disabled;
}

/* ---- power ---------------------------------------------------------------*/

void
fake_terminal_power_cut(struct fake_terminal *t, int64_t away_ms)
{
	t->power_cut = false;
	t->away_until = INT64_MAX;
	if (away_ms != FAKE_FOR_GOOD)
		t->away_until = clock_mono_ms() + away_ms;
	fake_terminal_enable(t);
	for (struct fake_session *s = t->sessions; s != NULL; s = s->next)
		fake_session_die(s);
}

int
fake_terminal_away(const struct fake_terminal *t)
{
	return clock_left_ms(t->away_until);
}
