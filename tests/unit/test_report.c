/* test_report.c: what is told of a terminal, and what answers are worth */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/text.h"
#include "report.h"

#define COUNT(table) (sizeof table / sizeof table[0])
#define MARCH_12 20524			/* 2026-03-12 */
#define HALF_PAST_7 (MARCH_12 * INT64_C(86400) + 7 * 3600 + 1800)

/* ---- out ---------------------------------------------------------------- */

static struct terminal_state
nothing_known(void)
{
	struct terminal_state s = { .name = "t1" };

	s.log_count = s.log_capacity = s.user_count = SPOOL_NONE;
	s.clock_offset = s.last_punch_local = s.reached_at = SPOOL_NONE;
	return s;
}

static void
assert_report(const struct terminal_state *s, const struct spool_counts *counts,
              const struct spool_day *days, size_t n, const char *wanted)
{
	struct buf out = BUF_INIT;

	report_format(&out, s, counts, days, n);
	assert_string_equal(out.data, wanted);
	buf_finish(&out);
}

static void
what_is_not_known_is_left_out(void **state)
{
	const struct terminal_state s = nothing_known();
	const struct spool_counts counts = { 0 };

	(void)state;
	assert_report(&s, &counts, NULL, 0, "{\"waiting\":0,\"parked\":0,"
		"\"set_aside\":0,\"last_error\":\"\",\"bridge_version\":\"" GYMGATE_VERSION
		"\"}");
}

static void
all_that_is_known_is_told(void **state)
{
	const struct spool_counts counts = { 3, 2, 1 };
	const struct spool_day days[] = { { .day = MARCH_12 },
		                          { .day = MARCH_12 + 1 } };
	struct terminal_state s = nothing_known();

	(void)state;
	text_copy(s.firmware, sizeof s.firmware, "Ver 6.60 \"Apr\"");
	text_copy(s.platform, sizeof s.platform, "ZMM/210");
	text_copy(s.mac, sizeof s.mac, "00:17:61:42:42:42");
	text_copy(s.error, sizeof s.error, "no\nanswer");
	s.log_count = 0;
	s.log_capacity = 200000;
	s.user_count = 60;
	s.clock_offset = -90;
	s.last_punch_local = HALF_PAST_7;
	s.reached_at = clock_now_ms() + 60000;	/* the clock was set back */
	assert_report(&s, &counts, days, 2,
		"{\"firmware\":\"Ver 6.60 \\\"Apr\\\"\","
		"\"platform\":\"ZMM/210\",\"mac\":\"00:17:61:42:42:42\","
		"\"log_count\":0,\"log_capacity\":200000,\"user_count\":60,"
		"\"clock_offset\":-90,\"waiting\":3,\"parked\":2,"
		"\"set_aside\":1,\"reached_ago\":0,"
		"\"last_punch\":\"2026-03-12 07:30:00\","
		"\"last_error\":\"no\\nanswer\",\"bridge_version\":\""
		GYMGATE_VERSION "\",\"days\":[\"2026-03-12\",\"2026-03-13\"]}");
}

/* What a terminal says of itself may be any bytes. */
static void
rubbish_makes_no_json_that_nobody_can_read(void **state)
{
	const struct spool_counts counts = { 0 };
	struct terminal_state s = nothing_known();

	(void)state;
	text_copy(s.firmware, sizeof s.firmware, "\xff\xfe");
	text_copy(s.platform, sizeof s.platform, "\xc3");
	assert_report(&s, &counts, NULL, 0, "{\"waiting\":0,\"parked\":0,"
		"\"set_aside\":0,\"last_error\":\"\",\"bridge_version\":\"" GYMGATE_VERSION
		"\"}");
}

/* The API takes 200 bytes; none of them may be half a character. */
static void
a_long_error_is_cut_between_characters(void **state)
{
	const struct spool_counts counts = { 0 };
	struct terminal_state s = nothing_known();
	struct json_object *root, *error;
	struct buf out = BUF_INIT;

	(void)state;
	memset(s.error, 'e', 199);
	for (size_t i = 199; i + 2 <= 255; i += 2)
		memcpy(s.error + i, "\xc3\xa9", 2);
	report_format(&out, &s, &counts, NULL, 0);
	assert_true(text_is_utf8(out.data, out.len));
	root = json_tokener_parse(out.data);
	assert_true(json_object_object_get_ex(root, "last_error", &error));
	assert_int_equal(json_object_get_string_len(error), 199);
	json_object_put(root);
	buf_finish(&out);
}

static void
users_are_listed_with_what_their_privilege_says(void **state)
{
	static const struct spool_user users[] = {
		{ 1, "1001", "Asha \"A\" Rao", 0 },
		{ 2, "1002", "", 14 },
		{ 3, "1003", "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0", 1 },
		{ 4, "1004", "Off", 15 },
	};
	struct buf out = BUF_INIT;

	(void)state;
	report_users_begin(&out);
	for (size_t i = 0; i < COUNT(users); i++)
		report_users_add(&out, &users[i]);
	report_users_end(&out);
	assert_string_equal(out.data, "{\"users\":["
		"{\"user_id\":\"1001\",\"name\":\"Asha \\\"A\\\" Rao\","
		"\"privilege\":0,\"enabled\":true},"
		"{\"user_id\":\"1002\",\"name\":\"\",\"privilege\":14,"
		"\"enabled\":true},"
		"{\"user_id\":\"1003\",\"name\":\"\xd0\x90\xd0\xbd\xd0\xbd"
		"\xd0\xb0\",\"privilege\":1,\"enabled\":false},"
		"{\"user_id\":\"1004\",\"name\":\"Off\",\"privilege\":15,"
		"\"enabled\":false}]}");
	buf_finish(&out);
}

static void
a_terminal_without_users_is_told_too(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	report_users_begin(&out);
	report_users_end(&out);
	assert_string_equal(out.data, "{\"users\":[]}");
	buf_finish(&out);
}

/* ---- in ----------------------------------------------------------------- */

static bool
read_text(const char *text, struct report_answer *out)
{
	struct buf body = BUF_INIT;
	bool ok;

	buf_append_str(&body, text);
	memset(out, 0xff, sizeof *out);
	ok = report_read(&body, out);
	buf_finish(&body);
	return ok;
}

static void
an_answer_is_read(void **state)
{
	static struct report_answer a;

	(void)state;
	assert_true(read_text("{\"status\":true,\"zone\":\"Asia/Kolkata\","
		"\"mac\":\"00:17:61:42:42:42\",\"start\":\"2026-03-12\","
		"\"days\":[{\"day\":\"2026-03-12\",\"count\":2,"
		"\"checksum\":\"e526838f\"},{\"day\":\"2026-03-13\","
		"\"count\":0,\"checksum\":\"00000000\"}],\"new\":[1]}", &a));
	assert_string_equal(a.zone, "Asia/Kolkata");
	assert_string_equal(a.mac, "00:17:61:42:42:42");
	assert_int_equal(a.start_day, MARCH_12);
	assert_int_equal(a.day_count, 2);
	assert_int_equal(a.days[0].day, MARCH_12);
	assert_int_equal(a.days[0].count, 2);
	assert_int_equal(a.days[0].checksum, 0xe526838f);
	assert_false(a.days[0].is_waiting);
	assert_int_equal(a.days[1].count, 0);
}

/* What an old server does not say, or says in another form, is not known. */
static void
what_is_not_told_is_not_known(void **state)
{
	static const char *const answers[] = {
		"{\"status\":true}",
		"{\"status\":true,\"zone\":null,\"mac\":null,\"start\":null,"
		"\"days\":null}",
		"{\"status\":true,\"zone\":1,\"mac\":[],\"start\":\"soon\","
		"\"days\":{}}",
		"{\"status\":true,\"start\":\"2026-02-30\",\"days\":[]}",
		/* longer than any zone and any address */
		"{\"status\":true,\"zone\":\"Asia/"
		"KolkataKolkataKolkataKolkataKolkataKolkataKolkataKolkata"
		"KolkataKolkata\",\"mac\":\"00:17:61:42:42:42:00:17:61:42:42:"
		"42\"}",
	};
	static struct report_answer a;

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		assert_true(read_text(answers[i], &a));
		assert_string_equal(a.zone, "");
		assert_string_equal(a.mac, "");
		assert_true(a.start_day == SPOOL_NONE);
		assert_int_equal(a.day_count, 0);
	}
}

#define DAY(rest) "{\"status\":true,\"days\":[{\"day\":" \
	"\"2026-03-12\"" rest "}]}"

static void
what_is_no_answer_of_ours_is_none(void **state)
{
	static const char *const answers[] = {
		"", " ", "null", "[]", "true", "\"status\"", "{", "{}",
		"{\"status\":false}", "{\"status\":1}",
		"{\"status\":\"true\"}", "{\"status\":true} {}",
		"{\"status\":true", "<!DOCTYPE html><title>Wi-Fi</title>",
		DAY(""), DAY(",\"count\":1"), DAY(",\"checksum\":\"00000000\""),
		DAY(",\"count\":-1,\"checksum\":\"00000000\""),
		DAY(",\"count\":1.5,\"checksum\":\"00000000\""),
		DAY(",\"count\":\"1\",\"checksum\":\"00000000\""),
		DAY(",\"count\":1,\"checksum\":0"),
		DAY(",\"count\":1,\"checksum\":\"0000000\""),
		DAY(",\"count\":1,\"checksum\":\"000000000\""),
		DAY(",\"count\":1,\"checksum\":\"E526838F\""),
		DAY(",\"count\":1,\"checksum\":\"+526838f\""),
		DAY(",\"count\":1,\"checksum\":\"0x26838f\""),
		"{\"status\":true,\"days\":[null]}",
		"{\"status\":true,\"days\":[7]}",
		"{\"status\":true,\"days\":[[]]}",
		"{\"status\":true,\"days\":[{\"day\":\"12.3.2026\","
		"\"count\":1,\"checksum\":\"00000000\"}]}",
		"{\"status\":true,\"days\":[{\"day\":20524,\"count\":1,"
		"\"checksum\":\"00000000\"}]}",
	};
	static struct report_answer a;

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		if (read_text(answers[i], &a))
			fail_msg("taken: %s", answers[i]);
	}
}

/* As many as were asked fit, and not one more. */
static void
more_days_than_were_asked_are_refused(void **state)
{
	static struct report_answer a;
	struct buf text = BUF_INIT;

	(void)state;
	for (int n = REPORT_DAYS_MAX; n <= REPORT_DAYS_MAX + 1; n++) {
		buf_reset(&text);
		buf_append_str(&text, "{\"status\":true,\"days\":[");
		for (int i = 0; i < n; i++)
			buf_appendf(&text, "%s{\"day\":\"2026-03-12\","
				"\"count\":%d,\"checksum\":\"0123abcd\"}",
				i == 0 ? "" : ",", i);
		buf_append_str(&text, "]}");
		assert_int_equal(read_text(text.data, &a),
		                 n == REPORT_DAYS_MAX);
	}
	buf_finish(&text);
}

static void
what_is_nested_too_deep_is_none(void **state)
{
	static struct report_answer a;
	struct buf text = BUF_INIT;

	(void)state;
	buf_append_str(&text, "{\"status\":true,\"x\":");
	for (int i = 0; i < 100000; i++)
		buf_append_str(&text, "[");
	assert_false(read_text(text.data, &a));
	buf_finish(&text);
}

/* ---- days --------------------------------------------------------------- */

static void
days_are_compared(void **state)
{
	static const struct spool_day none = { 1, 0, 0, false },
		one = { 1, 1, 0xa, false }, other = { 1, 1, 0xb, false },
		two = { 1, 2, 0xa, false }, waits = { 1, 1, 0xa, true };
	static const struct {
		const struct spool_day *before, *after, *server;
		enum report_verdict verdict;
	} cases[] = {
		{ &one, &one, &one, REPORT_SAME },
		{ NULL, NULL, &none, REPORT_SAME },
		{ &one, &one, &none, REPORT_DIFFERS },
		{ &one, &one, &other, REPORT_DIFFERS },
		{ &one, &one, &two, REPORT_DIFFERS },
		{ NULL, NULL, &one, REPORT_DIFFERS },
		/* settled while the server was asked */
		{ &one, &two, &two, REPORT_SAME },
		{ &one, &two, &one, REPORT_SAME },
		{ NULL, &one, &none, REPORT_SAME },
		{ NULL, &one, &one, REPORT_SAME },
		{ &one, &two, &other, REPORT_CHANGED },
		{ &one, NULL, &other, REPORT_CHANGED },
		/* on their way */
		{ &waits, &one, &none, REPORT_CHANGED },
		{ &one, &waits, &none, REPORT_CHANGED },
		{ &waits, &waits, &one, REPORT_CHANGED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (report_compare(cases[i].before, cases[i].after,
		                   cases[i].server) != cases[i].verdict)
			fail_msg("case %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(all_that_is_known_is_told),
		cmocka_unit_test(rubbish_makes_no_json_that_nobody_can_read),
		cmocka_unit_test(a_long_error_is_cut_between_characters),
		cmocka_unit_test(
			users_are_listed_with_what_their_privilege_says),
		cmocka_unit_test(a_terminal_without_users_is_told_too),
		cmocka_unit_test(an_answer_is_read),
		cmocka_unit_test(what_is_not_told_is_not_known),
		cmocka_unit_test(what_is_no_answer_of_ours_is_none),
		cmocka_unit_test(more_days_than_were_asked_are_refused),
		cmocka_unit_test(what_is_nested_too_deep_is_none),
		cmocka_unit_test(days_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
