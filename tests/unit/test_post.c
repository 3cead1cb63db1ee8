/* test_post.c: which answers let a punch leave the spool, and how it goes */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>
#include <time.h>

#include "base/clock.h"
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
		{ 1, "CRT5200-SN001", "42", 1773300600, 3, SPOOL_NONE },
		{ 2, "SN2", "\"A/7", 1773300601, SPOOL_NONE, SPOOL_NONE },
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

static void
a_wrong_clock_is_put_right_and_told(void **state)
{
	const struct spool_item item = {
		1, "SN2", "42", 1773300600 + 3600, 3600, 1773300600,
	};
	struct buf body = BUF_INIT;

	(void)state;
	post_format(&body, "SF", &item, 1);
	assert_string_equal(body.data,
		"[{\"compcode\":\"SF\",\"user_id\":\"42\","
		"\"device_sn\":\"SN2\","
		"\"timestamp\":\"2026-03-12 07:30:00\",\"clock_offset\":3600,"
		"\"time_source\":\"BRIDGE\","
		"\"time_raw\":\"2026-03-12 08:30:00\"}]");
	buf_finish(&body);
}

/* ---- the article's server, one by one ------------------------------------ */

#define NOT_MAPPED "{\"status\":false," \
	"\"message\":\"Biometric user not mapped\"}"
#define REFUSED "{\"status\":false,\"message\":\"no\"}"

/* Each answer to a single punch, and what becomes of it. */
static const struct {
	int status;
	const char *type, *body;
	enum post_fate fate;
} singles[] = {
	{ 200, JSON, "{\"status\":true,\"access\":\"ALLOWED\"}", POST_DONE },
	{ 200, JSON, "{\"status\":true,\"access\":\"DENIED\"}", POST_DONE },
	{ 200, JSON, "{\"status\":true,\"message\":\"Duplicate ignored\"}",
	  POST_DONE },
	{ 200, JSON, "{\"status\":true,\"message\":\"Old punch ignored\"}",
	  POST_DONE },

	/* forgotten there, so kept here */
	{ 404, JSON, NOT_MAPPED, POST_PARKED },
	{ 400, JSON, REFUSED, POST_PARKED },
	{ 403, JSON, REFUSED, POST_PARKED },
	{ 422, JSON, REFUSED, POST_PARKED },

	/* no answer to a punch */
	{ 200, JSON, "{\"status\":true}", POST_WAITS },
	{ 200, JSON, "{\"status\":true,\"access\":\"MAYBE\"}", POST_WAITS },
	{ 200, JSON, "{\"status\":true,\"access\":1}", POST_WAITS },
	{ 200, JSON, "{\"status\":\"true\",\"access\":\"ALLOWED\"}",
	  POST_WAITS },
	{ 200, JSON, NOT_MAPPED, POST_WAITS },
	{ 200, JSON, REFUSED, POST_WAITS },
	{ 200, JSON, "[]", POST_WAITS },
	{ 200, JSON, "null", POST_WAITS },
	{ 200, JSON, "", POST_WAITS },
	{ 200, JSON, PORTAL, POST_WAITS },
	{ 200, "text/html", PORTAL, POST_WAITS },
	{ 200, "text/html", "{\"status\":true,\"access\":\"ALLOWED\"}",
	  POST_WAITS },
	{ 200, JSON, BATCH "x", POST_WAITS },
	/* the status is the answer's, whatever the body claims */
	{ 503, JSON, GOOD, POST_WAITS },
	{ 200, JSON, "{\"status\":false,\"code\":422,\"message\":\"no\"}",
	  POST_WAITS },

	/* as Rails itself refuses: its status is a number */
	{ 400, JSON, "{\"status\":400,\"error\":\"Bad Request\"}",
	  POST_WAITS },
	{ 404, JSON, "{\"status\":404,\"error\":\"Not Found\"}",
	  POST_WAITS },
	{ 422, JSON, "{\"status\":422,\"error\":\"Unprocessable\"}",
	  POST_WAITS },
	{ 422, "text/html", "<h1>The change was rejected</h1>", POST_WAITS },
	{ 404, "text/html", "<h1>No such page</h1>", POST_WAITS },
	{ 404, JSON, REFUSED, POST_WAITS },
	{ 404, JSON, "{\"status\":true,"
	  "\"message\":\"Biometric user not mapped\"}", POST_WAITS },
	{ 400, JSON, "{\"status\":false}", POST_WAITS },

	/* about more than this one */
	{ 201, JSON, "{\"status\":true,\"access\":\"ALLOWED\"}", POST_WAITS },
	{ 204, "", "", POST_WAITS },
	{ 301, "text/html", "", POST_WAITS },
	{ 302, JSON, "{\"status\":true,\"access\":\"ALLOWED\"}", POST_WAITS },
	{ 401, JSON, REFUSED, POST_WAITS },
	{ 401, JSON, "{\"status\":true,\"access\":\"ALLOWED\"}", POST_WAITS },
	{ 405, JSON, REFUSED, POST_WAITS },
	{ 408, JSON, REFUSED, POST_WAITS },
	{ 413, JSON, REFUSED, POST_WAITS },
	{ 429, JSON, REFUSED, POST_WAITS },
	{ 500, "text/html", "<h1>We're sorry</h1>", POST_WAITS },
	{ 500, JSON, REFUSED, POST_WAITS },
	{ 502, "text/html", "", POST_WAITS },
	{ 503, JSON, REFUSED, POST_WAITS },
	{ 504, "text/html", "", POST_WAITS },
};

static void
a_single_punch_leaves_as_one_of_a_batch_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(singles); i++) {
		struct fetch_answer a = answer(singles[i].status,
			singles[i].type, singles[i].body);
		struct post_verdict v;
		char why[256];
		bool waits = singles[i].fate == POST_WAITS;

		assert_int_equal(post_judge_one(&a, &v, why, sizeof why),
		                 waits ? POST_LATER : POST_SETTLED);
		assert_int_equal(v.fate, singles[i].fate);
		assert_int_equal(why[0] != '\0', waits);
		if (!waits)
			assert_int_equal(v.status, singles[i].status);
		fetch_answer_finish(&a);
	}
}

static void
no_answer_settles_no_single_punch(void **state)
{
	struct fetch_answer a = answer(200, JSON,
		"{\"status\":true,\"access\":\"ALLOWED\"}");
	struct post_verdict verdict;
	char why[256];

	(void)state;
	text_copy(a.words, sizeof a.words, "no connection");
	for (int i = FETCH_ANSWERED + 1; i < FETCH__COUNT; i++) {
		a.outcome = (enum fetch_outcome)i;
		assert_int_equal(post_judge_one(&a, &verdict, why,
		                 sizeof why), POST_LATER);
		assert_int_equal(verdict.fate, POST_WAITS);
		assert_string_equal(why, "no connection");
	}
	fetch_answer_finish(&a);
}

static void
a_single_punch_is_as_the_article_sent_it(void **state)
{
	struct spool_item item = {
		1, "CRT5200-SN001", "42", 1773300600, 3, SPOOL_NONE,
	};
	struct buf body = BUF_INIT;

	(void)state;
	post_format_one(&body, "SF", &item);
	assert_string_equal(body.data,
		"{\"compcode\":\"SF\",\"user_id\":\"42\","
		"\"device_sn\":\"CRT5200-SN001\","
		"\"timestamp\":\"2026-03-12 07:30:00\"}");
	buf_reset(&body);
	item.sent_local = item.local + 60;
	post_format_one(&body, "SF", &item);
	assert_string_equal(body.data,
		"{\"compcode\":\"SF\",\"user_id\":\"42\","
		"\"device_sn\":\"CRT5200-SN001\","
		"\"timestamp\":\"2026-03-12 07:31:00\"}");
	buf_finish(&body);
}

/* ---- the poster's mood --------------------------------------------------- */

static void
await_mood(struct post *p, enum post_mood mood)
{
	int64_t deadline = clock_mono_ms() + 10000;

	while (post_mood(p) != mood) {
		assert_true(clock_mono_ms() < deadline);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
}

/* With a spool in memory, and nobody at the server's address. */
static void
the_poster_tells_how_it_goes(void **state)
{
	const struct setup_server server = {
		.url = (char *)"http://127.0.0.1:1", .company = (char *)"SF",
		.token = (char *)"", .ca_file = (char *)"",
		.timeout_ms = 1000, .batch = 10,
		.backoff_least_ms = 10, .backoff_most_ms = 20,
	};
	struct spool_punch punch = { .user_id = "42", .uid = SPOOL_NONE,
		.local = 1773300600, .sent_local = SPOOL_NONE,
		.clock_offset = SPOOL_NONE };
	enum spool_fault fault;
	char error[256];
	struct spool *spool = spool_open(":memory:", SPOOL_LOOK, &fault, error,
	                                 sizeof error);
	int64_t terminal, beat, began = clock_mono_ms();
	struct spool_settled done = { .parked = 422, .answer = "" };
	struct spool_item item;
	struct post *p;
	size_t count;

	(void)state;
	assert_non_null(spool);
	terminal = spool_terminal(spool, "SN1");
	p = post_create(&server, spool);
	await_mood(p, POST_EMPTY);
	assert_true(post_beat(p) >= began);
	assert_true(spool_add(spool, terminal, 0, &punch, 1, &count));
	post_wake(p);
	assert_int_not_equal(post_mood(p), POST_EMPTY);
	await_mood(p, POST_STUCK);
	beat = post_beat(p);
	while (post_beat(p) == beat)
		assert_int_equal(post_mood(p), POST_STUCK);

	assert_true(spool_next(spool, &item, 1, &count));
	done.id = item.id;
	assert_true(spool_settle(spool, &done, 1));
	await_mood(p, POST_EMPTY);
	post_destroy(p, 100);
	spool_close(spool);
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
		cmocka_unit_test(a_wrong_clock_is_put_right_and_told),
		cmocka_unit_test(a_single_punch_leaves_as_one_of_a_batch_does),
		cmocka_unit_test(no_answer_settles_no_single_punch),
		cmocka_unit_test(a_single_punch_is_as_the_article_sent_it),
		cmocka_unit_test(the_poster_tells_how_it_goes),
	};

	unsetenv("http_proxy");		/* loopback is meant */
	return cmocka_run_group_tests_name("post", tests, NULL, NULL);
}
