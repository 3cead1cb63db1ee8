/* test_fetch.c: one request, one deadline, an outcome */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fetch.h"
#include "base/text.h"

/*
 * A server that gives the same bytes to each request, or none, and keeps the
 * connection open; one connection after the other.
 */
struct server {
	int listener, port;
	const char *bytes;	/* NULL: silence */
	int more, pause_ms;	/* so often "more\n" follows, each after this */
	bool closes;		/* after the answer */
	int timeout_ms;		/* of requests to it; 0: plenty */
	bool once;		/* of requests to it */
	int connections;	/* this and the next: once it has halted */
	struct buf request;	/* the last one */
	pthread_t thread;
	int stop[2];
};

static bool
readable(int fd, int stop)
{
	struct pollfd fds[2] = { { .fd = fd, .events = POLLIN },
		                 { .fd = stop, .events = POLLIN } };

	poll(fds, 2, -1);
	return fds[1].revents == 0;
}

/* Headers and the body that they announce? */
static bool
is_whole(const struct buf *request)
{
	const char *end = request->len == 0 ? NULL :
		strstr(request->data, "\r\n\r\n");
	const char *length = end == NULL ? NULL :
		strstr(request->data, "Content-Length: ");

	return end != NULL && (length == NULL || length > end ||
	       strlen(end + 4) >= strtoul(length + 16, NULL, 10));
}

static void
answer_it(const struct server *s, int fd)
{
	struct pollfd stop = { .fd = s->stop[0], .events = POLLIN };

	send(fd, s->bytes, strlen(s->bytes), MSG_NOSIGNAL);
	for (int i = 0; i < s->more && poll(&stop, 1, s->pause_ms) == 0; i++)
		send(fd, "more\n", 5, MSG_NOSIGNAL);
}

static void
talk(struct server *s, int fd)
{
	char piece[4096];

	buf_reset(&s->request);
	while (readable(fd, s->stop[0])) {
		ssize_t got = recv(fd, piece, sizeof piece, 0);

		if (got <= 0)
			return;
		buf_append(&s->request, piece, (size_t)got);
		if (!is_whole(&s->request) || s->bytes == NULL)
			continue;
		answer_it(s, fd);
		if (s->closes)
			return;
		buf_reset(&s->request);
	}
}

static void *
serve(void *arg)
{
	struct server *s = arg;

	while (readable(s->listener, s->stop[0])) {
		int fd = accept(s->listener, NULL, NULL);

		s->connections++;
		talk(s, fd);
		close(fd);
	}
	return NULL;
}

static void
start_with(struct server *s, const char *bytes, void *(*how)(void *arg))
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->bytes = bytes;
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(s->listener, 5), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at,
	                             &size), 0);
	s->port = ntohs(at.sin_port);
	assert_int_equal(pipe(s->stop), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, how, s), 0);
}

static void
start(struct server *s, const char *bytes)
{
	start_with(s, bytes, serve);
}

/* Ends its thread, so that what it has seen can be looked at. */
static void
halt(struct server *s)
{
	assert_int_equal(write(s->stop[1], "x", 1), 1);
	pthread_join(s->thread, NULL);
}

static void
stop(struct server *s)
{
	close(s->listener);
	close(s->stop[0]);
	close(s->stop[1]);
	buf_finish(&s->request);
}

/* One request to the server; the answer is the caller's. */
static enum fetch_outcome
ask(struct fetch *f, const struct server *s, struct fetch_answer *a)
{
	char url[64];
	struct fetch_request request = {
		.method = "POST", .url = url, .bearer = "SF.secret",
		.type = "application/json", .body = "[1]", .len = 3,
		.timeout_ms = s->timeout_ms == 0 ? 10000 : s->timeout_ms,
		.most_bytes = 100, .once = s->once,
	};

	snprintf(url, sizeof url, "http://127.0.0.1:%d/api", s->port);
	return fetch_do(f, &request, a);
}

#define ANSWER(status, headers, body) \
	"HTTP/1.1 " status "\r\n" headers "\r\n" body

static const struct {
	const char *bytes;
	enum fetch_outcome outcome;
	int status;
	const char *type, *body;
	int retry_after_s;
} answers[] = {
	{ ANSWER("200 OK", "Content-Length: 2\r\n"
	         "Content-Type: Application/JSON; charset=utf-8\r\n", "{}"),
	  FETCH_ANSWERED, 200, "application/json", "{}", 0 },
	{ ANSWER("503 Away", "Content-Length: 0\r\nRetry-After: 7\r\n", ""),
	  FETCH_ANSWERED, 503, "", "", 7 },
	{ ANSWER("302 Found", "Location: http://127.0.0.1:1/x\r\n"
	         "Content-Length: 0\r\n", ""),
	  FETCH_ANSWERED, 302, "", "", 0 },
	/* more than 100 bytes, announced or not */
	{ ANSWER("200 OK", "Content-Length: 120\r\n",
	  "123456789012345678901234567890123456789012345678901234567890"
	  "123456789012345678901234567890123456789012345678901234567890"),
	  FETCH_TOO_LARGE, 0, "", NULL, 0 },
	{ "this is not HTTP at all, and long enough to be sure of it\r\n",
	  FETCH_BROKEN, 0, "", "", 0 },
};

static void
answers_are_told_as_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct fetch *f = fetch_create();
		struct fetch_answer a = FETCH_ANSWER_INIT;
		struct server s = { 0 };

		start(&s, answers[i].bytes);
		assert_int_equal(ask(f, &s, &a), answers[i].outcome);
		assert_int_equal(a.status, answers[i].status);
		assert_string_equal(a.type, answers[i].type);
		assert_int_equal(a.retry_after_s, answers[i].retry_after_s);
		if (answers[i].body != NULL)
			assert_string_equal(a.body.data == NULL ? ""
				: a.body.data, answers[i].body);
		assert_int_equal(a.words[0] == '\0',
		                 a.outcome == FETCH_ANSWERED);
		fetch_answer_finish(&a);
		fetch_destroy(f);
		halt(&s);
		stop(&s);
	}
}

static void
requests_carry_what_they_must_on_one_connection(void **state)
{
	struct fetch *f = fetch_create();
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct server s = { 0 };

	(void)state;
	start(&s, answers[0].bytes);
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(f, &s, &a), FETCH_ANSWERED);
	halt(&s);
	assert_int_equal(s.connections, 1);
	fetch_destroy(f);
	stop(&s);

	/* silence keeps the request where we can look at it */
	f = fetch_create();
	s = (struct server){ .timeout_ms = 300 };
	start(&s, NULL);
	assert_int_equal(ask(f, &s, &a), FETCH_TIMEOUT);
	halt(&s);
	assert_non_null(strstr(s.request.data, "POST /api HTTP/1.1\r\n"));
	assert_non_null(strstr(s.request.data,
	                       "\r\nAuthorization: Bearer SF.secret\r\n"));
	assert_non_null(strstr(s.request.data,
	                       "\r\nContent-Type: application/json\r\n"));
	assert_null(strstr(s.request.data, "Expect:"));
	assert_non_null(strstr(s.request.data, "\r\n\r\n[1]"));
	assert_null(strstr(a.words, "secret"));
	fetch_answer_finish(&a);
	fetch_destroy(f);
	stop(&s);
}

/* The server closes after each answer without saying so. */
static void
a_lost_connection_is_made_anew(void **state)
{
	struct fetch *f = fetch_create();
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct server s = { .closes = true };

	(void)state;
	start(&s, answers[0].bytes);
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(f, &s, &a), FETCH_ANSWERED);
	halt(&s);
	assert_int_equal(s.connections, 3);
	fetch_answer_finish(&a);
	fetch_destroy(f);
	stop(&s);
}

/*
 * The server takes the second request on the connection it kept, and closes
 * without a word: it may have done what it was asked to.
 */
static void *
serve_one_and_a_half(void *arg)
{
	struct server *s = arg;

	while (readable(s->listener, s->stop[0])) {
		int fd = accept(s->listener, NULL, NULL);
		char piece[4096];

		s->connections++;
		for (int i = 0; i < 2 && readable(fd, s->stop[0]) &&
		     recv(fd, piece, sizeof piece, 0) > 0; i++) {
			s->more++;	/* requests that were taken */
			if (i == 0)
				answer_it(&(struct server){
					.bytes = s->bytes,
					.stop = { s->stop[0] } }, fd);
		}
		close(fd);
	}
	return NULL;
}

static void
what_must_not_come_twice_does_not(void **state)
{
	(void)state;
	for (int once = 0; once < 2; once++) {
		struct fetch *f = fetch_create();
		struct fetch_answer a = FETCH_ANSWER_INIT;
		struct server s = { .once = once };

		start_with(&s, answers[0].bytes, serve_one_and_a_half);
		assert_int_equal(ask(f, &s, &a), FETCH_ANSWERED);
		assert_int_equal(ask(f, &s, &a), FETCH_ANSWERED);
		assert_true(a.is_sent);
		fetch_destroy(f);
		halt(&s);
		/* on one connection the second was sent again by libcurl */
		assert_int_equal(s.more, once ? 2 : 3);
		assert_int_equal(s.connections, 2);
		fetch_answer_finish(&a);
		stop(&s);
	}
}

static void
what_was_sent_is_told_from_what_was_not(void **state)
{
	struct fetch *f = fetch_create();
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct server s = { .once = true, .timeout_ms = 300 };
	struct fetch_request request = { .method = "POST",
		.url = "http://127.0.0.1:1/", .body = "[1]", .len = 3,
		.timeout_ms = 3000, .most_bytes = 100, .once = true };

	(void)state;
	start(&s, NULL);
	assert_int_equal(ask(f, &s, &a), FETCH_TIMEOUT);
	assert_true(a.is_sent);
	halt(&s);
	stop(&s);
	assert_int_equal(fetch_do(f, &request, &a), FETCH_NO_CONNECTION);
	assert_false(a.is_sent);
	request.url = "http://no-such-host.invalid/";
	fetch_do(f, &request, &a);
	assert_false(a.is_sent);
	fetch_answer_finish(&a);
	fetch_destroy(f);
}

/* It listens, so the connection is made, but TLS never comes about. */
static void
silence_before_tls_has_sent_nothing(void **state)
{
	struct fetch *f = fetch_create();
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct server s = { 0 };
	char url[64];
	struct fetch_request request = { .method = "POST", .url = url,
		.body = "[1]", .len = 3, .timeout_ms = 300, .most_bytes = 100,
		.once = true };

	(void)state;
	start(&s, NULL);
	snprintf(url, sizeof url, "https://127.0.0.1:%d/", s.port);
	assert_int_equal(fetch_do(f, &request, &a), FETCH_TIMEOUT);
	assert_false(a.is_sent);
	halt(&s);
	stop(&s);
	fetch_answer_finish(&a);
	fetch_destroy(f);
}

static void
nobody_there_is_told_from_nobody_known(void **state)
{
	struct fetch *f = fetch_create();
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct fetch_request request = { .method = "GET",
		.url = "http://127.0.0.1:1/", .timeout_ms = 3000,
		.most_bytes = 100 };

	(void)state;
	assert_int_equal(fetch_do(f, &request, &a), FETCH_NO_CONNECTION);
	assert_non_null(strstr(a.words, "no connection"));
	request.url = "file:///etc/hostname";
	assert_int_equal(fetch_do(f, &request, &a), FETCH_BROKEN);
	assert_int_equal(a.body.len, 0);
	fetch_answer_finish(&a);
	fetch_destroy(f);
}

static void *
abort_it(void *arg)
{
	fetch_abort(arg);
	return NULL;
}

static void
a_request_can_be_broken_off(void **state)
{
	struct fetch *f = fetch_create();
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct server s = { 0 };
	int64_t began = clock_mono_ms();
	pthread_t thread;

	(void)state;
	start(&s, NULL);
	assert_int_equal(pthread_create(&thread, NULL, abort_it, f), 0);
	assert_int_equal(ask(f, &s, &a), FETCH_ABORTED);
	pthread_join(thread, NULL);
	assert_true(clock_mono_ms() < began + 2000);
	assert_int_equal(ask(f, &s, &a), FETCH_ABORTED);
	halt(&s);
	fetch_answer_finish(&a);
	fetch_destroy(f);
	stop(&s);
}

/* ---- bodies that go to a sink ------------------------------------------- */

#define STREAM ANSWER("200 OK", "Content-Type: Text/Event-Stream; x=1\r\n", "")

/* Counts the bytes, and wants no more once it has `enough`. */
struct counter {
	const struct fetch_answer *answer;
	size_t bytes, enough;
	int status;		/* as it stood when the first ones came */
	char type[64];
};

static bool
count_bytes(void *arg, const char *data, size_t len)
{
	struct counter *c = arg;

	assert_true(len > 0);
	assert_non_null(data);
	if (c->bytes == 0) {
		c->status = c->answer->status;
		text_copy(c->type, sizeof c->type, c->answer->type);
	}
	c->bytes += len;
	return c->bytes < c->enough;
}

/* What is sent, what becomes of it, and the bytes that the sink gets. */
static const struct {
	struct server server;
	int idle_ms;
	size_t enough;
	enum fetch_outcome outcome;
	int status;
	size_t bytes, body;
} streams[] = {
	/* longer than most_bytes and than timeout_ms, and it ends well */
	{ { .bytes = STREAM, .more = 40, .pause_ms = 10, .closes = true,
	    .timeout_ms = 200 }, 150, SIZE_MAX, FETCH_ANSWERED, 200, 200, 0 },
	{ { .bytes = STREAM, .more = 40, .pause_ms = 10, .closes = true,
	    .timeout_ms = 200 }, 0, SIZE_MAX, FETCH_ANSWERED, 200, 200, 0 },
	/* its sink has enough */
	{ { .bytes = STREAM, .more = 40, .pause_ms = 10 }, 10000, 15,
	  FETCH_STOPPED, 200, 15, 0 },
	/* silence, at once or later */
	{ { .bytes = STREAM }, 200, SIZE_MAX, FETCH_TIMEOUT, 200, 0, 0 },
	{ { .bytes = STREAM, .more = 3, .pause_ms = 10 }, 200, SIZE_MAX,
	  FETCH_TIMEOUT, 200, 15, 0 },
	/* no headers, or half of them, whatever silence is allowed later */
	{ { .timeout_ms = 200 }, 10000, SIZE_MAX, FETCH_TIMEOUT, 0, 0, 0 },
	{ { .bytes = "HTTP/1.1 200 OK\r\nX-",
	    .timeout_ms = 200 }, 10000, SIZE_MAX, FETCH_TIMEOUT, 0, 0, 0 },
	/* cut off */
	{ { .bytes = ANSWER("200 OK", "Content-Length: 50\r\n", "12345"),
	    .closes = true }, 10000, SIZE_MAX, FETCH_BROKEN, 200, 5, 0 },
	/* an interim answer comes first */
	{ { .bytes = ANSWER("103 Early Hints", "X: y\r\n", "") STREAM "123",
	    .closes = true }, 10000, SIZE_MAX, FETCH_ANSWERED, 200, 3, 0 },
	/* all but a 200 is an answer as ever: bounded in length and time */
	{ { .bytes = ANSWER("404 No", "Content-Length: 3\r\n", "who") },
	  10000, SIZE_MAX, FETCH_ANSWERED, 404, 0, 3 },
	{ { .bytes = ANSWER("404 No", "", ""), .more = 30, .closes = true },
	  10000, SIZE_MAX, FETCH_TOO_LARGE, 0, 0, 100 },
	{ { .bytes = ANSWER("503 Away", "", ""), .more = 10, .pause_ms = 50,
	    .timeout_ms = 200 }, 10000, SIZE_MAX, FETCH_TIMEOUT, 0, 0, 45 },
};

static enum fetch_outcome
ask_for_stream(struct fetch *f, const struct server *s,
               struct fetch_answer *a, struct counter *c, int idle_ms)
{
	char url[64];
	struct fetch_request request = {
		.method = "GET", .url = url,
		.timeout_ms = s->timeout_ms == 0 ? 10000 : s->timeout_ms,
		.most_bytes = 100,
		.sink = count_bytes, .sink_arg = c, .idle_ms = idle_ms,
	};

	c->answer = a;
	snprintf(url, sizeof url, "http://127.0.0.1:%d/events", s->port);
	return fetch_do(f, &request, a);
}

static void
a_sink_gets_a_body_as_it_comes(void **state)
{
	struct fetch_answer a = FETCH_ANSWER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
		struct fetch *f = fetch_create();
		struct server s = streams[i].server;
		struct counter c = { .enough = streams[i].enough };
		int64_t began = clock_mono_ms();

		start(&s, s.bytes);
		assert_int_equal(ask_for_stream(f, &s, &a, &c,
		                 streams[i].idle_ms), streams[i].outcome);
		assert_true(clock_mono_ms() < began + 5000);
		assert_int_equal(a.status, streams[i].status);
		assert_int_equal(c.bytes, streams[i].bytes);
		assert_true(a.body.len <= streams[i].body);
		assert_int_equal(a.words[0] == '\0',
		                 a.outcome == FETCH_ANSWERED);
		if (c.bytes > 5) {
			assert_int_equal(c.status, 200);
			assert_string_equal(c.type, "text/event-stream");
		}
		fetch_destroy(f);
		halt(&s);
		stop(&s);
	}
	fetch_answer_finish(&a);
}

/* From within the sink itself it could not be sooner. */
static bool
abort_within(void *arg, const char *data, size_t len)
{
	pthread_t thread;

	(void)data, (void)len;
	assert_int_equal(pthread_create(&thread, NULL, abort_it, arg), 0);
	pthread_join(thread, NULL);
	return true;
}

static void
a_stream_can_be_broken_off(void **state)
{
	struct fetch *f = fetch_create();
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct server s = { 0 };
	char url[64];
	struct fetch_request request = { .method = "GET", .url = url,
		.timeout_ms = 10000, .sink = abort_within, .sink_arg = f };
	int64_t began = clock_mono_ms();

	(void)state;
	start(&s, STREAM "a line\n");
	snprintf(url, sizeof url, "http://127.0.0.1:%d/events", s.port);
	assert_int_equal(fetch_do(f, &request, &a), FETCH_ABORTED);
	assert_true(clock_mono_ms() < began + 500);
	halt(&s);
	fetch_answer_finish(&a);
	fetch_destroy(f);
	stop(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_told_as_they_are),
		cmocka_unit_test(
			requests_carry_what_they_must_on_one_connection),
		cmocka_unit_test(a_lost_connection_is_made_anew),
		cmocka_unit_test(what_must_not_come_twice_does_not),
		cmocka_unit_test(what_was_sent_is_told_from_what_was_not),
		cmocka_unit_test(silence_before_tls_has_sent_nothing),
		cmocka_unit_test(nobody_there_is_told_from_nobody_known),
		cmocka_unit_test(a_request_can_be_broken_off),
		cmocka_unit_test(a_sink_gets_a_body_as_it_comes),
		cmocka_unit_test(a_stream_can_be_broken_off),
	};

	unsetenv("http_proxy");		/* loopback is meant */
	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
