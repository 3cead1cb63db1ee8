/* test_text.c: bounded copies, strict numbers, UTF-8, words, files */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void
copies_fit_or_are_empty(void **state)
{
	char to[5] = "old";

	(void)state;
	assert_true(text_copy(to, sizeof to, "abcd"));
	assert_string_equal(to, "abcd");
	assert_false(text_copy(to, sizeof to, "abcde"));
	assert_string_equal(to, "");
	assert_true(text_copy(to, 1, ""));
	assert_false(text_copy(to, 0, ""));
	to[0] = 'x';
	assert_false(text_copy(to, 0, "abc"));
	assert_int_equal(to[0], 'x');
}

/* ---- numbers ------------------------------------------------------------- */

static void
whole_numbers_are_read_strictly(void **state)
{
	static const struct {
		const char *text;
		int64_t least, most;
		bool fits;
		int64_t value;
	} cases[] = {
		{ "0", 0, 9, true, 0 },
		{ "9", 0, 9, true, 9 },
		{ "10", 0, 9, false, 0 },
		{ "-1", -1, 9, true, -1 },
		{ "-2", -1, 9, false, 0 },
		{ "9223372036854775807", INT64_MIN, INT64_MAX, true,
		  INT64_MAX },
		{ "-9223372036854775808", INT64_MIN, INT64_MAX, true,
		  INT64_MIN },
		{ "9223372036854775808", INT64_MIN, INT64_MAX, false, 0 },
		{ "-9223372036854775809", INT64_MIN, INT64_MAX, false, 0 },
		{ "99999999999999999999999999", 0, INT64_MAX, false, 0 },
		{ "", 0, 9, false, 0 },
		{ "-", -9, 9, false, 0 },
		{ "--1", -9, 9, false, 0 },
		{ "-0", -9, 9, false, 0 },
		{ "+1", 0, 9, false, 0 },
		{ " 1", 0, 9, false, 0 },
		{ "1 ", 0, 9, false, 0 },
		{ "01", 0, 9, false, 0 },
		{ "00", 0, 9, false, 0 },
		{ "-01", -9, 9, false, 0 },
		{ "0x1", 0, 9, false, 0 },
		{ "1.0", 0, 9, false, 0 },
		{ "1e1", 0, 99, false, 0 },
		{ "1\n", 0, 9, false, 0 },
		{ "\xd9\xa1", 0, 9, false, 0 },	/* an Arabic one */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t value = 77;
		bool fits = text_to_int(cases[i].text, cases[i].least,
		                        cases[i].most, &value);

		if (fits != cases[i].fits ||
		    value != (fits ? cases[i].value : 77))
			fail_msg("'%s' gives %d, %lld", cases[i].text, fits,
			         (long long)value);
	}
}

/* ---- UTF-8 --------------------------------------------------------------- */

#define BYTES(s) s, sizeof(s) - 1

static const struct {
	const char *bytes;
	size_t len;
	bool valid;
} forms[] = {
	{ BYTES(""), true },
	{ BYTES("plain"), true },
	{ BYTES("\x01\x7f"), true },
	{ BYTES("\xc2\x80"), true },		/* U+0080 */
	{ BYTES("\xdf\xbf"), true },		/* U+07FF */
	{ BYTES("\xe0\xa0\x80"), true },	/* U+0800 */
	{ BYTES("\xe0\xa4\x86\xe0\xa4\xb6\xe0\xa4\xbe"), true },
	{ BYTES("\xed\x9f\xbf"), true },	/* U+D7FF */
	{ BYTES("\xee\x80\x80"), true },	/* U+E000 */
	{ BYTES("\xef\xbf\xbf"), true },	/* U+FFFF */
	{ BYTES("\xf0\x90\x80\x80"), true },	/* U+10000 */
	{ BYTES("\xf0\x9f\x92\xaa"), true },
	{ BYTES("\xf4\x8f\xbf\xbf"), true },	/* U+10FFFF */
	{ BYTES("a\0b"), false },
	{ BYTES("\0"), false },
	{ BYTES("\x80"), false },		/* no beginning */
	{ BYTES("a\xbf"), false },
	{ BYTES("\xc0\x80"), false },		/* NUL, overlong */
	{ BYTES("\xc1\xbf"), false },		/* overlong */
	{ BYTES("\xe0\x80\xaf"), false },
	{ BYTES("\xe0\x9f\xbf"), false },
	{ BYTES("\xf0\x80\x80\xaf"), false },
	{ BYTES("\xf0\x8f\xbf\xbf"), false },
	{ BYTES("\xed\xa0\x80"), false },	/* surrogates */
	{ BYTES("\xed\xbf\xbf"), false },
	{ BYTES("\xf4\x90\x80\x80"), false },	/* U+110000 */
	{ BYTES("\xf5\x80\x80\x80"), false },
	{ BYTES("\xf8\x88\x80\x80\x80"), false },
	{ BYTES("\xfe"), false },
	{ BYTES("\xff"), false },
	{ BYTES("\xc2"), false },		/* cut off */
	{ BYTES("\xe0\xa0"), false },
	{ BYTES("\xf0\x90\x80"), false },
	{ BYTES("\xc2" "a"), false },		/* not continued */
	{ BYTES("\xe0\xa0" "a"), false },
	{ BYTES("\xe0" "a\x80"), false },
	{ BYTES("\xf0\x90" "a\x80"), false },
	{ BYTES("\xf0\x90\x80" "a"), false },
	{ BYTES("\xc2\xc2\x80"), false },
	{ BYTES("\xe9t\xe9"), false },		/* Latin-1 */
};

/* Each is copied to its exact size, so that a sanitizer sees a step too far. */
static void
utf8_is_checked_as_rfc_3629_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		char *copy = malloc(forms[i].len + 1);

		assert_non_null(copy);
		memcpy(copy + 1, forms[i].bytes, forms[i].len);
		if (text_is_utf8(copy + 1, forms[i].len) != forms[i].valid)
			fail_msg("form %zu", i);
		free(copy);
	}
}

/* Against an encoder: every scalar value is valid, and no surrogate. */
static void
utf8_of_every_code_point_is_right(void **state)
{
	(void)state;
	for (uint32_t c = 0x800; c < 0x112000; c++) {
		char s[4];
		bool is_long = c >= 0x10000;
		size_t n = is_long ? 4 : 3;
		bool valid = c < 0x110000 && (c < 0xd800 || c > 0xdfff);

		s[0] = (char)(is_long ? 0xf0 | c >> 18 : 0xe0 | c >> 12);
		s[1] = (char)(0x80 | (c >> (is_long ? 12 : 6) & 0x3f));
		s[2] = (char)(0x80 | (c >> (is_long ? 6 : 0) & 0x3f));
		s[3] = (char)(0x80 | (c & 0x3f));
		if (text_is_utf8(s, n) != valid)
			fail_msg("U+%X", (unsigned)c);
	}
}

/* ---- words and the rest -------------------------------------------------- */

static void
words_hold_letters_digits_and_what_is_named(void **state)
{
	(void)state;
	assert_true(text_is_word("aZ09", 4, ""));
	assert_false(text_is_word("aZ091", 4, ""));
	assert_false(text_is_word("", 4, ""));
	assert_false(text_is_word("a-b", 4, ""));
	assert_true(text_is_word("-_.", 4, "-_."));
	assert_false(text_is_word("a b", 4, "-"));
	assert_false(text_is_word("a\n", 4, "-"));
	assert_false(text_is_word("\xc3\xa9", 4, "-"));
	assert_false(text_is_word("a\xe9", 4, "\xe9"));
	assert_true(text_is_word("a", 1, ""));
}

static void
hex_is_lower_case(void **state)
{
	char to[9];

	(void)state;
	text_to_hex(to, "\x00\x7f\x80\xff", 4);
	assert_string_equal(to, "007f80ff");
	text_to_hex(to, NULL, 0);
	assert_string_equal(to, "");
}

static void
secrets_are_compared_whole(void **state)
{
	(void)state;
	assert_true(text_same_secret("", ""));
	assert_true(text_same_secret("abc", "abc"));
	assert_false(text_same_secret("abc", "abd"));
	assert_false(text_same_secret("abc", "bbc"));
	assert_false(text_same_secret("abc", "ab"));
	assert_false(text_same_secret("ab", "abc"));
	assert_false(text_same_secret("", "a"));
	assert_false(text_same_secret("\x80", "\x81"));
}

static void
what_follows_a_beginning(void **state)
{
	(void)state;
	assert_string_equal(text_after("Bearer x", "Bearer "), "x");
	assert_string_equal(text_after("abc", "abc"), "");
	assert_string_equal(text_after("abc", ""), "abc");
	assert_null(text_after("ab", "abc"));
	assert_null(text_after("xabc", "abc"));
}

/* ---- files --------------------------------------------------------------- */

static char folder[64];

static int
make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/test_text.XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
drop_folder(void **state)
{
	char path[80];

	(void)state;
	snprintf(path, sizeof path, "%s/f", folder);
	unlink(path);
	return rmdir(folder);
}

static char *
read_back(const char *bytes, size_t len, size_t most, size_t *got)
{
	char path[80];
	FILE *f;

	snprintf(path, sizeof path, "%s/f", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return text_read_file(path, most, got);
}

static void
files_are_read_whole_or_not_at_all(void **state)
{
	static char large[10000];
	size_t len = 77;
	char *text;

	(void)state;
	text = read_back("a\0b", 3, 3, &len);
	assert_non_null(text);
	assert_int_equal(len, 3);
	assert_memory_equal(text, "a\0b", 4);
	free(text);
	text = read_back("", 0, 0, &len);
	assert_string_equal(text, "");
	assert_int_equal(len, 0);
	free(text);
	memset(large, 'x', sizeof large);
	text = read_back(large, sizeof large, sizeof large, NULL);
	assert_int_equal(strlen(text), sizeof large);
	free(text);
	errno = 0;
	assert_null(read_back(large, sizeof large, sizeof large - 1, NULL));
	assert_int_equal(errno, EFBIG);
	assert_null(read_back("ab", 2, 1, NULL));
	assert_null(text_read_file("/nowhere/f", 10, NULL));
	assert_int_equal(errno, ENOENT);
	assert_null(text_read_file(folder, 10, NULL));
	assert_int_equal(errno, EISDIR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_fit_or_are_empty),
		cmocka_unit_test(whole_numbers_are_read_strictly),
		cmocka_unit_test(utf8_is_checked_as_rfc_3629_says),
		cmocka_unit_test(utf8_of_every_code_point_is_right),
		cmocka_unit_test(words_hold_letters_digits_and_what_is_named),
		cmocka_unit_test(hex_is_lower_case),
		cmocka_unit_test(secrets_are_compared_whole),
		cmocka_unit_test(what_follows_a_beginning),
		cmocka_unit_test(files_are_read_whole_or_not_at_all),
	};

	return cmocka_run_group_tests_name("text", tests, make_folder,
	                                   drop_folder);
}
