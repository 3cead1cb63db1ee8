/* test_guess.c: passwords that are guessed first */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "gym/guess.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const own[] = { "asha.patil@spine.example", "Asha Patil",
	                           "", NULL };

static void
expect_all(const char *const *list, size_t count, bool likely)
{
	for (size_t i = 0; i < count; i++) {
		if (guess_is_likely(list[i], own) != likely)
			fail_msg("'%s' is %staken for likely", list[i],
			         likely ? "not " : "");
	}
}

/* Of ten characters and more, from every list of stolen passwords. */
static void
the_commonest_are_likely(void **state)
{
	static const char *const list[] = {
		"1234567890", "qwertyuiop", "q1w2e3r4t5", "1q2w3e4r5t",
		"123456789a", "12345qwert", "1234554321", "password123",
		"1029384756", "123qweasdzxc", "1qaz2wsx3edc", "12345678910",
		"1122334455", "qazwsxedcrfv", "terminator", "enterprise",
		"poiuytrewq", "a123456789", "realmadrid", "dragonball",
		"playstation", "9876543210", "strawberry", "harrypotter",
		"mypassword", "password12", "0987654321q", "a1b2c3d4e5",
		"liverpool1", "hellokitty", "qweasdzxc123", "zaq1xsw2cde3",
		"iloveyou12", "welcome123", "trustnoone", "1111111111",
		"aaaaaaaaaa", "          ", "abcabcabcabc", "abcdefghij",
		"letmeinnow", "manchester", "jamesbond007", "qwertyytrewq",
		"1234qwerasdf", "asdfghjkl123", "sunshine123", "princess123",
	};

	(void)state;
	expect_all(list, COUNT(list), true);
}

static void
a_common_word_in_disguise_is_likely(void **state)
{
	static const char *const list[] = {
		"P@ssw0rd123", "Pa$$w0rd!!", "Welcome@2024", "Admin@12345",
		"India@123456", "password password", "gymgate.gymgate",
		"qwerty-12345-qwerty", "Password 1234567890",
		"monkey dragon sunshine", "!!!Qwertyuiop!!!",
		"98765 43210 98765", "passwordpassword",
	};

	(void)state;
	expect_all(list, COUNT(list), true);
}

static void
whose_it_is_is_likely(void **state)
{
	static const char *const nobody[] = { NULL };
	static const char *const list[] = {
		"asha.patil.2026", "AshaPatil1990", "patil@asha@patil",
		"asha.patil@spine.example", "Spine@Asha-2026",
	};

	(void)state;
	expect_all(list, COUNT(list), true);
	assert_false(guess_is_likely("patil@asha@patil", nobody));
}

static void
several_words_are_not(void **state)
{
	static const char *const list[] = {
		"correct horse battery staple", "a long password",
		"quite another one", "brown dog jumps", "kX9vQ2mTz4Lp",
		"my password is not this", "asha likes green tea",
		"one+two=12", "v7-kq-31-zp",
		"\xe0\xa4\xa6\xe0\xa4\xb8 \xe0\xa4\x85\xe0\xa4\x95\xe0\xa5\x8d"
		"\xe0\xa4\xb7\xe0\xa4\xb0 \xe0\xa4\xb8\xe0\xa5\x87",
	};
	char text[600];

	(void)state;
	expect_all(list, COUNT(list), false);
	/* longer than anybody looks at */
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_true(guess_is_likely(text, own));
	assert_true(guess_is_likely("", own));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_commonest_are_likely),
		cmocka_unit_test(a_common_word_in_disguise_is_likely),
		cmocka_unit_test(whose_it_is_is_likely),
		cmocka_unit_test(several_words_are_not),
	};

	return cmocka_run_group_tests_name("guess", tests, NULL, NULL);
}
