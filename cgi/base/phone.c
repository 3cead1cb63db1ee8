/* phone.c: telephone numbers: as people type them, as E.164, as they read them */
#include "base/phone.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MOST 15		/* of E.164, the country's code included */
#define DIGITS_LEAST 6
#define TYPED_MOST (DIGITS_MOST + 2)	/* with 00 in front */
#define INDIA "91"
#define INDIA_DIGITS 10

/* Its digits alone; false where something stands that is none of a number. */
static bool
pick_digits(const char *s, char out[TYPED_MOST + 1])
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (strchr(" -().", *s) != NULL)
			continue;
		if (*s < '0' || *s > '9' || n == TYPED_MOST)
			return false;
		out[n++] = *s;
	}
	out[n] = '\0';
	return n > 0;
}

/* The number within the country, once its code is off. */
static bool
is_national(const char *digits, const char *country)
{
	size_t len = strlen(digits);

	if (strcmp(country, INDIA) == 0)
		return len == INDIA_DIGITS && digits[0] != '0';
	return len + strlen(country) >= DIGITS_LEAST && digits[0] != '0' &&
	       len + strlen(country) <= DIGITS_MOST;
}

/* With a country's code before it: another country's is taken as it is. */
static bool
is_international(const char *digits)
{
	size_t len = strlen(digits);

	if (strncmp(digits, INDIA, strlen(INDIA)) == 0)
		return is_national(digits + strlen(INDIA), INDIA);
	return digits[0] != '0' && len >= DIGITS_LEAST && len <= DIGITS_MOST;
}

/* "919876543210", as many phones show it: the code without a plus. */
static bool
has_code_without_plus(const char *digits, const char *country)
{
	size_t len = strlen(country);

	return strcmp(country, INDIA) == 0 &&
	       strncmp(digits, country, len) == 0 &&
	       is_national(digits + len, country);
}

bool
phone_parse(const char *text, const char *country, char out[PHONE_SIZE])
{
	char digits[TYPED_MOST + 1];
	const char *number = digits;
	bool is_whole;

	text += strspn(text, " ");
	is_whole = *text == '+';
	if (!pick_digits(text + is_whole, digits))
		return false;
	if (!is_whole && strncmp(digits, "00", 2) == 0) {
		is_whole = true;
		number += 2;
	}
	if (!is_whole && has_code_without_plus(number, country))
		is_whole = true;
	if (is_whole) {
		snprintf(out, PHONE_SIZE, "+%.15s", number);
		return is_international(number);
	}
	number += *number == '0';
	return snprintf(out, PHONE_SIZE, "+%s%s", country, number) <
		PHONE_SIZE && is_national(number, country);
}

const char *
phone_text(const char *e164, const char *country, char out[PHONE_TEXT_SIZE])
{
	size_t len = strlen(country);
	const char *number = e164 + 1;

	/* a 0 in front would go when that is read again */
	if (strncmp(number, country, len) != 0 || number[len] == '0')
		snprintf(out, PHONE_TEXT_SIZE, "%.16s", e164);
	else if (strlen(number + len) == INDIA_DIGITS)
		snprintf(out, PHONE_TEXT_SIZE, "%.5s %.5s", number + len,
		         number + len + 5);
	else
		snprintf(out, PHONE_TEXT_SIZE, "%.15s", number + len);
	return out;
}

const char *
phone_plain(const char *e164, const char *country, char out[PHONE_TEXT_SIZE])
{
	char text[PHONE_TEXT_SIZE];

	phone_text(e164, country, text);
	/* with a blank: no spreadsheet takes that for a number */
	snprintf(out, PHONE_TEXT_SIZE, "%s%.16s", *text == '+' ? "00 " : "",
	         text + (*text == '+'));
	return out;
}
