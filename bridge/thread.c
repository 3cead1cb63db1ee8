/* thread.c: one thread that others wake and end */
#include "thread.h"

#include "base/clock.h"
#include "base/log.h"

static void
set(struct thread *t, bool *flag, bool value)
{
	pthread_mutex_lock(&t->lock);
	*flag = value;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

static bool
get(struct thread *t, const bool *flag)
{
	bool value;

	pthread_mutex_lock(&t->lock);
	value = *flag;
	pthread_mutex_unlock(&t->lock);
	return value;
}

/* Until something is signalled: false when the deadline came first. */
static bool
wait_signal(struct thread *t, int64_t deadline)
{
	struct timespec until = { deadline / 1000,
		                  deadline % 1000 * 1000000 };

	return pthread_cond_timedwait(&t->changed, &t->lock, &until) == 0;
}

static void *
run(void *arg)
{
	struct thread *t = arg;

	t->run(t->arg);
	set(t, &t->has_ended, true);
	return NULL;
}

void
thread_start(struct thread *t, void (*how)(void *arg), void *arg,
             size_t stack_bytes)
{
	pthread_condattr_t clock;
	pthread_attr_t attr;

	*t = (struct thread){ .run = how, .arg = arg };
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&t->changed, &clock);
	pthread_condattr_destroy(&clock);
	pthread_mutex_init(&t->lock, NULL);
	pthread_attr_init(&attr);
	if (stack_bytes > 0)
		pthread_attr_setstacksize(&attr, stack_bytes);
	if (pthread_create(&t->id, &attr, run, t) != 0)
		log_die("cannot start a thread");
	pthread_attr_destroy(&attr);
}

void
thread_wake(struct thread *t)
{
	set(t, &t->is_woken, true);
}

bool
thread_is_woken(struct thread *t)
{
	return get(t, &t->is_woken);
}

bool
thread_is_stopping(struct thread *t)
{
	return get(t, &t->is_stopping);
}

enum thread_event
thread_wait(struct thread *t, int64_t deadline, bool wakes)
{
	enum thread_event event = THREAD_DUE;

	pthread_mutex_lock(&t->lock);
	while (!t->is_stopping && !(wakes && t->is_woken) &&
	       wait_signal(t, deadline))
		;
	if (t->is_stopping)
		event = THREAD_STOPPED;
	else if (wakes && t->is_woken)
		event = THREAD_WOKEN;
	pthread_mutex_unlock(&t->lock);
	return event;
}

void
thread_heed(struct thread *t)
{
	set(t, &t->is_woken, false);
}

void
thread_stop(struct thread *t, int grace_ms)
{
	int64_t deadline = clock_mono_ms() + grace_ms;

	pthread_mutex_lock(&t->lock);
	t->is_stopping = true;
	pthread_cond_broadcast(&t->changed);
	while (grace_ms > 0 && !t->has_ended && wait_signal(t, deadline))
		;
	pthread_mutex_unlock(&t->lock);
}

void
thread_join(struct thread *t)
{
	pthread_join(t->id, NULL);
	pthread_cond_destroy(&t->changed);
	pthread_mutex_destroy(&t->lock);
}
