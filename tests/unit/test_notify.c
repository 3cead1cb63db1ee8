/* test_notify.c: what a service manager hears, from notify.c and the bridge */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "notify.h"

#define BRIDGE "build/bin/gymgate-bridge"
#define LIMIT_S 20		/* for what should take a moment */
#define WATCHDOG_US 200000

/* A folder with the socket of a service manager. */
struct manager {
	char folder[64], path[100], conf[100], token[100];
	int fd;
	pid_t bridge;
};

static int
set_up(void **state)
{
	struct manager *m = calloc(1, sizeof *m);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timeval limit = { .tv_sec = LIMIT_S };
	const char *tmp = getenv("TMPDIR");

	assert_non_null(m);
	snprintf(m->folder, sizeof m->folder, "%.40s/notify-XXXXXX",
	         tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(m->folder));
	snprintf(m->path, sizeof m->path, "%s/notify", m->folder);
	snprintf(m->conf, sizeof m->conf, "%s/bridge.conf", m->folder);
	snprintf(m->token, sizeof m->token, "%s/token", m->folder);
	m->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(m->fd >= 0);
	assert_true(text_copy(address.sun_path, sizeof address.sun_path,
	                      m->path));
	assert_int_equal(bind(m->fd, (struct sockaddr *)&address,
	                      sizeof address), 0);
	assert_int_equal(setsockopt(m->fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
	                            sizeof limit), 0);
	setenv("NOTIFY_SOCKET", m->path, 1);
	*state = m;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const files[] = { "notify", "bridge.conf", "token",
		"spool.db", "spool.db-wal", "spool.db-shm", "spool.db.lock" };
	struct manager *m = *state;

	if (m->bridge > 0) {
		kill(m->bridge, SIGKILL);
		waitpid(m->bridge, NULL, 0);
	}
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	close(m->fd);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char path[200];

		snprintf(path, sizeof path, "%s/%s", m->folder, files[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(m->folder), 0);
	free(m);
	return 0;
}

static void
assert_heard(struct manager *m, const char *wanted)
{
	char said[500];
	ssize_t len = recv(m->fd, said, sizeof said - 1, 0);

	assert_true(len > 0);
	said[len] = '\0';
	assert_string_equal(said, wanted);
}

static void
assert_silence(struct manager *m)
{
	char said[500];

	assert_int_equal(recv(m->fd, said, sizeof said, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

/* ---- notify.c ----------------------------------------------------------- */

static void
a_service_manager_is_told(void **state)
{
	struct manager *m = *state;

	notify_ready("2 terminals");
	assert_heard(m, "READY=1\nSTATUS=2 terminals");
	notify_alive();
	assert_heard(m, "WATCHDOG=1");
	notify_stopping();
	assert_heard(m, "STOPPING=1");
	assert_silence(m);
}

static void
without_one_nothing_is_said(void **state)
{
	struct manager *m = *state;

	unsetenv("NOTIFY_SOCKET");
	notify_ready("2 terminals");
	notify_alive();
	notify_stopping();
	assert_silence(m);
	setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
	notify_ready("2 terminals");
	notify_alive();
}

static void
half_of_the_watchdogs_time_is_ours(void **state)
{
	char pid[20];

	(void)state;
	assert_int_equal(notify_watchdog_ms(), 0);
	setenv("WATCHDOG_USEC", "30000000", 1);
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(notify_watchdog_ms(), 15000);
	snprintf(pid, sizeof pid, "%d", (int)getppid());
	setenv("WATCHDOG_PID", pid, 1);	/* it watches somebody else */
	assert_int_equal(notify_watchdog_ms(), 0);
	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", "soon", 1);
	assert_int_equal(notify_watchdog_ms(), 0);
}

/* ---- the bridge --------------------------------------------------------- */

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* Nobody answers at port 1: the bridge is to be well all the same. */
static void
configure(struct manager *m, const char *spool_folder)
{
	char text[1000];

	write_file(m->token, "SF.0123456789abcdef\n");
	snprintf(text, sizeof text, "[server]\nurl = http://127.0.0.1:1\n"
	         "company = SF\ntoken_file = %s\n[bridge]\nspool = %s/spool.db\n"
	         "[terminal t1]\nhost = 127.0.0.1\nport = 1\n", m->token,
	         spool_folder);
	write_file(m->conf, text);
}

static void
start_bridge(struct manager *m)
{
	char usec[20];

	snprintf(usec, sizeof usec, "%d", WATCHDOG_US);
	m->bridge = fork();
	assert_true(m->bridge >= 0);
	if (m->bridge > 0)
		return;
	setenv("WATCHDOG_USEC", usec, 1);
	if (freopen("/dev/null", "w", stderr) == NULL)
		_exit(126);
	execl(BRIDGE, BRIDGE, "-c", m->conf, (char *)NULL);
	_exit(127);
}

static int
end_of_bridge(struct manager *m)
{
	int status;

	assert_int_equal(waitpid(m->bridge, &status, 0), m->bridge);
	m->bridge = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
the_bridge_is_ready_alive_and_stopping(void **state)
{
	struct manager *m = *state;
	char said[500];
	ssize_t len;

	configure(m, m->folder);
	start_bridge(m);
	assert_heard(m, "READY=1\nSTATUS=1 terminals");
	for (int i = 0; i < 3; i++)
		assert_heard(m, "WATCHDOG=1");
	assert_int_equal(kill(m->bridge, SIGTERM), 0);
	do {	/* signs of life that were on the way */
		len = recv(m->fd, said, sizeof said - 1, 0);
		assert_true(len > 0);
		said[len] = '\0';
	} while (strcmp(said, "WATCHDOG=1") == 0);
	assert_string_equal(said, "STOPPING=1");
	assert_int_equal(end_of_bridge(m), 0);
	assert_silence(m);
}

/* What cannot start says so by its status, and is never ready. */
static void
a_bridge_that_cannot_start_is_not_ready(void **state)
{
	struct manager *m = *state;

	configure(m, "/nonexistent");
	start_bridge(m);
	assert_int_equal(end_of_bridge(m), 1);
	assert_silence(m);
	write_file(m->conf, "[server]\n");
	start_bridge(m);
	assert_int_equal(end_of_bridge(m), 2);
	assert_silence(m);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_service_manager_is_told),
		TEST(without_one_nothing_is_said),
		TEST(half_of_the_watchdogs_time_is_ours),
		TEST(the_bridge_is_ready_alive_and_stopping),
		TEST(a_bridge_that_cannot_start_is_not_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
