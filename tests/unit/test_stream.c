/* test_stream.c: events as they travel, and viewers that come, lag and go */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/stream.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- events -------------------------------------------------------------- */

static void
every_line_end_begins_another_line(void **state)
{
	static const struct {
		const char *event, *data, *bytes;
	} cases[] = {
		{ "ping", "", "event: ping\ndata: \n\n" },
		{ "punch", "one", "event: punch\ndata: one\n\n" },
		{ "punch", "one\ntwo",
		  "event: punch\ndata: one\ndata: two\n\n" },
		{ "punch", "one\n", "event: punch\ndata: one\ndata: \n\n" },
		{ "punch", "\n\n",
		  "event: punch\ndata: \ndata: \ndata: \n\n" },
		/* a reader ends lines at CR, too: no value forges a field */
		{ "punch", "one\revent: signed-out",
		  "event: punch\ndata: one\ndata: event: signed-out\n\n" },
		{ "punch", "one\r\ntwo\r",
		  "event: punch\ndata: one\ndata: two\ndata: \n\n" },
		{ "punch", "\n\r", "event: punch\ndata: \ndata: \ndata: \n\n" },
		{ "punch", " :x", "event: punch\ndata:  :x\n\n" },
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&out);
		stream_encode(&out, cases[i].event, cases[i].data);
		assert_string_equal(out.data, cases[i].bytes);
	}
	stream_encode(&out, "ping", "");	/* behind what is there */
	assert_non_null(strstr(out.data, ":x\n\nevent: ping\n"));
	buf_finish(&out);
}

/* ---- a server, and one client of it in the same process ------------------ */

#define TICKS_MAX 100	/* of STREAM_TICK_MS: then the test has failed */

static struct {
	char folder[40], path[60];
	int wake, client, ticks;
	struct stream_viewer *viewer;
	int asked, closed, settled;
	enum status answer;
	const char *first, *message;	/* that are sent with the answer */
	char path_asked[40], cookie[40], token[40], woken[40], got[4000];
	size_t got_len;
	/* at each tick; true: the test has what it waits for */
	bool (*is_done)(void);
} s;

static void
closed(struct stream_viewer *v)
{
	assert_ptr_equal(v, s.viewer);
	s.viewer = NULL;
	s.closed++;
}

static enum status
asked(void *arg, struct req *req, struct res *res, struct stream_viewer *v)
{
	assert_ptr_equal(arg, &s);
	s.asked++;
	snprintf(s.path_asked, sizeof s.path_asked, "%s%s", req->path,
	         http_find_id(&req->query, "branch") == 7 ? " of 7" : "");
	snprintf(s.cookie, sizeof s.cookie, "%s", req->cookie);
	snprintf(s.token, sizeof s.token, "%s", req->authorization == NULL
	         ? "none" : req->authorization);
	if (req->method != HTTP_GET)
		return HTTP_405;
	if (s.first != NULL)
		stream_encode(&res->body, s.first, "");
	if (s.message != NULL) {
		http_header(res, "Retry-After", "%d", 5);
		http_header(res, "X-Empty", "%s", "");
		return http_json_error(res, s.answer, s.message, NULL);
	}
	v->closed = closed;
	if (s.answer == HTTP_200)
		s.viewer = v;
	return s.answer;
}

static void
woken(void *arg, const char *text)
{
	(void)arg;
	snprintf(s.woken + strlen(s.woken), sizeof s.woken - strlen(s.woken),
	         "%s,", text);
}

static void
settled(void *arg)
{
	(void)arg;
	s.settled++;
}

/* Whatever has come to the client so far is in s.got. */
static void
client_read(void)
{
	ssize_t n;

	while ((n = recv(s.client, s.got + s.got_len,
	                 sizeof s.got - 1 - s.got_len, MSG_DONTWAIT)) > 0)
		s.got_len += (size_t)n;
	s.got[s.got_len] = '\0';
}

static void
tick(void *arg)
{
	(void)arg;
	if (s.is_done() || ++s.ticks > TICKS_MAX)
		raise(SIGTERM);
}

static const struct stream_hooks hooks = { asked, woken, settled, tick };

static void
connect_client(const char *request)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof address.sun_path, "%s", s.path);
	s.client = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(s.client, (struct sockaddr *)&address,
	                         sizeof address), 0);
	assert_int_equal(write(s.client, request, strlen(request)),
	                 strlen(request));
}

/* Serves a client with this request until `is_done`. */
static void
serve(const char *request, enum status answer, bool (*is_done)(void))
{
	struct stream_server *server;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	s.wake = pair[0];
	s.answer = answer;
	s.is_done = is_done;
	server = stream_create(s.path, pair[1], &hooks, &s);
	connect_client(request);
	stream_run(server);
	if (s.ticks > TICKS_MAX)
		fail_msg("waited in vain; got:\n%s", s.got);
	stream_destroy(server);
	assert_int_equal(access(s.path, F_OK), -1);
	assert_null(s.viewer);
	close(s.wake);
}

static int
set_up(void **state)
{
	(void)state;
	memset(&s, 0, sizeof s);
	s.client = -1;
	snprintf(s.folder, sizeof s.folder, "/tmp/test_stream.XXXXXX");
	if (mkdtemp(s.folder) == NULL)
		return 1;
	snprintf(s.path, sizeof s.path, "%s/live.sock", s.folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	if (s.client >= 0)
		close(s.client);
	return rmdir(s.folder);
}

#define ASK "GET /live/ev%65nts?branch=7 HTTP/1.1\r\nHost: gym.example\r\n" \
	"Cookie: a=b\r\n\r\n"

/* ---- viewers ------------------------------------------------------------- */

static bool
has_punch(void)
{
	struct buf events = BUF_INIT;
	struct stat st;

	client_read();
	if (s.viewer != NULL && s.ticks == 2) {
		assert_int_equal(stat(s.path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0660);
		stream_encode(&events, "punch", "one");
		stream_encode(&events, "punch", "two");
		assert_true(stream_send(s.viewer, &events));
		buf_finish(&events);
	}
	return strstr(s.got, "data: two\n") != NULL;
}

static void
a_viewer_is_greeted_and_sent_events(void **state)
{
	const char *at;

	(void)state;
	serve(ASK, HTTP_200, has_punch);
	assert_int_equal(s.asked, 1);
	assert_string_equal(s.path_asked, "/live/events of 7");
	assert_string_equal(s.cookie, "a=b");
	assert_string_equal(s.token, "none");
	assert_memory_equal(s.got, "HTTP/1.1 200 OK\r\n", 17);
	assert_non_null(strstr(s.got, "Content-Type: text/event-stream\r\n"));
	assert_non_null(strstr(s.got, "Cache-Control: no-store\r\n"));
	at = strstr(s.got, "event: ping\ndata: \n\n");
	assert_non_null(at);
	assert_non_null(strstr(at, "event: punch\ndata: one\n\n"
	                       "event: punch\ndata: two\n\n"));
	assert_int_equal(s.closed, 1);	/* with the server */
}

static bool
is_refused(void)
{
	client_read();
	return strstr(s.got, "\r\n\r\n") != NULL;
}

static void
who_is_refused_gets_no_stream(void **state)
{
	static const struct {
		const char *request, *head;
		enum status answer;
		int asked;
	} cases[] = {
		{ ASK, "HTTP/1.1 401 Unauthorized\r\n", HTTP_401, 1 },
		{ ASK, "HTTP/1.1 503 Service Unavailable\r\n", HTTP_503, 1 },
		{ "POST /live/events HTTP/1.1\r\nHost: x\r\n"
		  "Content-Length: 0\r\n\r\n",
		  "HTTP/1.1 405 Method Not Allowed\r\n", HTTP_200, 1 },
		{ "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
		  "HTTP/1.1 400 Bad Request\r\n", HTTP_200, 0 },
		{ "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
		  "HTTP/1.1 400 Bad Request\r\n", HTTP_200, 0 },
		{ "GET /x?branch=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
		  "HTTP/1.1 400 Bad Request\r\n", HTTP_200, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		s.asked = s.ticks = 0;
		s.got_len = 0;
		s.got[0] = '\0';
		serve(cases[i].request, cases[i].answer, is_refused);
		if (strncmp(s.got, cases[i].head, strlen(cases[i].head)) != 0)
			fail_msg("%s: %s", cases[i].request, s.got);
		assert_null(strstr(s.got, "event:"));
		assert_non_null(strstr(s.got, "\r\nX-Content-Type-Options: "
		                       "nosniff\r\n"));
		assert_int_equal(s.asked, cases[i].asked);
		assert_int_equal(s.closed, 0);
		close(s.client);
		s.client = -1;
	}
}

static void
some_room_is_for_the_api_alone(void **state)
{
	int most = STREAM_VIEWERS_MAX, of_browsers = most - STREAM_API_ROOM;

	(void)state;
	assert_true(stream_has_room(of_browsers - 1, "/live/events"));
	assert_false(stream_has_room(of_browsers, "/live/events"));
	assert_true(stream_has_room(of_browsers, "/api/devices/A/events"));
	assert_true(stream_has_room(most - 1, "/api/devices/A/events"));
	assert_false(stream_has_room(most, "/api/devices/A/events"));
}

static bool
has_first(void)
{
	client_read();
	return strstr(s.got, "event: access\n") != NULL;
}

static void
the_first_events_come_with_the_stream(void **state)
{
	(void)state;
	s.first = "access";
	serve("GET /api/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n"
	      "\r\n", HTTP_200, has_first);
	assert_string_equal(s.token, "Bearer t");
	assert_non_null(strstr(s.got, "event: ping\ndata: \n\n"
	                       "event: access\ndata: \n\n"));
}

static bool
has_message(void)
{
	client_read();
	return strstr(s.got, "}") != NULL;
}

static void
a_refusal_says_what_it_was_told_to(void **state)
{
	(void)state;
	s.message = "Come again";
	serve(ASK, HTTP_503, has_message);
	assert_memory_equal(s.got, "HTTP/1.1 503 ", 13);
	assert_non_null(strstr(s.got, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(s.got, "\r\nRetry-After: 5\r\n"));
	assert_non_null(strstr(s.got, "\r\nX-Empty: \r\n"));
	assert_non_null(strstr(s.got, "\r\n\r\n{\"status\":false,\"message\":"
	                       "\"Come again\"}"));
	assert_int_equal(s.closed, 0);
}

static bool
is_gone(void)
{
	if (s.viewer != NULL && s.client >= 0) {
		close(s.client);
		s.client = -1;
	}
	return s.closed > 0;
}

static void
a_viewer_that_goes_is_told(void **state)
{
	(void)state;
	serve(ASK, HTTP_200, is_gone);
	assert_int_equal(s.closed, 1);
}

static bool
is_ended(void)
{
	if (s.viewer != NULL)
		stream_close(s.viewer);
	client_read();
	return strstr(s.got, "\r\n0\r\n\r\n") != NULL;	/* the last chunk */
}

static void
a_stream_ends_from_our_side_too(void **state)
{
	(void)state;
	serve(ASK, HTTP_200, is_ended);
	assert_int_equal(s.closed, 1);
	assert_non_null(strstr(s.got, "event: ping\n"));
}

/* Takes nothing; after some MB it is closed, once, and the sender is told. */
static bool
is_too_far_behind(void)
{
	static char block[65536];
	struct buf events = BUF_INIT;

	if (s.viewer == NULL)
		return s.closed > 0;
	memset(block, 'x', sizeof block - 1);
	stream_encode(&events, "punch", block);
	for (int i = 0; i < 100; i++) {
		if (!stream_send(s.viewer, &events)) {
			assert_true(i > 15);	/* 1 MB is allowed */
			assert_null(s.viewer);
			break;
		}
	}
	buf_finish(&events);
	return s.closed > 0;
}

static void
a_viewer_too_far_behind_is_closed(void **state)
{
	(void)state;
	serve(ASK, HTTP_200, is_too_far_behind);
	assert_int_equal(s.closed, 1);
	assert_true(s.ticks <= 2);
}

/* ---- wakes --------------------------------------------------------------- */

static bool
is_woken(void)
{
	if (s.ticks == 0) {
		assert_int_equal(send(s.wake, "SF", 2, 0), 2);
		assert_int_equal(send(s.wake, "", 0, 0), 0);
		assert_int_equal(send(s.wake, "OTHER", 5, 0), 5);
	}
	return s.settled > 0;
}

static void
datagrams_are_handed_over_then_settled(void **state)
{
	(void)state;
	serve(ASK, HTTP_401, is_woken);
	assert_string_equal(s.woken, "SF,,OTHER,");
	assert_int_equal(s.settled, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_end_begins_another_line),
		cmocka_unit_test(some_room_is_for_the_api_alone),
		TEST(a_viewer_is_greeted_and_sent_events),
		TEST(who_is_refused_gets_no_stream),
		TEST(the_first_events_come_with_the_stream),
		TEST(a_refusal_says_what_it_was_told_to),
		TEST(a_viewer_that_goes_is_told),
		TEST(a_stream_ends_from_our_side_too),
		TEST(a_viewer_too_far_behind_is_closed),
		TEST(datagrams_are_handed_over_then_settled),
	};

	return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
