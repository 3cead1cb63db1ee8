/* fuzz_fetch.c: what a web or mail server, or whoever plays one, answers */
#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fetch.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#define BYTES_MAX 1000
#define TIMEOUT_MS 2000
#define TOKEN "SF.0123456789abcdef"

/* The input: flags, then all that is answered, whatever was asked. */
enum { BY_SINK = 1, ONCE = 2, AS_MAIL = 4, STOP_EARLY = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct buf reply;	/* behind the lock */
static int port;

/* One connection: the answer at once, its end, and what the other end says. */
static void
serve_one(int fd)
{
	char dropped[4096];

	pthread_mutex_lock(&lock);
	send(fd, reply.data, reply.len, MSG_NOSIGNAL);
	pthread_mutex_unlock(&lock);
	shutdown(fd, SHUT_WR);
	while (recv(fd, dropped, sizeof dropped, 0) > 0)
		;
	close(fd);
}

static void *
serve(void *arg)
{
	int listener = *(int *)arg;

	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0)
			serve_one(fd);
	}
	return NULL;
}

static void
start_server(void)
{
	static int listener;
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	pthread_t thread;

	if (port != 0)
		return;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 ||
	    bind(listener, (struct sockaddr *)&address, len) != 0 ||
	    listen(listener, 16) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) != 0 ||
	    pthread_create(&thread, NULL, serve, &listener) != 0)
		abort();
	pthread_detach(thread);
	port = ntohs(address.sin_port);
}

struct sunk {
	size_t len;
	bool stops;
};

static bool
take(void *arg, const char *data, size_t len)
{
	struct sunk *sunk = arg;

	assert(len > 0 && data != NULL);
	sunk->len += len;
	return !sunk->stops;
}

/* What holds of every answer; strings fit. */
static void
check(const struct fetch_answer *a, const struct sunk *sunk, bool by_sink)
{
	assert(a->body.len <= BYTES_MAX && a->retry_after_s >= 0);
	assert(strlen(a->type) < sizeof a->type);
	assert(a->type[strcspn(a->type, "; \t\r\nABCDEFGHIJKLMNOPQRSTUVWXYZ")] ==
	       '\0');
	assert(strlen(a->etag) < sizeof a->etag);
	assert(strpbrk(a->etag, "\r\n") == NULL);
	assert(strlen(a->words) < sizeof a->words);
	assert((a->outcome == FETCH_ANSWERED) == (a->words[0] == '\0'));
	assert(sunk->len == 0 || (by_sink && a->status == 200 &&
	                          a->body.len == 0));
	assert(a->outcome != FETCH_STOPPED || sunk->stops);
}

static void
ask(struct fetch *f, uint8_t flags, struct fetch_answer *a)
{
	struct sunk sunk = { 0, (flags & STOP_EARLY) != 0 };
	struct fetch_request r = {
		.method = "GET", .bearer = TOKEN, .timeout_ms = TIMEOUT_MS,
		.most_bytes = BYTES_MAX, .once = (flags & ONCE) != 0,
		.sink = (flags & BY_SINK) != 0 ? take : NULL,
		.sink_arg = &sunk, .idle_ms = TIMEOUT_MS,
	};
	char url[40];

	snprintf(url, sizeof url, "http://127.0.0.1:%d/x", port);
	r.url = url;
	fetch_do(f, &r, a);
	check(a, &sunk, r.sink != NULL);
	assert(a->status == 0 || (a->status >= 100 && a->status <= 999));
	assert(strstr(a->words, TOKEN) == NULL);
}

static void
post(struct fetch *f, struct fetch_answer *a)
{
	const struct sunk sunk = { 0, false };
	struct fetch_letter letter = {
		.user = "", .password = "", .from = "a@example.org",
		.to = "b@example.org", .text = "Subject: x\r\n\r\nx\r\n",
		.len = 17, .timeout_ms = TIMEOUT_MS,
	};
	char url[40];

	snprintf(url, sizeof url, "smtp://127.0.0.1:%d", port);
	letter.url = url;
	fetch_mail(f, &letter, a);
	check(a, &sunk, false);
	for (const char *c = a->words; *c != '\0'; c++)
		assert((unsigned char)*c >= ' ' && *c != 0x7f);
	/* that it was taken is believed of a reply that says so alone */
	assert(a->outcome != FETCH_ANSWERED || a->status / 100 == 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct fetch *f;

	if (size < 1)
		return 0;
	start_server();
	pthread_mutex_lock(&lock);
	buf_reset(&reply);
	buf_append(&reply, data + 1, size - 1);
	pthread_mutex_unlock(&lock);
	f = fetch_create();
	if ((data[0] & AS_MAIL) != 0)
		post(f, &a);
	else
		ask(f, data[0], &a);
	fetch_answer_finish(&a);
	fetch_destroy(f);
	return 0;
}
