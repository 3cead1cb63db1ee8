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

#define JUDGE(password) user_password_judge(password, "asha@a.example", "Asha")

static void
passwords_are_counted_in_characters(void **state)
{
	char text[130];

	(void)state;
	assert_int_equal(JUDGE("one+two=12"), USER_PASSWORD_FINE);
	assert_int_equal(JUDGE("one+two=1"), USER_PASSWORD_SHORT);
	assert_int_equal(JUDGE(""), USER_PASSWORD_SHORT);
	/* fifteen letters of three bytes; and four of them are not twelve */
	assert_int_equal(JUDGE(
		"\xe0\xa4\x95\xe0\xa4\x96\xe0\xa4\x97\xe0\xa4\x98\xe0\xa4\x99"
		"\xe0\xa4\x9a\xe0\xa4\x9b\xe0\xa4\x9c\xe0\xa4\x9d\xe0\xa4\x9e"
		"\xe0\xa4\x9f\xe0\xa4\xa0\xe0\xa4\xa1\xe0\xa4\xa2"
		"\xe0\xa4\xa3"), USER_PASSWORD_FINE);
	assert_int_equal(JUDGE(
		"\xe0\xa4\x95\xe0\xa4\x96\xe0\xa4\x97\xe0\xa4\x98"),
		USER_PASSWORD_SHORT);
	assert_int_equal(JUDGE("0123456789\xff"), USER_PASSWORD_UNREADABLE);
	assert_int_equal(JUDGE("0123456789\xc3"), USER_PASSWORD_UNREADABLE);
	for (size_t i = 0; i < sizeof text - 1; i++)
		text[i] = (char)('a' + i * i * 7 % 25);
	text[129] = '\0';
	assert_int_equal(JUDGE(text), USER_PASSWORD_LONG);
	text[128] = '\0';
	assert_int_equal(JUDGE(text), USER_PASSWORD_FINE);
}

static void
what_is_tried_first_is_no_password(void **state)
{
	(void)state;
	assert_int_equal(JUDGE("password123"), USER_PASSWORD_GUESSED);
	assert_int_equal(JUDGE("asha-2026-asha"), USER_PASSWORD_GUESSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_one_at_inside),
		cmocka_unit_test(addresses_have_a_longest),
		cmocka_unit_test(passwords_are_counted_in_characters),
		cmocka_unit_test(what_is_tried_first_is_no_password),
	};

	return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
