/* test_money.c: amounts as typed and as printed */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/money.h"

static void
amounts_are_read_as_people_type_them(void **state)
{
	static const struct {
		const char *text, *currency;
		int64_t amount;		/* -1: refused */
	} cases[] = {
		{ "1500", "INR", 150000 }, { "1,500.50", "INR", 150050 },
		{ "1,50,000", "INR", 15000000 }, { " ₹ 1500 ", "INR", 150000 },
		{ "Rs. 1500.5", "INR", 150050 }, { "INR 1500", "INR", 150000 },
		{ "rs1500", "INR", 150000 }, { "0", "INR", 0 },
		{ "1500.", "INR", 150000 }, { "1500", "JPY", 1500 },
		{ "¥1500", "JPY", 1500 }, { "1.234", "KWD", 1234 },
		{ "10", "XYZ", 1000 },
		{ "1500.505", "INR", -1 }, { "1.5", "JPY", -1 },
		{ "", "INR", -1 }, { "abc", "INR", -1 }, { "-5", "INR", -1 },
		{ ",5", "INR", -1 }, { "5 000", "INR", -1 },
		{ "1e3", "INR", -1 }, { "$5", "INR", -1 },
		{ "1000000000", "INR", MONEY_MOST },
		{ "1000000000.01", "INR", -1 },
		{ "99999999999999999999999", "INR", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t amount = -2;
		bool ok = money_parse(cases[i].text, cases[i].currency,
		                      &amount);

		if (!ok)
			amount = -1;
		if (amount != cases[i].amount)
			fail_msg("'%s': %lld", cases[i].text,
			         (long long)amount);
	}
}

static void
amounts_are_printed_as_people_read_them(void **state)
{
	static const struct {
		int64_t amount;
		const char *currency, *text, *plain;
	} cases[] = {
		{ 0, "INR", "₹0", "0" },
		{ 150000, "INR", "₹1,500", "1500" },
		{ 150050, "INR", "₹1,500.50", "1500.50" },
		{ 5, "INR", "₹0.05", "0.05" },
		{ 15000000, "INR", "₹1,50,000", "150000" },
		{ 1234567800, "INR", "₹1,23,45,678", "12345678" },
		{ 150000, "EUR", "€1,500.00", "1500" },
		{ 123456789, "USD", "$1,234,567.89", "1234567.89" },
		{ 1500, "JPY", "¥1,500", "1500" },
		{ 1234, "KWD", "KWD 1.234", "1.234" },
		{ 1000, "XYZ", "XYZ 10.00", "10" },
		{ MONEY_MOST, "INR", "₹1,00,00,00,000", "1000000000" },
	};
	char text[MONEY_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_string_equal(money_text(cases[i].amount,
			cases[i].currency, text), cases[i].text);
		assert_string_equal(money_plain(cases[i].amount,
			cases[i].currency, text), cases[i].plain);
	}
	assert_string_equal(money_text(-20000, "INR", text), "-₹200");
	assert_int_equal(money_decimals("JPY"), 0);
	assert_int_equal(money_decimals("KWD"), 3);
	assert_int_equal(money_decimals("XYZ"), 2);
	money_text(INT64_MIN + 1, "KWD", text);	/* cut, but within its size */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_are_read_as_people_type_them),
		cmocka_unit_test(amounts_are_printed_as_people_read_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
