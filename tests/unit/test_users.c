/* test_users.c: names of terminals in whatever code page, as UTF-8 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "users.h"

#define COUNT(table) (sizeof table / sizeof table[0])

static const struct {
	const char *charset, *name, *text;
} names[] = {
	{ "UTF-8", "", "" },
	{ "UTF-8", "Asha Rao", "Asha Rao" },
	{ "UTF-8", "\xe0\xa4\x86\xe0\xa4\xb6\xe0\xa4\xbe",
	  "\xe0\xa4\x86\xe0\xa4\xb6\xe0\xa4\xbe" },
	{ "CP1251", "\xc0\xed\xed\xe0", "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0" },
	{ "GBK", "\xd5\xc5\xce\xb0", "\xe5\xbc\xa0\xe4\xbc\x9f" },
	{ "ISO-8859-1", "Andr\xe9", "Andr\xc3\xa9" },

	/* bytes of no character, also one that the terminal cut */
	{ "UTF-8", "Andr\xe9", "Andr?" },
	{ "UTF-8", "\xff\xfe" "a", "??a" },
	{ "UTF-8", "a\xe0\xa4", "a??" },
	{ "UTF-8", "\xed\xa0\x80" "a", "???a" },
	{ "GBK", "\xd5\xc5\xce", "\xe5\xbc\xa0?" },
	{ "GBK", "\xff" "a", "?a" },
	{ "CP1251", "\x98", "?" },

	/* what no name should hold */
	{ "UTF-8", "a\tb\x7f\x1b[2J", "a?b??[2J" },
};

static void
names_become_utf8(void **state)
{
	char out[64];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		memset(out, 'x', sizeof out);
		users_name(names[i].charset, names[i].name, out, sizeof out);
		assert_string_equal(out, names[i].text);
	}
}

/* Each length of the room: never more, never half a character. */
static void
names_are_cut_between_characters(void **state)
{
	static const char name[] = "\xe0\xa4\x86" "a\xc3\xa9\xf0\x9f\x92\xaa";
	char out[32];

	(void)state;
	for (size_t size = 1; size <= sizeof name; size++) {
		memset(out, 'x', sizeof out);
		users_name("UTF-8", name, out, size);
		assert_true(strlen(out) < size);
		assert_true(text_is_utf8(out, strlen(out)));
		assert_memory_equal(out, name, strlen(out));
		assert_true(strlen(out) + 4 >= size);
		assert_int_equal(out[size], 'x');
	}
	users_name("UTF-8", name, out, sizeof name);
	assert_string_equal(out, name);
	for (size_t size = 1; size < 8; size++) {
		users_name("CP1251", "\xc0\xc0\xc0\xc0", out, size);
		assert_int_equal(strlen(out), (size - 1) / 2 * 2);
	}
}

static void
any_bytes_become_a_name(void **state)
{
	static const char *const charsets[] = { "UTF-8", "CP1251", "GBK",
		"SHIFT_JIS", "BIG5", "UTF-16", "ISO-2022-JP" };
	char name[25], out[40];
	uint32_t dice = 42;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t size = 1 + (size_t)round % (sizeof out - 1);

		for (size_t i = 0; i < sizeof name - 1; i++) {
			dice = dice * 1664525 + 1013904223;
			name[i] = (char)(1 + (dice >> 24) % 255);
		}
		name[(size_t)round % sizeof name] = '\0';
		out[size] = 'x';
		users_name(charsets[(size_t)round % COUNT(charsets)], name, out,
		           size);
		assert_true(strlen(out) < size);
		assert_true(text_is_utf8(out, strlen(out)));
		assert_int_equal(out[size], 'x');
		for (const char *c = out; *c != '\0'; c++)
			assert_true((unsigned char)*c >= ' ' && *c != 127);
	}
}

static void
code_pages_are_known_or_not(void **state)
{
	(void)state;
	assert_true(users_charset_valid("UTF-8"));
	assert_true(users_charset_valid("CP1251"));
	assert_true(users_charset_valid("GBK"));
	assert_false(users_charset_valid(""));
	assert_false(users_charset_valid("KLINGON"));
	assert_false(users_charset_valid("../../etc"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_utf8),
		cmocka_unit_test(names_are_cut_between_characters),
		cmocka_unit_test(any_bytes_become_a_name),
		cmocka_unit_test(code_pages_are_known_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
