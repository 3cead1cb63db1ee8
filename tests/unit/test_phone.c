/* test_phone.c: telephone numbers as typed, as kept, as read */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/phone.h"

static void
numbers_are_understood_as_people_type_them(void **state)
{
	static const struct {
		const char *typed, *country, *kept;	/* NULL: refused */
	} cases[] = {
		{ "9876543210", "91", "+919876543210" },
		{ "98765 43210", "91", "+919876543210" },
		{ "98765-43210", "91", "+919876543210" },
		{ "09876543210", "91", "+919876543210" },
		{ "+91 98765 43210", "91", "+919876543210" },
		{ " +91-98765-43210", "91", "+919876543210" },
		{ "919876543210", "91", "+919876543210" },
		{ "00919876543210", "91", "+919876543210" },
		{ "(011) 2345 6789", "91", "+911123456789" },
		{ "2345678901", "91", "+912345678901" },
		{ "+44 20 7183 8750", "91", "+442071838750" },
		{ "0044 2071838750", "91", "+442071838750" },
		{ "020 7183 8750", "44", "+442071838750" },
		{ "+919876543210", "44", "+919876543210" },
		{ "0512 3456 78901", "43", "+43512345678901" },
		{ "2711885001881", "44", "+442711885001881" },
		{ "987654321", "91", NULL }, { "98765432101", "91", NULL },
		{ "0876543210", "91", NULL }, { "+91 987654321", "91", NULL },
		{ "+0123456789", "91", NULL }, { "", "91", NULL },
		{ "+", "91", NULL }, { "98765x43210", "91", NULL },
		{ "98765 43210 / 2", "91", NULL },
		{ "+12345678901234567890", "91", NULL },
		{ "12345678901234567890", "44", NULL }, { "123", "44", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char kept[PHONE_SIZE] = "";
		bool ok = phone_parse(cases[i].typed, cases[i].country, kept);

		if (ok != (cases[i].kept != NULL))
			fail_msg("'%s': %s", cases[i].typed, kept);
		if (ok)
			assert_string_equal(kept, cases[i].kept);
	}
}

static void
numbers_are_shown_as_people_read_them(void **state)
{
	char text[PHONE_TEXT_SIZE];

	(void)state;
	assert_string_equal(phone_text("+919876543210", "91", text),
	                    "98765 43210");
	assert_string_equal(phone_text("+442071838750", "91", text),
	                    "+442071838750");
	assert_string_equal(phone_text("+6561234567", "65", text), "61234567");
	assert_string_equal(phone_text("+919876543210", "44", text),
	                    "+919876543210");
}

static void
a_spreadsheet_gets_no_plus_and_loses_nothing(void **state)
{
	static const struct {
		const char *kept, *country, *plain;
	} cases[] = {
		{ "+919876543210", "91", "98765 43210" },
		{ "+442071838750", "91", "00 442071838750" },
		{ "+6561234567", "65", "61234567" },
		{ "+919876543210", "65", "00 919876543210" },
		{ "+123456789012345", "91", "00 123456789012345" },
		/* "020..." would be read as 20... */
		{ "+4402071838750", "44", "00 4402071838750" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[PHONE_TEXT_SIZE], kept[PHONE_SIZE];

		assert_string_equal(phone_plain(cases[i].kept, cases[i].country,
		                                text), cases[i].plain);
		assert_true(phone_parse(text, cases[i].country, kept));
		assert_string_equal(kept, cases[i].kept);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_understood_as_people_type_them),
		cmocka_unit_test(numbers_are_shown_as_people_read_them),
		cmocka_unit_test(a_spreadsheet_gets_no_plus_and_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
