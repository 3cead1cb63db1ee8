/* test_mail.c: a message to one person, as a file and as it travels */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mail.h"
#include "base/text.h"

#define FROM "gymgate@gym.example"

static void
addresses_are_told_from_everything_else(void **state)
{
	static const char *const good[] = {
		"asha@gym.example", "a.b+c@x", "o'neil@gym.example",
	};
	static const char *const bad[] = {
		"", "asha", "@gym.example", "asha@", "a@b@c", "a b@c",
		"a@b\r\nBcc: x@y", "a@b>", "<a@b", "a@b,c@d", "\xc3\xa4@b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(mail_is_address(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(mail_is_address(bad[i]));
}

static void
a_message_is_headers_and_base64(void **state)
{
	struct mail mail = { .to = "asha@gym.example", .subject = "Hi",
		             .text = "a\nb\n", .id = "a1-began" };
	struct buf out = BUF_INIT;

	(void)state;
	mail_format(&mail, FROM, 1773300600000, &out);
	assert_string_equal(out.data,
		"Date: Thu, 12 Mar 2026 07:30:00 +0000\r\n"
		"From: Gymgate <gymgate@gym.example>\r\n"
		"To: <asha@gym.example>\r\n"
		"Subject: =?UTF-8?B?SGk=?=\r\n"
		"Message-ID: <a1-began@gym.example>\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=UTF-8\r\n"
		"Content-Transfer-Encoding: base64\r\n"
		"\r\n"
		"YQ0KYg0K\r\n");
	buf_finish(&out);
}

/* Whatever stands in a name: headers stay ours, and lines short. */
static void
no_name_makes_a_header(void **state)
{
	static const char *const subjects[] = {
		"", "x\r\nBcc: all@gym.example", "\xe0\xa4\x86\xe0\xa4\xb6"
		"\xe0\xa4\xbe \xe0\xa4\x9c\xe0\xa4\xbf\xe0\xa4\xae: the terminal "
		"at the door of the first floor is silent, and has been",
		"\xff\xfe\xfd", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"
		"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"
		"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
	};

	(void)state;
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		struct mail mail = { "a@b", subjects[i], "x", "id" };
		struct buf out = BUF_INIT;
		char *save = NULL;
		size_t headers = 0;

		mail_format(&mail, FROM, 0, &out);
		assert_null(strstr(out.data, "Bcc"));
		*strstr(out.data, "\r\n\r\n") = '\0';
		for (char *line = strtok_r(out.data, "\r\n", &save);
		     line != NULL; line = strtok_r(NULL, "\r\n", &save)) {
			assert_true(strlen(line) <= 76);
			headers += line[0] != ' ';
		}
		assert_int_equal(headers, 9);
		buf_finish(&out);
	}
}

static void
a_long_text_is_lines_of_76(void **state)
{
	char text[5001];
	struct mail mail = { "a@b", "x", text, "id" };
	struct buf out = BUF_INIT;
	char *line;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	mail_format(&mail, FROM, 0, &out);
	line = strstr(out.data, "\r\n\r\n") + 4;
	for (; *line != '\0'; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\r") <= 76);
	buf_finish(&out);
}

static void
without_a_server_it_is_a_file(void **state)
{
	char folder[] = "/tmp/test-mail-XXXXXX", path[64];
	char why[MAIL_WHY_SIZE];
	struct mail_options options = { "", "", "", FROM, "", folder, true };
	struct mail mail = { "asha@gym.example", "Hi", "Text", "a7-over" };
	struct stat st;
	char *text;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(mail_send(&options, &mail, why), MAIL_SENT);
	snprintf(path, sizeof path, "%s/a7-over.eml", folder);
	assert_string_equal(why, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	text = text_read_file(path, 4096, NULL);
	assert_non_null(strstr(text, "To: <asha@gym.example>\r\n"));
	free(text);
	/* the same again is the same file */
	assert_int_equal(mail_send(&options, &mail, why), MAIL_SENT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(mail_send(&options, &mail, why), MAIL_LATER);
	assert_non_null(strstr(why, "No such file"));
}

static void
what_cannot_be_sent_is_said(void **state)
{
	char why[MAIL_WHY_SIZE];
	struct mail_options options = { "smtp://127.0.0.1:1", "", "", FROM,
		                        "", "", false };
	struct mail mail = { "asha@gym.example", "Hi", "Text", "x" };

	(void)state;
	assert_int_equal(mail_send(&options, &mail, why), MAIL_LATER);
	assert_non_null(strstr(why, "no connection"));
	mail.to = "a@b\r\nBcc: c@d";
	assert_int_equal(mail_send(&options, &mail, why), MAIL_REFUSED);
	mail.to = "a@b";
	mail.id = "../etc";
	assert_int_equal(mail_send(&options, &mail, why), MAIL_REFUSED);
	mail.id = "x";
	options.from = "nobody";
	assert_int_equal(mail_send(&options, &mail, why), MAIL_LATER);
	options.from = FROM;
	options.url = "http://127.0.0.1:1";
	assert_int_equal(mail_send(&options, &mail, why), MAIL_LATER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_told_from_everything_else),
		cmocka_unit_test(a_message_is_headers_and_base64),
		cmocka_unit_test(no_name_makes_a_header),
		cmocka_unit_test(a_long_text_is_lines_of_76),
		cmocka_unit_test(without_a_server_it_is_a_file),
		cmocka_unit_test(what_cannot_be_sent_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
