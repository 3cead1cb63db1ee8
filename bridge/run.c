/* run.c: the bridge itself: its threads, from start to end */
#include "run.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "notify.h"
#include "post.h"
#include "tell.h"
#include "terminal.h"

#define POST_GRACE_MS 1000	/* for the request in hand at the end */
#define END_US 1800000		/* whatever hangs: then the process is gone */
#define TICK_MS 1000
#define OPEN_AGAIN_MS 5000	/* a spool that cannot be written */
#define MEND_AGAIN_MS 10000	/* a disk that damages it over and over */
#define HANGS_MS 900000		/* a thread without a sign of life */
#define ONCE_TELL_MS 5000	/* for reports, when all else is done */

/* Why the threads were ended. */
enum ending {
	END_ASKED,		/* by a signal */
	END_DAMAGE,		/* the spool: opened anew, it is mended */
	END_ZONE,		/* the gym's zone has become known */
};

struct bridge {
	const struct setup *setup;
	struct spool *spool;
	struct post *post;
	struct tell *tell;
	struct terminal_world world;
	struct terminal *terminals[SETUP_TERMINALS_MAX];
	char zone[SPOOL_TEXT_MAX + 1];
	atomic_bool is_zone_sure, has_new_zone;
	int64_t mend_from;	/* by clock_mono_ms(): not anew for damage before */
};

/* ---- what the threads tell each other ----------------------------------- */

static void
on_new(void *arg)
{
	post_wake(((struct bridge *)arg)->post);
}

static void
on_change(void *arg)
{
	tell_wake(((struct bridge *)arg)->tell);
}

static void
on_zone(void *arg)
{
	atomic_store(&((struct bridge *)arg)->has_new_zone, true);
}

const char *
run_zone(const struct setup *setup, struct spool *spool, bool *is_sure)
{
	static char told[SPOOL_TEXT_MAX + 1];

	*is_sure = true;
	if (setup->bridge.zone[0] != '\0')
		return terminal_zone(setup->bridge.zone);
	if (spool_note_load(spool, TELL_ZONE_NOTE, told) &&
	    clock_zone_valid(told))
		return terminal_zone(told);
	*is_sure = false;
	return terminal_zone("");
}

/* ---- from start to end -------------------------------------------------- */

/* The C library gives each thread a heap of its own, for speed: we wait. */
static void
share_heap(void)
{
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 1);
#endif
}

static void
create(struct bridge *b, const struct setup *setup, struct spool *spool,
       bool once)
{
	struct tell_world tell = {
		.zone = b->zone, .is_zone_sure = &b->is_zone_sure,
		.is_brief = once, .on_waiting = on_new, .on_zone = on_zone,
		.arg = b,
	};
	bool is_sure;

	share_heap();
	*b = (struct bridge){ .setup = setup, .spool = spool };
	text_copy(b->zone, sizeof b->zone, run_zone(setup, spool, &is_sure));
	atomic_store(&b->is_zone_sure, is_sure);
	b->world = (struct terminal_world){ spool, b->zone, &b->is_zone_sure,
		                            on_new, on_change,
		setup->bridge.offline_grace_hours * 3600 * 1000, b };
	b->post = post_create(&setup->server, spool);
	for (size_t i = 0; i < setup->terminal_count; i++)
		b->terminals[i] = terminal_create(setup->terminals[i],
		                                  &b->world);
	b->tell = tell_create(setup, spool, b->terminals, &tell);
	log_info("version %s, %zu terminals, server %s", GYMGATE_VERSION,
	         setup->terminal_count, setup->server.url);
}

static void
for_all(const struct bridge *b, void (*each)(struct terminal *t))
{
	for (size_t i = 0; i < b->setup->terminal_count; i++)
		each(b->terminals[i]);
}

static void
destroy(struct bridge *b)
{
	for_all(b, terminal_stop);
	for_all(b, terminal_join);
	tell_destroy(b->tell);
	post_destroy(b->post, POST_GRACE_MS);
	for_all(b, terminal_destroy);
}

/* Blocked before any thread starts, so that all inherit it. */
static void
block_signals(sigset_t *set)
{
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* True when one came within `ms`. */
static bool
wait_for_signal(const sigset_t *set, int64_t ms)
{
	const struct timespec limit = { ms / 1000, ms % 1000 * 1000000 };

	return sigtimedwait(set, NULL, &limit) > 0;
}

/* The spool is safe at any moment, so leaving at once loses nothing. */
static void
on_overdue(int signo)
{
	(void)signo;
	_exit(0);
}

static void
start_ending(void)
{
	const struct itimerval limit = { .it_value = { END_US / 1000000,
		                         END_US % 1000000 } };

	signal(SIGALRM, on_overdue);
	setitimer(ITIMER_REAL, &limit, NULL);
}

/* A thread that hangs is worth a restart: the spool loses nothing. */
static bool
is_alive(const struct bridge *b)
{
	int64_t oldest = clock_mono_ms() - HANGS_MS;

	return post_beat(b->post) > oldest && tell_beat(b->tell) > oldest;
}

static enum ending
watch(struct bridge *b, const sigset_t *signals)
{
	int64_t watchdog_ms = notify_watchdog_ms();
	int64_t tick_ms = watchdog_ms > 0 && watchdog_ms < TICK_MS
		? watchdog_ms : TICK_MS;

	while (!wait_for_signal(signals, tick_ms)) {
		if (spool_is_damaged(b->spool) &&
		    clock_mono_ms() >= b->mend_from)
			return END_DAMAGE;
		if (atomic_load(&b->has_new_zone))
			return END_ZONE;
		if (is_alive(b))
			notify_alive();
	}
	return END_ASKED;
}

static enum ending
run(const struct setup *setup, struct spool *spool, const sigset_t *signals,
    int64_t mend_from)
{
	struct bridge b;
	enum ending ending;
	char status[64];

	create(&b, setup, spool, false);
	b.mend_from = mend_from;
	for_all(&b, terminal_start);
	snprintf(status, sizeof status, "%zu terminals",
	         setup->terminal_count);
	notify_ready(status);
	ending = watch(&b, signals);
	if (ending == END_ASKED) {
		log_info("ending");
		notify_stopping();
		start_ending();
	} else {
		log_info("starting anew: %s", ending == END_DAMAGE ?
		         "the spool is damaged" : "the gym's zone is known");
	}
	destroy(&b);
	return ending;
}

/* ---- the spool ---------------------------------------------------------- */

/* Waits until it can be had; NULL, said, when it never can or at the end. */
static struct spool *
open_spool(const struct setup *setup, const sigset_t *signals, int *status)
{
	char error[300], said[300] = "";
	enum spool_fault fault;
	struct spool *spool;

	for (;;) {
		spool = spool_open(setup->bridge.spool, SPOOL_OWN, &fault,
		                   error, sizeof error);
		if (spool != NULL)
			return spool;
		if (strcmp(error, said) != 0)
			log_error("%s", error);
		text_copy(said, sizeof said, error);
		*status = 1;
		if (fault != SPOOL_UNWRITABLE)
			return NULL;
		notify_ready(error);	/* we run, and say what is wrong */
		notify_alive();
		*status = 0;
		if (wait_for_signal(signals, OPEN_AGAIN_MS))
			return NULL;
	}
}

int
run_bridge(const struct setup *setup)
{
	enum ending ending;
	int64_t mend_from = 0;
	sigset_t signals;
	int status = 0;

	block_signals(&signals);
	do {
		struct spool *spool = open_spool(setup, &signals, &status);

		if (spool == NULL)
			return status;
		ending = run(setup, spool, &signals, mend_from);
		spool_close(spool);
		if (ending == END_DAMAGE)
			mend_from = clock_mono_ms() + MEND_AGAIN_MS;
	} while (ending != END_ASKED);
	return 0;
}

/* ---- once --------------------------------------------------------------- */

static bool
were_all_read(const struct bridge *b)
{
	bool all = true;

	for (size_t i = 0; i < b->setup->terminal_count; i++) {
		struct terminal_state state;

		terminal_look(b->terminals[i], &state);
		all = all && state.connections > 0 && state.error[0] == '\0';
	}
	return all;
}

int
run_once(const struct setup *setup)
{
	char error[300];
	enum spool_fault fault;
	struct spool *spool = spool_open(setup->bridge.spool, SPOOL_OWN,
	                                 &fault, error, sizeof error);
	const struct timespec look = { 0, 20000000 };
	struct bridge b;
	bool well;

	if (spool == NULL) {
		log_error("%s", error);
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	create(&b, setup, spool, true);
	for_all(&b, terminal_start_once);
	for_all(&b, terminal_join);
	tell_wake(b.tell);
	tell_settle(b.tell, ONCE_TELL_MS);
	well = were_all_read(&b);	/* only now: a look takes the news */
	post_wake(b.post);
	while (post_mood(b.post) == POST_BUSY)
		nanosleep(&look, NULL);
	well = well && post_mood(b.post) == POST_EMPTY;
	tell_destroy(b.tell);
	post_destroy(b.post, POST_GRACE_MS);
	for_all(&b, terminal_destroy);
	spool_close(spool);
	return well ? 0 : 1;
}
