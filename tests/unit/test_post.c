/* test_post.c: which answers let a punch leave the spool */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>

#include "base/text.h"
#include "post.h"

#define COUNT(table) (sizeof table / sizeof table[0])
#define JSON "application/json"

static struct fetch_answer
answer(int status, const char *type, const char *body)
{
	struct fetch_answer a = FETCH_ANSWER_INIT;

	a.outcome = FETCH_ANSWERED;
	a.status = status;
	text_copy(a.type, sizeof a.type, type);
	buf_append_str(&a.body, body);
	return a;
}

/* One item as the API answers it within a batch, and what becomes of it. */
static const struct {
	const char *item;
	enum post_fate fate;
} items[] = {
	/* stored, a repeat, not wanted, kept for staff: done */
	{ "{\"status\":true,\"access\":\"ALLOWED\",\"code\":200}", POST_DONE },
	{ "{\"status\":true,\"access\":\"DENIED\",\"code\":200}", POST_DONE },
	{ "{\"status\":true,\"message\":\"Duplicate ignored\",\"code\":200}",
	  POST_DONE },
	{ "{\"status\":true,\"message\":\"Before this terminal's start\","
	  "\"code\":200}", POST_DONE },
	{ "{\"status\":false,\"message\":\"Biometric user not mapped\","
	  "\"code\":404}", POST_DONE },

	/* refused for what it is: parked */
	{ "{\"status\":false,\"message\":\"is missing\",\"field\":\"user_id\","
	  "\"code\":400}", POST_PARKED },
	{ "{\"status\":false,\"message\":\"Not a terminal of this token\","
	  "\"code\":403}", POST_PARKED },
	{ "{\"status\":false,\"message\":\"is too long\",\"code\":422}",
	  POST_PARKED },

	/* nothing that is documented: waits */
	{ "{\"status\":false,\"message\":\"Not found\",\"code\":404}",
	  POST_WAITS },
	{ "{\"status\":true,\"message\":\"Biometric user not mapped\","
	  "\"code\":404}", POST_WAITS },
	{ "{\"status\":false,\"code\":404}", POST_WAITS },
	{ "{\"status\":true,\"code\":200}", POST_WAITS },
	{ "{\"status\":true,\"access\":\"MAYBE\",\"code\":200}", POST_WAITS },
	{ "{\"status\":false,\"access\":\"ALLOWED\",\"code\":200}",
	  POST_WAITS },
	{ "{\"status\":\"true\",\"access\":\"ALLOWED\",\"code\":200}",
	  POST_WAITS },
	{ "{\"access\":\"ALLOWED\",\"code\":200}", POST_WAITS },
	{ "{\"status\":true,\"access\":\"ALLOWED\"}", POST_WAITS },
	{ "{\"status\":true,\"access\":\"ALLOWED\",\"code\":\"200\"}",
	  POST_WAITS },
	{ "{\"status\":false,\"code\":422}", POST_WAITS },
	{ "{\"status\":false,\"message\":\"later\",\"code\":503}",
	  POST_WAITS },
	{ "{\"status\":false,\"message\":\"who?\",\"code\":401}",
	  POST_WAITS },
	{ "{}", POST_WAITS },
	{ "[]", POST_WAITS },
	{ "null", POST_WAITS },
	{ "200", POST_WAITS },
};

static void
an_item_leaves_only_when_a_documented_answer_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(items); i++) {
		struct fetch_answer a = answer(200, JSON,
		                               "{\"status\":true,\"results\":[");
		struct post_verdict verdicts[2];
		char why[256];

		/* one that is good stands in front of each */
		buf_appendf(&a.body, "%s,%s]}", items[0].item, items[i].item);
		assert_int_equal(post_judge(&a, 2, verdicts, why, sizeof why),
		                 POST_SETTLED);
		assert_int_equal(verdicts[0].fate, POST_DONE);
		assert_int_equal(verdicts[1].fate, items[i].fate);
		assert_int_equal(why[0] != '\0', items[i].fate == POST_WAITS);
		fetch_answer_finish(&a);
	}
}

#define GOOD "{\"status\":true,\"access\":\"ALLOWED\",\"code\":200}"
#define BATCH "{\"status\":true,\"results\":[" GOOD "," GOOD "]}"
#define PORTAL "<!DOCTYPE html><title>Welcome to our Wi-Fi</title>"

/* Answers to a batch of two. */
static const struct {
	int status;
	const char *type, *body;
	enum post_outcome outcome;
} wholes[] = {
	{ 200, JSON, BATCH, POST_SETTLED },
	{ 200, JSON, " " BATCH " \r\n", POST_SETTLED },

	{ 413, JSON, "{\"status\":false,\"message\":\"too large\"}",
	  POST_TOO_LARGE },
	{ 413, "text/html", "<h1>413 Request Entity Too Large</h1>",
	  POST_TOO_LARGE },

	/* a captive portal, whatever it claims to be */
	{ 200, "text/html", PORTAL, POST_LATER },
	{ 200, JSON, PORTAL, POST_LATER },
	{ 200, "", "", POST_LATER },
	{ 200, JSON, "", POST_LATER },
	{ 200, "text/html", BATCH, POST_LATER },
	{ 302, "text/html", "", POST_LATER },
	{ 511, "text/html", PORTAL, POST_LATER },

	/* a wrong number of results, or none */
	{ 200, JSON, "{\"status\":true,\"results\":[" GOOD "]}", POST_LATER },
	{ 200, JSON, "{\"status\":true,\"results\":[" GOOD "," GOOD "," GOOD
	  "]}", POST_LATER },
	{ 200, JSON, "{\"status\":true,\"results\":[]}", POST_LATER },
	{ 200, JSON, "{\"status\":true,\"results\":{}}", POST_LATER },
	{ 200, JSON, "{\"status\":true}", POST_LATER },
	{ 200, JSON, "{\"status\":false,\"results\":[" GOOD "," GOOD "]}",
	  POST_LATER },
	{ 200, JSON, "{\"results\":[" GOOD "," GOOD "]}", POST_LATER },
	{ 200, JSON, "[" GOOD "," GOOD "]", POST_LATER },
	{ 200, JSON, GOOD, POST_LATER },

	/* cut off, or more behind it */
	{ 200, JSON, "{\"status\":true,\"results\":[" GOOD "," GOOD "]",
	  POST_LATER },
	{ 200, JSON, BATCH BATCH, POST_LATER },
	{ 200, JSON, BATCH "x", POST_LATER },

	/* about the whole request: even where the body looks right */
	{ 201, JSON, BATCH, POST_LATER },
	{ 400, JSON, "{\"status\":false,\"message\":\"not JSON\"}",
	  POST_LATER },
	{ 401, JSON, "{\"status\":false,\"message\":\"token\"}", POST_LATER },
	{ 401, JSON, BATCH, POST_LATER },
	{ 403, JSON, "{\"status\":false,\"message\":\"company\"}",
	  POST_LATER },
	{ 404, JSON, "{\"status\":false,\"message\":\"Not found\"}",
	  POST_LATER },
	{ 404, JSON, "{\"status\":false,"
	  "\"message\":\"Biometric user not mapped\"}", POST_LATER },
	{ 404, "text/html", "", POST_LATER },
	{ 405, JSON, "{}", POST_LATER },
	{ 408, "text/html", "", POST_LATER },
	{ 422, JSON, "{\"status\":false,\"message\":\"no\"}", POST_LATER },
	{ 429, JSON, "{}", POST_LATER },
	{ 500, "text/html", "", POST_LATER },
	{ 502, "text/html", "<h1>Bad Gateway</h1>", POST_LATER },
	{ 503, JSON, "{\"status\":false,\"message\":\"away\"}", POST_LATER },
	{ 503, JSON, BATCH, POST_LATER },
	{ 504, "text/html", "", POST_LATER },
};

static void
nothing_leaves_for_an_answer_about_the_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wholes); i++) {
		struct fetch_answer a = answer(wholes[i].status,
			wholes[i].type, wholes[i].body);
		struct post_verdict verdicts[2];
		char why[256];

		assert_int_equal(post_judge(&a, 2, verdicts, why, sizeof why),
		                 wholes[i].outcome);
		assert_int_equal(why[0] == '\0',
		                 wholes[i].outcome == POST_SETTLED);
		fetch_answer_finish(&a);
	}
}

static void
deep_and_endless_answers_are_refused(void **state)
{
	struct fetch_answer a = answer(200, JSON, "");
	struct post_verdict verdict;
	char why[256];

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_append_str(&a.body, "[");
	assert_int_equal(post_judge(&a, 1, &verdict, why, sizeof why),
	                 POST_LATER);
	fetch_answer_finish(&a);
}

static void
no_answer_settles_nothing(void **state)
{
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct post_verdict verdict;
	char why[256];

	(void)state;
	for (int i = FETCH_ANSWERED + 1; i < FETCH__COUNT; i++) {
		a.outcome = (enum fetch_outcome)i;
		text_copy(a.words, sizeof a.words, "no connection");
		assert_int_equal(post_judge(&a, 1, &verdict, why, sizeof why),
		                 POST_LATER);
		assert_string_equal(why, "no connection");
	}
}

static void
a_batch_is_an_array_of_the_documented_fields(void **state)
{
	const struct spool_item two[] = {
		{ 1, "CRT5200-SN001", "42", 1773300600, 3 },
		{ 2, "SN2", "\"A/7", 1773300601, SPOOL_NONE },
	};
	struct buf body = BUF_INIT;
	struct json_object *parsed;

	(void)state;
	post_format(&body, "SF", two, 2);
	assert_string_equal(body.data,
		"[{\"compcode\":\"SF\",\"user_id\":\"42\","
		"\"device_sn\":\"CRT5200-SN001\","
		"\"timestamp\":\"2026-03-12 07:30:00\",\"clock_offset\":3},\n"
		"{\"compcode\":\"SF\",\"user_id\":\"\\\"A/7\","
		"\"device_sn\":\"SN2\","
		"\"timestamp\":\"2026-03-12 07:30:01\"}]");
	parsed = json_tokener_parse(body.data);
	assert_int_equal(json_object_array_length(parsed), 2);
	json_object_put(parsed);
	buf_reset(&body);
	post_format(&body, "SF", NULL, 0);
	assert_string_equal(body.data, "[]");
	buf_finish(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_item_leaves_only_when_a_documented_answer_says_so),
		cmocka_unit_test(nothing_leaves_for_an_answer_about_the_whole),
		cmocka_unit_test(deep_and_endless_answers_are_refused),
		cmocka_unit_test(no_answer_settles_nothing),
		cmocka_unit_test(a_batch_is_an_array_of_the_documented_fields),
	};

	return cmocka_run_group_tests_name("post", tests, NULL, NULL);
}
