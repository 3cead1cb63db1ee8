/* test_pool.c: a parent and its workers: replaced, drained, none starved */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/pool.h"

#define DEADLINE_MS 30000

static char folder[40], path[60];
static pid_t parent;	/* of the pool */

/* ---- what a worker does -------------------------------------------------- */

static bool
readable(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	return poll(&wait, 1, 0) == 1;
}

/*
 * Tells its pid to who connects, then reads a line: "bye" ends it with status
 * 3, "hold" makes it wait for one more line, "stopped?" tells when it has been
 * asked to stop.
 */
static void
serve_one(int fd, int stop_fd)
{
	char line[20] = "";
	FILE *f = fdopen(fd, "r+");

	fprintf(f, "%d\n", (int)getpid());
	fflush(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (strcmp(line, "bye\n") == 0)
			_exit(3);
		if (strcmp(line, "stopped?\n") == 0) {
			struct pollfd stop = { .fd = stop_fd,
				               .events = POLLIN };

			poll(&stop, 1, DEADLINE_MS);
			fprintf(f, "%s\n", readable(stop_fd) ? "yes" : "no");
		} else {
			fprintf(f, "done\n");
		}
		fflush(f);
	}
	fclose(f);
}

static int
worker(void *arg, int listen_fd, int stop_fd)
{
	struct pollfd wait[] = { { .fd = listen_fd, .events = POLLIN },
		                 { .fd = stop_fd, .events = POLLIN } };

	(void)arg;
	for (;;) {
		int fd;

		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			return 1;
		if (readable(stop_fd))
			return 0;
		fd = accept(listen_fd, NULL, NULL);
		if (fd >= 0)
			serve_one(fd, stop_fd);
	}
}

/* The first to come is well, and holds a lock; the others die at once. */
static int
only_one_is_well(void *arg, int listen_fd, int stop_fd)
{
	char text[80];
	int fd;

	snprintf(text, sizeof text, "%s/deaths", folder);
	fd = open(text, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return worker(arg, listen_fd, stop_fd);
	return write(fd, ".", 1) == 1 ? 9 : 1;
}

/* ---- the pool, in a child ------------------------------------------------ */

static void
start_pool(pool_worker *fn, int workers)
{
	static char name[] = "/nonexistent/gymgate-web";
	static char *argv[] = { name, NULL };
	struct pool_options options = { .socket_path = path,
		                        .workers = workers, .argv = argv };

	fflush(NULL);
	parent = fork();
	assert_true(parent >= 0);
	if (parent != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(pool_run(&options, fn, NULL));
}

/* Waits until the pool ends; its exit status, or -1 after the deadline. */
static int
wait_pool(void)
{
	int64_t deadline = clock_mono_ms() + DEADLINE_MS;
	int status;

	while (clock_left_ms(deadline) > 0) {
		if (waitpid(parent, &status, WNOHANG) == parent) {
			parent = 0;
			return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
		}
		poll(NULL, 0, 5);
	}
	return -1;
}

static bool
try_dial(int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	return connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

/* Connects, waiting until somebody listens. */
static FILE *
dial(void)
{
	int64_t deadline = clock_mono_ms() + DEADLINE_MS;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	while (!try_dial(fd)) {
		assert_true(clock_left_ms(deadline) > 0);
		poll(NULL, 0, 5);
	}
	return fdopen(fd, "r+");
}

/* Waits until nobody listens any more. */
static void
wait_refused(void)
{
	int64_t deadline = clock_mono_ms() + DEADLINE_MS;
	bool refused = false;

	while (!refused) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		refused = !try_dial(fd) && errno == ECONNREFUSED;
		close(fd);
		assert_true(clock_left_ms(deadline) > 0);
		poll(NULL, 0, 5);
	}
}

/* The next line of an answer, without its end; "" when there is none. */
static const char *
line_of(FILE *f)
{
	static char line[40];
	struct pollfd wait = { .fd = fileno(f), .events = POLLIN };

	if (poll(&wait, 1, DEADLINE_MS) != 1 ||
	    fgets(line, sizeof line, f) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void
say(FILE *f, const char *words)
{
	fprintf(f, "%s\n", words);
	fflush(f);
}

static pid_t
worker_of(FILE *f)
{
	pid_t pid = (pid_t)atoi(line_of(f));

	assert_true(pid > 1);
	return pid;
}

static int
set_up(void **state)
{
	(void)state;
	parent = 0;
	snprintf(folder, sizeof folder, "/tmp/test_pool.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/web.sock", folder);
	return 0;
}

static int
tear_down(void **state)
{
	char text[80];

	(void)state;
	if (parent > 0) {
		kill(parent, SIGKILL);
		waitpid(parent, NULL, 0);
	}
	unlink(path);
	snprintf(text, sizeof text, "%s/deaths", folder);
	unlink(text);
	return rmdir(folder);
}

/* ---- starting and stopping ----------------------------------------------- */

static void
every_worker_answers_on_one_socket(void **state)
{
	FILE *a, *b;
	struct stat st;

	(void)state;
	start_pool(worker, 2);
	a = dial();
	b = dial();
	/* both hold on, so they are two */
	assert_int_not_equal(worker_of(a), worker_of(b));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	fclose(a);
	fclose(b);
	kill(parent, SIGTERM);
	assert_int_equal(wait_pool(), 0);
	assert_int_equal(access(path, F_OK), -1);
}

static void
a_request_in_hand_is_finished(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT };

	(void)state;
	for (int i = 0; i < 2; i++) {
		FILE *f;

		start_pool(worker, 2);
		f = dial();
		worker_of(f);
		kill(parent, signals[i]);
		say(f, "stopped?");	/* answers once it knows */
		assert_string_equal(line_of(f), "yes");
		assert_int_equal(waitpid(parent, NULL, WNOHANG), 0);
		say(f, "more");
		assert_string_equal(line_of(f), "done");
		fclose(f);
		assert_int_equal(wait_pool(), 0);
	}
}

static void
a_socket_left_from_a_kill_is_replaced(void **state)
{
	FILE *f;

	(void)state;
	start_pool(worker, 1);
	f = dial();
	worker_of(f);
	fclose(f);
	kill(parent, SIGKILL);
	assert_int_equal(wait_pool(), -2);
	assert_int_equal(access(path, F_OK), 0);
	wait_refused();		/* its worker stops by itself */
	start_pool(worker, 1);
	f = dial();
	worker_of(f);
	fclose(f);
	kill(parent, SIGTERM);
	assert_int_equal(wait_pool(), 0);
}

static void
a_second_pool_does_not_take_the_socket(void **state)
{
	pid_t first;
	FILE *f;

	(void)state;
	start_pool(worker, 1);
	first = parent;
	f = dial();
	worker_of(f);
	start_pool(worker, 1);
	assert_int_equal(wait_pool(), 1);
	parent = first;
	say(f, "more");
	assert_string_equal(line_of(f), "done");
	fclose(f);
	f = dial();
	worker_of(f);
	fclose(f);
	kill(parent, SIGTERM);
	assert_int_equal(wait_pool(), 0);
}

/* ---- workers that die ---------------------------------------------------- */

static void
a_worker_that_dies_is_replaced(void **state)
{
	pid_t before = 0;

	(void)state;
	start_pool(worker, 1);
	for (int i = 0; i < 3; i++) {
		FILE *f = dial();
		pid_t pid = worker_of(f);

		assert_int_not_equal(pid, before);
		before = pid;
		if (i % 2 == 0)
			kill(pid, SIGKILL);
		else
			say(f, "bye");
		assert_string_equal(line_of(f), "");
		fclose(f);
	}
	kill(parent, SIGTERM);
	assert_int_equal(wait_pool(), 0);
}

/* Five deaths take their time, and all the while the other one answers. */
static void
one_that_always_dies_starves_nobody(void **state)
{
	int64_t began = clock_mono_ms();
	struct stat st = { .st_size = 0 };
	char deaths[80];
	int answers = 0;

	(void)state;
	snprintf(deaths, sizeof deaths, "%s/deaths", folder);
	start_pool(only_one_is_well, 2);
	while (st.st_size < 5) {
		FILE *f = dial();

		assert_true(clock_mono_ms() - began < DEADLINE_MS);
		worker_of(f);
		fclose(f);
		answers++;
		stat(deaths, &st);
	}
	/* pauses of 100, 200, 400, 800 ms, at least half of each */
	assert_true(clock_mono_ms() - began >= 750);
	assert_true(answers > 20);
	kill(parent, SIGTERM);
	assert_int_equal(wait_pool(), 0);
}

static void
workers_stop_when_their_parent_dies(void **state)
{
	FILE *f;

	(void)state;
	start_pool(worker, 1);
	f = dial();
	worker_of(f);
	kill(parent, SIGKILL);
	assert_int_equal(wait_pool(), -2);
	say(f, "stopped?");
	assert_string_equal(line_of(f), "yes");
	fclose(f);
}

/* ---- reload -------------------------------------------------------------- */

/* The program cannot even be started, so all goes on as before. */
static void
a_reload_that_cannot_succeed_changes_nothing(void **state)
{
	FILE *f;
	pid_t pid;

	(void)state;
	start_pool(worker, 1);
	f = dial();
	pid = worker_of(f);
	kill(parent, SIGHUP);
	say(f, "more");
	assert_string_equal(line_of(f), "done");
	fclose(f);
	f = dial();
	assert_int_equal(worker_of(f), pid);
	fclose(f);
	kill(parent, SIGTERM);
	assert_int_equal(wait_pool(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_worker_answers_on_one_socket),
		TEST(a_request_in_hand_is_finished),
		TEST(a_socket_left_from_a_kill_is_replaced),
		TEST(a_second_pool_does_not_take_the_socket),
		TEST(a_worker_that_dies_is_replaced),
		TEST(one_that_always_dies_starves_nobody),
		TEST(workers_stop_when_their_parent_dies),
		TEST(a_reload_that_cannot_succeed_changes_nothing),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
