/* listen.c: holds the server's event stream of one terminal */
#include "listen.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/fetch.h"
#include "base/text.h"
#include "events.h"
#include "spool.h"

#define STREAM_TYPE "text/event-stream"
#define IDLE_MS 45000		/* the hub sends a ping every 15 s */
#define LASTING_MS 10000	/* what ends sooner is no sign of health */
#define REFUSED_PAUSE_MS 60000	/* no such stream, or not for us */
#define RETRY_AFTER_MOST_S 3600
#define ANSWER_BYTES 4096	/* of a refusal */
#define STACK_BYTES (128 * 1024)	/* TLS was seen to need 16 KB */

struct listen {
	const struct setup_server *server;
	char sn[SPOOL_SN_MAX + 1];
	listen_fn *on_event;
	void *arg;
	struct fetch *fetch;
	struct fetch_answer answer;
	struct buf url;
	struct events events;
	int64_t began_at;	/* the stream in hand, by clock_mono_ms; or 0 */
	int attempt;		/* streams in a row that did not last */
	bool said;		/* that there is none */
	pthread_t thread;
	pthread_mutex_t lock;	/* of what follows */
	pthread_cond_t changed;
	bool stopping;
};

/* ---- one stream --------------------------------------------------------- */

static void
note_begin(struct listen *l)
{
	l->began_at = clock_mono_ms();
	if (l->said)
		log_info("%s: the server's event stream is back", l->sn);
	else
		log_debug("%s: listening to the server", l->sn);
	l->said = false;
}

/* A portal's page is none, whatever its status. */
static bool
take_piece(void *arg, const char *data, size_t len)
{
	struct listen *l = arg;

	if (l->began_at == 0 && strcmp(l->answer.type, STREAM_TYPE) != 0)
		return false;
	if (l->began_at == 0)
		note_begin(l);
	events_feed(&l->events, data, len, l->on_event, l->arg);
	return true;
}

static void
hold_stream(struct listen *l)
{
	const struct setup_server *server = l->server;
	static const char *const headers[] = {
		"Accept: " STREAM_TYPE, "Cache-Control: no-cache", NULL
	};
	const struct fetch_request request = {
		.method = "GET", .url = l->url.data,
		.bearer = server->token[0] == '\0' ? NULL : server->token,
		.headers = headers,
		.ca_file = server->ca_file[0] == '\0' ? NULL
			: server->ca_file,
		.timeout_ms = (int)server->timeout_ms,
		.most_bytes = ANSWER_BYTES,
		.sink = take_piece, .sink_arg = l, .idle_ms = IDLE_MS,
	};

	l->began_at = 0;
	events_init(&l->events);
	fetch_do(l->fetch, &request, &l->answer);
	events_finish(&l->events);
}

/* That streams end is no news; that there is none to be had is, once. */
static void
note_end(struct listen *l)
{
	const struct fetch_answer *a = &l->answer;
	char why[sizeof a->words + 100];

	if (a->outcome == FETCH_ABORTED)
		return;
	if (a->outcome == FETCH_ANSWERED || a->outcome == FETCH_STOPPED)
		snprintf(why, sizeof why, "the server answers %d%s%s",
		         a->status, a->type[0] == '\0' ? "" : ", ", a->type);
	else
		snprintf(why, sizeof why, "%s", a->words);
	if (l->began_at != 0 || l->said) {
		log_debug("%s: the event stream ended: %s", l->sn, why);
		return;
	}
	log_info("%s: no event stream, orders take longer: %s", l->sn, why);
	l->said = true;
}

/* ---- the thread --------------------------------------------------------- */

static int64_t
choose_pause(struct listen *l)
{
	int64_t pause, least = (int64_t)l->answer.retry_after_s * 1000;

	if (l->began_at != 0 && clock_mono_ms() >= l->began_at + LASTING_MS)
		l->attempt = 0;
	pause = clock_backoff_ms(l->attempt++,
		(int)l->server->backoff_least_ms,
		(int)l->server->backoff_most_ms);
	if (least > RETRY_AFTER_MOST_S * 1000)
		least = RETRY_AFTER_MOST_S * 1000;
	if (l->answer.status / 100 == 4 && least < REFUSED_PAUSE_MS)
		least = REFUSED_PAUSE_MS;
	/* a whole town of bridges must not come back in the same moment */
	return least > 0 ? least + pause / 2 : pause;
}

/* False at the end. */
static bool
wait_for(struct listen *l, int64_t pause_ms)
{
	int64_t deadline = clock_mono_ms() + pause_ms;
	struct timespec until = { deadline / 1000,
		                  deadline % 1000 * 1000000 };
	bool go_on;

	pthread_mutex_lock(&l->lock);
	while (!l->stopping && pthread_cond_timedwait(&l->changed, &l->lock,
	                                              &until) == 0)
		;
	go_on = !l->stopping;
	pthread_mutex_unlock(&l->lock);
	return go_on;
}

static void *
run(void *arg)
{
	struct listen *l = arg;

	do {
		hold_stream(l);
		note_end(l);
	} while (wait_for(l, choose_pause(l)));
	return NULL;
}

static void
start(struct listen *l)
{
	pthread_condattr_t clock;
	pthread_attr_t attr;

	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&l->changed, &clock);
	pthread_condattr_destroy(&clock);
	pthread_mutex_init(&l->lock, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	if (pthread_create(&l->thread, &attr, run, l) != 0)
		log_die("cannot start a thread");
	pthread_attr_destroy(&attr);
}

/* A serial number holds nothing that an address would have to escape. */
struct listen *
listen_create(const struct setup_server *server, const char *sn,
              listen_fn *on_event, void *arg)
{
	struct listen *l = calloc(1, sizeof *l);

	if (l == NULL)
		log_die("out of memory");
	l->server = server;
	l->on_event = on_event;
	l->arg = arg;
	text_copy(l->sn, sizeof l->sn, sn);
	buf_appendf(&l->url, "%s/api/devices/%s/events", server->url, l->sn);
	l->fetch = fetch_create();
	start(l);
	return l;
}

void
listen_destroy(struct listen *l)
{
	if (l == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	fetch_abort(l->fetch);
	pthread_join(l->thread, NULL);
	fetch_destroy(l->fetch);
	fetch_answer_finish(&l->answer);
	buf_finish(&l->url);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
