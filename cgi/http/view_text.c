/* view_text.c: times and numbers as people read them */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "http/view.h"

static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};

/* 1970-01-01 was a Thursday. */
static const char *const weekdays[] = {
	"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday",
	"Wednesday",
};

const char *
view_time_text(int64_t local, char out[VIEW_TEXT_SIZE])
{
	struct clock_date d = clock_split(local);

	snprintf(out, VIEW_TEXT_SIZE, "%d:%02d %s",
	         d.hour % 12 == 0 ? 12 : d.hour % 12, d.minute,
	         d.hour < 12 ? "am" : "pm");
	return out;
}

static struct clock_date
date_of(int32_t day)
{
	return clock_split((int64_t)day * CLOCK_DAY_SECONDS);
}

const char *
view_day_text(int32_t day, char out[VIEW_TEXT_SIZE])
{
	struct clock_date d = date_of(day);

	snprintf(out, VIEW_TEXT_SIZE, "%d %s %d", d.day, months[d.month - 1],
	         d.year);
	return out;
}

const char *
view_weekday_name(int32_t day)
{
	return weekdays[((int64_t)day % 7 + 7) % 7];
}

const char *
view_weekday_text(int32_t day, char out[VIEW_TEXT_SIZE])
{
	struct clock_date d = date_of(day);

	snprintf(out, VIEW_TEXT_SIZE, "%.3s %d %s", view_weekday_name(day),
	         d.day, months[d.month - 1]);
	return out;
}

const char *
view_month_text(int32_t day, char out[VIEW_TEXT_SIZE])
{
	struct clock_date d = date_of(day);

	snprintf(out, VIEW_TEXT_SIZE, "%s %d", months[d.month - 1], d.year);
	return out;
}

const char *
view_month_short_text(int32_t day, char out[VIEW_TEXT_SIZE])
{
	snprintf(out, VIEW_TEXT_SIZE, "%s", months[date_of(day).month - 1]);
	return out;
}

const char *
view_hour_text(int hour, char out[VIEW_TEXT_SIZE])
{
	int next = (hour + 1) % 24;
	bool is_am = hour < 12, is_next_am = next < 12;

	snprintf(out, VIEW_TEXT_SIZE, "%d%s-%d%s",
	         hour % 12 == 0 ? 12 : hour % 12,
	         is_am == is_next_am ? "" : is_am ? " am" : " pm",
	         next % 12 == 0 ? 12 : next % 12, is_next_am ? " am" : " pm");
	return out;
}

const char *
view_tenths_text(int64_t tenths, char out[VIEW_TEXT_SIZE])
{
	if (tenths >= 100)
		return view_number_text((tenths + 5) / 10, out);
	if (tenths % 10 == 0)
		snprintf(out, VIEW_TEXT_SIZE, "%d", (int)tenths / 10);
	else
		snprintf(out, VIEW_TEXT_SIZE, "%d.%d", (int)tenths / 10,
		         (int)tenths % 10);
	return out;
}

const char *
view_span_text(int64_t seconds, char out[VIEW_TEXT_SIZE])
{
	/* from `from_s` seconds on, in whole units of `unit_s` */
	static const struct {
		int64_t from_s, unit_s;
		const char *unit;
	} steps[] = {
		{ 2 * 86400, 86400, "days" },
		{ 2 * 3600, 3600, "h" },
		{ 2 * 60, 60, "min" },
		{ 0, 1, "s" },
	};
	int64_t span = seconds < 0 ? -seconds : seconds;
	size_t i = 0;

	while (span < steps[i].from_s)
		i++;
	snprintf(out, VIEW_TEXT_SIZE, "%" PRId64 " %s", span / steps[i].unit_s,
	         steps[i].unit);
	return out;
}

const char *
view_ago_text(int64_t then_at, int64_t now_at, char out[VIEW_TEXT_SIZE])
{
	int64_t seconds = (now_at - then_at) / 1000;
	char span[VIEW_TEXT_SIZE];

	if (seconds < 10)
		snprintf(out, VIEW_TEXT_SIZE, "just now");
	else
		snprintf(out, VIEW_TEXT_SIZE, "%.20s ago",
		         view_span_text(seconds, span));
	return out;
}

const char *
view_number_text(int64_t number, char out[VIEW_TEXT_SIZE])
{
	char digits[VIEW_TEXT_SIZE];
	int len = snprintf(digits, sizeof digits, "%" PRId64, number), n = 0;

	for (int i = 0; i < len; i++) {
		bool after_digit = i > 0 && digits[i - 1] != '-';

		if (after_digit && (len - i) % 3 == 0)
			out[n++] = ',';
		out[n++] = digits[i];
	}
	out[n] = '\0';
	return out;
}
