/* test_message.c: words and states of messages, their text, and when they may go */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "gym/message.h"
#include "gym/message_rule.h"
#include "gym/message_text.h"
#include "gym/messaging.h"
#include "pages/message_words.h"

/* ---- words and states ---------------------------------------------------- */

static void
words_go_there_and_back(void **state)
{
	(void)state;
	for (int i = 0; i < MESSAGE_KIND__COUNT; i++)
		assert_int_equal(i, message_kind_of(
			message_kind_word((enum message_kind)i)));
	for (int i = 0; i < MESSAGE_STATE__COUNT; i++)
		assert_int_equal(i, message_state_of(
			message_state_word((enum message_state)i)));
	for (int i = 0; i < MESSAGE_REASON__COUNT; i++)
		assert_int_equal(i, message_reason_of(
			message_reason_word((enum message_reason)i)));
	assert_null(message_reason_word(MESSAGE_FINE));
	assert_int_equal(MESSAGE_KIND__COUNT, message_kind_of("before"));
	assert_int_equal(MESSAGE_STATE__COUNT, message_state_of(NULL));
	assert_int_equal(MESSAGE_REASON__COUNT, message_reason_of(""));
}

/* In whatever order events come, and however often: the same end. */
static void
states_only_move_forward(void **state)
{
	static const enum message_state told[] = {
		MESSAGE_ACCEPTED, MESSAGE_DELIVERED, MESSAGE_READ,
		MESSAGE_ACCEPTED, MESSAGE_DELIVERED,
	};
	const size_t count = sizeof told / sizeof *told;

	(void)state;
	for (size_t first = 0; first < count; first++) {
		enum message_state s = MESSAGE_SENDING;

		for (size_t i = 0; i < 2 * count; i++) {
			enum message_state to = told[(first + i * 3) % count];

			if (message_may_become(s, to)) {
				assert_true(to > s);
				s = to;
			}
		}
		assert_int_equal(MESSAGE_READ, s);
	}
	assert_true(message_may_become(MESSAGE_UNKNOWN, MESSAGE_FAILED));
	assert_true(message_may_become(MESSAGE_ACCEPTED, MESSAGE_FAILED));
	assert_false(message_may_become(MESSAGE_DELIVERED, MESSAGE_FAILED));
	/* what was never given to the service is not of its telling */
	assert_false(message_may_become(MESSAGE_DUE, MESSAGE_DELIVERED));
	assert_false(message_may_become(MESSAGE_SKIPPED, MESSAGE_READ));
	assert_false(message_may_become(MESSAGE_SENDING, MESSAGE_SKIPPED));
	assert_false(message_may_become(MESSAGE_SENDING, MESSAGE_UNKNOWN));
}

static void
refs_name_message_and_try(void **state)
{
	static const char *const bad[] = {
		"", "message-", "message-1", "message-1-", "message--1",
		"message-0-1", "message-1-0", "message-1-2-3", "message-1-2 ",
		"outbox-1-2", "message-99999999999999999999999-1",
		"message-1-99999999999",
	};
	char text[MESSAGE_REF_SIZE];
	int64_t id, tries;

	(void)state;
	message_ref(INT64_MAX, 12, text);
	assert_true(message_ref_parse(text, &id, &tries));
	assert_true(id == INT64_MAX && tries == 12);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (message_ref_parse(bad[i], &id, &tries))
			fail_msg("%s", bad[i]);
	}
}

/* ---- texts --------------------------------------------------------------- */

static const char *const values[MESSAGE_FIELD__COUNT] = {
	"Asha", "Asha Rao", "Spine Fitness", "North", "Gold", "25 Nov 2026",
	"7",
};

static void
text_is(const char *expected, struct buf *b)
{
	assert_string_equal(expected, b->len == 0 ? "" : b->data);
	buf_finish(b);
}

static void
texts_are_filled(void **state)
{
	const char *text = "{{date}}: {{ first_name }} of {{gym}}, {{date}}!";
	struct message_fields fields;
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(MESSAGE_TEXT_FINE, message_text_fields(text, &fields));
	assert_int_equal(3, fields.count);
	assert_int_equal(MESSAGE_DATE, fields.list[0]);
	assert_int_equal(MESSAGE_FIRST_NAME, fields.list[1]);
	assert_int_equal(MESSAGE_GYM, fields.list[2]);
	message_text_fill(text, values, &b);
	text_is("25 Nov 2026: Asha of Spine Fitness, 25 Nov 2026!", &b);
	message_text_template(text, false, &b);
	text_is("{{1}}: {{2}} of {{3}}, {{1}}!", &b);
	message_text_template(text, true, &b);
	text_is("{{date}}: {{first_name}} of {{gym}}, {{date}}!", &b);
}

static void
faults_of_a_text_are_told(void **state)
{
	static const struct {
		const char *text;
		enum message_text_fault fault;
	} cases[] = {
		{ "", MESSAGE_TEXT_FINE }, { "plain { } words", MESSAGE_TEXT_FINE },
		{ "{{name}}{{name}}", MESSAGE_TEXT_FINE },
		{ "{{price}}", MESSAGE_TEXT_UNKNOWN },
		{ "{{}}", MESSAGE_TEXT_UNKNOWN },
		{ "{{Name}}", MESSAGE_TEXT_UNKNOWN },
		{ "{{name", MESSAGE_TEXT_OPEN }, { "{{name}", MESSAGE_TEXT_OPEN },
		{ "{{", MESSAGE_TEXT_OPEN }, { "a }} b", MESSAGE_TEXT_OPEN },
		{ "}} {{name}}", MESSAGE_TEXT_OPEN },
		{ "{{na me}}", MESSAGE_TEXT_OPEN },
		{ "{{{name}}}", MESSAGE_TEXT_OPEN },
	};
	struct message_fields fields;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (message_text_fields(cases[i].text, &fields) !=
		    cases[i].fault)
			fail_msg("%s", cases[i].text);
		if (cases[i].fault != MESSAGE_TEXT_FINE)
			assert_int_equal(0, fields.count);
	}
}

static void
values_are_fit_for_parameters(void **state)
{
	static const struct {
		const char *value, *expected;
	} cases[] = {
		{ "Asha", "Asha" }, { "  Asha \n\t Rao  ", "Asha Rao" },
		{ "", "-" }, { " \r\n ", "-" }, { "a\001b\177c", "a b c" },
		{ "\340\244\206\340\244\266\340\244\276",
		  "\340\244\206\340\244\266\340\244\276" },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		message_text_value(cases[i].value, &b);
		text_is(cases[i].expected, &b);
	}
}

/* What a gym begins with must be what the service and the page take. */
static void
the_first_rules_are_in_order(void **state)
{
	struct message_fields fields;

	(void)state;
	assert_int_equal(7, message_rule_default_count);
	for (size_t i = 0; i < message_rule_default_count; i++) {
		const struct message_rule *r = &message_rule_defaults[i];

		assert_int_equal(MESSAGE_TEXT_FINE,
		                 message_text_fields(r->text, &fields));
		assert_int_equal(3, fields.count);
		assert_true(strlen(r->template) <= MESSAGE_TEMPLATE_MAX);
		assert_true((r->kind == MESSAGE_ON) == (r->days == 0));
		assert_true(r->is_on == (r->kind != MESSAGE_ABSENT));
		assert_non_null(strstr(r->text, "STOP"));
	}
}

static void
a_message_reads_as_its_member_does(void **state)
{
	struct message_facts f = { .name = " Asha  Rao ", .gym = "Spine\nFitness",
		.branch = "North", .plan = NULL };
	struct arena *a = arena_create();
	struct message_values v;
	int64_t local;

	(void)state;
	assert_true(clock_join(&(struct clock_date){ 2026, 11, 25, 0, 0, 0 },
	                       &local));
	message_words_values(a, &f, 7, clock_day(local), &v);
	assert_string_equal("Asha (Asha Rao), Spine Fitness: 25 Nov 2026, - 7",
		message_words_text(a, "{{first_name}} ({{name}}), {{gym}}: "
		                   "{{date}}, {{plan}} {{days}}", &v));
	assert_string_equal("", message_words_text(a, "", &v));
	assert_string_equal("1 day before the end",
	                    message_words_rule(a, MESSAGE_BEFORE, 1));
	assert_string_equal("On the last day",
	                    message_words_rule(a, MESSAGE_ON, 0));
	assert_string_equal("14 days without a visit",
	                    message_words_rule(a, MESSAGE_ABSENT, 14));
	arena_destroy(a);
}

/* ---- hours --------------------------------------------------------------- */

#define NINE (9 * 60)
#define EIGHT_PM (20 * 60)

static void
messages_wait_for_their_hours(void **state)
{
	static const struct {
		int hour, minute, from, to, opens_hour, opens_days;
	} cases[] = {
		{ 8, 59, NINE, EIGHT_PM, 9, 0 }, { 9, 0, NINE, EIGHT_PM, -1, 0 },
		{ 19, 59, NINE, EIGHT_PM, -1, 0 }, { 20, 0, NINE, EIGHT_PM, 9, 1 },
		{ 0, 0, NINE, EIGHT_PM, 9, 0 }, { 23, 59, NINE, EIGHT_PM, 9, 1 },
		/* over midnight */
		{ 23, 0, EIGHT_PM, NINE, -1, 0 }, { 3, 0, EIGHT_PM, NINE, -1, 0 },
		{ 12, 0, EIGHT_PM, NINE, 20, 0 }, { 9, 0, EIGHT_PM, NINE, 20, 0 },
		/* no bound */
		{ 3, 0, NINE, NINE, -1, 0 },
	};
	const char *zone = "Asia/Kolkata";

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct clock_date d = { 2026, 11, 25, cases[i].hour,
			cases[i].minute, 30 };
		int64_t local, now_at, open_at, expected;

		assert_true(clock_join(&d, &local));
		now_at = clock_instant(zone, local);
		open_at = messaging_open_at(zone, cases[i].from, cases[i].to,
		                            now_at);
		d = (struct clock_date){ 2026, 11, 25 + cases[i].opens_days,
			cases[i].opens_hour, 0, 0 };
		expected = now_at;
		if (cases[i].opens_hour >= 0) {
			assert_true(clock_join(&d, &local));
			expected = clock_instant(zone, local);
		}
		if (open_at != expected)
			fail_msg("case %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_go_there_and_back),
		cmocka_unit_test(states_only_move_forward),
		cmocka_unit_test(refs_name_message_and_try),
		cmocka_unit_test(texts_are_filled),
		cmocka_unit_test(faults_of_a_text_are_told),
		cmocka_unit_test(values_are_fit_for_parameters),
		cmocka_unit_test(the_first_rules_are_in_order),
		cmocka_unit_test(a_message_reads_as_its_member_does),
		cmocka_unit_test(messages_wait_for_their_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
