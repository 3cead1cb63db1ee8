/* test_route.c: what a table of routes promises to its handlers */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/route.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- a site of our own --------------------------------------------------- */

static enum status
ok(struct req *req, struct res *res)
{
	(void)req;
	buf_append_str(&res->body, "ok");
	return HTTP_200;
}

/* Answers with its segments: "a=1 b=2". */
static enum status
echo_segments(struct req *req, struct res *res)
{
	for (size_t i = 0; i < req->segments.count; i++)
		buf_appendf(&res->body, "%s%s=%s", i > 0 ? " " : "",
		            req->segments.list[i].name,
		            req->segments.list[i].value);
	return HTTP_200;
}

static enum status
echo_body(struct req *req, struct res *res)
{
	const char *a = http_find(&req->form, "a");

	buf_append(&res->body, req->body, (size_t)req->body_len);
	buf_appendf(&res->body, "|%s", a == NULL ? "" : a);
	return HTTP_200;
}

static enum status
echo_upload(struct req *req, struct res *res)
{
	const char *a = http_find(&req->form, "a");

	buf_appendf(&res->body, "%s|%s=", a == NULL ? "" : a, req->file.name);
	buf_append(&res->body, req->file.data, req->file.len);
	return HTTP_200;
}

static enum status
broken(struct req *req, struct res *res)
{
	(void)req;
	(void)res;
	return HTTP_500;
}

static enum status
wrong_but_said(struct req *req, struct res *res)
{
	(void)req;
	buf_append_str(&res->body, "said");
	return HTTP_422;
}

static const struct route routes[] = {
	{ HTTP_GET, "/", ROUTE_ANYONE, ROUTE_NO_BODY, ok },
	{ HTTP_POST, "/", ROUTE_ANYONE, ROUTE_FORM, echo_body },
	{ HTTP_PUT, "/", ROUTE_STAFF, ROUTE_NO_BODY, ok },
	{ HTTP_GET, "/m/new", ROUTE_STAFF, ROUTE_NO_BODY, ok },
	{ HTTP_GET, "/m/:id", ROUTE_STAFF, ROUTE_NO_BODY, echo_segments },
	{ HTTP_POST, "/m/:id/x/:other", ROUTE_OWNER, ROUTE_FORM,
	  echo_segments },
	{ HTTP_GET, "/owner", ROUTE_OWNER, ROUTE_NO_BODY, ok },
	{ HTTP_POST, "/staff", ROUTE_STAFF, ROUTE_FORM, echo_body },
	{ HTTP_POST, "/upload", ROUTE_STAFF, ROUTE_UPLOAD, echo_upload },
	{ HTTP_POST, "/bare", ROUTE_STAFF, ROUTE_NO_BODY, ok },
	{ HTTP_PUT, "/json", ROUTE_OWNER, ROUTE_JSON, ok },
	{ HTTP_POST, "/api/either", ROUTE_INTAKE, ROUTE_JSON_OR_FORM,
	  echo_body },
	{ HTTP_POST, "/api/signed", ROUTE_SIGNED, ROUTE_JSON, echo_body },
	{ HTTP_PUT, "/api/json", ROUTE_TOKEN, ROUTE_JSON, echo_body },
	{ HTTP_PUT, "/api/long", ROUTE_TOKEN, ROUTE_JSON_LONG, echo_body },
	{ HTTP_GET, "/api/broken", ROUTE_ANYONE, ROUTE_NO_BODY, broken },
	{ HTTP_GET, "/broken", ROUTE_ANYONE, ROUTE_NO_BODY, broken },
	{ HTTP_GET, "/said", ROUTE_ANYONE, ROUTE_NO_BODY, wrong_but_said },
	{ HTTP_GET, "/healthz", ROUTE_ANYONE, ROUTE_NO_BODY, broken },
};

/* Who calls, as the test wants it; and what was asked of the hooks. */
static struct {
	enum status identity[ROUTE_SIGNED + 1];
	bool csrf_fits;
	int identified, matched, drawn;
	enum route_who who;
} hook;

static enum status
identify(struct req *req, struct res *res, enum route_who who)
{
	(void)req;
	hook.identified++;
	hook.who = who;
	if (hook.identity[who] == HTTP_303)
		return http_redirect(res, "/login");
	return hook.identity[who];
}

static bool
csrf_matches(struct req *req)
{
	(void)req;
	hook.matched++;
	return hook.csrf_fits;
}

static void
draw_error(struct req *req, struct res *res, enum status status)
{
	(void)req;
	hook.drawn++;
	buf_appendf(&res->body, "page of %d", (int)status);
}

static const struct route_hooks hooks = { identify, csrf_matches, draw_error };

/* ---- one request --------------------------------------------------------- */

struct call {
	enum method method;
	const char *path, *type, *body, *origin;
	bool is_unreadable;
};

/* A body that comes in pieces, and may end before it was announced. */
struct source {
	const char *next;
	size_t left, piece;
	int64_t announced;	/* 0: as long as it is */
	int reads;
};

static struct source source;

static size_t
read_body(void *arg, char *to, size_t size)
{
	struct source *s = arg;
	size_t n = s->left < s->piece ? s->left : s->piece;

	s->reads++;
	if (n > size)
		n = size;
	if (n > 0)
		memcpy(to, s->next, n);
	s->next += n;
	s->left -= n;
	return n;
}

static struct res res;

static int
set_up(void **state)
{
	(void)state;
	memset(&hook, 0, sizeof hook);
	for (size_t i = 0; i < COUNT(hook.identity); i++)
		hook.identity[i] = HTTP_200;
	hook.csrf_fits = true;
	source = (struct source){ .piece = 7 };
	res = (struct res){ .arena = arena_create() };
	return 0;
}

static void
finish_res(void)
{
	buf_finish(&res.headers);
	buf_finish(&res.body);
	arena_destroy(res.arena);
}

static int
tear_down(void **state)
{
	(void)state;
	finish_res();
	return 0;
}

static enum status
ask_request(const struct call *c)
{
	struct req req = {
		.method = c->method, .path = c->path, .host = "gym.example",
		.method_text = "METHOD", .address = "192.0.2.1", .cookie = "", .origin = c->origin,
		.content_type = c->type == NULL ? "" : c->type,
		.read_body = read_body, .read_arg = &source,
		.is_unreadable = c->is_unreadable,
	};

	finish_res();
	res = (struct res){ .arena = arena_create() };
	req.arena = res.arena;
	if (c->body != NULL) {
		source.next = c->body;
		source.left = strlen(c->body);
	}
	req.body_len = source.announced != 0 ? source.announced
		: (int64_t)source.left;
	route_answer(routes, COUNT(routes), &hooks, &req, &res);
	buf_append(&res.body, "", 0);
	return res.status;
}

static enum status
ask(enum method method, const char *path, const char *type, const char *body,
    const char *origin)
{
	return ask_request(&(struct call){ method, path, type, body, origin,
		                           false });
}

#define GET(path) ask(HTTP_GET, path, NULL, NULL, NULL)
#define POST(path, type, body) ask(HTTP_POST, path, type, body, NULL)
#define PUT(path, type, body) ask(HTTP_PUT, path, type, body, NULL)
#define FORM_TYPE "application/x-www-form-urlencoded"
#define UPLOAD_TYPE "multipart/form-data; boundary=x"
#define UPLOAD \
	"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n" \
	"--x\r\nContent-Disposition: form-data; name=\"f\"; " \
	"filename=\"p\"\r\n\r\npic\r\n--x--\r\n"

static void
expect_header(const char *line)
{
	char whole[400];

	snprintf(whole, sizeof whole, "%s\r\n", line);
	if (strstr(res.headers.data, whole) == NULL)
		fail_msg("no %s in:\n%s", line, res.headers.data);
}

static void
refuse_header(const char *name)
{
	if (strstr(res.headers.data, name) != NULL)
		fail_msg("%s in:\n%s", name, res.headers.data);
}

/* ---- which route --------------------------------------------------------- */

static void
what_is_not_there_is_404(void **state)
{
	static const char *const paths[] = {
		"/nothing", "/m", "/m/", "/m/1/", "/m/1/x", "/m/1/x/",
		"//", "/m//x/1", "/owner/", "/OWNER", "/own", "",
		"/m/1/x/2/3", "/m/1/y/2",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		if (GET(paths[i]) != HTTP_404)
			fail_msg("%s is %d", paths[i], (int)res.status);
	}
	assert_int_equal(hook.identified, 0);
	assert_string_equal(res.body.data, "page of 404");
	refuse_header("Allow");
}

static void
another_method_is_405_and_says_which(void **state)
{
	(void)state;
	assert_int_equal(ask(HTTP_OTHER, "/", NULL, NULL, NULL), HTTP_405);
	expect_header("Allow: GET, HEAD, POST, PUT");
	assert_int_equal(POST("/m/7", NULL, NULL), HTTP_405);
	expect_header("Allow: GET, HEAD");
	assert_int_equal(GET("/m/7/x/8"), HTTP_405);
	expect_header("Allow: POST");
	assert_int_equal(GET("/api/json"), HTTP_405);
	expect_header("Allow: PUT");
	assert_string_equal(res.body.data, "{\"status\":false,\"message\":"
	                    "\"Method not allowed\"}");
	assert_int_equal(hook.identified, 0);
}

static void
parts_of_the_path_go_to_the_handler(void **state)
{
	(void)state;
	assert_int_equal(GET("/m/7"), HTTP_200);
	assert_string_equal(res.body.data, "id=7");
	assert_int_equal(GET("/m/a b:c"), HTTP_200);
	assert_string_equal(res.body.data, "id=a b:c");
	assert_int_equal(GET("/m/newer"), HTTP_200);
	assert_string_equal(res.body.data, "id=newer");
	assert_int_equal(GET("/m/new"), HTTP_200);
	assert_string_equal(res.body.data, "ok");	/* the first fits */
	assert_int_equal(POST("/m/7/x/8", FORM_TYPE, NULL), HTTP_200);
	assert_string_equal(res.body.data, "id=7 other=8");
}

/* ---- who ----------------------------------------------------------------- */

static void
who_may_call_is_asked_first(void **state)
{
	static const struct {
		struct call call;
		enum route_who who;
	} calls[] = {
		{ { HTTP_GET, "/", NULL, NULL, NULL, false }, ROUTE_ANYONE },
		{ { HTTP_GET, "/m/1", NULL, NULL, NULL, false }, ROUTE_STAFF },
		{ { HTTP_GET, "/owner", NULL, NULL, NULL, false },
		  ROUTE_OWNER },
		{ { HTTP_PUT, "/api/json", "application/json", "{}", NULL,
		    false },
		  ROUTE_TOKEN },
		{ { HTTP_POST, "/api/either", FORM_TYPE, "a=1", NULL, false },
		  ROUTE_INTAKE },
		{ { HTTP_POST, "/api/signed", "application/json", "{}", NULL,
		    false },
		  ROUTE_SIGNED },
	};
	static const enum status refusals[] = { HTTP_401, HTTP_403,
		                                HTTP_503 };

	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		enum route_who who = calls[i].who;

		assert_int_equal(ask_request(&calls[i].call), HTTP_200);
		assert_int_equal(hook.who, who);
		for (size_t k = 0; k < COUNT(refusals); k++) {
			hook.identity[who] = refusals[k];
			source.reads = 0;
			assert_int_equal(ask_request(&calls[i].call),
			                 refusals[k]);
			assert_int_equal(source.reads, 0);
		}
		hook.identity[who] = HTTP_200;
	}
}

static void
a_page_leads_to_sign_in(void **state)
{
	(void)state;
	hook.identity[ROUTE_STAFF] = HTTP_303;
	assert_int_equal(GET("/m/1"), HTTP_303);
	expect_header("Location: /login");
	assert_string_equal(res.body.data, "");
	assert_int_equal(hook.drawn, 0);
}

/* ---- forms of other sites ------------------------------------------------ */

static void
a_form_of_another_site_is_refused(void **state)
{
	static const char *const others[] = {
		"https://evil.example", "https://gym.example.evil.example",
		"https://evil.example/gym.example", "null", "",
		"gym.example", "https://gym.example:8443",
		"https://gym.example/", "https://agym.example",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		hook.identified = 0;
		if (ask(HTTP_POST, "/", FORM_TYPE, "a=1", others[i]) !=
		    HTTP_403)
			fail_msg("'%s' is %d", others[i], (int)res.status);
		assert_int_equal(hook.identified, 0);
	}
	assert_int_equal(ask(HTTP_POST, "/", FORM_TYPE, "a=1",
	                     "https://gym.example"), HTTP_200);
	assert_int_equal(ask(HTTP_POST, "/", FORM_TYPE, "a=1", NULL),
	                 HTTP_200);
	/* a token is nothing that a browser sends by itself */
	assert_int_equal(ask(HTTP_POST, "/api/either", FORM_TYPE, "a=1",
	                     "https://evil.example"), HTTP_200);
}

static void
a_form_must_carry_the_token_of_its_session(void **state)
{
	(void)state;
	assert_int_equal(POST("/staff", FORM_TYPE, "a=1"), HTTP_200);
	assert_int_equal(hook.matched, 1);
	hook.csrf_fits = false;
	assert_int_equal(POST("/staff", FORM_TYPE, "a=1"), HTTP_403);
	assert_string_equal(res.body.data, "page of 403");
	assert_int_equal(POST("/m/1/x/2", FORM_TYPE, "a=1"),
	                 HTTP_403);
	assert_int_equal(GET("/m/1"), HTTP_200);
	assert_int_equal(POST("/api/either", FORM_TYPE, "a=1"),
	                 HTTP_200);
	assert_int_equal(PUT("/api/json", "application/json", "{}"),
	                 HTTP_200);
}

/* Whatever else changes something for who is signed in is no way around. */
static void
what_is_no_form_needs_the_token_too(void **state)
{
	static const struct call calls[] = {
		{ HTTP_POST, "/bare", NULL, NULL, NULL, false },
		{ HTTP_PUT, "/", NULL, NULL, NULL, false },
		{ HTTP_PUT, "/json", "application/json", "{}", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		struct call cross = calls[i];

		cross.origin = "https://evil.example";
		hook.csrf_fits = false;
		assert_int_equal(ask_request(&calls[i]), HTTP_403);
		hook.csrf_fits = true;
		assert_int_equal(ask_request(&calls[i]), HTTP_200);
		assert_int_equal(ask_request(&cross), HTTP_403);
	}
}

/* ---- bodies -------------------------------------------------------------- */

static void
bodies_are_read_whole(void **state)
{
	(void)state;
	assert_int_equal(POST("/", FORM_TYPE,
	                      "b=a+long+one+in+pieces&a=%41"), HTTP_200);
	assert_string_equal(res.body.data,
	                    "b=a+long+one+in+pieces&a=%41|A");
	assert_true(source.reads > 3);
	assert_int_equal(POST("/", FORM_TYPE, ""), HTTP_200);
	assert_string_equal(res.body.data, "|");
	/* which is no form, and not read as one */
	assert_int_equal(POST("/api/either", "application/json", "a=1&%"),
	                 HTTP_200);
	assert_string_equal(res.body.data, "a=1&%|");
}

/* A form with a file is a form: its token is looked for, and in its fields. */
static void
a_file_comes_with_its_form(void **state)
{
	struct call cross = { HTTP_POST, "/upload", UPLOAD_TYPE, UPLOAD,
		              "https://evil.example", false };

	(void)state;
	assert_int_equal(POST("/upload", UPLOAD_TYPE, UPLOAD), HTTP_200);
	assert_string_equal(res.body.data, "1|f=pic");
	assert_int_equal(hook.matched, 1);
	hook.csrf_fits = false;
	assert_int_equal(POST("/upload", UPLOAD_TYPE, UPLOAD), HTTP_403);
	hook.csrf_fits = true;
	assert_int_equal(ask_request(&cross), HTTP_403);
	assert_int_equal(POST("/upload", UPLOAD_TYPE, "a=1"), HTTP_400);
	assert_int_equal(POST("/upload", "multipart/form-data", UPLOAD),
	                 HTTP_400);
	assert_int_equal(POST("/upload", FORM_TYPE, "a=1"), HTTP_415);
	assert_int_equal(POST("/staff", UPLOAD_TYPE, UPLOAD), HTTP_415);
	source.announced = ROUTE_UPLOAD_MAX + 1;
	assert_int_equal(POST("/upload", UPLOAD_TYPE, UPLOAD), HTTP_413);
}

static void
media_types_are_held_to(void **state)
{
	static const struct {
		const char *path, *type;
		enum status status;
	} cases[] = {
		{ "/", FORM_TYPE, HTTP_200 },
		{ "/", FORM_TYPE "; charset=utf-8", HTTP_200 },
		{ "/", "Application/X-WWW-Form-URLencoded", HTTP_200 },
		{ "/", "application/json", HTTP_415 },
		{ "/", "multipart/form-data; boundary=x", HTTP_415 },
		{ "/", "text/plain", HTTP_415 },
		{ "/", "", HTTP_415 },
		{ "/", "x" FORM_TYPE, HTTP_415 },
		{ "/api/either", "application/json;charset=utf-8", HTTP_200 },
		{ "/api/either", FORM_TYPE, HTTP_200 },
		{ "/api/either", "application/jsonx", HTTP_415 },
		{ "/api/either", "text/json", HTTP_415 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (POST(cases[i].path, cases[i].type, "a=1") !=
		    cases[i].status)
			fail_msg("%s with %s is %d", cases[i].path,
			         cases[i].type, (int)res.status);
	}
	assert_int_equal(PUT("/api/json", FORM_TYPE, "a=1"),
	                 HTTP_415);
	assert_string_equal(res.body.data, "{\"status\":false,\"message\":"
	                    "\"Send JSON or a form\"}");
}

static void
bodies_have_a_limit(void **state)
{
	static char large[ROUTE_JSON_MAX + 2];

	(void)state;
	source.piece = 100000;
	memset(large, 'x', sizeof large - 1);
	assert_int_equal(PUT("/api/json", "application/json", large),
	                 HTTP_413);
	assert_int_equal(source.reads, 0);
	assert_int_equal(POST("/api/either", FORM_TYPE, large),
	                 HTTP_413);
	assert_int_equal(PUT("/api/long", "application/json", large),
	                 HTTP_200);
	source.announced = ROUTE_JSON_LONG_MAX + 1;
	assert_int_equal(PUT("/api/long", "application/json", "{}"),
	                 HTTP_413);
	source.announced = 0;
	assert_int_equal(PUT("/api/long", FORM_TYPE, "a=1"), HTTP_415);
	large[ROUTE_JSON_MAX] = '\0';
	assert_int_equal(PUT("/api/json", "application/json", large),
	                 HTTP_200);
	large[ROUTE_FORM_MAX + 1] = '\0';
	assert_int_equal(POST("/", FORM_TYPE, large), HTTP_413);
	large[ROUTE_FORM_MAX] = '\0';
	assert_int_equal(POST("/", FORM_TYPE, large), HTTP_200);
	source.announced = INT64_MAX;
	assert_int_equal(POST("/", FORM_TYPE, "a=1"), HTTP_413);
}

static void
bodies_that_are_none_are_400(void **state)
{
	(void)state;
	source.announced = -1;	/* no number */
	assert_int_equal(POST("/", FORM_TYPE, "a=1"), HTTP_400);
	source.announced = 4;	/* the client went away */
	assert_int_equal(POST("/", FORM_TYPE, "a=1"), HTTP_400);
	source.announced = 0;
	assert_int_equal(POST("/", FORM_TYPE, "a=%4"), HTTP_400);
	assert_int_equal(POST("/api/either", FORM_TYPE, "%"),
	                 HTTP_400);
	assert_string_equal(res.body.data, "{\"status\":false,\"message\":"
	                    "\"The request cannot be read\"}");
	source.announced = -1;	/* which nobody wants is not looked at */
	assert_int_equal(GET("/"), HTTP_200);
}

/* For who answers without a table. */
static void
a_refusal_looks_like_one_of_the_api(void **state)
{
	(void)state;
	route_refuse(&res, HTTP_401);
	assert_int_equal(res.status, HTTP_401);
	assert_string_equal(res.body.data, "{\"status\":false,\"message\":"
	                    "\"A valid token is needed\"}");
	assert_non_null(strstr(res.headers.data,
	                       "WWW-Authenticate: Bearer realm=\"gymgate\"\r\n"));
	assert_non_null(strstr(res.headers.data, "Cache-Control: no-store\r\n"));
	assert_null(strstr(res.headers.data, "Content-Security-Policy"));
	finish_res();
	res = (struct res){ .arena = arena_create() };
	http_json_error(&res, HTTP_403, "Not yours", NULL);
	route_refuse(&res, HTTP_403);
	assert_string_equal(res.body.data, "{\"status\":false,\"message\":"
	                    "\"Not yours\"}");
}

/* ---- what every answer has ----------------------------------------------- */

static void
an_address_that_is_none_is_400(void **state)
{
	struct call page = { .path = "/", .is_unreadable = true };
	struct call api = { .path = "/api/broken%", .is_unreadable = true };

	(void)state;
	assert_int_equal(ask_request(&page), HTTP_400);
	assert_string_equal(res.body.data, "page of 400");
	assert_int_equal(ask_request(&api), HTTP_400);
	assert_string_equal(res.body.data, "{\"status\":false,\"message\":"
	                    "\"The request cannot be read\"}");
	assert_int_equal(hook.identified, 0);
}

static void
errors_are_pages_or_json(void **state)
{
	(void)state;
	assert_int_equal(GET("/broken"), HTTP_500);
	assert_string_equal(res.body.data, "page of 500");
	assert_int_equal(GET("/api/broken"), HTTP_500);
	assert_string_equal(res.body.data, "{\"status\":false,\"message\":"
	                    "\"The request failed\"}");
	assert_string_equal(res.content_type, "application/json");
	assert_int_equal(GET("/healthz"), HTTP_500);
	assert_string_equal(res.content_type, "application/json");
	assert_int_equal(GET("/api/nothing"), HTTP_404);
	assert_string_equal(res.content_type, "application/json");
	assert_int_equal(hook.drawn, 1);
	assert_int_equal(GET("/apiary"), HTTP_404);
	assert_int_equal(hook.drawn, 2);
	assert_int_equal(GET("/said"), HTTP_422);
	assert_string_equal(res.body.data, "said");
}

static void
every_answer_has_its_headers(void **state)
{
	static const char *const paths[] = { "/", "/nothing", "/broken",
		                             "/api/broken" };

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		GET(paths[i]);
		expect_header("X-Content-Type-Options: nosniff");
		expect_header("Cache-Control: no-store");
		refuse_header("Retry-After");
		refuse_header("WWW-Authenticate");
	}
	refuse_header("Content-Security-Policy");	/* of the API */
	GET("/");
	expect_header("X-Frame-Options: DENY");
	assert_non_null(strstr(res.headers.data,
	                "Content-Security-Policy: default-src 'none'; "
	                "script-src 'self'; style-src 'self'; "));
	refuse_header("unsafe");
	hook.identity[ROUTE_TOKEN] = HTTP_401;
	PUT("/api/json", "application/json", "{}");
	expect_header("WWW-Authenticate: Bearer realm=\"gymgate\"");
	hook.identity[ROUTE_TOKEN] = HTTP_503;
	PUT("/api/json", "application/json", "{}");
	expect_header("Retry-After: 5");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_there_is_404),
		TEST(another_method_is_405_and_says_which),
		TEST(parts_of_the_path_go_to_the_handler),
		TEST(who_may_call_is_asked_first),
		TEST(a_page_leads_to_sign_in),
		TEST(a_form_of_another_site_is_refused),
		TEST(a_form_must_carry_the_token_of_its_session),
		TEST(what_is_no_form_needs_the_token_too),
		TEST(bodies_are_read_whole),
		TEST(a_file_comes_with_its_form),
		TEST(media_types_are_held_to),
		TEST(bodies_have_a_limit),
		TEST(bodies_that_are_none_are_400),
		TEST(a_refusal_looks_like_one_of_the_api),
		TEST(an_address_that_is_none_is_400),
		TEST(errors_are_pages_or_json),
		TEST(every_answer_has_its_headers),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
