/* test_payment.c: financial years, numbers of receipts, halves of a tax */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <cmocka.h>

#include "base/clock.h"
#include "gym/payment.h"

static int32_t
day(const char *text)
{
	int32_t d = CLOCK_NO_DAY;

	assert_true(clock_parse_day(text, &d));
	return d;
}

static void
a_financial_year_begins_in_april(void **state)
{
	(void)state;
	assert_int_equal(payment_year(day("2026-03-31")), 2025);
	assert_int_equal(payment_year(day("2026-04-01")), 2026);
	assert_int_equal(payment_year(day("2026-12-31")), 2026);
	assert_int_equal(payment_year(day("2027-01-01")), 2026);
	assert_int_equal(payment_year(day("2028-02-29")), 2027);
}

static void
a_receipt_is_called_by_prefix_year_and_number(void **state)
{
	char text[PAYMENT_RECEIPT_SIZE];

	(void)state;
	assert_string_equal(payment_receipt_text("SF", 2026, 123, text),
	                    "SF2026-27/000123");
	assert_string_equal(payment_receipt_text("", 2099, 1, text),
	                    "2099-00/000001");
	assert_string_equal(payment_receipt_text("ABCDEFGH", 2008, 4294967295,
	                    text), "ABCDEFGH2008-09/4294967295");
}

static void
halves_of_a_tax_are_the_same_and_add_up(void **state)
{
	(void)state;
	assert_int_equal(payment_half_tax(118000, 1800), 9000);
	assert_int_equal(payment_half_tax(150000, 1800), 11441);
	assert_int_equal(payment_half_tax(-150000, 1800), -11441);
	assert_int_equal(payment_half_tax(150000, 0), 0);
	assert_int_equal(payment_half_tax(1, 1800), 0);
	assert_int_equal(payment_half_tax(100000000000, 10000), 25000000000);
	for (int64_t amount = 1; amount < 5000; amount++) {
		int64_t half = payment_half_tax(amount, 1800);
		int64_t net = amount - 2 * half;

		/* 9 % of what is without tax, to the paisa */
		assert_true(half * 100 - net * 9 <= 100);
		assert_true(net * 9 - half * 100 <= 100);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_financial_year_begins_in_april),
		cmocka_unit_test(a_receipt_is_called_by_prefix_year_and_number),
		cmocka_unit_test(halves_of_a_tax_are_the_same_and_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
