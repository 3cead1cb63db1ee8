/* test_arena.c: memory of a request: zeroed, aligned, apart, cleaned up */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

static void
memory_is_zeroed_and_aligned(void **state)
{
	struct arena *a = arena_create();

	(void)state;
	for (size_t size = 0; size < 300; size++) {
		unsigned char *p = arena_alloc(a, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xa5, size);
	}
	arena_destroy(a);
}

/* Also after a reset, when the block holds what the last request left. */
static void
memory_is_zeroed_again_after_a_reset(void **state)
{
	struct arena *a = arena_create();

	(void)state;
	for (int round = 0; round < 3; round++) {
		unsigned char *p = arena_alloc(a, 5000);

		for (size_t i = 0; i < 5000; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xa5, 5000);
		arena_reset(a);
	}
	arena_destroy(a);
}

static void
pieces_of_all_sizes_stay_apart(void **state)
{
	static const size_t sizes[] = { 1, 16384, 7, 16383, 16385, 100000, 3,
		                        8000, 8000, 8000, 1 };
	unsigned char *piece[sizeof sizes / sizeof *sizes];
	struct arena *a = arena_create();

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		piece[i] = arena_alloc(a, sizes[i]);
		memset(piece[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(piece[i][k], i + 1);
	}
	arena_destroy(a);
}

static void
texts_are_copies(void **state)
{
	struct arena *a = arena_create();
	char text[] = "Asha";
	char *copy = arena_strdup(a, text), *part = arena_strndup(a, text, 2);
	char *with_nul = arena_strndup(a, "a\0b", 3);

	(void)state;
	memset(text, 'x', 4);
	assert_string_equal(copy, "Asha");
	assert_string_equal(part, "As");
	assert_memory_equal(with_nul, "a\0b", 4);
	assert_string_equal(arena_strndup(a, NULL, 0), "");
	assert_string_equal(arena_strdup(a, ""), "");
	arena_destroy(a);
}

static void
printf_has_room_for_any_length(void **state)
{
	struct arena *a = arena_create();
	char *text;

	(void)state;
	assert_string_equal(arena_printf(a, "%s-%d", "a", 7), "a-7");
	assert_string_equal(arena_printf(a, "%s", ""), "");
	text = arena_printf(a, "%050000d", 7);
	assert_int_equal(strlen(text), 50000);
	assert_int_equal(text[49999], '7');
	arena_destroy(a);
}

/* ---- cleanups ------------------------------------------------------------ */

static char order[16];

static void
note(void *arg)
{
	size_t len = strlen(order);

	order[len] = *(const char *)arg;
}

static void
cleanups_run_last_one_first_and_once(void **state)
{
	static char one[] = "1", two[] = "2", three[] = "3";
	struct arena *a = arena_create();

	(void)state;
	memset(order, 0, sizeof order);
	arena_cleanup(a, note, one);
	arena_alloc(a, 100000);	/* the list spans blocks */
	arena_cleanup(a, note, two);
	arena_reset(a);
	assert_string_equal(order, "21");
	arena_reset(a);
	assert_string_equal(order, "21");
	arena_cleanup(a, note, three);
	arena_destroy(a);
	assert_string_equal(order, "213");
}

static void
destroy_takes_null(void **state)
{
	(void)state;
	arena_destroy(NULL);
}

static void
more_than_there_can_be_ends_the_process(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		close(STDERR_FILENO);
		arena_alloc(arena_create(), SIZE_MAX - 4);
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
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(memory_is_zeroed_again_after_a_reset),
		cmocka_unit_test(pieces_of_all_sizes_stay_apart),
		cmocka_unit_test(texts_are_copies),
		cmocka_unit_test(printf_has_room_for_any_length),
		cmocka_unit_test(cleanups_run_last_one_first_and_once),
		cmocka_unit_test(destroy_takes_null),
		cmocka_unit_test(more_than_there_can_be_ends_the_process),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
