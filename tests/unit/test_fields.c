/* test_fields.c: values of JSON and forms, by a table, from anybody */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/fields.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct values {
	const char *word, *text, *line;
	int64_t number, local;
	bool flag;
};

#define AT(name) offsetof(struct values, name)

static const struct fields_key keys[] = {
	{ "word", FIELDS_WORD, true, AT(word), 1, 8, "-" },
	{ "text", FIELDS_TEXT, false, AT(text), 0, 8, NULL },
	{ "line", FIELDS_LINE, false, AT(line), 0, 8, NULL },
	{ "flag", FIELDS_BOOL, false, AT(flag), 0, 0, NULL },
	{ "number", FIELDS_INT, false, AT(number), -5, 2000000000, NULL },
	{ "local", FIELDS_LOCAL, false, AT(local), 0, 0, NULL },
};

static struct arena *arena;
static struct values values;
static struct fields_error error;

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

/* Parses a copy that ends where the body does, but for the NUL behind it. */
static json_object *
parse_bytes(const char *body, size_t len)
{
	char *copy = malloc(len + 1);
	json_object *json;

	assert_non_null(copy);
	memcpy(copy, body, len);
	copy[len] = '\0';
	json = fields_parse_json(arena, copy, len);
	free(copy);
	return json;
}

static json_object *
parse(const char *body)
{
	return parse_bytes(body, strlen(body));
}

static bool
read_from(const struct fields_source *source)
{
	values = (struct values){ "old", "old", "old", 77, 77, false };
	error = (struct fields_error){ NULL, NULL };
	return fields_read(arena, source, keys, COUNT(keys), &values, &error);
}

static bool
read_json(const char *body)
{
	struct fields_source source = { .json = parse(body) };

	if (source.json == NULL)
		fail_msg("is not JSON: %s", body);
	return read_from(&source);
}

static bool
read_form(const char *body)
{
	struct http_pairs pairs;
	struct fields_source source = { .form = &pairs };

	assert_true(http_parse_pairs(arena, body, strlen(body), &pairs));
	return read_from(&source);
}

/* ---- JSON itself --------------------------------------------------------- */

static void
json_is_parsed_strictly(void **state)
{
	static const char *const good[] = {
		"{}", "[]", " {\"a\": [1, -2.5e3, true, false, null]} \r\n",
		"\"a\"", "7", "[[[[[[[1]]]]]]]", "{\"a\":\"\xe0\xa4\x86\"}",
	};
	static const char *const bad[] = {
		"", " ", "null", "nul", "x", "{", "}", "{\"a\"", "{\"a\":",
		"{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "[1,]", "[1 2]",
		"{} x", "{}{}", "[] ]", "{a:1}", "/* x */{}", "{}//",
		"[01]", "[+1]", "[.5]", "[0x10]", "\"a", "\"\\x\"",
		"\"\\u12\"", "[[[[[[[[1]]]]]]]]", "\xef\xbb\xbf{}",
		"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\xff",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		if (parse(good[i]) == NULL)
			fail_msg("is refused: %s", good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (parse(bad[i]) != NULL)
			fail_msg("is taken: %s", bad[i]);
	}
	assert_null(parse_bytes("{}\0", 3));
	assert_null(parse_bytes("{\"a\0b\":1}", 9));
	assert_null(parse_bytes("\0", 1));
}

static void
deep_json_is_refused_soon(void **state)
{
	static char deep[1000001];

	(void)state;
	memset(deep, '[', sizeof deep - 1);
	assert_null(parse(deep));
	for (size_t i = 0; i + 5 < sizeof deep; i += 5)
		memcpy(deep + i, "{\"a\":", 5);
	assert_null(parse(deep));
}

/* ---- values -------------------------------------------------------------- */

static void
every_type_is_read_from_both(void **state)
{
	bool (*const read[])(const char *) = { read_json, read_form };
	static const char *const bodies[] = {
		"{\"word\":\"ab-12\",\"text\":\"a \xc3\xa9 <\","
		"\"number\":-5,\"local\":\"2026-03-12 07:30:00\"}",
		"word=ab-12&text=a+%C3%A9+<&number=-5&"
		"local=2026-03-12+07%3A30%3A00",
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		if (!read[i](bodies[i]))
			fail_msg("%s", error.message);
		assert_string_equal(values.word, "ab-12");
		assert_string_equal(values.text, "a \xc3\xa9 <");
		assert_int_equal(values.number, -5);
		assert_int_equal(values.local, INT64_C(1773300600));
	}
}

static void
what_is_absent_or_null_stays(void **state)
{
	(void)state;
	assert_true(read_json("{\"word\":\"a\",\"text\":null,\"new\":[1]}"));
	assert_string_equal(values.text, "old");
	assert_int_equal(values.number, 77);
	assert_int_equal(values.local, 77);
	assert_true(read_form("word=a&new=1"));
	assert_string_equal(values.text, "old");
	assert_true(read_form("word=a&text="));
	assert_string_equal(values.text, "");
}

static void
a_line_may_be_empty_and_a_flag_is_true_or_false(void **state)
{
	(void)state;
	assert_true(read_json("{\"word\":\"a\",\"line\":\"\",\"flag\":true}"));
	assert_string_equal(values.line, "");
	assert_true(values.flag);
	assert_true(read_json("{\"word\":\"a\",\"line\":\"a \xc3\xa9~\","
	                      "\"flag\":false}"));
	assert_string_equal(values.line, "a \xc3\xa9~");
	assert_false(values.flag);
}

/* Numbers in JSON are taken as the texts they are written as. */
static void
numbers_are_words_too(void **state)
{
	(void)state;
	assert_true(read_json("{\"word\":1007,\"text\":7.5}"));
	assert_string_equal(values.word, "1007");
	assert_string_equal(values.text, "7.5");
	assert_true(read_json("{\"word\":\"007\",\"number\":\"12\"}"));
	assert_string_equal(values.word, "007");
	assert_int_equal(values.number, 12);
}

/* Texts outlive what they were read from. */
static void
texts_live_in_the_arena(void **state)
{
	char body[] = "word=abc";
	struct http_pairs pairs;
	struct fields_source source = { .form = &pairs };
	struct arena *other = arena_create();

	(void)state;
	assert_true(http_parse_pairs(other, body, strlen(body), &pairs));
	assert_true(read_from(&source));
	arena_destroy(other);
	assert_string_equal(values.word, "abc");
}

/* ---- what must be refused ------------------------------------------------ */

static const struct {
	const char *body, *message;
} wrong[] = {
	{ "{}", "word is missing" },
	{ "{\"word\":null}", "word is missing" },
	{ "{\"Word\":\"a\"}", "word is missing" },
	{ "{\"word\":\"\"}", "word is empty" },
	{ "{\"word\":\"123456789\"}", "word is too long" },
	{ "{\"word\":123456789}", "word is too long" },
	{ "{\"word\":\"a b\"}", "word may only hold letters and digits" },
	{ "{\"word\":\"a_b\"}", "word may only hold letters and digits" },
	{ "{\"word\":\"a'--\"}", "word may only hold letters and digits" },
	{ "{\"word\":\"\xc3\xa9\"}", "word may only hold letters and digits" },
	{ "{\"word\":\"a\\n\"}", "word may only hold letters and digits" },
	{ "{\"word\":\"a\\u0000\"}", "word has the wrong type" },
	{ "{\"word\":\"\\u0000\"}", "word has the wrong type" },
	{ "{\"word\":true}", "word has the wrong type" },
	{ "{\"word\":[\"a\"]}", "word has the wrong type" },
	{ "{\"word\":{}}", "word has the wrong type" },
	{ "{\"word\":1.0}", "word is not a whole number" },
	{ "{\"word\":1e3}", "word is not a whole number" },
	{ "{\"word\":NaN}", "word is not a whole number" },
	{ "{\"word\":1e999}", "word is not a whole number" },
	{ "{\"word\":9223372036854775807}", "word is too long" },
	{ "{\"word\":18446744073709551614}", "word is too long" },
	{ "{\"word\":18446744073709551615}", "word has the wrong type" },
	{ "{\"word\":-9223372036854775808}", "word has the wrong type" },
	{ "{\"word\":99999999999999999999999}", "word has the wrong type" },
	{ "{\"word\":-99999999999999999999999}", "word has the wrong type" },
	{ "{\"word\":\"a\",\"text\":\"123456789\"}", "text is too long" },
	{ "{\"word\":\"a\",\"text\":\"a\\u0000b\"}",
	  "text has the wrong type" },
	{ "{\"word\":\"a\",\"text\":[]}", "text has the wrong type" },
	{ "{\"word\":\"a\",\"line\":\"123456789\"}", "line is too long" },
	{ "{\"word\":\"a\",\"line\":\"a\\nb\"}",
	  "line may not hold control characters" },
	{ "{\"word\":\"a\",\"line\":\"\x7f\"}",
	  "line may not hold control characters" },
	{ "{\"word\":\"a\",\"flag\":\"true\"}", "flag has the wrong type" },
	{ "{\"word\":\"a\",\"flag\":1}", "flag has the wrong type" },
	{ "{\"word\":\"a\",\"number\":-6}",
	  "number is not a whole number within its bounds" },
	{ "{\"word\":\"a\",\"number\":2000000001}",
	  "number is not a whole number within its bounds" },
	{ "{\"word\":\"a\",\"number\":1.0}",
	  "number is not a whole number within its bounds" },
	{ "{\"word\":\"a\",\"number\":1e3}",
	  "number is not a whole number within its bounds" },
	{ "{\"word\":\"a\",\"number\":\"\"}",
	  "number is not a whole number within its bounds" },
	{ "{\"word\":\"a\",\"number\":\" 1\"}",
	  "number is not a whole number within its bounds" },
	{ "{\"word\":\"a\",\"number\":false}", "number has the wrong type" },
	{ "{\"word\":\"a\",\"local\":\"now\"}", "local is not a time" },
	{ "{\"word\":\"a\",\"local\":\"2026-03-12T07:30:00Z\"}",
	  "local is not a time" },
	{ "{\"word\":\"a\",\"local\":1773300600}", "local is not a time" },
};

static void
the_first_that_does_not_fit_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		const char *field;
		size_t len;

		if (read_json(wrong[i].body))
			fail_msg("is taken: %s", wrong[i].body);
		field = error.field;
		len = strlen(field);
		if (strcmp(error.message, wrong[i].message) != 0 ||
		    strncmp(error.message, field, len) != 0 ||
		    error.message[len] != ' ')
			fail_msg("%s says: %s (%s)", wrong[i].body,
			         error.message, field);
	}
}

static void
forms_are_refused_likewise(void **state)
{
	static const char *const cases[][2] = {
		{ "", "word is missing" },
		{ "word=", "word is empty" },
		{ "word", "word is empty" },
		{ "word=&word=a", "word is empty" },	/* the first counts */
		{ "word=a%00", "word has the wrong type" },
		{ "word=%00", "word has the wrong type" },
		{ "word=%ff", "word has the wrong type" },
		{ "word=a+b", "word may only hold letters and digits" },
		{ "word=a&text=%c0%80", "text has the wrong type" },
		{ "word=a&text=%ed%a0%80", "text has the wrong type" },
		{ "word=a&line=%01",
		  "line may not hold control characters" },
		{ "word=a&flag=true", "flag has the wrong type" },
		{ "word=a&number=1e3",
		  "number is not a whole number within its bounds" },
		{ "word=a&number=",
		  "number is not a whole number within its bounds" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (read_form(cases[i][0]) ||
		    strcmp(error.message, cases[i][1]) != 0)
			fail_msg("%s says: %s", cases[i][0],
			         error.message == NULL ? "nothing"
			                               : error.message);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_is_parsed_strictly),
		TEST(deep_json_is_refused_soon),
		TEST(every_type_is_read_from_both),
		TEST(what_is_absent_or_null_stays),
		TEST(a_line_may_be_empty_and_a_flag_is_true_or_false),
		TEST(numbers_are_words_too),
		TEST(texts_live_in_the_arena),
		TEST(the_first_that_does_not_fit_is_named),
		TEST(forms_are_refused_likewise),
	};

	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
