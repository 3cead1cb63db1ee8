/* thread.h: one thread that others wake and end */
#ifndef THREAD_H
#define THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All of it belongs to thread.c. */
struct thread {
	void (*run)(void *arg);
	void *arg;
	pthread_t id;
	pthread_mutex_t lock;	/* of what follows */
	pthread_cond_t changed;
	bool is_woken, is_stopping, has_ended;
};

/*
 * Starts a thread that does `run` with `arg`, on a stack of `stack_bytes`; 0:
 * the system's size.  Ends the program when there is none to be had.
 * Pair: thread_join.
 */
void thread_start(struct thread *t, void (*run)(void *arg), void *arg,
                  size_t stack_bytes);

/* There is news; from any thread. */
void thread_wake(struct thread *t);

/* Has been woken, and has not heeded it; from any thread. */
bool thread_is_woken(struct thread *t);

/* Is to end; from any thread. */
bool thread_is_stopping(struct thread *t);

enum thread_event {
	THREAD_DUE,	/* the deadline is over */
	THREAD_WOKEN,	/* stays so until thread_heed() */
	THREAD_STOPPED,	/* goes before all else */
};

/*
 * Waits until `deadline`, by clock_mono_ms; for a wake-up only where it
 * `wakes`.  Only from the thread itself.
 */
enum thread_event thread_wait(struct thread *t, int64_t deadline, bool wakes);

/* The wake-up is known; what comes from now on is another one. */
void thread_heed(struct thread *t);

/* Asks it to end, and gives it `grace_ms` to do so by itself. */
void thread_stop(struct thread *t, int grace_ms);

/* Waits for the end of `run`, however long that takes, and frees the rest. */
void thread_join(struct thread *t);

#endif
