/* post.c: the poster: one thread that empties the spool into the API */
#include "post.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/text.h"
#include "post_news.h"
#include "thread.h"

#define PATH "/api/biometric_attendances"
#define IDLE_MS 5000		/* looks by itself: `retry` wakes nobody */
#define BEAT_MS 5000		/* however long the pause is */
#define RETRY_AFTER_MOST_S 3600
#define ANSWER_BYTES_AN_ITEM 1024
#define ANSWER_BYTES 65536
#define FORGOTTEN 404		/* what the article's server says of those */
#define FORGOTTEN_AFTER_MS (24 * 3600000LL)
#define FORGOTTEN_LOOK_MS 600000

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
	bool is_server_well;	/* it answered as it should, the last time */
	struct post_news news;
	int64_t looked_at;	/* for what the server has forgotten */
	_Atomic int64_t beat;	/* by clock_mono_ms */
	_Atomic enum post_mood mood;
	struct thread thread;
};

static bool
is_article(const struct post *p)
{
	return p->server->kind == SETUP_ARTICLE;
}

/* ---- waiting ------------------------------------------------------------ */

static void
beat(struct post *p)
{
	atomic_store(&p->beat, clock_mono_ms());
}

/*
 * Until `deadline`, a wake-up where those count, or the end: false.  Busy
 * before the wake-up is heeded, so that post_mood() misses neither.
 */
static bool
wait_until(struct post *p, int64_t deadline, bool wakes)
{
	enum thread_event event;
	int64_t next;

	do {
		beat(p);
		next = clock_mono_ms() + BEAT_MS;
		event = thread_wait(&p->thread, next < deadline ? next
		                    : deadline, wakes);
	} while (event == THREAD_DUE && next < deadline);
	if (event == THREAD_WOKEN) {
		atomic_store(&p->mood, POST_BUSY);
		thread_heed(&p->thread);
	}
	return event != THREAD_STOPPED;
}

/*
 * The pause before the next try: ours, or longer when the server asks.  Where
 * the server is well and only some items are not settled, a new punch ends it.
 */
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
	return wait_until(p, clock_mono_ms() + pause, p->is_server_well);
}

/* ---- one batch ---------------------------------------------------------- */

/* How many of a batch have come to this. */
static size_t
count_fate(const struct post *p, size_t n, enum post_fate fate)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += p->verdicts[i].fate == fate;
	return count;
}

static void
tell_parked(struct post *p, size_t n, size_t parked)
{
	size_t first = 0;

	while (first < n && p->verdicts[first].fate != POST_PARKED)
		first++;
	if (first < n)
		post_news_parked(&p->news, parked, p->items[first].sn,
		                 p->verdicts[first].words);
}

/*
 * Writes down what became of each.  One that the server does not settle must
 * not hold up the others: it goes behind all that wait, as long as there are
 * others that it does settle.
 */
static bool
settle(struct post *p, size_t n)
{
	size_t parked = count_fate(p, n, POST_PARKED);

	for (size_t i = 0; i < n; i++) {
		const struct post_verdict *v = &p->verdicts[i];

		p->settled[i] = (struct spool_settled){
			.id = p->items[i].id,
			.parked = v->fate == POST_PARKED ? v->status : 0,
			.answer = v->words,
			.waits = v->fate == POST_WAITS,
		};
	}
	if (!spool_settle(p->spool, p->settled, n))
		return false;
	tell_parked(p, n, parked);
	post_news_sent(&p->news, count_fate(p, n, POST_DONE));
	return true;
}

static void
send_batch(struct post *p, size_t n)
{
	struct fetch_request request = {
		.method = "POST", .url = p->url.data,
		.bearer = p->server->token[0] == '\0' ? NULL
			: p->server->token,
		.type = "application/json",
		.ca_file = p->server->ca_file[0] == '\0' ? NULL
			: p->server->ca_file,
		.timeout_ms = (int)p->server->timeout_ms,
		.most_bytes = ANSWER_BYTES + n * ANSWER_BYTES_AN_ITEM,
	};

	buf_reset(&p->body);
	if (is_article(p))
		post_format_one(&p->body, p->server->company, p->items);
	else
		post_format(&p->body, p->server->company, p->items, n);
	request.body = p->body.data;
	request.len = p->body.len;
	fetch_do(p->fetch, &request, &p->answer);
}

static enum post_outcome
judge(struct post *p, size_t n, char *why, size_t size)
{
	return is_article(p)
		? post_judge_one(&p->answer, p->verdicts, why, size)
		: post_judge(&p->answer, n, p->verdicts, why, size);
}

/* True when the batch went well, so that the next may follow at once. */
static bool
post_batch(struct post *p, size_t n)
{
	char why[SPOOL_TEXT_MAX + 1];
	enum post_outcome outcome;

	p->is_server_well = false;
	send_batch(p, n);
	if (p->answer.outcome == FETCH_ABORTED)
		return false;
	outcome = judge(p, n, why, sizeof why);
	if (outcome == POST_TOO_LARGE && n > 1) {
		p->most = n / 2;
		log_info("the server finds %zu punches too large; sending "
		         "%zu at once", n, p->most);
		return true;
	}
	post_news_trouble(&p->news, why);
	p->is_server_well = outcome == POST_SETTLED;
	if (outcome != POST_SETTLED || count_fate(p, n, POST_WAITS) == n ||
	    !settle(p, n))
		return false;
	p->attempt = 0;
	return true;
}

/*
 * The article's server keeps no punch of a user whom it does not know, but
 * may know him tomorrow.  The wall clock, for that is what the spool notes.
 */
static void
retry_forgotten(struct post *p)
{
	int64_t now = clock_now_ms();
	size_t count;

	if (!is_article(p) || (now >= p->looked_at &&
	    now < p->looked_at + FORGOTTEN_LOOK_MS))
		return;
	p->looked_at = now;
	if (spool_retry_since(p->spool, FORGOTTEN, now - FORGOTTEN_AFTER_MS,
	                      &count) && count > 0)
		log_info("%zu punches of unknown users are tried again",
		         count);
}

/* Sends what is next, or waits for it; false at the end. */
static bool
turn(struct post *p)
{
	size_t n;

	beat(p);
	post_news_turn(&p->news);
	retry_forgotten(p);
	if (!spool_next(p->spool, p->items, p->most, &n)) {
		atomic_store(&p->mood, POST_STUCK);
		return back_off(p);
	}
	if (n == 0) {
		post_news_empty(&p->news);
		atomic_store(&p->mood, POST_EMPTY);
		return wait_until(p, clock_mono_ms() + IDLE_MS, true);
	}
	if (p->mood == POST_EMPTY)
		atomic_store(&p->mood, POST_BUSY);
	if (post_batch(p, n)) {
		atomic_store(&p->mood, POST_BUSY);
		return wait_until(p, 0, false);
	}
	atomic_store(&p->mood, POST_STUCK);
	return back_off(p);
}

static void
run(void *arg)
{
	while (turn(arg))
		;
}

/* ---- the poster --------------------------------------------------------- */

struct post *
post_create(const struct setup_server *server, struct spool *spool)
{
	struct post *p = calloc(1, sizeof *p);
	size_t most = server->kind == SETUP_ARTICLE ? 1
		: (size_t)server->batch;

	if (p == NULL)
		log_die("out of memory");
	p->server = server;
	p->spool = spool;
	p->most = most;
	p->looked_at = INT64_MAX;
	beat(p);
	p->items = calloc(most, sizeof *p->items);
	p->verdicts = calloc(most, sizeof *p->verdicts);
	p->settled = calloc(most, sizeof *p->settled);
	if (p->items == NULL || p->verdicts == NULL || p->settled == NULL)
		log_die("out of memory");
	p->fetch = fetch_create();
	buf_appendf(&p->url, "%s%s", server->url, PATH);
	post_news_init(&p->news, spool);
	thread_start(&p->thread, run, p, 0);
	return p;
}

void
post_wake(struct post *p)
{
	thread_wake(&p->thread);
}

enum post_mood
post_mood(struct post *p)
{
	bool is_woken = thread_is_woken(&p->thread);	/* first */
	enum post_mood mood = atomic_load(&p->mood);

	return mood == POST_EMPTY && is_woken ? POST_BUSY : mood;
}

int64_t
post_beat(const struct post *p)
{
	return atomic_load(&p->beat);
}

void
post_destroy(struct post *p, int grace_ms)
{
	if (p == NULL)
		return;
	thread_stop(&p->thread, grace_ms);
	fetch_abort(p->fetch);
	thread_join(&p->thread);
	fetch_destroy(p->fetch);
	fetch_answer_finish(&p->answer);
	buf_finish(&p->url);
	buf_finish(&p->body);
	free(p->items);
	free(p->verdicts);
	free(p->settled);
	free(p);
}
