/* terminal.c: the fake terminal itself: clock, users, log, who listens */
#include "tests/terminal/terminal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/terminal/session.h"

#define FIRST_SESSION 0x2b67
#define GAP_MINUTES 9	/* the longest between two punches made up */

static void
add_first_users(struct fake_terminal *t)
{
	char id[24], name[32];

	for (int64_t n = 1; n <= t->settings.users; n++) {
		snprintf(id, sizeof id, "%lld", (long long)n);
		snprintf(name, sizeof name, "Member %lld", (long long)n);
		if (fake_store_user(&t->store, id) == NULL)
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

/* ---- punches -------------------------------------------------------------*/

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
	if ((int64_t)t->store.punch_count >= t->settings.capacity)
		return "log full";
	if (fake_store_user(&t->store, user_id) == NULL &&
	    (int64_t)t->store.user_count >= t->settings.user_capacity)
		return "users full";
	return NULL;
}

bool
fake_terminal_punch(struct fake_terminal *t, const char *user_id,
                    int64_t at_local, uint8_t state, uint8_t verify,
                    char *error, size_t size)
{
	const char *why = why_refused(t, user_id, at_local);
	struct wire_user *u;

	if (why != NULL) {
		snprintf(error, size, "%s", why);
		return false;
	}
	u = fake_store_user(&t->store, user_id);
	if (u == NULL)
		u = fake_store_put_user(&t->store, user_id, "");
	fake_store_add_punch(&t->store, u, at_local, state, verify);
	for (struct fake_session *s = t->sessions; s != NULL; s = s->next)
		fake_session_event(s,
			&t->store.punches[t->store.punch_count - 1]);
	return true;
}

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
	const char *why = NULL;

	/* the same gaps twice: to find the first minute, and to go by */
	for (size_t i = 0; i < count; i++)
		minute -= next_gap(t);
	t->dice = dice;
	if (t->store.user_count == 0)
		why = "there are no users";
	else if (t->store.punch_count + count > (size_t)t->settings.capacity)
		why = "log full";
	else if (!wire_time_fits(minute * 60))
		why = "that many do not fit behind the year 2000";
	if (why != NULL) {
		snprintf(error, size, "%s", why);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t before = t->dice;

		add_made_up(t, minute);
		t->dice = before;
		minute += next_gap(t);
	}
	return true;
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

/* ---- options -------------------------------------------------------------*/

static const struct {
	const char *name, *value;
} fixed_options[] = {
	{ "DeviceID", "1" },
	{ "FaceFunOn", "0" },
	{ "FingerFunOn", "1" },
	{ "GATEIPAddress", "127.0.0.1" },
	{ "IPAddress", "127.0.0.1" },
	{ "NetMask", "255.255.255.0" },
	{ "WorkCode", "0" },
	{ "~IsOnlyRFMachine", "0" },
	{ "~OEMVendor", "ZKTECO CO., LTD." },
	{ "~OS", "1" },
	{ "~PIN2Width", "24" },
	{ "~ProductTime", "2016-04-26 10:00:00" },
	{ "~RFCardOn", "1" },
	{ "~SSR", "1" },
	{ "~ZKFPVersion", "10" },
};

const char *
fake_terminal_option(const struct fake_terminal *t, const char *name)
{
	const struct {
		const char *name, *value;
	} own[] = {
		{ "FirmVer", t->settings.firmware },
		{ "MAC", t->settings.mac },
		{ "~DeviceName", t->settings.name },
		{ "~Platform", t->settings.platform },
		{ "~SerialNumber", t->settings.serial },
	};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		if (strcmp(own[i].name, name) == 0)
			return own[i].value;
	}
	for (size_t i = 0; i < sizeof fixed_options / sizeof *fixed_options;
	     i++) {
		if (strcmp(fixed_options[i].name, name) == 0)
			return fixed_options[i].value;
	}
	return NULL;
}
