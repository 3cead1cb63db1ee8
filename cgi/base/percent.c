/* percent.c: rates with two decimals, as typed and as printed */
#include "base/percent.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int64_t
take_digits(const char **s, int most, int *count)
{
	int64_t value = 0;

	for (*count = 0; *count < most && **s >= '0' && **s <= '9'; (*s)++) {
		value = value * 10 + (**s - '0');
		(*count)++;
	}
	return value;
}

bool
percent_parse(const char *text, int64_t *hundredths)
{
	int whole, decimals = 0;
	int64_t part = 0;

	text += strspn(text, " ");
	*hundredths = take_digits(&text, 3, &whole) * 100;
	if (whole > 0 && *text == '.') {
		text++;
		part = take_digits(&text, 2, &decimals);
		if (decimals == 0)
			return false;
	}
	*hundredths += decimals == 1 ? part * 10 : part;
	text += strspn(text, " ");
	if (*text == '%')
		text++;
	return whole > 0 && *text == '\0' && *hundredths <= PERCENT_MOST;
}

const char *
percent_text(int64_t hundredths, char out[PERCENT_TEXT_SIZE])
{
	snprintf(out, PERCENT_TEXT_SIZE, hundredths % 100 == 0
	         ? "%" PRId64 : "%" PRId64 ".%02d", hundredths / 100,
	         (int)(hundredths % 100));
	return out;
}
