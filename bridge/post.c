/* post.c: the poster: one thread that empties the spool into the API */
#include "post.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/text.h"

#define PATH "/api/biometric_attendances"
#define IDLE_MS 5000		/* looks by itself: `retry` wakes nobody */
#define RETRY_AFTER_MOST_S 3600
#define ANSWER_BYTES_AN_ITEM 1024
#define ANSWER_BYTES 65536

struct post {
	const struct setup_server *server;
	struct spool *spool;
	struct fetch *fetch;
	struct fetch_answer answer;
	struct buf url, body;
	struct spool_item *items;
	struct post_verdict *verdicts;
	struct spool_settled *settled;
	size_t most;		/* items a batch, less after a 413 */
	int attempt;		/* failures in a row */
	char trouble[SPOOL_TEXT_MAX + 1];	/* last said of the server */
	pthread_t thread;
	pthread_mutex_t lock;	/* of what follows */
	pthread_cond_t changed;
	bool woken, stopping, ended;
};

/* ---- waiting ------------------------------------------------------------ */

/* Until `deadline`, a wake-up where those count, or the end: false. */
static bool
wait_until(struct post *p, int64_t deadline, bool wakes)
{
	struct timespec until = { deadline / 1000,
		                  deadline % 1000 * 1000000 };
	bool go_on;

	pthread_mutex_lock(&p->lock);
	while (!p->stopping && !(wakes && p->woken)) {
		if (pthread_cond_timedwait(&p->changed, &p->lock, &until) != 0)
			break;
	}
	if (wakes)
		p->woken = false;
	go_on = !p->stopping;
	pthread_mutex_unlock(&p->lock);
	return go_on;
}

/* The pause before the next try: ours, or longer when the server asks. */
static bool
back_off(struct post *p)
{
	int64_t pause = clock_backoff_ms(p->attempt++,
		(int)p->server->backoff_least_ms,
		(int)p->server->backoff_most_ms);
	int64_t asked = p->answer.retry_after_s;

	if (asked > RETRY_AFTER_MOST_S)
		asked = RETRY_AFTER_MOST_S;
	/* a whole town of bridges must not come back in the same moment */
	if (asked > 0)
		pause = asked * 1000 + pause / 2;
	return wait_until(p, clock_mono_ms() + pause, false);
}

/* Says what is wrong with the server once, and that it is well again once. */
static void
tell(struct post *p, const char *trouble)
{
	if (strcmp(p->trouble, trouble) == 0)
		return;
	if (trouble[0] != '\0')
		log_warn("punches wait: %s", trouble);
	else
		log_info("the server takes punches again");
	text_copy(p->trouble, sizeof p->trouble, trouble);
	spool_note_save(p->spool, "server", trouble);
}

/* ---- one batch ---------------------------------------------------------- */

static bool
settle(struct post *p, size_t n)
{
	size_t count = 0, parked = 0, first = 0;

	for (size_t i = 0; i < n; i++) {
		const struct post_verdict *v = &p->verdicts[i];

		if (v->fate == POST_WAITS)
			continue;
		p->settled[count++] = (struct spool_settled){
			.id = p->items[i].id,
			.parked = v->fate == POST_PARKED ? v->status : 0,
			.answer = v->words,
		};
		if (v->fate == POST_PARKED && parked++ == 0)
			first = i;
	}
	if (parked > 0)
		log_warn("%s: %zu punches are parked, the server says %s",
		         p->items[first].sn, parked, p->verdicts[first].words);
	return spool_settle(p->spool, p->settled, count);
}

static void
send_batch(struct post *p, size_t n)
{
	struct fetch_request request = {
		.method = "POST", .url = p->url.data,
		.bearer = p->server->token, .type = "application/json",
		.ca_file = p->server->ca_file[0] == '\0' ? NULL
			: p->server->ca_file,
		.timeout_ms = (int)p->server->timeout_ms,
		.most_bytes = ANSWER_BYTES + n * ANSWER_BYTES_AN_ITEM,
	};

	buf_reset(&p->body);
	post_format(&p->body, p->server->company, p->items, n);
	request.body = p->body.data;
	request.len = p->body.len;
	fetch_do(p->fetch, &request, &p->answer);
}

/* True when the batch went well, so that the next may follow at once. */
static bool
post_batch(struct post *p, size_t n)
{
	char why[SPOOL_TEXT_MAX + 1];
	enum post_outcome outcome;

	send_batch(p, n);
	if (p->answer.outcome == FETCH_ABORTED)
		return false;
	outcome = post_judge(&p->answer, n, p->verdicts, why, sizeof why);
	if (outcome == POST_TOO_LARGE && n > 1) {
		p->most = n / 2;
		log_info("the server finds %zu punches too large; sending "
		         "%zu at once", n, p->most);
		return true;
	}
	tell(p, why);
	if (outcome == POST_SETTLED && !settle(p, n))
		return false;
	if (why[0] != '\0')
		return false;
	p->attempt = 0;
	return true;
}

static void *
run(void *arg)
{
	struct post *p = arg;
	bool go_on = true;
	size_t n;

	while (go_on) {
		if (!spool_next(p->spool, p->items, p->most, &n))
			go_on = back_off(p);
		else if (n == 0)
			go_on = wait_until(p, clock_mono_ms() + IDLE_MS, true);
		else if (post_batch(p, n))
			go_on = wait_until(p, 0, false);
		else
			go_on = back_off(p);
	}
	pthread_mutex_lock(&p->lock);
	p->ended = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* ---- the poster --------------------------------------------------------- */

static void
start(struct post *p)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->changed, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&p->lock, NULL);
	if (pthread_create(&p->thread, NULL, run, p) != 0)
		log_die("cannot start a thread");
}

struct post *
post_create(const struct setup_server *server, struct spool *spool)
{
	struct post *p = calloc(1, sizeof *p);
	size_t most = (size_t)server->batch;

	if (p == NULL)
		log_die("out of memory");
	p->server = server;
	p->spool = spool;
	p->most = most;
	p->items = calloc(most, sizeof *p->items);
	p->verdicts = calloc(most, sizeof *p->verdicts);
	p->settled = calloc(most, sizeof *p->settled);
	if (p->items == NULL || p->verdicts == NULL || p->settled == NULL)
		log_die("out of memory");
	p->fetch = fetch_create();
	buf_appendf(&p->url, "%s%s", server->url, PATH);
	spool_note_load(spool, "server", p->trouble);
	start(p);
	return p;
}

void
post_wake(struct post *p)
{
	pthread_mutex_lock(&p->lock);
	p->woken = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

static void
stop(struct post *p, int grace_ms)
{
	int64_t deadline = clock_mono_ms() + grace_ms;
	struct timespec until = { deadline / 1000,
		                  deadline % 1000 * 1000000 };

	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->changed);
	while (!p->ended && pthread_cond_timedwait(&p->changed, &p->lock,
	                                           &until) == 0)
		;
	pthread_mutex_unlock(&p->lock);
	fetch_abort(p->fetch);
	pthread_join(p->thread, NULL);
}

void
post_destroy(struct post *p, int grace_ms)
{
	if (p == NULL)
		return;
	stop(p, grace_ms);
	fetch_destroy(p->fetch);
	fetch_answer_finish(&p->answer);
	buf_finish(&p->url);
	buf_finish(&p->body);
	free(p->items);
	free(p->verdicts);
	free(p->settled);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
