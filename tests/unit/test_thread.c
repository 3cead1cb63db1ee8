/* test_thread.c: a thread that is woken, waits, and ends */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "thread.h"

#define GENEROUS_MS 20000

/* What the thread of a test does, and what came of it. */
struct work {
	struct thread thread;
	bool wakes;
	int wait_ms;
	atomic_int events[3];	/* by enum thread_event */
	atomic_bool is_waiting;
};

static void
count_events(void *arg)
{
	struct work *w = arg;
	enum thread_event event;

	do {
		atomic_store(&w->is_waiting, true);
		event = thread_wait(&w->thread, clock_mono_ms() + w->wait_ms,
		                    w->wakes);
		atomic_fetch_add(&w->events[event], 1);
		if (event == THREAD_WOKEN)
			thread_heed(&w->thread);
	} while (event != THREAD_STOPPED);
}

/* Until an event has come so often; fails when that takes too long. */
static void
await(struct work *w, enum thread_event event, int times)
{
	const struct timespec look = { 0, 1000000 };
	int64_t deadline = clock_mono_ms() + GENEROUS_MS;

	while (atomic_load(&w->events[event]) < times) {
		assert_true(clock_mono_ms() < deadline);
		nanosleep(&look, NULL);
	}
}

static void
each_wake_up_is_seen_once(void **state)
{
	struct work w = { .wakes = true, .wait_ms = 2 * GENEROUS_MS };

	(void)state;
	thread_start(&w.thread, count_events, &w, 0);
	for (int i = 1; i <= 100; i++) {
		thread_wake(&w.thread);
		await(&w, THREAD_WOKEN, i);
	}
	thread_stop(&w.thread, 0);
	thread_join(&w.thread);
	assert_int_equal(w.events[THREAD_WOKEN], 100);
	assert_int_equal(w.events[THREAD_DUE], 0);
	assert_int_equal(w.events[THREAD_STOPPED], 1);
}

static void
a_wake_up_that_does_not_count_is_kept(void **state)
{
	struct work w = { .wakes = false, .wait_ms = 1 };

	(void)state;
	thread_start(&w.thread, count_events, &w, 0);
	thread_wake(&w.thread);
	await(&w, THREAD_DUE, atomic_load(&w.events[THREAD_DUE]) + 3);
	assert_true(thread_is_woken(&w.thread));
	assert_false(thread_is_stopping(&w.thread));
	thread_stop(&w.thread, 0);
	thread_join(&w.thread);
	assert_int_equal(w.events[THREAD_WOKEN], 0);
}

static void
the_end_goes_before_a_long_wait(void **state)
{
	struct work w = { .wakes = true, .wait_ms = 10 * GENEROUS_MS };
	int64_t began = clock_mono_ms();

	(void)state;
	thread_start(&w.thread, count_events, &w, 128 * 1024);
	thread_stop(&w.thread, GENEROUS_MS);
	assert_int_equal(w.events[THREAD_STOPPED], 1);
	thread_join(&w.thread);
	assert_true(clock_mono_ms() - began < GENEROUS_MS);
}

/* Ends only when the test says so. */
static void
be_stubborn(void *arg)
{
	struct work *w = arg;
	const struct timespec look = { 0, 1000000 };

	while (atomic_load(&w->is_waiting))
		nanosleep(&look, NULL);
}

static void
grace_is_bounded(void **state)
{
	struct work w = { .wakes = true };

	(void)state;
	atomic_store(&w.is_waiting, true);
	thread_start(&w.thread, be_stubborn, &w, 0);
	thread_stop(&w.thread, 50);	/* comes back although it runs on */
	assert_true(thread_is_stopping(&w.thread));
	atomic_store(&w.is_waiting, false);
	thread_join(&w.thread);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_wake_up_is_seen_once),
		cmocka_unit_test(a_wake_up_that_does_not_count_is_kept),
		cmocka_unit_test(the_end_goes_before_a_long_wait),
		cmocka_unit_test(grace_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
