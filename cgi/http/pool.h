/* pool.h: a parent and its workers on one listening socket */
#ifndef POOL_H
#define POOL_H

/*
 * What a worker is: serves `listen_fd` until `stop_fd` is readable, then
 * finishes what it has in hand and returns its exit status.
 */
typedef int pool_worker(void *arg, int listen_fd, int stop_fd);

struct pool_options {
	const char *socket_path;	/* UNIX, made with mode 0660 */
	int workers;
	char **argv;	/* of the program: SIGHUP starts it anew with these */
};

/*
 * Opens the socket (or takes systemd's, or that of the program before a
 * reload), starts the workers and replaces each that dies; one that dies at
 * once waits longer every time, the others do not suffer.
 *
 * SIGTERM, SIGINT: workers finish the request in hand, and what they do behind
 * its answer (15 s at most), then it returns the exit status.  SIGHUP: the
 * program tests its configuration (`argv` with -n); if that is right it executes
 * itself again and hands over the socket: no request is dropped.  A worker whose
 * parent dies stops too.
 */
int pool_run(const struct pool_options *options, pool_worker *worker,
             void *arg);

#endif
