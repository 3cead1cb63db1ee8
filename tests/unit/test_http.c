/* test_http.c: parameters, paths, cookies, headers of requests and answers */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/http.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct req req;
static struct res res;

static int
set_up(void **state)
{
	(void)state;
	req = (struct req){ .arena = arena_create(), .cookie = "",
		            .host = "gym.example", .address = "192.0.2.1",
		            .content_type = "", .is_https = true };
	res = (struct res){ .arena = req.arena };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	buf_finish(&res.headers);
	buf_finish(&res.body);
	arena_destroy(req.arena);
	return 0;
}

/* ---- pairs --------------------------------------------------------------- */

/* A text, and its pairs as "name:value," or NULL where it is refused. */
static const struct {
	const char *text, *pairs;
} pair_cases[] = {
	{ "", "" },
	{ "a=1", "a:1," },
	{ "a=1&b=2", "a:1,b:2," },
	{ "a=1&a=2", "a:1,a:2," },
	{ "a", "a:," },
	{ "a=", "a:," },
	{ "=1", ":1," },
	{ "=", ":," },
	{ "&&a=1&&", "a:1," },
	{ "&", "" },
	{ "a=b=c", "a:b=c," },
	{ "a=1;b=2", "a:1;b=2," },
	{ "a+b=c+d", "a b:c d," },
	{ "a%20b=%2B%26%3D", "a b:+&=," },
	{ "a=%c3%A9", "a:\xc3\xa9," },
	{ "%61=%7e", "a:~," },
	{ "a=\xff", "a:\xff," },	/* its reader checks UTF-8 */
	{ "a=%", NULL },
	{ "a=%4", NULL },
	{ "a=%4&b=1", NULL },
	{ "a=1&b=%zz", NULL },
	{ "%=1", NULL },
	{ "%4=1", NULL },
	{ "a=%g1", NULL },
	{ "a=%1g", NULL },
	{ "a=%-1", NULL },
	{ "a=% 1", NULL },
	{ "a%00b=1", NULL },
	{ "a%00", NULL },
	{ "a=%\xc1\xc1", NULL },
};

/* Parses a copy of its exact size, so that a sanitizer sees a step too far. */
static bool
parse(const char *text, size_t len, struct http_pairs *out)
{
	char *copy = malloc(len + 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '&';	/* what follows is not looked at */
	ok = http_parse_pairs(req.arena, copy, len, out);
	free(copy);
	return ok;
}

static void
pairs_are_decoded_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pair_cases); i++) {
		const char *text = pair_cases[i].text;
		struct http_pairs pairs;
		struct buf got = BUF_INIT;
		bool ok = parse(text, strlen(text), &pairs);

		if (ok != (pair_cases[i].pairs != NULL))
			fail_msg("'%s' is read: %d", text, ok);
		buf_append(&got, "", 0);
		for (size_t k = 0; ok && k < pairs.count; k++) {
			buf_appendf(&got, "%s:%s,", pairs.list[k].name,
			            pairs.list[k].value);
			assert_int_equal(pairs.list[k].value_len,
			                 strlen(pairs.list[k].value));
		}
		if (ok && strcmp(got.data, pair_cases[i].pairs) != 0)
			fail_msg("'%s' is %s", text, got.data);
		buf_finish(&got);
	}
}

static void
a_nul_in_a_value_shows_in_its_length(void **state)
{
	struct http_pairs pairs;

	(void)state;
	assert_true(parse("a=x%00y&b=1", 11, &pairs));
	assert_string_equal(pairs.list[0].value, "x");
	assert_int_equal(pairs.list[0].value_len, 3);
	assert_memory_equal(pairs.list[0].value, "x\0y", 4);
	assert_true(parse("a=x\0y", 5, &pairs));
	assert_int_equal(pairs.list[0].value_len, 3);
}

static void
there_are_at_most_200_pairs(void **state)
{
	struct buf text = BUF_INIT;
	struct http_pairs pairs;

	(void)state;
	for (int i = 0; i < 200; i++)
		buf_appendf(&text, "n%d=%d&", i, i);
	assert_true(parse(text.data, text.len, &pairs));
	assert_int_equal(pairs.count, 200);
	assert_string_equal(http_find(&pairs, "n199"), "199");
	buf_append_str(&text, "x");
	assert_false(parse(text.data, text.len, &pairs));
	buf_finish(&text);
}

static void
the_first_of_a_name_is_found(void **state)
{
	struct http_pairs pairs, none = { NULL, 0 };

	(void)state;
	assert_true(parse("a=1&b=2&a=3&c", 13, &pairs));
	assert_string_equal(http_find(&pairs, "a"), "1");
	assert_string_equal(http_find(&pairs, "c"), "");
	assert_null(http_find(&pairs, "A"));
	assert_null(http_find(&pairs, ""));
	assert_null(http_find(&none, "a"));
}

static void
names_and_values_of_an_address_are_both_escaped(void **state)
{
	struct buf url = BUF_INIT;

	(void)state;
	buf_append_str(&url, "/inbox.csv");
	http_add_query(&url, "state", "A&B");
	http_add_query(&url, "\xda\"#", "");
	assert_string_equal(url.data, "/inbox.csv?state=A%26B&%DA%22%23=");
	buf_finish(&url);
}

/* ---- paths --------------------------------------------------------------- */

static void
paths_are_decoded_or_refused(void **state)
{
	static const struct {
		const char *text, *path;
	} cases[] = {
		{ "/", "/" },
		{ "/a/b", "/a/b" },
		{ "/a+b", "/a+b" },
		{ "/a%2Fb", "/a/b" },
		{ "/%E0%A4%86", "/\xe0\xa4\x86" },
		{ "/..", "/.." },	/* nothing here is a file */
		{ "", NULL },
		{ "a", NULL },
		{ "%2Fa", "/a" },
		{ "/%00", NULL },
		{ "/a%00.html", NULL },
		{ "/%", NULL },
		{ "/%2", NULL },
		{ "/%zz", NULL },
		{ "/%ff", NULL },
		{ "/%c0%af", NULL },
		{ "/\xff", NULL },
		{ "*", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *path = "untouched";
		bool ok = http_parse_path(req.arena, cases[i].text, &path);

		if (ok != (cases[i].path != NULL) ||
		    strcmp(path, ok ? cases[i].path : "untouched") != 0)
			fail_msg("'%s' is %d, %s", cases[i].text, ok, path);
	}
}

/* ---- this machine -------------------------------------------------------- */

static void
loopback_is_plain_http_from_here_to_here(void **state)
{
	static const struct {
		const char *host, *address;
		bool is_https, is_loopback;
	} cases[] = {
		{ "127.0.0.1:8080", "127.0.0.1", false, true },
		{ "127.0.0.1", "127.0.0.1", false, true },
		{ "localhost:8080", "::1", false, true },
		{ "[::1]:8080", "::1", false, true },
		{ "127.0.0.1:8080", "127.0.0.1", true, false },
		{ "127.0.0.1:8080", "192.0.2.1", false, false },
		{ "127.0.0.1:8080", "", false, false },
		{ "gym.example", "127.0.0.1", false, false },
		{ "localhost.gym.example", "127.0.0.1", false, false },
		{ "127.0.0.10", "127.0.0.1", false, false },
		{ "[::1", "::1", false, false },
		{ "", "127.0.0.1", false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		req.host = cases[i].host;
		req.address = cases[i].address;
		req.is_https = cases[i].is_https;
		if (http_is_loopback(&req) != cases[i].is_loopback)
			fail_msg("case %zu: %s", i, cases[i].host);
	}
}

/* ---- cookies ------------------------------------------------------------- */

static void
cookies_are_found_under_their_whole_name(void **state)
{
	static const struct {
		const char *header, *value;	/* of "s" */
	} cases[] = {
		{ "", NULL },
		{ "__Host-s=1", "1" },
		{ "__Host-s=", "" },
		{ "a=b; __Host-s=1; c=d", "1" },
		{ "a=b;__Host-s=1;c=d", "1" },
		{ "__Host-s=1; __Host-s=2", "1" },
		{ "__Host-s=a=b", "a=b" },
		{ "__Host-s=1;", "1" },
		{ ";; __Host-s=1", "1" },
		{ "s=1", NULL },	/* another site of the domain's */
		{ "x__Host-s=1", NULL },
		{ "__Host-sx=1", NULL },
		{ "__host-s=1", NULL },
		{ "__Host-s", NULL },
		{ "__Host-s ; a=__Host-s=1", NULL },
		/* quotes mean nothing */
		{ "a=\"x; __Host-s=1\"", "1\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *value;

		req.cookie = cases[i].header;
		value = http_cookie(&req, "s");
		if ((value == NULL) != (cases[i].value == NULL) ||
		    (value != NULL && strcmp(value, cases[i].value) != 0))
			fail_msg("'%s' has %s", cases[i].header,
			         value == NULL ? "none" : value);
	}
	req.is_loopback = true;
	req.cookie = "__Host-s=1; s=2";
	assert_string_equal(http_cookie(&req, "s"), "2");
	req.cookie = "__Host-s=1";
	assert_null(http_cookie(&req, "s"));
}

static void
cookies_are_set_as_safe_as_they_can_be(void **state)
{
	(void)state;
	http_set_cookie(&req, &res, "s", "abc", 3600);
	assert_string_equal(res.headers.data, "Set-Cookie: __Host-s=abc; "
	                    "Path=/; HttpOnly; SameSite=Lax; Max-Age=3600; "
	                    "Secure\r\n");
	buf_reset(&res.headers);
	req.is_loopback = true;
	http_set_cookie(&req, &res, "s", "", 0);
	assert_string_equal(res.headers.data, "Set-Cookie: s=; Path=/; "
	                    "HttpOnly; SameSite=Lax; Max-Age=0\r\n");
}

/* ---- the rest of the head ------------------------------------------------ */

static void
media_types_lose_case_and_parameters(void **state)
{
	static const char *const cases[][2] = {
		{ "application/json", "application/json" },
		{ "Application/JSON; charset=utf-8", "application/json" },
		{ "text/html;x", "text/html" },
		{ "text/html x", "text/html" },
		{ "", "" }, { "; x", "" }, { " a/b", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		req.content_type = cases[i][0];
		assert_string_equal(http_media_type(&req), cases[i][1]);
	}
}

static void
no_value_adds_a_header_of_its_own(void **state)
{
	static const char *const values[] = {
		"a\r\nSet-Cookie: x=1", "a\nSet-Cookie: x=1",
		"a\rSet-Cookie: x=1", "a\r\n\r\n<html>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		buf_reset(&res.headers);
		http_header(&res, "X-A", "%s", values[i]);
		assert_string_equal(res.headers.data, "X-A: a\r\n");
		buf_reset(&res.headers);
		assert_int_equal(http_redirect(&res, values[i]), HTTP_303);
		assert_string_equal(res.headers.data, "Location: a\r\n");
	}
	buf_reset(&res.headers);
	http_header(&res, "X-A", "%05000d", 1);	/* cut, but a line */
	assert_int_equal(res.headers.len, 5 + 2047 + 2);
	assert_string_equal(res.headers.data + res.headers.len - 3, "0\r\n");
}

static void
headers_add_up(void **state)
{
	(void)state;
	http_header(&res, "A", "%d", 1);
	http_header(&res, "B", "%s", "");
	http_header(&res, "A", "%s", "%s%n");
	assert_string_equal(res.headers.data, "A: 1\r\nB: \r\nA: %s%n\r\n");
	assert_int_equal(http_redirect(&res, "/members?page=2"), HTTP_303);
	assert_non_null(strstr(res.headers.data,
	                       "Location: /members?page=2\r\n"));
}

/* ---- JSON ---------------------------------------------------------------- */

static void
errors_are_the_json_that_clients_know(void **state)
{
	(void)state;
	assert_int_equal(http_json_error(&res, HTTP_422, "user_id is missing",
	                                 "user_id"), HTTP_422);
	assert_string_equal(res.body.data, "{\"status\":false,\"message\":"
	                    "\"user_id is missing\",\"field\":\"user_id\"}");
	assert_string_equal(res.content_type, "application/json");
	buf_reset(&res.body);
	assert_int_equal(http_json_error(&res, HTTP_404, "a/\"b\"\n", NULL),
	                 HTTP_404);
	assert_string_equal(res.body.data, "{\"status\":false,\"message\":"
	                    "\"a/\\\"b\\\"\\n\"}");
}

static void
every_status_has_its_words(void **state)
{
	static const struct {
		enum status status;
		const char *words;
	} list[] = {
		{ HTTP_200, "OK" }, { HTTP_303, "See Other" },
		{ HTTP_304, "Not Modified" }, { HTTP_400, "Bad Request" },
		{ HTTP_401, "Unauthorized" }, { HTTP_403, "Forbidden" },
		{ HTTP_404, "Not Found" }, { HTTP_405, "Method Not Allowed" },
		{ HTTP_413, "Content Too Large" },
		{ HTTP_415, "Unsupported Media Type" },
		{ HTTP_422, "Unprocessable Content" },
		{ HTTP_429, "Too Many Requests" },
		{ HTTP_500, "Internal Server Error" },
		{ HTTP_503, "Service Unavailable" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(list); i++)
		assert_string_equal(http_reason(list[i].status),
		                    list[i].words);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pairs_are_decoded_or_refused),
		TEST(a_nul_in_a_value_shows_in_its_length),
		TEST(there_are_at_most_200_pairs),
		TEST(the_first_of_a_name_is_found),
		TEST(names_and_values_of_an_address_are_both_escaped),
		TEST(paths_are_decoded_or_refused),
		TEST(loopback_is_plain_http_from_here_to_here),
		TEST(cookies_are_found_under_their_whole_name),
		TEST(cookies_are_set_as_safe_as_they_can_be),
		TEST(media_types_lose_case_and_parameters),
		TEST(no_value_adds_a_header_of_its_own),
		TEST(headers_add_up),
		TEST(errors_are_the_json_that_clients_know),
		TEST(every_status_has_its_words),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
