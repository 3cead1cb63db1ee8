/* gstin.c: the number under which an Indian business pays GST */
#include "base/gstin.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define LEN (GSTIN_SIZE - 1)

/* 9: a digit, A: a letter, *: either, Z: itself. */
static const char pattern[GSTIN_SIZE] = "99AAAAA9999A*Z*";
static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static bool
fits(char c, char kind)
{
	switch (kind) {
	case '9':
		return c >= '0' && c <= '9';
	case 'A':
		return c >= 'A' && c <= 'Z';
	case 'Z':
		return c == 'Z';
	default:
		return c != '\0' && strchr(digits, c) != NULL;
	}
}

/* Base 36, every second digit twice, what is carried added: as Luhn's. */
static char
check_digit(const char *text)
{
	size_t sum = 0;

	for (size_t i = 0; i < LEN - 1; i++) {
		size_t value = (size_t)(strchr(digits, text[i]) - digits) *
			(1 + i % 2);

		sum += value / 36 + value % 36;
	}
	return digits[(36 - sum % 36) % 36];
}

bool
gstin_parse(const char *text, char out[GSTIN_SIZE])
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == ' ')
			continue;
		if (n == LEN)
			return false;
		out[n] = (char)toupper((unsigned char)*text);
		if (!fits(out[n], pattern[n]))
			return false;
		n++;
	}
	out[n] = '\0';
	return n == LEN && out[LEN - 1] == check_digit(out);
}
