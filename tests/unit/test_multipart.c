/* test_multipart.c: forms with a file, as browsers send them and as none does */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/multipart.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TYPE "multipart/form-data; boundary=xYz"
#define FIELD(name, value) \
	"--xYz\r\nContent-Disposition: form-data; name=\"" name \
	"\"\r\n\r\n" value "\r\n"
#define FILE_AS(name, file, value) \
	"--xYz\r\nContent-Disposition: form-data; name=\"" name \
	"\"; filename=\"" file "\"\r\nContent-Type: image/jpeg\r\n\r\n" \
	value "\r\n"
#define END "--xYz--\r\n"

static struct arena *arena;
static struct http_pairs form;
static struct http_file file;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_create();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_destroy(arena);
	return 0;
}

/* From a copy of its exact size, so that a sanitizer sees a step too far. */
static bool
parse_bytes(const char *type, const char *body, size_t len)
{
	char *exact = arena_alloc(arena, len + 1), *copy = malloc(len + !len);
	bool ok;

	memcpy(exact, body, len);
	memcpy(copy, body, len);
	ok = multipart_parse(arena, type, copy, len, &form, &file);
	/* the arena's copy outlives this call, for whoever looks at the file */
	if (ok && file.name != NULL)
		file.data = exact + (file.data - copy);
	free(copy);
	return ok;
}

static bool
parse(const char *type, const char *body)
{
	return parse_bytes(type, body, strlen(body));
}

static void
expect_file(const char *name, const void *data, size_t len)
{
	assert_string_equal(file.name, name);
	assert_int_equal(file.len, len);
	assert_memory_equal(file.data, data, len);
}

static void
fields_and_a_file_are_taken_apart(void **state)
{
	static const char body[] = FIELD("csrf", "abc") FIELD("empty", "")
		FILE_AS("photo", "IMG 1.jpg", "\xff\xd8\0\r\n--xY\r\n\r\n--")
		FIELD("note", "two\r\nlines") END;

	(void)state;
	assert_true(parse_bytes(TYPE, body, sizeof body - 1));
	assert_int_equal(form.count, 3);
	assert_string_equal(http_find(&form, "csrf"), "abc");
	assert_string_equal(http_find(&form, "empty"), "");
	assert_string_equal(http_find(&form, "note"), "two\r\nlines");
	assert_null(http_find(&form, "photo"));
	expect_file("photo", "\xff\xd8\0\r\n--xY\r\n\r\n--", 15);
}

static void
a_file_that_was_not_chosen_is_none(void **state)
{
	(void)state;
	assert_true(parse(TYPE, FILE_AS("camera", "", "") FIELD("a", "1")
	                  FILE_AS("photo", "p.jpg", "pic") END));
	expect_file("photo", "pic", 3);
	assert_true(parse(TYPE, FILE_AS("camera", "", "") FIELD("a", "1") END));
	assert_null(file.name);
	assert_true(parse(TYPE, FILE_AS("a", "1", "one") FILE_AS("b", "2", "two")
	                  END));
	expect_file("a", "one", 3);
	/* an empty one that was chosen is one */
	assert_true(parse(TYPE, FILE_AS("photo", "p.jpg", "") END));
	expect_file("photo", "", 0);
}

static void
boundaries_are_named_in_many_ways(void **state)
{
	static const char *const types[] = {
		"multipart/form-data;boundary=xYz",
		"Multipart/Form-Data; Boundary=\"xYz\"",
		"multipart/form-data; charset=utf-8; boundary=xYz",
		"multipart/form-data ; boundary=xYz ",
	};
	static const char *const others[] = {
		"", "multipart/form-data", "multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"\"",
		"multipart/form-data; boundary=\"xYz",
		"multipart/form-data; boundary=xyz",
		"multipart/form-data; boundary=xY",
		"multipart/form-data; boundary", "multipart/form-data, xYz",
		"multipart/form-data boundary=xYz",
		"multipart/mixed; boundary=xYz", "x" TYPE,
		"multipart/form-data; boundary=1234567890123456789012345678901"
		"234567890123456789012345678901234567890",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		if (!parse(types[i], FIELD("a", "1") END))
			fail_msg("%s is refused", types[i]);
		assert_string_equal(http_find(&form, "a"), "1");
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		if (parse(others[i], FIELD("a", "1") END))
			fail_msg("%s is taken", others[i]);
	}
}

/* A header line of a part, and the name it gives; NULL: refused. */
static const struct {
	const char *header, *name;
} headers[] = {
	{ "Content-Disposition: form-data; name=\"a\"", "a" },
	{ "content-disposition:form-data;name=a", "a" },
	{ "X: y\r\nContent-Disposition: form-data; name=\"a\"\r\nZ:", "a" },
	{ "Content-Disposition: form-data; name=\"a;b\"", "a;b" },
	{ "Content-Disposition: form-data; name=\"a\\\"", "a\\" },
	{ "Content-Disposition: form-data; x=\"y\"; name=\"\xc3\xa9\"",
	  "\xc3\xa9" },
	{ "Content-Disposition: form-data; name=\"\"", NULL },
	{ "Content-Disposition: form-data; name=\"a\"; name=\"b\"", NULL },
	{ "Content-Disposition: form-data; name=\"\xc3\"", NULL },
	{ "Content-Disposition: form-data; name=\"a", NULL },
	{ "Content-Disposition: form-data; name=\"a\\\"b\"", NULL },
	{ "Content-Disposition: form-data; name", NULL },
	{ "Content-Disposition: form-data name=a", NULL },
	{ "Content-Disposition: form-datum; name=\"a\"", NULL },
	{ "Content-Disposition: attachment; name=\"a\"", NULL },
	{ "Content-Disposition: form-data", NULL },
	{ "Content-Type: text/plain", NULL },
	{ "no colon\r\nContent-Disposition: form-data; name=\"a\"", NULL },
	{ "Content-Disposition: form-data;\r\n name=\"a\"", NULL },
	{ "", NULL },
};

static void
headers_name_the_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(headers); i++) {
		char *body = arena_printf(arena, "--xYz\r\n%s\r\n\r\n1\r\n" END,
		                          headers[i].header);
		bool ok = parse(TYPE, body);

		if (ok != (headers[i].name != NULL))
			fail_msg("'%s' is %s", headers[i].header,
			         ok ? "taken" : "refused");
		if (!ok)
			continue;
		assert_int_equal(form.count, 1);
		assert_string_equal(form.list[0].name, headers[i].name);
		assert_string_equal(form.list[0].value, "1");
	}
}

static void
what_no_browser_sends_is_refused(void **state)
{
	static const char *const bodies[] = {
		"", "--xYz", "--xYz\r\n", "--xYz-", "\r\n--xYz--\r\n",
		"a=1", "hello\r\n" FIELD("a", "1") END,
		FIELD("a", "1"), FIELD("a", "1") "--xYz\r\n",
		FIELD("a", "1") "--xYz-\r\n", FIELD("a", "1") END "more",
		FIELD("a", "1") "--xYzz--\r\n", FIELD("a", "1") "--xY--\r\n",
		"--xYz\nContent-Disposition: form-data; name=\"a\"\n\n1\n--xYz--",
		"--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n1\r\n"
		END,
		"--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
		END,
		"--xYz \r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
		"1\r\n" END,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		if (parse(TYPE, bodies[i]))
			fail_msg("'%s' is taken", bodies[i]);
	}
	assert_true(parse(TYPE, "--xYz--"));
	assert_int_equal(form.count, 0);
}

/* Whatever is cut off. */
static void
a_part_of_a_body_is_no_body(void **state)
{
	static const char body[] = FIELD("a", "1") FILE_AS("f", "n", "data")
		"--xYz--";

	(void)state;
	for (size_t len = 0; len < sizeof body - 1; len++)
		assert_false(parse_bytes(TYPE, body, len));
	assert_true(parse_bytes(TYPE, body, sizeof body - 1));
}

static void
append_part(struct buf *body, const char *more, size_t value_len)
{
	buf_appendf(body, "--xYz\r\n%sContent-Disposition: form-data; "
	            "name=\"a\"\r\n\r\n", more);
	memset(buf_reserve(body, value_len), 'v', value_len);
	body->len += value_len;
	buf_append_str(body, "\r\n");
}

static bool
parse_parts(int count, const char *more, size_t value_len)
{
	struct buf body = BUF_INIT;
	bool ok;

	for (int i = 0; i < count; i++)
		append_part(&body, more, value_len);
	buf_append_str(&body, END);
	ok = parse_bytes(TYPE, body.data, body.len);
	buf_finish(&body);
	return ok;
}

static void
there_are_limits(void **state)
{
	char *header = arena_alloc(arena, MULTIPART_HEAD_MAX + 1);

	(void)state;
	assert_true(parse_parts(MULTIPART_PARTS_MAX, "", 1));
	assert_int_equal(form.count, MULTIPART_PARTS_MAX);
	assert_false(parse_parts(MULTIPART_PARTS_MAX + 1, "", 1));
	assert_true(parse_parts(1, "", MULTIPART_FIELD_MAX));
	assert_int_equal(form.list[0].value_len, MULTIPART_FIELD_MAX);
	assert_false(parse_parts(1, "", MULTIPART_FIELD_MAX + 1));
	memset(header, 'h', MULTIPART_HEAD_MAX);
	memcpy(header, "X:", 2);
	memcpy(header + 3000, "\r\n", 3);
	assert_true(parse_parts(1, header, 1));
	header[3000] = 'h';
	memcpy(header + MULTIPART_HEAD_MAX - 2, "\r\n", 3);
	assert_false(parse_parts(1, header, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fields_and_a_file_are_taken_apart),
		TEST(a_file_that_was_not_chosen_is_none),
		TEST(boundaries_are_named_in_many_ways),
		TEST(headers_name_the_part),
		TEST(what_no_browser_sends_is_refused),
		TEST(a_part_of_a_body_is_no_body),
		TEST(there_are_limits),
	};

	return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
