/* test_gstin.c: tax numbers, tax rates, time zones: as people choose them */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "base/gstin.h"
#include "base/percent.h"
#include "base/zones.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void
tax_numbers_are_told_from_typing_errors(void **state)
{
	static const char *const good[] = {
		"27AAPFU0939F1ZV", "29AAGCB7383J1Z4", "07AABCS1429B1ZW",
		"27aapfu0939f1zv", " 27 AAPFU0939F 1ZV ",
	};
	static const char *const bad[] = {
		"", "27AAPFU0939F1Z", "27AAPFU0939F1ZVV", "27AAPFU0939F1ZW",
		"27AAPFU0993F1ZV", "72AAPFU0939F1ZV", "AA27PFU0939F1ZV",
		"27AAPF00939F1ZV", "27AAPFU093OF1ZV", "27AAPFU0939F1AV",
		"27AAPFU0939F1Z-", "27AAPFU0939F1Z\xc3\x96", "x",
		"                ", "27AAPFU0939F1ZV\n",
	};
	char out[GSTIN_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		if (!gstin_parse(good[i], out))
			fail_msg("'%s' was refused", good[i]);
		assert_int_equal(strlen(out), 15);
		assert_int_equal(strcspn(out, "abcdefghijklmnopqrstuvwxyz "),
		                 15);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (gstin_parse(bad[i], out))
			fail_msg("'%s' was taken", bad[i]);
	}
}

/* Each wrong letter in each place: a check digit of base 36 sees them all. */
static void
one_wrong_letter_is_seen(void **state)
{
	static const char *const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789";
	const char *good = "27AAPFU0939F1ZV";
	char text[GSTIN_SIZE], out[GSTIN_SIZE];

	(void)state;
	for (size_t i = 0; i < 15; i++) {
		for (const char *c = letters; *c != '\0'; c++) {
			memcpy(text, good, sizeof text);
			text[i] = *c;
			assert_true(gstin_parse(text, out) ==
			            (*c == good[i]));
		}
	}
}

static void
rates_have_two_decimals(void **state)
{
	static const struct {
		const char *text;
		int64_t rate;		/* -1: refused */
		const char *printed;
	} cases[] = {
		{ "18", 1800, "18" }, { "0", 0, "0" }, { "2.5", 250, "2.50" },
		{ "2.05", 205, "2.05" }, { "18.00 %", 1800, "18" },
		{ " 18%", 1800, "18" }, { "100", 10000, "100" },
		{ "0.01", 1, "0.01" }, { "018", 1800, "18" },
		{ "", -1, "" }, { "%", -1, "" }, { "100.01", -1, "" },
		{ "1000", -1, "" }, { "2.555", -1, "" }, { "2.", -1, "" },
		{ ".5", -1, "" }, { "-1", -1, "" }, { "+1", -1, "" },
		{ "1,5", -1, "" }, { "18 %%", -1, "" }, { "1e1", -1, "" },
		{ "x", -1, "" }, { "18x", -1, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[PERCENT_TEXT_SIZE];
		int64_t rate = -2;

		if (!percent_parse(cases[i].text, &rate))
			rate = -1;
		if (rate != cases[i].rate)
			fail_msg("'%s': %lld", cases[i].text, (long long)rate);
		if (rate >= 0)
			assert_string_equal(percent_text(rate, text),
			                    cases[i].printed);
	}
}

static void
every_zone_to_choose_is_one(void **state)
{
	struct arena *a = arena_create();
	const char **names;
	size_t count = zones_list(a, &names);
	bool has_kolkata = false;

	(void)state;
	assert_true(count > 300);
	for (size_t i = 0; i < count; i++) {
		assert_true(clock_zone_valid(names[i]));
		if (i > 0)
			assert_true(strcmp(names[i - 1], names[i]) < 0);
		has_kolkata = has_kolkata ||
			strcmp(names[i], "Asia/Kolkata") == 0;
	}
	assert_true(has_kolkata);
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tax_numbers_are_told_from_typing_errors),
		cmocka_unit_test(one_wrong_letter_is_seen),
		cmocka_unit_test(rates_have_two_decimals),
		cmocka_unit_test(every_zone_to_choose_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
