/* fuzz_typed.c: what people type: phones, amounts, rates, codes, addresses */
#include <assert.h>

#include "base/clock.h"
#include "base/gstin.h"
#include "base/mail.h"
#include "base/money.h"
#include "base/month.h"
#include "base/percent.h"
#include "base/phone.h"
#include "base/text.h"
#include "base/url.h"
#include "gym/secret.h"
#include "gym/user.h"
#include "http/http.h"
#include "tests/fuzz/fuzz.h"

/* E.164; and whatever we show or export of it is the same number again. */
static void
try_phone(const char *text, const char *country)
{
	char phone[PHONE_SIZE], again[PHONE_SIZE], shown[PHONE_TEXT_SIZE];
	size_t len;

	if (!phone_parse(text, country, phone))
		return;
	len = strlen(phone);
	assert(phone[0] == '+' && len >= 7 && len < PHONE_SIZE);
	assert(phone[1] != '0' && strspn(phone + 1, "0123456789") == len - 1);
	assert(phone_parse(phone, country, again) &&
	       strcmp(again, phone) == 0);
	assert(phone_parse(phone_text(phone, country, shown), country, again) &&
	       strcmp(again, phone) == 0);
	assert(phone_parse(phone_plain(phone, country, shown), country,
	                   again) && strcmp(again, phone) == 0);
}

static void
try_money(const char *text, const char *currency)
{
	char shown[MONEY_TEXT_SIZE];
	int64_t amount = -1, again;

	if (!money_parse(text, currency, &amount))
		return;
	assert(amount >= 0 && amount <= MONEY_MOST);
	assert(money_parse(money_plain(amount, currency, shown), currency,
	                   &again) && again == amount);
	assert(money_parse(money_text(amount, currency, shown), currency,
	                   &again) && again == amount);
}

static void
try_numbers(const char *text)
{
	char shown[PERCENT_TEXT_SIZE], month[MONTH_TEXT_SIZE], digits[24];
	int64_t number, again;
	struct month m;

	if (percent_parse(text, &number)) {
		assert(number >= 0 && number <= PERCENT_MOST);
		assert(percent_parse(percent_text(number, shown), &again) &&
		       again == number);
	}
	if (month_parse(text, &m)) {
		month_format(&m, month);
		assert(strcmp(text, month) == 0);
		assert(m.weeks >= 4 && m.weeks <= 6);
	}
	if (text_to_int(text, -5000, INT64_MAX, &number)) {
		assert(number >= -5000);
		snprintf(digits, sizeof digits, "%lld", (long long)number);
		assert(strcmp(text, digits) == 0);
	}
}

static void
try_codes(const char *text)
{
	char gstin[GSTIN_SIZE], code[SECRET_CODE_SIZE], again[GSTIN_SIZE];

	if (gstin_parse(text, gstin)) {
		assert(text_is_word(gstin, GSTIN_SIZE - 1, ""));
		assert(strlen(gstin) == GSTIN_SIZE - 1);
		assert(gstin_parse(gstin, again) && strcmp(gstin, again) == 0);
	}
	if (secret_read_code(text, code)) {
		assert(strlen(code) == SECRET_CODE_SIZE - 1);
		assert(strpbrk(code, "ILO01ilo -") == NULL);
		assert(secret_read_code(code, again) &&
		       strcmp(code, again) == 0);
	}
	/* the name of a file below the zones', and of no other */
	assert(!clock_zone_valid(text) || (strchr(text, '.') == NULL &&
	       text[0] != '/' && strstr(text, "//") == NULL));
}

static void
try_url(const uint8_t *data, size_t size)
{
	char *url = fuzz_text(data, size), *again;

	if (url_check(url) == NULL) {
		assert(strncmp(url, "http://", 7) == 0 ||
		       strncmp(url, "https://", 8) == 0);
		assert(strpbrk(url, " \t\r\n?#@") == NULL);
		assert(url[strlen(url) - 1] != '/');
		assert(!url_is_open(url) || url[4] == ':');
		again = strdup(url);
		assert(again != NULL && url_check(again) == NULL &&
		       strcmp(url, again) == 0);
		free(again);
	}
	free(url);
}

/* Lines with CR LF, of ASCII, none too long; nobody adds a header. */
static void
check_letter(const struct buf *letter)
{
	const char *end = strstr(letter->data, "\r\n\r\n"), *line;
	size_t names = 0;

	assert(end != NULL && strlen(letter->data) == letter->len);
	for (line = letter->data; *line != '\0';) {
		size_t len = strcspn(line, "\r\n");

		assert(len <= 998 && strncmp(line + len, "\r\n", 2) == 0);
		names += line < end && *line != ' ';
		line += len + 2;
	}
	for (const char *c = letter->data; *c != '\0'; c++)
		assert(*c == '\r' || *c == '\n' || (*c >= ' ' && *c <= '~'));
	assert(names == 9);
}

static void
try_mail(const char *text)
{
	const struct mail mail = {
		.to = mail_is_address(text) ? text : "owner@example.org",
		.subject = text, .text = text, .id = "fuzz.1",
	};
	struct buf letter = BUF_INIT;

	assert(strpbrk(mail.to, " \r\n<>") == NULL && strlen(mail.to) <= 254);
	mail_format(&mail, "gymgate@localhost", 0, &letter);
	check_letter(&letter);
	buf_finish(&letter);
	if (user_email_valid(text))
		assert(text_is_utf8(text, strlen(text)) &&
		       strpbrk(text, " \r\n<>") == NULL);
}

/* What goes into an address comes out of it. */
static void
try_query(const char *text)
{
	struct arena *a = arena_create();
	struct buf url = BUF_INIT;
	struct http_pairs pairs;

	http_add_query(&url, "first", text);
	http_add_query(&url, text, "second");
	assert(http_parse_pairs(a, url.data + 1, url.len - 1, &pairs));
	assert(pairs.count == 2);
	assert(strcmp(http_find(&pairs, "first"), text) == 0);
	assert(strcmp(pairs.list[1].name, text) == 0);
	buf_finish(&url);
	arena_destroy(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const countries[] = { "91", "1", "44", "971" };
	static const char *const currencies[] = { "INR", "AED", "JPY", "KWD",
		"LKR", "USD", "XYZ" };
	char *text = fuzz_text(data, size);

	for (size_t i = 0; i < 4; i++)
		try_phone(text, countries[i]);
	for (size_t i = 0; i < 7; i++)
		try_money(text, currencies[i]);
	try_numbers(text);
	try_codes(text);
	try_url(data, size);
	try_mail(text);
	try_query(text);
	free(text);
	return 0;
}
