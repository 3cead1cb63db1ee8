/* tell.c: tells server and spool how the terminals do */
#include "tell.h"

#include <json-c/json.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/fetch.h"
#include "base/log.h"
#include "base/text.h"

#define ERROR_MAX 200		/* the API takes no more */
#define ANSWER_BYTES (256 * 1024)

struct tell {
	const struct setup *setup;
	struct spool *spool;
	struct terminal *const *terminals;
	struct fetch *fetch;
	struct fetch_answer answer;
	int64_t due_at;		/* of all, by clock_mono_ms */
	int told[SETUP_TERMINALS_MAX];	/* status of each one's last report */
	pthread_t thread;
	pthread_mutex_t lock;	/* of what follows */
	pthread_cond_t changed;
	bool woken, stopping;
};

/* ---- a report ----------------------------------------------------------- */

static void
put(struct json_object *to, const char *name, struct json_object *value)
{
	if (value == NULL || json_object_object_add(to, name, value) != 0)
		log_die("out of memory");
}

static void
put_text(struct json_object *to, const char *name, const char *text)
{
	if (text[0] != '\0' && text_is_utf8(text, strlen(text)))
		put(to, name, json_object_new_string(text));
}

static void
put_number(struct json_object *to, const char *name, int64_t number)
{
	if (number != SPOOL_NONE)
		put(to, name, json_object_new_int64(number));
}

void
tell_format(struct buf *to, const struct terminal_state *s,
            const struct spool_counts *counts)
{
	struct json_object *report = json_object_new_object();
	char when[CLOCK_TEXT_SIZE] = "", error[ERROR_MAX + 1];

	snprintf(error, sizeof error, "%.*s", ERROR_MAX, s->error);
	if (s->last_punch_local != SPOOL_NONE)
		clock_format(s->last_punch_local, when);
	put_text(report, "firmware", s->firmware);
	put_text(report, "platform", s->platform);
	put_text(report, "mac", s->mac);
	put_number(report, "log_count", s->log_count);
	put_number(report, "log_capacity", s->log_capacity);
	put_number(report, "user_count", s->user_count);
	put_number(report, "clock_offset", s->clock_offset);
	put_number(report, "waiting", counts->waiting);
	put_number(report, "parked", counts->parked);
	put_text(report, "last_punch", when);
	put(report, "last_error", json_object_new_string(error));
	put_text(report, "bridge_version", GYMGATE_VERSION);
	buf_append_str(to, json_object_to_json_string_ext(report,
	               JSON_C_TO_STRING_PLAIN));
	json_object_put(report);
}

/* A refusal that lasts is said once: reports may fail, but not in silence. */
static void
note_answer(const struct fetch_answer *answer, const char *name, int *told)
{
	if (answer->outcome != FETCH_ANSWERED) {
		log_debug("%s: no report: %s", name, answer->words);
		return;
	}
	if (answer->status != 200 && answer->status != *told)
		log_warn("%s: the server answers its reports with %d", name,
		         answer->status);
	*told = answer->status;
}

/* A serial number holds nothing that an address would have to escape. */
static void
send_report(struct tell *t, const struct terminal_state *state,
            const struct spool_counts *counts, int *told)
{
	const struct setup_server *server = &t->setup->server;
	struct buf url = BUF_INIT, body = BUF_INIT;
	struct fetch_request request = {
		.method = "PUT", .bearer = server->token,
		.type = "application/json",
		.ca_file = server->ca_file[0] == '\0' ? NULL
			: server->ca_file,
		.timeout_ms = (int)server->timeout_ms,
		.most_bytes = ANSWER_BYTES,
	};

	buf_appendf(&url, "%s/api/devices/%s/status", server->url, state->sn);
	tell_format(&body, state, counts);
	request.url = url.data;
	request.body = body.data;
	request.len = body.len;
	fetch_do(t->fetch, &request, &t->answer);
	note_answer(&t->answer, state->name, told);
	buf_finish(&url);
	buf_finish(&body);
}

static void
save_place(struct tell *t, const struct terminal_state *s)
{
	struct spool_place place = {
		.reached_at = s->reached_at, .log_count = s->log_count,
		.log_capacity = s->log_capacity,
		.clock_offset = s->clock_offset,
	};

	text_copy(place.name, sizeof place.name, s->name);
	text_copy(place.sn, sizeof place.sn, s->sn);
	text_copy(place.error, sizeof place.error, s->error);
	spool_place_save(t->spool, &place);
}

/* First what `status` shows, then the server: it may take its time. */
static void
report(struct tell *t, size_t which, bool due)
{
	struct terminal_state state;
	struct spool_counts counts;
	bool changed = terminal_look(t->terminals[which], &state);
	int64_t id;

	if (!changed && !due)
		return;
	save_place(t, &state);
	if (state.sn[0] == '\0')
		return;
	id = spool_terminal(t->spool, state.sn);
	if (id != 0 && spool_count(t->spool, id, &counts))
		send_report(t, &state, &counts, &t->told[which]);
}

/* ---- the thread --------------------------------------------------------- */

/* Until something changed or all are due; false at the end. */
static bool
wait_for_news(struct tell *t)
{
	struct timespec until = { t->due_at / 1000,
		                  t->due_at % 1000 * 1000000 };
	bool go_on;

	pthread_mutex_lock(&t->lock);
	while (!t->stopping && !t->woken) {
		if (pthread_cond_timedwait(&t->changed, &t->lock, &until) != 0)
			break;
	}
	t->woken = false;
	go_on = !t->stopping;
	pthread_mutex_unlock(&t->lock);
	return go_on;
}

static bool
is_stopping(struct tell *t)
{
	bool stopping;

	pthread_mutex_lock(&t->lock);
	stopping = t->stopping;
	pthread_mutex_unlock(&t->lock);
	return stopping;
}

static void *
run(void *arg)
{
	struct tell *t = arg;

	while (wait_for_news(t)) {
		bool due = clock_mono_ms() >= t->due_at;

		if (due)
			t->due_at = clock_mono_ms() +
				t->setup->bridge.report_seconds * 1000;
		for (size_t i = 0; i < t->setup->terminal_count &&
		     !is_stopping(t); i++)
			report(t, i, due);
	}
	return NULL;
}

struct tell *
tell_create(const struct setup *setup, struct spool *spool,
            struct terminal *const *terminals)
{
	struct tell *t = calloc(1, sizeof *t);
	pthread_condattr_t attr;

	if (t == NULL)
		log_die("out of memory");
	t->setup = setup;
	t->spool = spool;
	t->terminals = terminals;
	t->fetch = fetch_create();
	t->due_at = clock_mono_ms() + setup->bridge.report_seconds * 1000;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->changed, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&t->lock, NULL);
	if (pthread_create(&t->thread, NULL, run, t) != 0)
		log_die("cannot start a thread");
	return t;
}

void
tell_wake(struct tell *t)
{
	pthread_mutex_lock(&t->lock);
	t->woken = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

void
tell_destroy(struct tell *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	t->stopping = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	fetch_abort(t->fetch);
	pthread_join(t->thread, NULL);
	fetch_destroy(t->fetch);
	fetch_answer_finish(&t->answer);
	pthread_cond_destroy(&t->changed);
	pthread_mutex_destroy(&t->lock);
	free(t);
}
