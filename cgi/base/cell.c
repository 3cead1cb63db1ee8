/* cell.c: what stands in a spreadsheet's cells, and what that did to it */
#include "base/cell.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"

#define NBSP "\xc2\xa0"		/* a blank that does not break */
#define FIRST_YEAR 1900
#define LAST_YEAR 2199
#define SERIAL_LEAST 10000	/* 18-05-1927: years are shorter numbers */
#define SERIAL_MOST 99999

/* How many bytes of a blank `s` begins with. */
static size_t
blank_at(const char *s)
{
	if (*s != '\0' && strchr(" \t\n", *s) != NULL)
		return 1;
	return text_after(s, NBSP) != NULL ? strlen(NBSP) : 0;
}

/* Does it begin with what a spreadsheet takes for a formula (see sheet.h)? */
static bool
is_formula(const char *s)
{
	static const char *const heads[] = {
		"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20",
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		if (text_after(s, heads[i]) != NULL)
			return true;
	}
	return false;
}

static const char *
skip_blanks(const char *s)
{
	size_t n;

	while ((n = blank_at(s)) > 0)
		s += n;
	return s;
}

/* As text: a formula, behind blanks or not, and what begins with a tab. */
static bool
is_marked(const char *s)
{
	const char *head = s + 1 + strspn(s + 1, " ");

	return *head == '\t' || *head == '\n' ||
	       is_formula(skip_blanks(head));
}

/* And the same in the middle, where a sheet may begin a cell (sheet_csv.c). */
static char *
without_marks(char *text)
{
	char *to = text;

	for (const char *s = text; *s != '\0'; s++) {
		bool may_begin = s > text && (s[-1] == ';' || s[-1] == '\n');

		if (!may_begin || *s != '\'' ||
		    !is_formula(s + 1 + strspn(s + 1, " \t")))
			*to++ = *s;
	}
	*to = '\0';
	return text;
}

const char *
cell_text(struct arena *a, const char *cell)
{
	size_t n, len = 0;

	cell = skip_blanks(without_marks(arena_strdup(a, cell)));
	if (*cell == '\'' && is_marked(cell))
		cell = skip_blanks(cell + 1);
	for (size_t i = 0; cell[i] != '\0'; i += n) {
		n = blank_at(cell + i);
		if (n == 0) {
			n = 1;
			len = i + 1;
		}
	}
	return arena_strndup(a, cell, len);
}

/* "9.87654E+09": digits, maybe a point and more, E, a sign, digits. */
static bool
is_rounded(const char *s)
{
	size_t n = strspn(s, "0123456789");

	s += n;
	if (n == 0)
		return false;
	if (*s == '.' || *s == ',')
		s += 1 + strspn(s + 1, "0123456789");
	if ((*s != 'E' && *s != 'e') || (s[1] != '+' && s[1] != '-'))
		return false;
	n = strspn(s + 2, "0123456789");
	return n > 0 && s[2 + n] == '\0';
}

enum cell_damage
cell_damage(const char *text)
{
	static const char *const errors[] = { "#DIV/0!", "#N/A", "#NAME?",
		"#NULL!", "#NUM!", "#REF!", "#VALUE!" };
	size_t hashes = strspn(text, "#");

	if (hashes > 1 && text[hashes] == '\0')
		return CELL_HASHES;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		if (strcmp(text, errors[i]) == 0)
			return CELL_ERROR;
	}
	return is_rounded(text) ? CELL_ROUNDED : CELL_WHOLE;
}

/* ---- days ---------------------------------------------------------------- */

/* A number of at most `most` digits; how many it has, 0 for none. */
static size_t
take_number(const char **s, size_t most, int *out)
{
	size_t n = 0;

	for (*out = 0; n < most && isdigit((unsigned char)(*s)[n]); n++)
		*out = *out * 10 + ((*s)[n] - '0');
	*s += n;
	return n;
}

/* "Dec", "december": three letters of it, or all. */
static bool
take_month(const char **s, int *out)
{
	static const char *const names[] = { "january", "february", "march",
		"april", "may", "june", "july", "august", "september",
		"october", "november", "december" };
	size_t n = 0;

	while (isalpha((unsigned char)(*s)[n]))
		n++;
	for (int i = 0; i < 12; i++) {
		if ((n != 3 && n != strlen(names[i])) ||
		    strncasecmp(*s, names[i], n) != 0)
			continue;
		*out = i + 1;
		*s += n;
		return true;
	}
	return false;
}

static bool
take_separator(const char **s)
{
	if (**s == '\0' || strchr("-/. ", **s) == NULL)
		return false;
	++*s;
	return true;
}

/* "2026-12-31", or the day first; how many digits its year has, 0: none. */
static size_t
take_date(const char **s, struct clock_date *date)
{
	const char *begin = *s;
	int first;

	if (take_number(s, 4, &first) == 4) {
		date->year = first;
		return take_separator(s) && take_number(s, 2, &date->month) &&
			take_separator(s) && take_number(s, 2, &date->day) ? 4
			: 0;
	}
	*s = begin;
	if (!take_number(s, 2, &date->day) || !take_separator(s) ||
	    (!take_month(s, &date->month) &&
	     !take_number(s, 2, &date->month)) ||
	    !take_separator(s))
		return 0;
	return take_number(s, 4, &date->year);
}

/* " 18:30", " 06:30:00 pm"; nothing at all is midnight. */
static bool
take_time(const char *s, struct clock_date *date)
{
	bool is_half = false;

	date->hour = date->minute = date->second = 0;
	if (*s == '\0')
		return true;
	if (*s != ' ' && *s != 'T')
		return false;
	s++;
	if (!take_number(&s, 2, &date->hour) || *s++ != ':' ||
	    take_number(&s, 2, &date->minute) != 2)
		return false;
	if (*s == ':') {
		s++;
		if (take_number(&s, 2, &date->second) != 2)
			return false;
	}
	s += strspn(s, " ");
	if (strcasecmp(s, "am") == 0 || strcasecmp(s, "pm") == 0) {
		is_half = true;
		if (date->hour < 1 || date->hour > 12)
			return false;
		date->hour = date->hour % 12 + (tolower((unsigned char)*s) ==
		                                'p' ? 12 : 0);
	}
	return is_half || *s == '\0';
}

static bool
is_serial(const char *text)
{
	int64_t n;

	return text_to_int(text, SERIAL_LEAST, SERIAL_MOST, &n);
}

enum cell_day
cell_parse_day(const char *text, int32_t *day, int *second_of_day)
{
	struct clock_date date = { 0 };
	int64_t local;
	size_t digits;

	if (is_serial(text))
		return CELL_SERIAL;
	digits = take_date(&text, &date);
	if ((digits != 2 && digits != 4) || !take_time(text, &date))
		return CELL_NO_DAY;
	if (digits == 2)
		date.year += date.year < 70 ? 2000 : 1900;
	if (date.month > 12 && date.month <= 31 && date.day >= 1 &&
	    date.day <= 12)
		return CELL_MONTH_FIRST;
	if (date.year < FIRST_YEAR || date.year > LAST_YEAR ||
	    !clock_join(&date, &local))
		return CELL_NO_DAY;
	*day = clock_day(local);
	if (second_of_day != NULL)
		*second_of_day = (int)(local - (int64_t)*day *
		                       CLOCK_DAY_SECONDS);
	return CELL_DAY;
}
