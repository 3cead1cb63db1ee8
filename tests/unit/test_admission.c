/* test_admission.c: which code comes next */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "gym/admission.h"

static void
the_next_code_counts_on(void **state)
{
	static const struct {
		const char *code, *next;
	} cases[] = {
		{ "SF-042", "SF-043" }, { "SF-999", "SF-1000" },
		{ "SF-009", "SF-010" }, { "SF-000", "SF-001" },
		{ "1", "2" }, { "007", "008" }, { "A1B2", "A1B3" },
		{ "Rao", "Rao-1" }, { "X-", "X--1" }, { "2026/9", "2026/10" },
		/* no more than fits a number: the digits before stay */
		{ "999999999999999999", "9991000000000000000" },
		{ "ABCDEFGHIJKLMNOPQRSTUV-9", NULL },
		{ "ABCDEFGHIJKLMNOPQRSTUVWX", NULL },
		{ "ABCDEFGHIJKLMNOPQRSTUV-8", "ABCDEFGHIJKLMNOPQRSTUV-9" },
	};
	struct arena *a = arena_create();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *next = admission_next_code(a, cases[i].code);

		if (cases[i].next == NULL)
			assert_null(next);
		else
			assert_string_equal(next, cases[i].next);
	}
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_code_counts_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
