/* test_whatsapp_notice.c: what is read of the service's events, and what not */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "gym/whatsapp_notice.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct arena *arena;
static struct whatsapp_notices all;

static bool
read_body(const char *body)
{
	return whatsapp_notice_read(arena, body, strlen(body), &all);
}

/* Reads one change with `value` behind its metadata. */
static const struct whatsapp_notice *
read_value(const char *value)
{
	assert_true(read_body(arena_printf(arena,
		"{\"entry\":[{\"changes\":[{\"value\":{\"metadata\":"
		"{\"phone_number_id\":\"1065\"},%s}}]}]}", value)));
	assert_int_equal(all.count, 1);
	assert_string_equal(all.list[0].phone_id, "1065");
	return &all.list[0];
}

static void
a_status_is_read_whole(void **state)
{
	const struct whatsapp_notice *n = read_value(
		"\"statuses\":[{\"id\":\"wamid.A=\",\"status\":\"delivered\","
		"\"timestamp\":\"1795000000\",\"recipient_id\":\"919812345678\","
		"\"biz_opaque_callback_data\":\"message-7-2\"}]");

	(void)state;
	assert_int_equal(n->status_count, 1);
	assert_string_equal(n->statuses[0].wamid, "wamid.A=");
	assert_string_equal(n->statuses[0].ref, "message-7-2");
	assert_string_equal(n->statuses[0].to, "+919812345678");
	assert_int_equal(n->statuses[0].state, MESSAGE_DELIVERED);
	assert_int_equal(n->statuses[0].at, 1795000000000);
	assert_null(n->statuses[0].words);
}

static void
a_failure_says_why_and_to_whom_it_does_not(void **state)
{
	const struct whatsapp_status *s = read_value(
		"\"statuses\":[{\"status\":\"failed\",\"errors\":[{\"code\":"
		"131026,\"title\":\"Message undeliverable\",\"error_data\":"
		"{\"details\":\"to 91 98123-45678\\n\\u0928\"}}]}]")->statuses;

	(void)state;
	assert_true(s->has_code);
	assert_int_equal(s->code, 131026);
	assert_string_equal(s->words, "Message undeliverable: "
	                    "to ** *****-***78 \xe0\xa4\xa8");
	assert_null(s->wamid);
	assert_string_equal(s->to, "");
	assert_int_equal(s->at, CLOCK_NO_TIME);
}

static void
a_failure_without_a_code_has_none(void **state)
{
	static const char *const errors[] = {
		"[]", "{}", "[7]", "[{}]", "[{\"code\":-1}]",
		"[{\"code\":\"0\"}]", "[{\"code\":99999999999}]",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++)
		assert_false(read_value(arena_printf(arena, "\"statuses\":"
			"[{\"status\":\"failed\",\"errors\":%s}]", errors[i]))
			->statuses[0].has_code);
}

/* Of a text, as JSON; NULL: it is none of our words. */
static const struct whatsapp_word *
word_of(const char *text)
{
	const struct whatsapp_notice *n = read_value(arena_printf(arena,
		"\"messages\":[{\"from\":\"919812345678\",\"timestamp\":"
		"1795000000,\"type\":\"text\",\"text\":{\"body\":\"%s\"}}]",
		text));

	return n->word_count == 1 ? &n->words[0] : NULL;
}

static void
two_words_are_known_as_people_write_them(void **state)
{
	static const char *const stop[] = { "STOP", "stop", " Stop!\\n",
		                            "sToP.", "STOP!!", ".STOP", "STOP !",
		                            "*STOP*", "\\\"Stop\\\"",
		                            "stop\\u00a0\\ud83d\\ude4f", };
	static const char *const start[] = { "START", "\\tstart. ", "Start!" };
	static const char *const other[] = {
		"", " ", "STOPP", "STOP it", "STO", "S TOP", "STOP.stop",
		"START!!", "*START*", "...", "STARTED", "UNSTOP", "STOP START", "\\u0405TOP",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(stop); i++) {
		assert_non_null(word_of(stop[i]));
		assert_false(word_of(stop[i])->is_start);
	}
	for (size_t i = 0; i < COUNT(start); i++) {
		assert_non_null(word_of(start[i]));
		assert_true(word_of(start[i])->is_start);
	}
	for (size_t i = 0; i < COUNT(other); i++)
		assert_null(word_of(other[i]));
	assert_string_equal(word_of("STOP")->from, "+919812345678");
	assert_int_equal(word_of("STOP")->at, 1795000000000);
}

static void
a_button_is_a_word_too_and_a_picture_is_none(void **state)
{
	const struct whatsapp_notice *n = read_value("\"messages\":["
		"{\"from\":\"919812345678\",\"type\":\"button\",\"button\":"
		"{\"text\":\"Stop\",\"payload\":\"START\"}},"
		"{\"from\":\"919812345678\",\"type\":\"image\",\"text\":"
		"{\"body\":\"STOP\"}},"
		"{\"from\":\"0812345678\",\"type\":\"text\",\"text\":"
		"{\"body\":\"STOP\"}},"
		"{\"type\":\"text\",\"text\":{\"body\":\"STOP\"}}]");

	(void)state;
	assert_int_equal(n->word_count, 1);
	assert_false(n->words[0].is_start);
}

/* What would not fit a column, or is of no use, is as if not there. */
static void
odd_members_are_passed_over(void **state)
{
	static const char *const ids[] = { "\"\"", "7", "null", "\"a b\"",
		                           "\"\\u00e9\"", "\"a\\u0000b\\u0001\"",
		                           "[]" };
	static const char *const times[] = { "\"-1\"", "0", "\"x\"", "null",
		                             "99999999999999", "1.5",
		                             "\"17 \"" };

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++) {
		const struct whatsapp_status *s = read_value(arena_printf(
			arena, "\"statuses\":[null,{\"status\":\"sent\",\"id\":"
			"%s,\"recipient_id\":%s}]", ids[i], ids[i]))->statuses;

		assert_true(s->wamid == NULL || strcmp(s->wamid, "a") == 0);
		assert_string_equal(s->to, "");
	}
	for (size_t i = 0; i < COUNT(times); i++)
		assert_int_equal(read_value(arena_printf(arena, "\"statuses\":"
			"[{\"status\":\"sent\",\"timestamp\":%s}]", times[i]))
			->statuses[0].at, CLOCK_NO_TIME);
	assert_int_equal(read_value("\"statuses\":[{\"status\":\"played\"},7]")
	                 ->status_count, 0);
	assert_int_equal(read_value("\"statuses\":{}")->status_count, 0);
}

static void
what_is_no_object_is_refused(void **state)
{
	static const char *const bad[] = { "", "[]", "7", "\"x\"", "null",
		                           "{", "{}x", "{} {}", "{a:1}",
		                           "{\"a\":\"\xff\"}" };
	static const char *const empty[] = {
		"{}", " {} \n", "{\"entry\":7}", "{\"entry\":[7,null,{}]}",
		"{\"entry\":[{\"changes\":[{\"value\":{\"metadata\":"
		"{\"phone_number_id\":\"1 2\"}}},{\"value\":7},{}]}]}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(read_body(bad[i]));
	for (size_t i = 0; i < COUNT(empty); i++) {
		assert_true(read_body(empty[i]));
		assert_int_equal(all.count, 0);
	}
}

static void
there_is_an_end_to_a_list(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (int i = 0; i < WHATSAPP_NOTICE_MAX + 9; i++)
		buf_appendf(&b, "%s{\"status\":\"sent\"}", i > 0 ? "," : "");
	assert_int_equal(read_value(arena_printf(arena, "\"statuses\":[%s]",
		b.data))->status_count, WHATSAPP_NOTICE_MAX);
	buf_finish(&b);
}

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

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_status_is_read_whole),
		TEST(a_failure_says_why_and_to_whom_it_does_not),
		TEST(a_failure_without_a_code_has_none),
		TEST(two_words_are_known_as_people_write_them),
		TEST(a_button_is_a_word_too_and_a_picture_is_none),
		TEST(odd_members_are_passed_over),
		TEST(what_is_no_object_is_refused),
		TEST(there_is_an_end_to_a_list),
	};

	return cmocka_run_group_tests_name("whatsapp_notice", tests, NULL,
	                                   NULL);
}
