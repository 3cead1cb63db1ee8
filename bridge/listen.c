/* listen.c: holds the server's event stream of one terminal */
#include "listen.h"

#include "base/clock.h"
#include "base/fetch.h"
#include "base/text.h"
#include "events.h"
#include "spool.h"
#include "thread.h"

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
	struct thread thread;
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

static void
run(void *arg)
{
	struct listen *l = arg;

	do {
		hold_stream(l);
		note_end(l);
	} while (thread_wait(&l->thread, clock_mono_ms() + choose_pause(l),
	                     false) == THREAD_DUE);
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
	thread_start(&l->thread, run, l, STACK_BYTES);
	return l;
}

void
listen_destroy(struct listen *l)
{
	if (l == NULL)
		return;
	thread_stop(&l->thread, 0);
	fetch_abort(l->fetch);
	thread_join(&l->thread);
	fetch_destroy(l->fetch);
	fetch_answer_finish(&l->answer);
	buf_finish(&l->url);
	free(l);
}
