/* clock.c: wall time, zones, deadlines, back-off */
#include "base/clock.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define ZONE_NAME_MAX 64

#ifndef GYMGATE_RELEASE
/* The offset that a test asks for, in milliseconds. */
static int64_t
test_offset_ms(void)
{
	const char *path = getenv("GYMGATE_TEST_CLOCK");
	char text[32] = "";
	int fd;

	if (path == NULL)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof text - 1) < 0)
		text[0] = '\0';
	close(fd);
	return strtoll(text, NULL, 10);
}
#else
static int64_t
test_offset_ms(void)
{
	return 0;
}
#endif

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_now_ms(void)
{
	return read_clock(CLOCK_REALTIME) + test_offset_ms();
}

int64_t
clock_mono_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int
clock_left_ms(int64_t deadline)
{
	int64_t left = deadline - clock_mono_ms();

	if (left <= 0)
		return 0;
	return left < INT32_MAX ? (int)left : INT32_MAX;
}

bool
clock_zone_valid(const char *zone)
{
	char path[sizeof ZONE_FOLDER + ZONE_NAME_MAX + 1], magic[4] = "";
	size_t len = strlen(zone);
	int fd;
	bool valid;

	/* not right/..., which counts leap seconds, nor this machine's own */
	if (len == 0 || len > ZONE_NAME_MAX ||
	    !isupper((unsigned char)*zone) || strstr(zone, "//") != NULL)
		return false;
	for (const char *c = zone; *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c) && strchr("/_+-", *c) == NULL)
			return false;
	}
	snprintf(path, sizeof path, "%s/%s", ZONE_FOLDER, zone);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	valid = read(fd, magic, 4) == 4 && memcmp(magic, "TZif", 4) == 0;
	close(fd);
	return valid;
}

/* The C library knows one zone at a time; changing it is the slow part. */
static void
use_zone(const char *zone)
{
	static char current[ZONE_NAME_MAX + 2];
	char wanted[ZONE_NAME_MAX + 2];

	snprintf(wanted, sizeof wanted, ":%s", zone);
	if (strcmp(current, wanted) == 0)
		return;
	setenv("TZ", wanted, 1);
	tzset();
	memcpy(current, wanted, sizeof current);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t
clock_local(const char *zone, int64_t at)
{
	time_t seconds = (time_t)floor_div(at, 1000);
	struct tm tm;

	use_zone(zone);
	if (localtime_r(&seconds, &tm) == NULL)
		return seconds;
	return (int64_t)seconds + tm.tm_gmtoff;
}

int64_t
clock_instant(const char *zone, int64_t local)
{
	/* the two offsets around that moment; the earlier fit wins */
	int64_t before = clock_local(zone, (local - CLOCK_DAY_SECONDS) * 1000) -
		(local - CLOCK_DAY_SECONDS);
	int64_t after = clock_local(zone, (local + CLOCK_DAY_SECONDS) * 1000) -
		(local + CLOCK_DAY_SECONDS);
	int64_t first = before > after ? before : after;
	int64_t second = before > after ? after : before;

	if (clock_local(zone, (local - first) * 1000) == local)
		return (local - first) * 1000;
	if (clock_local(zone, (local - second) * 1000) == local)
		return (local - second) * 1000;
	return (local - before) * 1000;
}

int32_t
clock_day(int64_t local)
{
	return (int32_t)floor_div(local, CLOCK_DAY_SECONDS);
}

/* Days from 1970-01-01 of a date of the Gregorian calendar, and back. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = floor_div(y, 400), of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 +
		day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
		of_year - 719468;
}

struct clock_date
clock_split(int64_t local)
{
	int64_t days = floor_div(local, CLOCK_DAY_SECONDS);
	int left = (int)(local - days * CLOCK_DAY_SECONDS);
	int64_t z = days + 719468, era = floor_div(z, 146097);
	int64_t of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 -
	             of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;
	int month = (int)(m < 10 ? m + 3 : m - 9);

	return (struct clock_date){
		.year = (int)(y + era * 400 + (month <= 2)),
		.month = month,
		.day = (int)(of_year - (153 * m + 2) / 5 + 1),
		.hour = left / 3600,
		.minute = left / 60 % 60,
		.second = left % 60,
	};
}

bool
clock_join(const struct clock_date *d, int64_t *local)
{
	static const int longest[] = { 31, 29, 31, 30, 31, 30,
		                       31, 31, 30, 31, 30, 31 };
	bool leap = (d->year % 4 == 0 && d->year % 100 != 0) ||
		d->year % 400 == 0;

	if (d->year < 1 || d->year > 9999 || d->month < 1 || d->month > 12 ||
	    d->day < 1 || d->day > longest[d->month - 1] ||
	    (d->month == 2 && d->day == 29 && !leap) || d->hour < 0 ||
	    d->hour > 23 || d->minute < 0 || d->minute > 59 ||
	    d->second < 0 || d->second > 59)
		return false;
	*local = days_of(d->year, d->month, d->day) * CLOCK_DAY_SECONDS +
		d->hour * 3600 + d->minute * 60 + d->second;
	return true;
}

/* The last `digits` digits of a number, and what comes after them. */
static char *
put_number(char *out, int value, int digits, char after)
{
	unsigned left = (unsigned)value;

	for (int i = digits - 1; i >= 0; i--, left /= 10)
		out[i] = (char)('0' + left % 10);
	out[digits] = after;
	return out + digits + 1;
}

/* By hand: a batch of punches, or a page, writes a thousand of them. */
void
clock_format(int64_t local, char out[CLOCK_TEXT_SIZE])
{
	struct clock_date d = clock_split(local);

	out = put_number(out, d.year, 4, '-');
	out = put_number(out, d.month, 2, '-');
	out = put_number(out, d.day, 2, ' ');
	out = put_number(out, d.hour, 2, ':');
	out = put_number(out, d.minute, 2, ':');
	put_number(out, d.second, 2, '\0');
}

void
clock_format_day(int32_t day, char out[CLOCK_DAY_TEXT_SIZE])
{
	char text[CLOCK_TEXT_SIZE];

	clock_format((int64_t)day * CLOCK_DAY_SECONDS, text);
	memcpy(out, text, CLOCK_DAY_TEXT_SIZE - 1);
	out[CLOCK_DAY_TEXT_SIZE - 1] = '\0';
}

/* Reads exactly `digits` digits at *p and steps over them. */
static bool
take_number(const char **p, int digits, int *value)
{
	*value = 0;
	for (; digits > 0; digits--, (*p)++) {
		if (!isdigit((unsigned char)**p))
			return false;
		*value = *value * 10 + (**p - '0');
	}
	return true;
}

static bool
take(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool
take_date(const char **p, struct clock_date *d)
{
	return take_number(p, 4, &d->year) && take(p, '-') &&
	       take_number(p, 2, &d->month) && take(p, '-') &&
	       take_number(p, 2, &d->day) && d->year >= 1000;
}

static bool
take_time(const char **p, struct clock_date *d)
{
	if (!take_number(p, 2, &d->hour) || !take(p, ':') ||
	    !take_number(p, 2, &d->minute) || !take(p, ':') ||
	    !take_number(p, 2, &d->second))
		return false;
	if (take(p, '.')) {
		if (!isdigit((unsigned char)**p))
			return false;
		while (isdigit((unsigned char)**p))
			(*p)++;
	}
	return true;
}

static bool
take_offset(const char **p, int *offset_s)
{
	int sign = **p == '-' ? -1 : 1, hours, minutes = 0;

	if (take(p, 'Z')) {
		*offset_s = 0;
		return true;
	}
	if (!take(p, '+') && !take(p, '-'))
		return false;
	if (!take_number(p, 2, &hours))
		return false;
	if (**p != '\0') {
		take(p, ':');
		if (!take_number(p, 2, &minutes))
			return false;
	}
	*offset_s = sign * (hours * 3600 + minutes * 60);
	return hours <= 14 && minutes <= 59;
}

bool
clock_parse(const char *text, int64_t *local, bool *has_offset, int *offset_s)
{
	struct clock_date d = { 0 };
	const char *p = text;

	*offset_s = 0;
	if (!take_date(&p, &d) || (!take(&p, ' ') && !take(&p, 'T')) ||
	    !take_time(&p, &d))
		return false;
	*has_offset = *p != '\0';
	if (*has_offset && (!take_offset(&p, offset_s) || *p != '\0'))
		return false;
	return clock_join(&d, local);
}

bool
clock_parse_day(const char *text, int32_t *day)
{
	struct clock_date d = { 0 };
	const char *p = text;
	int64_t local;

	if (!take_date(&p, &d) || *p != '\0' || !clock_join(&d, &local))
		return false;
	*day = clock_day(local);
	return true;
}

int
clock_backoff_ms(int attempt, int least_ms, int most_ms)
{
	int64_t pause = least_ms;
	uint32_t dice = 0;

	while (attempt-- > 0 && pause < most_ms)
		pause *= 2;
	if (pause > most_ms)
		pause = most_ms;
	if (getrandom(&dice, sizeof dice, 0) != (ssize_t)sizeof dice)
		dice = (uint32_t)clock_mono_ms();
	return (int)(pause / 2 + dice % (uint32_t)(pause / 2 + 1));
}
