/* test_listen.c: the event stream is held, and held again */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "listen.h"

#define LIMIT_MS 10000

#define STREAM "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; " \
	"charset=utf-8\r\n\r\n"
#define REFUSAL(status) "HTTP/1.1 " status "\r\n" \
	"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
#define PORTAL "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" \
	"<h1>Welcome</h1>\n\nevent: access\ndata: of a portal\n\n"

/*
 * A server that gives its n-th connection its n-th answer, and closes it; the
 * last one it holds open until halt(), and gives to all that follow, too.
 */
struct server {
	const char *const *answers;	/* ends with NULL */
	int listener, stop[2];
	char url[64];
	atomic_int connections;
	struct buf requests;		/* of all, once it has halted */
	pthread_t thread;
};

static bool
readable(int fd, int stop)
{
	struct pollfd fds[2] = { { .fd = fd, .events = POLLIN },
		                 { .fd = stop, .events = POLLIN } };

	poll(fds, 2, -1);
	return fds[1].revents == 0;
}

static bool
read_request(struct server *s, int fd)
{
	size_t from = s->requests.len;
	char piece[2048];

	while (readable(fd, s->stop[0])) {
		ssize_t got = recv(fd, piece, sizeof piece, 0);

		if (got <= 0)
			return false;
		buf_append(&s->requests, piece, (size_t)got);
		if (strstr(s->requests.data + from, "\r\n\r\n") != NULL)
			return true;
	}
	return false;
}

static void *
serve(void *arg)
{
	struct server *s = arg;
	const char *const *answer = s->answers;
	char byte;

	while (readable(s->listener, s->stop[0])) {
		int fd = accept(s->listener, NULL, NULL);

		if (read_request(s, fd)) {
			send(fd, *answer, strlen(*answer), MSG_NOSIGNAL);
			atomic_fetch_add(&s->connections, 1);
			if (answer[1] == NULL && readable(fd, s->stop[0]))
				(void)!recv(fd, &byte, 1, 0);	/* its end */
		}
		if (answer[1] != NULL)
			answer++;
		close(fd);
	}
	return NULL;
}

static void
start(struct server *s, const char *const *answers)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	*s = (struct server){ .answers = answers };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(s->listener, 5), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at,
	                             &size), 0);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d",
	         ntohs(at.sin_port));
	assert_int_equal(pipe(s->stop), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
halt(struct server *s)
{
	assert_int_equal(write(s->stop[1], "x", 1), 1);
	pthread_join(s->thread, NULL);
	close(s->listener);
	close(s->stop[0]);
	close(s->stop[1]);
}

/* ---- what was heard ----------------------------------------------------- */

struct ear {
	pthread_mutex_t lock;
	struct buf heard;	/* "name|data;" */
	atomic_int count;
};

static void
hear(void *arg, const char *event, const char *data)
{
	struct ear *ear = arg;

	pthread_mutex_lock(&ear->lock);
	buf_appendf(&ear->heard, "%s|%s;", event, data);
	pthread_mutex_unlock(&ear->lock);
	atomic_fetch_add(&ear->count, 1);
}

static void
await(atomic_int *count, int n)
{
	int64_t deadline = clock_mono_ms() + LIMIT_MS;

	while (atomic_load(count) < n) {
		assert_true(clock_mono_ms() < deadline);
		poll(NULL, 0, 1);
	}
}

/* The configuration of a bridge that is in a hurry. */
static struct setup_server
setup_of(struct server *s)
{
	return (struct setup_server){
		.url = s->url, .company = (char *)"SF",
		.token = (char *)"SF.secret", .token_file = (char *)"",
		.ca_file = (char *)"", .timeout_ms = 5000, .batch = 1,
		.backoff_least_ms = 10, .backoff_most_ms = 40,
	};
}

static size_t
count_of(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		n++;
	}
	return n;
}

/* Events of every stream are told, whatever came between the streams. */
static void
a_stream_that_ends_is_asked_for_again(void **state)
{
	static const char *const answers[] = {
		STREAM ": hello\n\nevent: access\ndata: 1\n\ndata: cut o",
		PORTAL,
		"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"rubbish that is no HTTP at all\r\n\r\n",
		"HTTP/1.1 204 No Content\r\n\r\n",
		STREAM "data: ff\n\nevent: command\ndata: {\"id\":2}\n\n",
		NULL
	};
	struct ear ear = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct server s;
	struct setup_server setup;
	struct listen *l;

	(void)state;
	start(&s, answers);
	setup = setup_of(&s);
	l = listen_create(&setup, "CRT5200-SN001", hear, &ear);
	await(&ear.count, 3);
	listen_destroy(l);
	halt(&s);
	assert_string_equal(ear.heard.data,
	                    "access|1;message|ff;command|{\"id\":2};");
	assert_int_equal(s.connections, 7);
	assert_int_equal(count_of(s.requests.data,
		"GET /api/devices/CRT5200-SN001/events HTTP/1.1\r\n"), 7);
	assert_int_equal(count_of(s.requests.data,
		"\r\nAuthorization: Bearer SF.secret\r\n"), 7);
	assert_int_equal(count_of(s.requests.data,
		"\r\nAccept: text/event-stream\r\n"), 7);
	buf_finish(&s.requests);
	buf_finish(&ear.heard);
}

/* A server without such a stream is asked once a minute, not all the time. */
static void
a_refusal_is_left_alone_for_long(void **state)
{
	static const char *const refusals[] = {
		REFUSAL("401 Unauthorized"), REFUSAL("403 Forbidden"),
		REFUSAL("404 Not Found"),
		"HTTP/1.1 503 Away\r\nRetry-After: 60\r\n"
		"Content-Length: 0\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		const char *const answers[] = {
			refusals[i], STREAM "data: 1\n\n", NULL
		};
		struct ear ear = { .lock = PTHREAD_MUTEX_INITIALIZER };
		struct server s;
		struct setup_server setup;
		struct listen *l;

		start(&s, answers);
		setup = setup_of(&s);
		l = listen_create(&setup, "SN1", hear, &ear);
		await(&s.connections, 1);
		poll(NULL, 0, 300);	/* many times the back-off */
		listen_destroy(l);
		halt(&s);
		assert_int_equal(s.connections, 1);
		assert_int_equal(ear.count, 0);
		buf_finish(&s.requests);
		buf_finish(&ear.heard);
	}
}

/* In a stream, before its headers, in a pause, and with nobody there. */
static void
it_ends_at_once_wherever_it_is(void **state)
{
	static const char *const stream[] = { STREAM "data: 1\n\n", NULL };
	static const char *const nothing[] = { "", NULL };
	static const char *const refusal[] = { REFUSAL("404 No"), "", NULL };
	static const char *const *const cases[] = { stream, nothing, refusal };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ear ear = { .lock = PTHREAD_MUTEX_INITIALIZER };
		struct server s;
		struct setup_server setup;
		struct listen *l;
		int64_t began;

		start(&s, cases[i]);
		setup = setup_of(&s);
		l = listen_create(&setup, "SN1", hear, &ear);
		await(&s.connections, 1);
		await(&ear.count, cases[i] == stream);
		began = clock_mono_ms();
		listen_destroy(l);
		assert_true(clock_mono_ms() < began + 500);
		halt(&s);
		setup.backoff_least_ms = setup.backoff_most_ms = 60000;
		l = listen_create(&setup, "SN1", hear, &ear);
		began = clock_mono_ms();
		listen_destroy(l);
		assert_true(clock_mono_ms() < began + 500);
		buf_finish(&s.requests);
		buf_finish(&ear.heard);
	}
	listen_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_that_ends_is_asked_for_again),
		cmocka_unit_test(a_refusal_is_left_alone_for_long),
		cmocka_unit_test(it_ends_at_once_wherever_it_is),
	};

	unsetenv("http_proxy");		/* loopback is meant */
	return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
