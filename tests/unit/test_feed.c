/* test_feed.c: a worker wakes the live hub by a datagram, whoever listens */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gym/feed.h"

#define DEADLINE_MS 20000

static char folder[40], path[60];

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/test_feed.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/wake.sock", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* The next datagram, waited for; "" when none is there and none is due. */
static const char *
next_wake(int fd, int timeout_ms)
{
	static char text[100];
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t n = -1;

	if (poll(&wait, 1, timeout_ms) == 1)
		n = recv(fd, text, sizeof text - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
a_wake_names_the_company(void **state)
{
	struct stat st;
	int fd = feed_wake_listen(path);

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_string_equal(next_wake(fd, 0), "");
	feed_wake_open(path);
	feed_wake("SF");
	feed_wake("OTHER");
	assert_string_equal(next_wake(fd, DEADLINE_MS), "SF");
	assert_string_equal(next_wake(fd, DEADLINE_MS), "OTHER");
	/* the hub does not block when there is no more */
	assert_int_equal(recv(fd, path, 0, 0), -1);
	assert_int_equal(errno, EAGAIN);
	close(fd);
}

/* The hub starts anew in its place; without one, nobody waits or dies. */
static void
a_wake_finds_the_hub_that_is_there_now(void **state)
{
	int fd = feed_wake_listen(path);

	(void)state;
	feed_wake_open(path);
	close(fd);
	feed_wake("LOST");
	fd = feed_wake_listen(path);
	feed_wake("SF");
	assert_string_equal(next_wake(fd, DEADLINE_MS), "SF");
	unlink(path);
	feed_wake("LOST");
	assert_string_equal(next_wake(fd, 0), "");
	close(fd);
}

static void
a_hub_that_does_not_listen_holds_nobody_up(void **state)
{
	int fd = feed_wake_listen(path);

	(void)state;
	feed_wake_open(path);
	for (int i = 0; i < 5000; i++)	/* far more than it can hold */
		feed_wake("SF");
	assert_string_equal(next_wake(fd, DEADLINE_MS), "SF");
	close(fd);
}

static void
no_path_is_no_hub(void **state)
{
	(void)state;
	fflush(NULL);
	/* in a process of its own, which has opened none */
	if (fork() == 0) {
		feed_wake("SF");
		feed_wake_open("");
		feed_wake("SF");
		_exit(7);
	} else {
		int status;

		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 7);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_path_is_no_hub),	/* before one is opened */
		TEST(a_wake_names_the_company),
		TEST(a_wake_finds_the_hub_that_is_there_now),
		TEST(a_hub_that_does_not_listen_holds_nobody_up),
	};

	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
