/* test_sender.c: what is said to the service, and what its answers mean */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gym/sender_inside.h"

#define TOKEN "EAAtoken"

static const char *const values[MESSAGE_FIELD__COUNT] = {
	"Asha", "Asha Rao", "Spine \"Fitness\"", "North", "-", "25 Nov 2026",
	"7",
};

static struct sender_message
message(void)
{
	return (struct sender_message){
		.to = "+919812345678", .text = "Hello & \340\244\206?\n100%",
		.template = "membership_ending", .language = "en_US",
		.fields = { { MESSAGE_FIRST_NAME, MESSAGE_GYM }, 2 },
		.values = values, .ref = "message-8-1",
	};
}

static void
is_text(const char *expected, struct buf *b)
{
	assert_string_equal(expected, b->data);
	buf_finish(b);
}

static void
a_link_opens_what_was_written(void **state)
{
	struct sender_message m = message();
	struct buf b = BUF_INIT;

	(void)state;
	sender_hand.link(&m, &b);
	is_text("https://wa.me/919812345678?text=Hello%20%26%20%E0%A4%86%3F"
	        "%0A100%25", &b);
}

static void
senders_are_found_by_their_words(void **state)
{
	(void)state;
	assert_ptr_equal(&sender_hand, sender_of("HAND"));
	assert_ptr_equal(&sender_cloud, sender_of("CLOUD"));
	assert_null(sender_of("hand"));
	assert_null(sender_of(""));
	assert_true(sender_hand.send == NULL && sender_cloud.link == NULL);
}

#define HEAD "{\"messaging_product\":\"whatsapp\"," \
	"\"recipient_type\":\"individual\",\"to\":\"919812345678\"," \
	"\"type\":\"template\",\"template\":{\"name\":\"membership_ending\"," \
	"\"language\":{\"code\":\"en_US\"}"
#define TAIL "},\"biz_opaque_callback_data\":\"message-8-1\"}"

static void
requests_are_as_the_service_wants_them(void **state)
{
	struct sender_message m = message();
	struct buf b = BUF_INIT;

	(void)state;
	sender_cloud_write(&m, &b);
	is_text(HEAD ",\"components\":[{\"type\":\"body\",\"parameters\":["
	        "{\"type\":\"text\",\"text\":\"Asha\"},"
	        "{\"type\":\"text\",\"text\":\"Spine \\\"Fitness\\\"\"}]}]"
	        TAIL, &b);
	m.is_named = true;
	m.fields.count = 1;
	sender_cloud_write(&m, &b);
	is_text(HEAD ",\"components\":[{\"type\":\"body\",\"parameters\":["
	        "{\"type\":\"text\",\"parameter_name\":\"first_name\","
	        "\"text\":\"Asha\"}]}]" TAIL, &b);
	m.fields.count = 0;
	sender_cloud_write(&m, &b);
	is_text(HEAD TAIL, &b);
}

/* ---- answers ------------------------------------------------------------- */

static void
judge(enum fetch_outcome outcome, bool is_sent, int status, const char *body,
      struct sender_answer *out)
{
	struct fetch_answer a = FETCH_ANSWER_INIT;

	a.outcome = outcome;
	a.is_sent = is_sent;
	a.status = status;
	snprintf(a.words, sizeof a.words, "no answer in time");
	if (body != NULL)
		buf_append_str(&a.body, body);
	sender_cloud_judge(&a, TOKEN, out);
	fetch_answer_finish(&a);
}

static void
answers_have_their_meaning(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum sender_outcome outcome;
		int64_t code;
	} cases[] = {
		{ 200, "{\"messages\":[{\"id\":\"wamid.A=\"}]}",
		  SENDER_ACCEPTED, 0 },
		{ 200, "{\"messages\":[{\"id\":\"wamid.A=\",\"message_status\":"
		  "\"held_for_quality_assessment\"}]}", SENDER_ACCEPTED, 0 },
		/* whoever says 200 without an id may have sent it */
		{ 200, "{}", SENDER_UNKNOWN, 0 },
		{ 200, "", SENDER_UNKNOWN, 0 }, { 200, NULL, SENDER_UNKNOWN, 0 },
		{ 200, "<html>Sign in</html>", SENDER_UNKNOWN, 0 },
		{ 200, "{\"messages\":[{\"id\":7}]}", SENDER_UNKNOWN, 0 },
		{ 200, "{\"messages\":[]}", SENDER_UNKNOWN, 0 },
		{ 200, "{\"messages\":[[]]}", SENDER_UNKNOWN, 0 },
		{ 200, "{\"messages\":[{\"id\":\"a b\"}]}", SENDER_UNKNOWN, 0 },
		{ 400, "{\"error\":{\"code\":131026}}", SENDER_REFUSED, 131026 },
		{ 401, "{\"error\":{\"code\":190}}", SENDER_REFUSED, 190 },
		{ 401, "{\"error\":{\"code\":0}}", SENDER_REFUSED, 0 },
		{ 500, "{\"error\":{\"code\":2}}", SENDER_REFUSED, 2 },
		{ 200, "{\"error\":{\"code\":131000}}", SENDER_REFUSED, 131000 },
		{ 500, "{\"error\":{\"message\":\"x\"}}", SENDER_UNKNOWN, 0 },
		{ 500, "{\"error\":\"131026\"}", SENDER_UNKNOWN, 0 },
		{ 502, "<html>", SENDER_UNKNOWN, 0 },
		{ 429, "", SENDER_REFUSED, 130429 },
		{ 403, "<html>", SENDER_NOT_SENT, 0 },
		{ 400, "{\"error\":{\"code\":-1}}", SENDER_NOT_SENT, 0 },
		{ 302, "", SENDER_NOT_SENT, 0 },
	};
	struct sender_answer out;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		judge(FETCH_ANSWERED, true, cases[i].status, cases[i].body,
		      &out);
		if (out.outcome != cases[i].outcome ||
		    out.code != cases[i].code)
			fail_msg("%d %s: %d, %d", cases[i].status,
			         cases[i].body, (int)out.outcome,
			         (int)out.code);
		assert_int_equal(out.outcome == SENDER_ACCEPTED,
		                 strcmp(out.wamid, "wamid.A=") == 0);
	}
}

static void
no_answer_is_known_only_where_nothing_was_sent(void **state)
{
	struct sender_answer out;

	(void)state;
	for (int o = FETCH_NO_HOST; o < FETCH__COUNT; o++) {
		judge((enum fetch_outcome)o, false, 0, NULL, &out);
		assert_int_equal(SENDER_NOT_SENT, out.outcome);
		judge((enum fetch_outcome)o, true, 0, NULL, &out);
		assert_int_equal(SENDER_UNKNOWN, out.outcome);
		assert_string_equal("no answer in time", out.words);
	}
}

static void
words_hold_no_number_and_no_token(void **state)
{
	static const struct {
		const char *message, *words;
	} cases[] = {
		{ "(#130429) Rate limit hit", "(#130429) Rate limit hit" },
		{ "no 919812345678 here", "no **********78 here" },
		{ "no +91 98123-45678!", "no +** *****-***78!" },
		{ "at 12 30 and 131026", "at 12 30 and 131026" },
		{ "token " TOKEN " is bad", "token ******** is bad" },
		{ "two\\nlines\\u0007", "two lines " },
		{ "", "" },
	};
	struct sender_answer out;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b = BUF_INIT;

		buf_appendf(&b, "{\"error\":{\"code\":1,\"message\":\"%s\"}}",
		            cases[i].message);
		judge(FETCH_ANSWERED, true, 400, b.data, &out);
		assert_string_equal(cases[i].words, out.words);
		buf_finish(&b);
	}
	judge(FETCH_ANSWERED, true, 400, "{\"error\":{\"code\":1,\"message\":"
	      "\"A\",\"error_data\":{\"details\":\"B\"}}}", &out);
	assert_string_equal("A: B", out.words);
}

static void
long_words_end_between_characters(void **state)
{
	struct buf b = BUF_INIT;
	struct sender_answer out;

	(void)state;
	buf_append_str(&b, "{\"error\":{\"code\":1,\"message\":\"x");
	for (int i = 0; i < 300; i++)
		buf_append_str(&b, "\340\244\206");
	buf_append_str(&b, "\"}}");
	judge(FETCH_ANSWERED, true, 400, b.data, &out);
	assert_int_equal(1 + 106 * 3, strlen(out.words));
	buf_finish(&b);
}

/* Wherever the end falls, it does not leave the half of one that was known. */
static void
what_the_end_would_cut_is_struck_out_whole(void **state)
{
	struct sender_answer out;

	(void)state;
	for (int pad = MESSAGE_ERROR_MAX - 30; pad <= MESSAGE_ERROR_MAX; pad++) {
		struct buf b = BUF_INIT;

		buf_append_str(&b, "{\"error\":{\"code\":1,\"message\":\"");
		for (int i = 0; i < pad; i++)
			buf_append_str(&b, "x");
		buf_append_str(&b, " " TOKEN " 919812345678\"}}");
		judge(FETCH_ANSWERED, true, 400, b.data, &out);
		assert_null(strpbrk(out.words, "EA91"));
		buf_finish(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_opens_what_was_written),
		cmocka_unit_test(senders_are_found_by_their_words),
		cmocka_unit_test(requests_are_as_the_service_wants_them),
		cmocka_unit_test(answers_have_their_meaning),
		cmocka_unit_test(no_answer_is_known_only_where_nothing_was_sent),
		cmocka_unit_test(words_hold_no_number_and_no_token),
		cmocka_unit_test(long_words_end_between_characters),
		cmocka_unit_test(what_the_end_would_cut_is_struck_out_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
