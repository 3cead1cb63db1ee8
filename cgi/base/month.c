/* month.c: a month as a calendar draws it, in weeks that begin on Monday */
#include "base/month.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define WEEK 7
#define EPOCH_WEEKDAY 3		/* 1970-01-01 was a Thursday */

int
month_weekday(int32_t day)
{
	int n = (int)((day % WEEK + EPOCH_WEEKDAY) % WEEK);

	return n < 0 ? n + WEEK : n;
}

static struct clock_date
date_of(int32_t day)
{
	return clock_split((int64_t)day * CLOCK_DAY_SECONDS);
}

struct month
month_of(int32_t day)
{
	struct clock_date date = date_of(day);
	struct month m = { .first_day = day - date.day + 1 };

	/* 31 days on it is one of the first days of the next month */
	m.last_day = m.first_day + 31;
	m.last_day -= date_of(m.last_day).day;
	m.lead = month_weekday(m.first_day);
	m.weeks = (m.lead + m.last_day - m.first_day + WEEK) / WEEK;
	return m;
}

struct month
month_before(const struct month *m)
{
	return month_of(m->first_day - 1);
}

struct month
month_after(const struct month *m)
{
	return month_of(m->last_day + 1);
}

struct month
month_ago(int32_t day, int count)
{
	struct month m = month_of(day);

	while (count-- > 0)
		m = month_before(&m);
	return m;
}

bool
month_parse(const char *text, struct month *out)
{
	char day_text[CLOCK_DAY_TEXT_SIZE];
	int32_t day;
	int year;

	if (strlen(text) != MONTH_TEXT_SIZE - 1)
		return false;
	snprintf(day_text, sizeof day_text, "%s-01", text);
	if (!clock_parse_day(day_text, &day))
		return false;
	year = date_of(day).year;
	if (year < MONTH_FIRST_YEAR || year > MONTH_LAST_YEAR)
		return false;
	*out = month_of(day);
	return true;
}

void
month_format(const struct month *m, char out[MONTH_TEXT_SIZE])
{
	char day_text[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(m->first_day, day_text);
	memcpy(out, day_text, MONTH_TEXT_SIZE - 1);
	out[MONTH_TEXT_SIZE - 1] = '\0';
}
