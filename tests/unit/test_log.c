/* test_log.c: one message, one line, whatever is in it */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

/* ---- standard error goes to a file while something is logged ------------- */

static int file = -1, real_stderr = -1;

static void
catch_begin(void)
{
	char path[] = "/tmp/test_log.XXXXXX";

	file = mkstemp(path);
	assert_true(file >= 0);
	unlink(path);
	real_stderr = dup(STDERR_FILENO);
	dup2(file, STDERR_FILENO);
}

/* What was written since, as a string. */
static const char *
catch_end(void)
{
	static char text[8000];
	ssize_t n;

	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	n = pread(file, text, sizeof text - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	close(file);
	return text;
}

static void
only_the_journal_is_told_priorities(void **state)
{
	(void)state;
	log_open("t", LOG_INFO);
	unsetenv("JOURNAL_STREAM");
	catch_begin();
	log_error("a");
	assert_string_equal(catch_end(), "t: a\n");
	setenv("JOURNAL_STREAM", "8:1", 1);
	catch_begin();
	log_error("a");
	assert_string_equal(catch_end(), "<3>t: a\n");
}

static void
each_level_has_its_priority(void **state)
{
	(void)state;
	log_open("gymgate-test", LOG_DEBUG);
	catch_begin();
	log_error("a %d", 1);
	log_warn("b %s", "two");
	log_info("c");
	log_debug("d");
	assert_string_equal(catch_end(), "<3>gymgate-test: a 1\n"
	                    "<4>gymgate-test: b two\n"
	                    "<6>gymgate-test: c\n<7>gymgate-test: d\n");
}

static void
what_is_less_important_is_left_out(void **state)
{
	(void)state;
	log_open("t", LOG_WARN);
	catch_begin();
	log_error("a");
	log_warn("b");
	log_info("c");
	log_debug("d");
	assert_string_equal(catch_end(), "<3>t: a\n<4>t: b\n");
	log_open("t", LOG_ERROR);
	catch_begin();
	log_warn("b");
	assert_string_equal(catch_end(), "");
}

static void
no_value_can_forge_a_line(void **state)
{
	(void)state;
	log_open("t", LOG_INFO);
	catch_begin();
	log_info("%s", "a\n<3>t: forged\r\x1b[2J\t\x01\x7f");
	assert_string_equal(catch_end(), "<6>t: a\\x0a<3>t: forged\\x0d"
	                    "\\x1b[2J\\x09\\x01\\x7f\n");
	catch_begin();
	log_info("%s", "caf\xc3\xa9 \\x0a %s %n");
	assert_string_equal(catch_end(), "<6>t: caf\xc3\xa9 \\x0a %s %n\n");
	/* U+009B is a terminal's ESC [, U+00A0 a blank; and half a character */
	catch_begin();
	log_info("%s", "a\xc2\x9b" "2J\xc2\xa0" "b\xc2");
	assert_string_equal(catch_end(),
	                    "<6>t: a\\xc2\\x9b2J\xc2\xa0" "b\xc2\n");
}

/* One line of bounded length, with its end, of whatever is too long. */
static void
what_is_too_long_is_cut_off(void **state)
{
	static char large[5000];
	const char *line;

	(void)state;
	log_open("t", LOG_INFO);
	memset(large, 'x', sizeof large - 1);
	catch_begin();
	log_info("%s", large);
	line = catch_end();
	assert_int_equal(strlen(line), 6 + 1999 + 1);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	memset(large, '\n', sizeof large - 1);
	catch_begin();
	log_info("%s", large);
	line = catch_end();
	assert_true(strlen(line) > 1900);
	assert_true(strlen(line) < 2100);
	assert_memory_equal(line + strlen(line) - 5, "\\x0a\n", 5);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void
errno_survives_and_is_what_m_prints(void **state)
{
	char want[200];

	(void)state;
	log_open("t", LOG_INFO);
	snprintf(want, sizeof want, "<3>t: f: %s\n", strerror(ENOENT));
	catch_begin();
	errno = ENOENT;
	log_error("f: %m");
	assert_int_equal(errno, ENOENT);
	log_debug("left out");
	assert_int_equal(errno, ENOENT);
	assert_string_equal(catch_end(), want);
	/* also when nobody takes it */
	catch_begin();
	close(STDERR_FILENO);
	errno = ERANGE;
	log_error("lost");
	assert_int_equal(errno, ERANGE);
	catch_end();
}

static void
levels_are_words(void **state)
{
	(void)state;
	assert_string_equal(log_words[LOG_ERROR], "error");
	assert_string_equal(log_words[LOG_WARN], "warn");
	assert_string_equal(log_words[LOG_INFO], "info");
	assert_string_equal(log_words[LOG_DEBUG], "debug");
	assert_null(log_words[LOG__COUNT]);
}

static void
die_says_why_and_exits_with_1(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	log_open("t", LOG_ERROR);
	catch_begin();
	pid = fork();
	if (pid == 0) {
		/* not exit(1) of the test itself */
		fclose(stdout);
		log_die("no %s", "way");
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_string_equal(catch_end(), "<3>t: no way\n");
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_journal_is_told_priorities),
		cmocka_unit_test(each_level_has_its_priority),
		cmocka_unit_test(what_is_less_important_is_left_out),
		cmocka_unit_test(no_value_can_forge_a_line),
		cmocka_unit_test(what_is_too_long_is_cut_off),
		cmocka_unit_test(errno_survives_and_is_what_m_prints),
		cmocka_unit_test(levels_are_words),
		cmocka_unit_test(die_says_why_and_exits_with_1),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
