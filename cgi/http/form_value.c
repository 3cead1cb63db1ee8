/* form_value.c: what is typed into one field, by its type */
#include "http/form_value.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/text.h"

/* whoever types another has mistyped; and what is added to it stays a day */
#define FIRST_YEAR 1900
#define LAST_YEAR 2199

static bool
is_control(const char *s, const char *but)
{
	for (; *s != '\0'; s++) {
		if (((unsigned char)*s < 0x20 || *s == 0x7f) &&
		    strchr(but, *s) == NULL)
			return true;
	}
	return false;
}

static int64_t
count_characters(const char *s)
{
	int64_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static enum word
check_length(const char *s, const struct form_field *field)
{
	int64_t n = count_characters(s);

	if (n > field->most)
		return WORD_TOO_LONG;
	return n < field->least ? WORD_TOO_SHORT : WORD_NONE;
}

static enum word
read_text(const char *s, const struct form_field *field, void *value)
{
	*(const char **)value = s;
	if (is_control(s, field->type == FORM_LINES ? "\r\n\t" : ""))
		return WORD_UNREADABLE;
	return check_length(s, field);
}

static enum word
read_word(const char *s, const struct form_field *field, void *value)
{
	*(const char **)value = s;
	if (!text_is_word(s, strlen(s), field->also == NULL ? "" : field->also))
		return WORD_UNREADABLE;
	return check_length(s, field);
}

static enum word
read_int(const char *s, const struct form_field *field, void *value)
{
	if (!text_to_int(s, INT64_MIN, INT64_MAX, value))
		return WORD_NOT_A_NUMBER;
	return *(int64_t *)value < field->least ||
		*(int64_t *)value > field->most ? WORD_OUT_OF_BOUNDS
		: WORD_NONE;
}

/* One or two digits, or just four; moves `s` behind them. */
static bool
take_number(const char **s, size_t least, size_t most, int *value)
{
	size_t n = 0;

	for (*value = 0; n < most && **s >= '0' && **s <= '9'; n++)
		*value = *value * 10 + (*(*s)++ - '0');
	return n >= least;
}

static bool
take_one(const char **s, const char *of)
{
	return **s != '\0' && strchr(of, *(*s)++) != NULL;
}

/* "2026-12-31", as a browser's own field sends it. */
static bool
take_iso(const char **s, struct clock_date *d)
{
	return take_number(s, 4, 4, &d->year) && take_one(s, "-") &&
	       take_number(s, 2, 2, &d->month) && take_one(s, "-") &&
	       take_number(s, 2, 2, &d->day);
}

/* "31-12-2026", "1/2/2026", as people write it here. */
static bool
take_written(const char **s, struct clock_date *d)
{
	return take_number(s, 1, 2, &d->day) && take_one(s, "-/.") &&
	       take_number(s, 1, 2, &d->month) && take_one(s, "-/.") &&
	       take_number(s, 4, 4, &d->year);
}

/* A day in front of `s`; what follows it begins at `*end`. */
static bool
scan_day(const char *s, int32_t *day, size_t *end)
{
	struct clock_date d = { 0 };
	const char *iso = s, *written = s;
	bool is_iso = take_iso(&iso, &d);
	int64_t local;

	if (!is_iso && !take_written(&written, &d))
		return false;
	*end = (size_t)((is_iso ? iso : written) - s);
	if (d.year < 1000 || !clock_join(&d, &local))
		return false;
	*day = clock_day(local);
	return true;
}

static enum word
check_year(int64_t local)
{
	int year = clock_split(local).year;

	return year < FIRST_YEAR || year > LAST_YEAR ? WORD_OUT_OF_BOUNDS
		: WORD_NONE;
}

static enum word
read_day(const char *s, const struct form_field *field, void *value)
{
	size_t end;

	(void)field;
	if (!scan_day(s, value, &end) || s[end] != '\0')
		return WORD_NOT_A_DAY;
	return check_year((int64_t)*(int32_t *)value * CLOCK_DAY_SECONDS);
}

static enum word
read_local(const char *s, const struct form_field *field, void *value)
{
	char iso[CLOCK_TEXT_SIZE + 8];
	char day_text[CLOCK_DAY_TEXT_SIZE];
	bool has_offset;
	int offset_s;
	int32_t day;
	size_t end;

	(void)field;
	if (!scan_day(s, &day, &end) || (s[end] != ' ' && s[end] != 'T') ||
	    strlen(s + end) > strlen(" 18:30:00"))
		return WORD_NOT_A_TIME;
	clock_format_day(day, day_text);
	snprintf(iso, sizeof iso, "%s %.8s%s", day_text, s + end + 1,
	         strlen(s + end + 1) == 5 ? ":00" : "");
	if (!clock_parse(iso, value, &has_offset, &offset_s) || has_offset)
		return WORD_NOT_A_TIME;
	return check_year(*(int64_t *)value);
}

static enum word
read_time(const char *s, void *value)
{
	int hour, minute;

	if (!take_number(&s, 1, 2, &hour) || !take_one(&s, ":.") ||
	    !take_number(&s, 2, 2, &minute) || *s != '\0' || hour > 23 ||
	    minute > 59)
		return WORD_NOT_AN_HOUR;
	*(int64_t *)value = hour * 60 + minute;
	return WORD_NONE;
}

static enum word
read_choice(const char *s, const struct form_field *field, void *value)
{
	for (const char *const *c = field->choices; *c != NULL; c++) {
		if (strcmp(*c, s) == 0) {
			*(const char **)value = *c;
			return WORD_NONE;
		}
	}
	return WORD_NOT_A_CHOICE;
}

enum word
form_value_read(const struct form_field *field, const char *currency,
                const char *s, void *value)
{
	switch (field->type) {
	case FORM_LINE:
	case FORM_LINES:
	case FORM_SECRET:
		return read_text(s, field, value);
	case FORM_WORD:
		return read_word(s, field, value);
	case FORM_INT:
		return read_int(s, field, value);
	case FORM_DAY:
		return read_day(s, field, value);
	case FORM_LOCAL:
		return read_local(s, field, value);
	case FORM_TIME:
		return read_time(s, value);
	case FORM_MONEY:
		return money_parse(s, currency, value) ? WORD_NONE
			: WORD_NOT_MONEY;
	case FORM_CHOICE:
		return read_choice(s, field, value);
	case FORM_BOOL:
		break;
	}
	return WORD_NONE;
}
