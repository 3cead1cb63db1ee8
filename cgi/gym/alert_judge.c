/* alert_judge.c: what is wrong with a terminal, by what its bridge has said */
#include "gym/alert_judge.h"

#include <string.h>

#include "base/clock.h"
#include "gym/device.h"

#define MINUTE_S 60

static const char *const names[ALERT__COUNT] = {
	[ALERT_BACKLOG] = "BACKLOG",
	[ALERT_BRIDGE] = "BRIDGE",
	[ALERT_LOG] = "LOG",
	[ALERT_TERMINAL] = "TERMINAL",
};

const char *
alert_kind_name(enum alert_kind kind)
{
	return names[kind];
}

enum alert_kind
alert_kind_of(const char *name)
{
	int i = 0;

	while (i < ALERT__COUNT && strcmp(names[i], name) != 0)
		i++;
	return (enum alert_kind)i;
}

int64_t
alert_opened_at(const char *zone, int64_t opens, int64_t closes,
                int64_t now_at)
{
	int64_t local = clock_local(zone, now_at);
	int64_t midnight = (int64_t)clock_day(local) * CLOCK_DAY_SECONDS;
	int64_t minute = (local - midnight) / MINUTE_S;
	bool is_early = minute < opens;		/* it opened yesterday, if at all */

	if (opens == closes)
		return 0;	/* long ago */
	if (opens < closes ? is_early || minute >= closes
	    : is_early && minute >= closes)
		return CLOCK_NO_TIME;
	if (is_early)
		midnight -= CLOCK_DAY_SECONDS;
	return clock_instant(zone, midnight + opens * MINUTE_S);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* `until_at` is when it was last known to be silent since `since_at`. */
static enum alert_verdict
judge_silence(int64_t since_at, int64_t until_at, int64_t opened_at,
              int64_t silent_ms)
{
	if (until_at - since_at < DEVICE_SILENT_MS)
		return ALERT_WELL;
	return opened_at != CLOCK_NO_TIME &&
		until_at - later(since_at, opened_at) >= silent_ms
		? ALERT_HOLDS : ALERT_UNCLEAR;
}

bool
alert_sample_is_due(const struct alert_facts *f, int64_t now_at)
{
	return f->sample_at == CLOCK_NO_TIME || f->sample_at > now_at ||
		now_at - f->sample_at >= ALERT_SAMPLE_MS;
}

static enum alert_verdict
judge_backlog(const struct alert_facts *f, int64_t now_at)
{
	if (f->waiting == 0 || f->waiting * 2 < f->most_waiting)
		return ALERT_WELL;
	return f->waiting >= ALERT_WAITING_MANY &&
		f->sample_at != CLOCK_NO_TIME &&
		now_at - f->sample_at >= ALERT_SAMPLE_MS &&
		now_at - f->sample_at < 2 * ALERT_SAMPLE_MS &&
		f->waiting > f->sample_waiting ? ALERT_HOLDS : ALERT_UNCLEAR;
}

void
alert_judge(const struct alert_facts *f, int64_t opened_at, int64_t now_at,
            int64_t silent_ms, enum alert_verdict verdicts[ALERT__COUNT])
{
	for (int i = 0; i < ALERT__COUNT; i++)
		verdicts[i] = ALERT_UNCLEAR;
	if (f->seen_at == CLOCK_NO_TIME)
		return;
	verdicts[ALERT_BRIDGE] = judge_silence(f->seen_at, now_at, opened_at,
	                                       silent_ms);
	if (f->log_capacity > 0)
		verdicts[ALERT_LOG] = f->log_count * 100 > f->log_capacity *
			DEVICE_LOG_FULL_PERCENT ? ALERT_HOLDS : ALERT_WELL;
	if (verdicts[ALERT_BRIDGE] != ALERT_WELL)
		return;
	verdicts[ALERT_BACKLOG] = judge_backlog(f, now_at);
	if (f->reached_at != CLOCK_NO_TIME)
		verdicts[ALERT_TERMINAL] = judge_silence(f->reached_at,
			f->seen_at, opened_at, silent_ms);
}
