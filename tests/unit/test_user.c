/* test_user.c: addresses and new passwords, before they go anywhere */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "gym/user.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void
addresses_have_one_at_inside(void **state)
{
	static const char *const good[] = {
		"a@b", "owner@gym.example", "O'Neil+x@gym.example",
		"a@[192.0.2.1]", "\xe0\xa4\x86@gym.example",
	};
	static const char *const bad[] = {
		"", "a", "@", "a@", "@b", "a@@b", "a@b@c", "a b@c", "a@b c",
		" a@b", "a@b ", "a@b\n", "a\r@b", "a\t@b", "<a@b>",
		"a@b,c@d", "a@b;c", "\"a\"@b", "a\xff@b", "a@\xc0\x80",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		if (!user_email_valid(good[i]))
			fail_msg("is refused: %s", good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (user_email_valid(bad[i]))
			fail_msg("is taken: '%s'", bad[i]);
	}
}

static void
addresses_have_a_longest(void **state)
{
	char text[USER_EMAIL_MAX + 2];

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	text[1] = '@';
	assert_false(user_email_valid(text));
	text[USER_EMAIL_MAX] = '\0';
	assert_true(user_email_valid(text));
}

static void
passwords_are_counted_in_characters(void **state)
{
	static const char few[] = "A password needs at least 10 characters.";
	static const char many[] =
		"A password may be at most 128 characters long.";
	static const char unreadable[] = "The password is not readable text.";
	char text[130];

	(void)state;
	assert_null(user_password_problem("0123456789"));
	assert_null(user_password_problem("          "));
	assert_string_equal(user_password_problem("012345678"), few);
	assert_string_equal(user_password_problem(""), few);
	/* ten letters of three bytes; and four of them are not twelve */
	assert_null(user_password_problem(
		"\xe0\xa4\x95\xe0\xa4\x96\xe0\xa4\x97\xe0\xa4\x98\xe0\xa4\x99"
		"\xe0\xa4\x9a\xe0\xa4\x9b\xe0\xa4\x9c\xe0\xa4\x9d"
		"\xe0\xa4\x9e"));
	assert_string_equal(user_password_problem(
		"\xe0\xa4\x95\xe0\xa4\x96\xe0\xa4\x97\xe0\xa4\x98"), few);
	assert_string_equal(user_password_problem("0123456789\xff"),
	                    unreadable);
	assert_string_equal(user_password_problem("0123456789\xc3"),
	                    unreadable);
	memset(text, 'x', sizeof text - 1);
	text[129] = '\0';
	assert_string_equal(user_password_problem(text), many);
	text[128] = '\0';
	assert_null(user_password_problem(text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_one_at_inside),
		cmocka_unit_test(addresses_have_a_longest),
		cmocka_unit_test(passwords_are_counted_in_characters),
	};

	return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
