/* test_conf.c: configuration files, and every way to get one wrong */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct server {
	char *name;
	int64_t workers;
	bool tls;
	int level;
};

struct terminal {
	char label[20];
	char *host;
	int64_t port;
};

struct site {
	struct server server;
	struct terminal terminals[3];
	size_t terminal_count;
};

static const char *const levels[] = { "low", "high", NULL };

static const struct conf_key keys[] = {
	{ "server", "name", CONF_STR, offsetof(struct server, name), "gym",
	  0, 8, NULL },
	{ "server", "workers", CONF_INT, offsetof(struct server, workers),
	  "4", 1, 16, NULL },
	{ "server", "tls", CONF_BOOL, offsetof(struct server, tls), "yes", 0,
	  0, NULL },
	{ "server", "level", CONF_WORD, offsetof(struct server, level),
	  "high", 0, 0, levels },
	{ "terminal", "host", CONF_STR, offsetof(struct terminal, host),
	  NULL, 0, 0, NULL },
	{ "terminal", "port", CONF_INT, offsetof(struct terminal, port),
	  "4370", 1, 65535, NULL },
};

/* One server; terminals each with a label, of which "x" is refused. */
static void *
target(void *arg, const char *section, const char *label)
{
	struct site *s = arg;
	struct terminal *t = &s->terminals[s->terminal_count];

	if (strcmp(section, "server") == 0)
		return *label == '\0' ? &s->server : NULL;
	if (*label == '\0' || strcmp(label, "x") == 0 ||
	    s->terminal_count == COUNT(s->terminals))
		return NULL;
	assert_true(text_copy(t->label, sizeof t->label, label));
	s->terminal_count++;
	return t;
}

static char path[] = "/tmp/test_conf.XXXXXX";
static char error[300];

static bool
load_bytes(struct site *s, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	*s = (struct site){ .terminal_count = 0 };
	error[0] = '\0';
	return conf_load(path, keys, COUNT(keys), target, s, error,
	                 sizeof error);
}

static bool
load(struct site *s, const char *text)
{
	return load_bytes(s, text, strlen(text));
}

static void
finish(struct site *s)
{
	conf_finish(keys, COUNT(keys), "server", &s->server);
	for (size_t i = 0; i < s->terminal_count; i++)
		conf_finish(keys, COUNT(keys), "terminal", &s->terminals[i]);
	assert_null(s->server.name);
	*s = (struct site){ .terminal_count = 0 };
}

static void
every_type_is_read(void **state)
{
	struct site s;

	(void)state;
	if (!load(&s, "# words\n; more\n\n[server]\nname = a b \n"
	          "  \nworkers=16\r\ntls = no\nlevel = low ; why\n"
	          "[terminal front]\nhost = 10.0.0.1\n"
	          "[terminal back door]\nhost: 10.0.0.2\nport = 1\n"
	          "[terminal front]\nport = 2\n"))
		fail_msg("%s", error);
	assert_string_equal(s.server.name, "a b");
	assert_int_equal(s.server.workers, 16);
	assert_false(s.server.tls);
	assert_int_equal(s.server.level, 0);
	assert_int_equal(s.terminal_count, 2);
	assert_string_equal(s.terminals[0].label, "front");
	assert_string_equal(s.terminals[0].host, "10.0.0.1");
	assert_int_equal(s.terminals[0].port, 2);	/* named again */
	assert_string_equal(s.terminals[1].label, "back door");
	assert_int_equal(s.terminals[1].port, 1);
	finish(&s);
}

static void
what_is_not_said_has_its_default(void **state)
{
	static const char *const texts[] = { "", "[server]\n", "# x",
		                             "\xef\xbb\xbf[server]\ntls=yes" };
	struct site s;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		if (!load(&s, texts[i]))
			fail_msg("%s", error);
		assert_string_equal(s.server.name, "gym");
		assert_int_equal(s.server.workers, 4);
		assert_true(s.server.tls);
		assert_int_equal(s.server.level, 1);
		finish(&s);
	}
	s = (struct site){ .terminal_count = 0 };
	assert_true(conf_load(NULL, keys, COUNT(keys), target, &s, error,
	                      sizeof error));
	assert_string_equal(s.server.name, "gym");
	finish(&s);
}

/* What stands in the file, and what is said behind its name. */
static const struct {
	const char *text, *says;
} wrong[] = {
	{ "[server]\nnaem = x\n", ":2: no key 'naem' is known here" },
	{ "[server]\nhost = x\n", ":2: no key 'host' is known here" },
	{ "[sever]\nname = x\n", ":1: no section [sever] is known" },
	{ "\n\n[sever]\n", ":3: no section [sever] is known" },
	{ "name = x\n", ":1: no section [] is known" },
	{ "[server front]\nname = x\n",
	  ":1: no section [server front] is known" },
	{ "[server]\nname = x\n[server ]\nworkers = 2\n",
	  ":3: no section [server ] is known" },
	{ "[terminal x]\nhost = a\n", ":1: no section [terminal x] is known" },
	{ "[terminal]\nhost = a\n", ":1: no section [terminal] is known" },
	{ "[terminal ]\nhost = a\n", ":1: no section [terminal ] is known" },
	{ "[server]\nname = a\nname = b\n", ":3: 'name' is given twice" },
	{ "[server]\nname = a\n[server]\nname = b\n",
	  ":4: 'name' is given twice" },
	{ "[server]\nname = a\n  b\n", ":3: 'name' is given twice" },
	{ "[server]\nname = 123456789\n", ":2: 'name' is too long" },
	{ "[server]\nworkers = 0\n",
	  ":2: 'workers' is not a number within its bounds" },
	{ "[server]\nworkers = 17\n",
	  ":2: 'workers' is not a number within its bounds" },
	{ "[server]\nworkers = 4x\n",
	  ":2: 'workers' is not a number within its bounds" },
	{ "[server]\nworkers =\n",
	  ":2: 'workers' is not a number within its bounds" },
	{ "[server]\ntls = true\n", ":2: 'tls' must be yes or no" },
	{ "[server]\ntls = Yes\n", ":2: 'tls' must be yes or no" },
	{ "[server]\nlevel = middle\n",
	  ":2: 'level' is not one of the words it may be" },
	{ "[server]\nlevel =\n",
	  ":2: 'level' is not one of the words it may be" },
	{ "[server]\nname\n", ":2: expected 'key = value' or '[section]'" },
	{ "[server\nname = x\n",
	  ":1: expected 'key = value' or '[section]'" },
	{ "[server]\n= x\n", ":2: no key '' is known here" },
	{ "[terminal front]\nport = 1\n",
	  ": 'host' is missing in section terminal front" },
	{ "[terminal front]\n",
	  ": 'host' is missing in section terminal front" },
	/* of two mistakes the first is told, whichever kind it is */
	{ "[server]\nworkers = 0\ntls = 1\n",
	  ":2: 'workers' is not a number within its bounds" },
	{ "[server]\nname\ntls = 1\n",
	  ":2: expected 'key = value' or '[section]'" },
	{ "[server]\ntls = 1\nname\n", ":2: 'tls' must be yes or no" },
};

static void
what_is_wrong_is_told_in_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct site s;

		if (load(&s, wrong[i].text))
			fail_msg("is taken: %s", wrong[i].text);
		if (text_after(error, path) == NULL ||
		    strcmp(text_after(error, path), wrong[i].says) != 0)
			fail_msg("%s says: %s", wrong[i].text, error);
		finish(&s);
	}
}

/* libinih itself would read the rest of a long line as a line of its own. */
static void
lines_that_are_too_long_are_refused(void **state)
{
	char text[1000];
	struct site s;

	(void)state;
	snprintf(text, sizeof text, "[server]\n# %0194d\nworkers = 5\n", 1);
	assert_true(load(&s, text));	/* 196 and a blank: just fits */
	assert_int_equal(s.server.workers, 5);
	finish(&s);
	snprintf(text, sizeof text, "[server]\n# %0198dworkers = 5\n", 1);
	assert_false(load(&s, text));
	assert_string_equal(text_after(error, path),
	                    ":2: is longer than 198 bytes");
	finish(&s);
	snprintf(text, sizeof text, "[server]\nname = %0500d\n", 1);
	assert_false(load(&s, text));
	assert_string_equal(text_after(error, path),
	                    ":2: is longer than 198 bytes");
	finish(&s);
}

/* Two names that differ behind the 49th letter are not one section. */
static void
headings_that_are_too_long_are_refused(void **state)
{
	char text[200];
	struct site s;

	(void)state;
	snprintf(text, sizeof text, "[terminal %040d]\nhost = a\n", 1);
	assert_false(load(&s, text));
	assert_non_null(strstr(error, ":1: no section [terminal 000"));
	finish(&s);
}

static void
files_that_are_none_are_refused(void **state)
{
	static char large[256 * 1024 + 2];
	struct site s = { .terminal_count = 0 };

	(void)state;
	assert_false(load_bytes(&s, "[server]\ntls = no\n\0workers = 5\n", 31));
	assert_string_equal(text_after(error, path), ":2: holds a NUL");
	finish(&s);
	memset(large, '\n', sizeof large);
	assert_false(load_bytes(&s, large, sizeof large));
	assert_string_equal(text_after(error, path), ": File too large");
	finish(&s);
	assert_false(conf_load("/nowhere/f", keys, COUNT(keys), target, &s,
	                       error, sizeof error));
	assert_string_equal(error, "/nowhere/f: No such file or directory");
	finish(&s);
	assert_false(conf_load("/tmp", keys, COUNT(keys), target, &s, error,
	                       sizeof error));
	assert_string_equal(error, "/tmp: Is a directory");
	finish(&s);
}

static void
a_message_is_cut_to_its_room(void **state)
{
	struct site s = { .terminal_count = 0 };
	char little[20];

	(void)state;
	assert_false(load(&s, "[server]\nnaem = x\n"));
	finish(&s);
	assert_false(conf_load(path, keys, COUNT(keys), target, &s, little,
	                       sizeof little));
	assert_memory_equal(little, path, sizeof little - 1);
	assert_int_equal(little[sizeof little - 1], '\0');
	finish(&s);
}

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd) != 0;
}

static int
drop_file(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_read),
		cmocka_unit_test(what_is_not_said_has_its_default),
		cmocka_unit_test(what_is_wrong_is_told_in_one_line),
		cmocka_unit_test(lines_that_are_too_long_are_refused),
		cmocka_unit_test(headings_that_are_too_long_are_refused),
		cmocka_unit_test(files_that_are_none_are_refused),
		cmocka_unit_test(a_message_is_cut_to_its_room),
	};

	return cmocka_run_group_tests_name("conf", tests, make_file,
	                                   drop_file);
}
