/* test_banned.c: what banned.h names does not compile */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each in a function of its own, with `a` and `b` char arrays, `t` a time. */
static const struct {
	const char *call, *advice;	/* which the compiler must show */
} banned[] = {
	{ "strcpy(a, b)", "use_text_copy_not_strcpy" },
	{ "strcat(a, b)", "use_struct_buf_not_strcat" },
	{ "strncpy(a, b, 3)", "use_text_copy_not_strncpy" },
	{ "strncat(a, b, 3)", "use_struct_buf_not_strncat" },
	{ "sprintf(a, \"%d\", 1)", "use_snprintf_not_sprintf" },
	{ "vsprintf(a, b, args)", "use_vsnprintf_not_vsprintf" },
	{ "strtok(a, b)", "use_strtok_r_not_strtok" },
	{ "gmtime(&t)", "use_clock_split_not_gmtime" },
	{ "localtime(&t)", "use_clock_local_not_localtime" },
	{ "asctime(0)", "use_clock_format_not_asctime" },
	{ "ctime(&t)", "use_clock_format_not_ctime" },
	{ "atoi(a)", "use_text_to_int_not_atoi" },
	{ "atol(a)", "use_text_to_int_not_atol" },
	{ "atof(a)", "there_are_no_floats_here" },
};

static char source[] = "/tmp/test_banned.XXXXXX";

static const char *
compiler(void)
{
	const char *cc = getenv("CC");

	return cc == NULL || *cc == '\0' ? "cc" : cc;
}

/* Does a file with this call compile?  What the compiler said is in `said`. */
static bool
compiles(const char *call, char *said, size_t size)
{
	char command[400];
	FILE *f = fopen(source, "w");
	size_t n;

	assert_non_null(f);
	fprintf(f, "#include \"base/text.h\"\n#include <stdarg.h>\n"
	        "void f(char *a, char *b, time_t t, va_list args);\n"
	        "void f(char *a, char *b, time_t t, va_list args)\n"
	        "{ (void)a; (void)b; (void)t; (void)args; (void)%s; }\n",
	        call);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof command, "%s -std=c11 -D_GNU_SOURCE -Icgi "
	         "-fsyntax-only -x c %s 2>&1", compiler(), source);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(said, 1, size - 1, f);
	said[n] = '\0';
	return pclose(f) == 0;
}

static int
make_source(void **state)
{
	int fd = mkstemp(source);

	(void)state;
	return fd < 0 || close(fd) != 0;
}

static int
drop_source(void **state)
{
	(void)state;
	return unlink(source);
}

static void
each_is_refused_with_its_advice(void **state)
{
	static char said[16000];

	(void)state;
	/* what is allowed compiles, so a refusal means what it says */
	if (!compiles("snprintf(a, 3, \"%s\", b)", said, sizeof said))
		fail_msg("%s", said);
	for (size_t i = 0; i < sizeof banned / sizeof *banned; i++) {
		if (compiles(banned[i].call, said, sizeof said))
			fail_msg("%s compiles", banned[i].call);
		if (strstr(said, banned[i].advice) == NULL)
			fail_msg("%s: %s", banned[i].call, said);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_refused_with_its_advice),
	};
	char command[300];

	snprintf(command, sizeof command, "%s --version >/dev/null 2>&1",
	         compiler());
	if (system(command) != 0) {
		fprintf(stderr, "skipped: there is no compiler '%s'\n",
		        compiler());
		return 77;
	}
	return cmocka_run_group_tests_name("banned", tests, make_source,
	                                   drop_source);
}
