/* test_options.c: command lines by a table */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/options.h"

#define WORDS_MAX 8

struct values {
	bool check;
	const char *config, *start;
};

static const struct options_key keys[] = {
	{ "check", 'n', OPTIONS_FLAG, offsetof(struct values, check) },
	{ "config", 'c', OPTIONS_TEXT, offsetof(struct values, config) },
	{ "start", 0, OPTIONS_TEXT, offsetof(struct values, start) },
};

static void
help(void)
{
	puts("help of ours");
}

/* Cuts `line` at its blanks and reads it; the words stay in `words`. */
static int
read_line(char *line, char **words, int *count, struct values *out)
{
	char *rest, *word = strtok_r(line, " ", &rest);

	for (*count = 0; word != NULL; word = strtok_r(NULL, " ", &rest))
		words[(*count)++] = word;
	words[*count] = NULL;
	*out = (struct values){ .config = "default" };
	return options_read("prog", help, keys, 3, out, *count, words);
}

static void
options_stand_where_they_like(void **state)
{
	static const struct {
		const char *line;
		bool check;
		const char *config, *start;
		const char *first;	/* word that is none, or NULL */
	} lines[] = {
		{ "prog", false, "default", NULL, NULL },
		{ "prog -n", true, "default", NULL, NULL },
		{ "prog --check", true, "default", NULL, NULL },
		{ "prog -c a", false, "a", NULL, NULL },
		{ "prog -ca", false, "a", NULL, NULL },
		{ "prog --config a -n", true, "a", NULL, NULL },
		{ "prog --config=a", false, "a", NULL, NULL },
		{ "prog do -n", true, "default", NULL, "do" },
		{ "prog do --start 1 it", false, "default", "1", "do" },
		{ "prog -- -n", false, "default", NULL, "-n" },
		{ "prog -c a -c b", false, "b", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char line[100], *words[WORDS_MAX];
		struct values v;
		int count, first;

		snprintf(line, sizeof line, "%s", lines[i].line);
		first = read_line(line, words, &count, &v);
		assert_int_equal(v.check, lines[i].check);
		assert_string_equal(v.config, lines[i].config);
		if (lines[i].start == NULL)
			assert_null(v.start);
		else
			assert_string_equal(v.start, lines[i].start);
		if (lines[i].first == NULL)
			assert_int_equal(first, count);
		else
			assert_string_equal(words[first], lines[i].first);
	}
}

/* What a program with this line writes, and its exit status. */
static int
run(const char *text, char *out, size_t size)
{
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char line[100], *words[WORDS_MAX];
		struct values v;
		int count;

		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		snprintf(line, sizeof line, "%s", text);
		read_line(line, words, &count, &v);
		exit(77);	/* it came back */
	}
	close(fds[1]);
	n = read(fds[0], out, size - 1);
	out[n > 0 ? n : 0] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
help_version_and_mistakes_end_the_program(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *says;
	} lines[] = {
		{ "prog --help", 0, "help of ours\n" },
		{ "prog -n -h", 0, "help of ours\n" },
		{ "prog --version", 0, "prog " GYMGATE_VERSION "\n" },
		{ "prog -V", 0, "prog " GYMGATE_VERSION "\n" },
		{ "prog --unknown", 2,
		  "prog: unrecognized option '--unknown'\n" },
		{ "prog -x", 2, "prog: invalid option -- 'x'\n" },
		{ "prog -c", 2, "prog: option requires an argument -- 'c'\n" },
		{ "prog --check=1", 2,
		  "prog: option '--check' doesn't allow an argument\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char out[200];

		assert_int_equal(run(lines[i].line, out, sizeof out),
		                 lines[i].status);
		assert_string_equal(out, lines[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_where_they_like),
		cmocka_unit_test(help_version_and_mistakes_end_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
