/* test_json.c: JSON read strictly, written without surprises */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"

#define COUNT(table) (sizeof table / sizeof table[0])

static struct json_object *
read_bytes(const char *data, size_t len)
{
	struct buf body = BUF_INIT;
	struct json_object *root;

	buf_append(&body, data, len);
	root = json_read(&body);
	buf_finish(&body);
	return root;
}

static void
only_one_whole_object_is_read(void **state)
{
	static const char *const good[] = { "{}", " {} ", "{}\n",
		"{\"a\":{\"b\":[1]}}" };
	static const char *const bad[] = { "", " ", "[]", "null", "1", "\"\"",
		"{", "}", "{}}", "{}{}", "{} x", "{\"a\":1,}", "{a:1}",
		"{\"a\":01}", "{\"a\":tru}", "{\"a\":1 /* no */}", "{\"a\" 1}" };
	struct buf none = BUF_INIT;

	(void)state;
	assert_null(json_read(&none));
	for (size_t i = 0; i < COUNT(good); i++) {
		struct json_object *root = read_bytes(good[i], strlen(good[i]));

		if (root == NULL)
			fail_msg("refused: %s", good[i]);
		json_object_put(root);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (read_bytes(bad[i], strlen(bad[i])) != NULL)
			fail_msg("taken: %s", bad[i]);
	}
}

static void
members_are_what_they_must_be_or_nothing(void **state)
{
	static const char text[] = "{\"text\":\"a\",\"number\":7,\"least\":"
		"-9223372036854775808,\"real\":7.0,\"yes\":true,\"no\":false,"
		"\"list\":[1],\"object\":{},\"null\":null}";
	struct json_object *root = read_bytes(text, sizeof text - 1);

	(void)state;
	assert_non_null(root);
	assert_string_equal(json_text(root, "text"), "a");
	assert_null(json_text(root, "number"));
	assert_null(json_text(root, "null"));
	assert_null(json_text(root, "missing"));
	assert_int_equal(json_number(root, "number", -1), 7);
	assert_true(json_number(root, "least", -1) == INT64_MIN);
	assert_int_equal(json_number(root, "real", -1), -1);
	assert_int_equal(json_number(root, "text", -1), -1);
	assert_int_equal(json_number(root, "yes", -1), -1);
	assert_int_equal(json_number(root, "missing", -1), -1);
	assert_true(json_says(root, "yes", true));
	assert_false(json_says(root, "yes", false));
	assert_true(json_says(root, "no", false));
	assert_false(json_says(root, "number", true));
	assert_false(json_says(root, "null", false));
	assert_false(json_says(root, "missing", false));
	assert_non_null(json_list(root, "list"));
	assert_null(json_list(root, "object"));
	assert_null(json_list(root, "missing"));
	json_object_put(root);
}

/* Words of people end before half a character, and before rubbish. */
static void
words_are_cut_between_characters(void **state)
{
	static const struct {
		const char *words;
		size_t most;
		const char *text;
	} cases[] = {
		{ "", 9, "" }, { "no answer", 9, "no answer" },
		{ "no answer", 8, "no answe" }, { "no", 0, "" },
		{ "a\xc3\xa9", 3, "a\xc3\xa9" }, { "a\xc3\xa9", 2, "a" },
		{ "\xf0\x9f\x92\xaa", 3, "" }, { "a\xff" "b", 9, "a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json_object *root = json_object_new_object();
		const char *got;

		json_put_words(root, "words", cases[i].words, cases[i].most);
		got = json_text(root, "words");
		assert_non_null(got);
		assert_string_equal(got, cases[i].text);
		json_object_put(root);
	}
}

static void
what_says_nothing_is_not_put(void **state)
{
	struct json_object *root = json_object_new_object();
	struct buf out = BUF_INIT;

	(void)state;
	json_put_text(root, "empty", "");
	json_put_text(root, "rubbish", "\xff");
	json_put_text(root, "path", "a/b \"c\"");
	json_put_number(root, "none", INT64_MIN);
	json_put_number(root, "zero", 0);
	json_put_number(root, "most", INT64_MAX);
	buf_append_str(&out, "[");
	json_write(&out, root);
	assert_string_equal(out.data, "[{\"path\":\"a/b \\\"c\\\"\",\"zero\":0,"
		"\"most\":9223372036854775807}");
	buf_finish(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_one_whole_object_is_read),
		cmocka_unit_test(members_are_what_they_must_be_or_nothing),
		cmocka_unit_test(words_are_cut_between_characters),
		cmocka_unit_test(what_says_nothing_is_not_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
