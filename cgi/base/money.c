/* money.c: amounts of a currency, as typed and as printed */
#include "base/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

struct currency {
	const char *code, *sign;
	int decimals;
	bool is_indian;		/* 1,50,000; and no decimals where they are 0 */
};

static const struct currency currencies[] = {
	{ "AED", "AED ", 2, false },
	{ "BDT", "৳", 2, true },
	{ "EUR", "€", 2, false },
	{ "GBP", "£", 2, false },
	{ "INR", "₹", 2, true },
	{ "JPY", "¥", 0, false },
	{ "KWD", "KWD ", 3, false },
	{ "LKR", "Rs ", 2, true },
	{ "NPR", "Rs ", 2, true },
	{ "PKR", "Rs ", 2, true },
	{ "USD", "$", 2, false },
};

static struct currency
find(const char *code)
{
	struct currency other = { code, NULL, 2, false };

	for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++) {
		if (strcmp(currencies[i].code, code) == 0)
			return currencies[i];
	}
	return other;
}

static int64_t
units_of(const struct currency *c)
{
	int64_t units = 1;

	for (int i = 0; i < c->decimals; i++)
		units *= 10;
	return units;
}

/* Behind a sign, a code or "Rs", and blanks. */
static const char *
skip_currency(const char *s, const struct currency *c)
{
	const char *const heads[] = { c->sign, c->code, "Rs.", "Rs" };

	s += strspn(s, " ");
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		size_t len = heads[i] == NULL ? 0 : strcspn(heads[i], " ");

		if (len > 0 && strncasecmp(s, heads[i], len) == 0) {
			s += len;
			break;
		}
	}
	return s + strspn(s, " ");
}

/* The digits before the point; commas may stand between them. */
static const char *
read_whole(const char *s, int64_t *out)
{
	const char *start = s;

	*out = 0;
	while ((*s >= '0' && *s <= '9') || (*s == ',' && s > start)) {
		if (*s != ',')
			*out = *out * 10 + (*s - '0');
		if (*out > MONEY_MOST)
			return NULL;
		s++;
	}
	return s == start ? NULL : s;
}

bool
money_parse(const char *text, const char *currency, int64_t *out)
{
	struct currency c = find(currency);
	int64_t whole, part = 0, unit = units_of(&c);
	const char *s = read_whole(skip_currency(text, &c), &whole);

	if (s == NULL)
		return false;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9' && unit > 1; s++) {
			unit /= 10;
			part += (*s - '0') * unit;
		}
	}
	s += strspn(s, " ");
	if (*s != '\0' || whole > MONEY_MOST / units_of(&c))
		return false;
	*out = whole * units_of(&c) + part;
	return *out <= MONEY_MOST;
}

/* Groups of three; Indian: the last three, then groups of two. */
static void
put_grouped(int64_t whole, bool is_indian, char out[MONEY_TEXT_SIZE])
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%" PRId64, whole), n = 0;

	for (int i = 0; i < len; i++) {
		int left = len - i;	/* digits from here on */

		if (i > 0 && (left == 3 || (left > 3 && (is_indian
		    ? (left - 3) % 2 == 0 : left % 3 == 0))))
			out[n++] = ',';
		out[n++] = digits[i];
	}
	out[n] = '\0';
}

/* ".50": what is left of a whole, with its leading zeros. */
static void
put_part(int64_t part, int decimals, char out[MONEY_TEXT_SIZE])
{
	out[decimals + 1] = '\0';
	for (int i = decimals; i > 0; i--) {
		out[i] = (char)('0' + part % 10);
		part /= 10;
	}
	out[0] = '.';
}

const char *
money_text(int64_t amount, const char *currency, char out[MONEY_TEXT_SIZE])
{
	struct currency c = find(currency);
	int64_t unit = units_of(&c), value = amount < 0 ? -amount : amount;
	char grouped[MONEY_TEXT_SIZE], part[MONEY_TEXT_SIZE] = "";

	put_grouped(value / unit, c.is_indian, grouped);
	if (c.decimals > 0 && (value % unit != 0 || !c.is_indian))
		put_part(value % unit, c.decimals, part);
	snprintf(out, MONEY_TEXT_SIZE, "%s%.12s%s%.28s%.4s",
	         amount < 0 ? "-" : "", c.sign == NULL ? currency : c.sign,
	         c.sign == NULL ? " " : "", grouped, part);
	return out;
}

const char *
money_plain(int64_t amount, const char *currency, char out[MONEY_TEXT_SIZE])
{
	struct currency c = find(currency);
	int64_t unit = units_of(&c);
	char part[MONEY_TEXT_SIZE] = "";

	if (amount % unit != 0)
		put_part(amount % unit, c.decimals, part);
	snprintf(out, MONEY_TEXT_SIZE, "%" PRId64 "%.4s", amount / unit, part);
	return out;
}

int
money_decimals(const char *currency)
{
	return find(currency).decimals;
}
