/* test_buf.c: growing bytes keep what they hold, and a NUL behind it */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

static void
grows_byte_by_byte(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		char c = (char)('a' + i % 26);

		buf_append(&b, &c, 1);
		assert_int_equal(b.len, i + 1);
		assert_int_equal(b.data[b.len], '\0');
		assert_true(b.cap > b.len);
	}
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	buf_finish(&b);
}

static void
takes_nothing_and_nuls(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_append(&b, NULL, 0);
	assert_non_null(b.data);
	assert_string_equal(b.data, "");
	buf_append(&b, "a\0b", 3);
	buf_append_str(&b, "");
	buf_append_str(&b, "c");
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.data, "a\0bc", 5);
	buf_finish(&b);
}

static void
a_reserve_changes_nothing_but_the_room(void **state)
{
	struct buf b = BUF_INIT;
	char *at;

	(void)state;
	buf_append_str(&b, "abc");
	at = buf_reserve(&b, 100000);
	assert_ptr_equal(at, b.data + 3);
	assert_int_equal(b.len, 3);
	assert_true(b.cap > 100003);
	memset(at, 'x', 100000);	/* the sanitizer watches */
	b.len += 100000;
	buf_append_str(&b, "y");
	assert_memory_equal(b.data, "abcx", 4);
	assert_string_equal(b.data + b.len - 2, "xy");
	buf_finish(&b);
}

static void
formats_at_the_end(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_appendf(&b, "%d,", 1);
	buf_appendf(&b, "%s", "");
	buf_appendf(&b, "%0300d", 2);
	assert_int_equal(b.len, 302);
	assert_memory_equal(b.data, "1,000", 5);
	assert_string_equal(b.data + 300, "02");
	buf_finish(&b);
}

static void
consumes_at_most_all(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_consume(&b, 5);
	assert_null(b.data);
	buf_append_str(&b, "abcdef");
	buf_consume(&b, 0);
	buf_consume(&b, 2);
	assert_string_equal(b.data, "cdef");
	assert_int_equal(b.len, 4);
	buf_consume(&b, SIZE_MAX);
	assert_string_equal(b.data, "");
	assert_int_equal(b.len, 0);
	buf_finish(&b);
}

static void
reset_keeps_the_memory(void **state)
{
	struct buf b = BUF_INIT;
	size_t cap;

	(void)state;
	buf_reset(&b);
	assert_null(b.data);
	buf_append_str(&b, "abc");
	cap = b.cap;
	buf_reset(&b);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, cap);
	assert_string_equal(b.data, "");
	buf_finish(&b);
}

static void
steal_hands_over_a_string_always(void **state)
{
	struct buf b = BUF_INIT;
	char *text;

	(void)state;
	text = buf_steal(&b);	/* of nothing */
	assert_string_equal(text, "");
	free(text);
	memcpy(buf_reserve(&b, 3), "xyz", 3);
	b.len = 2;
	text = buf_steal(&b);
	assert_string_equal(text, "xy");
	free(text);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, 0);
	buf_append_str(&b, "anew");
	assert_string_equal(b.data, "anew");
	buf_finish(&b);
	buf_finish(&b);
	assert_null(b.data);
}

static void
more_than_there_can_be_ends_the_process(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		struct buf b = BUF_INIT;

		close(STDERR_FILENO);
		buf_reserve(&b, SIZE_MAX - 1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_byte_by_byte),
		cmocka_unit_test(takes_nothing_and_nuls),
		cmocka_unit_test(a_reserve_changes_nothing_but_the_room),
		cmocka_unit_test(formats_at_the_end),
		cmocka_unit_test(consumes_at_most_all),
		cmocka_unit_test(reset_keeps_the_memory),
		cmocka_unit_test(steal_hands_over_a_string_always),
		cmocka_unit_test(more_than_there_can_be_ends_the_process),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
