/* whatsapp_words.c: what the service says, as it may be kept and shown */
#include "gym/whatsapp_words.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define NUMBER_DIGITS 7		/* and more in a row may be a telephone's */
#define DIGITS_SHOWN 2		/* of it */

/*
 * The bytes at `s` that may be one telephone number: digits, with single blanks
 * and dashes between.  `digits` counts them.
 */
static size_t
number_length(const char *s, size_t *digits)
{
	size_t len = 0;

	for (*digits = 0; isdigit((unsigned char)s[len]); (*digits)++) {
		len++;
		if ((s[len] == ' ' || s[len] == '-') &&
		    isdigit((unsigned char)s[len + 1]))
			len++;
	}
	return len;
}

static void
strike_numbers(char *words)
{
	for (char *c = words; *c != '\0'; c++) {
		size_t digits, len = number_length(c, &digits);

		if (digits >= NUMBER_DIGITS) {
			for (size_t i = 0; i + DIGITS_SHOWN < len; i++) {
				if (isdigit((unsigned char)c[i]))
					c[i] = '*';
			}
		}
		c += len > 0 ? len - 1 : 0;
	}
}

static void
strike_token(char *words, const char *token)
{
	char *at = words;

	if (token == NULL || *token == '\0')
		return;
	while ((at = strstr(at, token)) != NULL)
		memset(at, '*', strlen(token));
}

/* What is struck out goes first: cut, it would not be known any more. */
void
whatsapp_words(const char *words, const char *token,
               char out[MESSAGE_ERROR_MAX + 1])
{
	struct buf b = BUF_INIT;
	size_t len;

	buf_append_str(&b, words);
	for (char *c = b.data; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	strike_token(b.data, token);
	strike_numbers(b.data);
	len = b.len < MESSAGE_ERROR_MAX ? b.len : MESSAGE_ERROR_MAX;
	while (len > 0 && !text_is_utf8(b.data, len))
		len--;
	memcpy(out, b.data, len);
	out[len] = '\0';
	buf_finish(&b);
}
