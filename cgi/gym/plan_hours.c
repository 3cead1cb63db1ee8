/* plan_hours.c: on which days and at what times a plan may be used */
#include "gym/plan_hours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define WINDOW_LEN 10
#define DAY_MINUTES 1440
#define ALL_DAYS 0x7f

/* ---- text ---------------------------------------------------------------- */

static bool
read_number(const char *text, size_t len, int base, int *out)
{
	char copy[8] = "", *end;

	memcpy(copy, text, len);
	if (strspn(copy, "0123456789abcdef") != len)
		return false;
	*out = (int)strtol(copy, &end, base);
	return *end == '\0';
}

static bool
read_minutes(const char *text, int16_t *out)
{
	int hour, minute;

	if (!read_number(text, 2, 10, &hour) ||
	    !read_number(text + 2, 2, 10, &minute) || minute > 59 ||
	    hour * 60 + minute > DAY_MINUTES)
		return false;
	*out = (int16_t)(hour * 60 + minute);
	return true;
}

static bool
read_window(const char *text, struct plan_window *out)
{
	int days;

	if (!read_number(text, 2, 16, &days) || days == 0 || days > ALL_DAYS ||
	    !read_minutes(text + 2, &out->from) ||
	    !read_minutes(text + 6, &out->to) || out->from == DAY_MINUTES)
		return false;
	out->days = (uint8_t)days;
	return true;
}

bool
plan_hours_parse(const char *text, struct plan_hours *out)
{
	size_t len = text == NULL ? 0 : strlen(text);

	*out = (struct plan_hours){ .count = len / WINDOW_LEN };
	if (len % WINDOW_LEN != 0 || out->count > PLAN_HOURS_MAX)
		return false;
	for (size_t i = 0; i < out->count; i++) {
		if (!read_window(text + i * WINDOW_LEN, &out->windows[i]))
			return false;
	}
	return true;
}

void
plan_hours_format(const struct plan_hours *hours,
                  char out[PLAN_HOURS_TEXT_SIZE])
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < hours->count; i++) {
		const struct plan_window *w = &hours->windows[i];

		len += (size_t)snprintf(out + len, PLAN_HOURS_TEXT_SIZE - len,
			"%02x%02d%02d%02d%02d", w->days & ALL_DAYS,
			w->from / 60, w->from % 60, w->to / 60, w->to % 60);
	}
}

/* ---- moments ------------------------------------------------------------- */

/* 1 January 1970 was a Thursday. */
static bool
is_day_of(const struct plan_window *w, int32_t day)
{
	int weekday = ((day + 3) % 7 + 7) % 7;

	return (w->days >> weekday & 1) != 0;
}

/* The window that begins on `day`, as moments of the wall clock. */
static bool
place(const struct plan_window *w, int32_t day, int64_t *from, int64_t *to)
{
	int64_t midnight = (int64_t)day * CLOCK_DAY_SECONDS;

	*from = midnight + w->from * 60;
	*to = midnight + w->to * 60 +
		(w->to <= w->from ? CLOCK_DAY_SECONDS : 0);
	return is_day_of(w, day);
}

bool
plan_hours_open(const struct plan_hours *hours, int64_t local)
{
	int32_t day = clock_day(local);
	int64_t from, to;

	for (size_t i = 0; i < hours->count; i++) {
		for (int32_t d = day - 1; d <= day; d++) {
			if (place(&hours->windows[i], d, &from, &to) &&
			    from <= local && local < to)
				return true;
		}
	}
	return hours->count == 0;
}

int64_t
plan_hours_next(const struct plan_hours *hours, int64_t local, int64_t most)
{
	int32_t day = clock_day(local);

	for (size_t i = 0; i < hours->count; i++) {
		for (int32_t d = day - 1; d <= day + 7; d++) {
			int64_t edges[2];

			if (!place(&hours->windows[i], d, &edges[0],
			           &edges[1]))
				continue;
			for (int e = 0; e < 2; e++) {
				if (edges[e] > local && edges[e] < most)
					most = edges[e];
			}
		}
	}
	return most;
}
