/* test_terminal_server.c: a whole fake terminal, over TCP and its orders */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/terminal/server.h"
#include "tests/terminal/session.h"

#define PATIENCE_MS 5000
#define SHORT_MS 80

struct gym {
	char folder[60], control[80];
	pid_t pid;
	unsigned port;
};

/* ---- the terminal, in a process of its own -------------------------------*/

static void
run_terminal(const char *control, const char *const *options)
{
	struct fake_terminal terminal;
	struct fake_settings settings;
	char error[300] = "";
	bool fine;

	fake_settings_init(&settings);
	fine = fake_settings_set(&settings, "port", "0", false, error,
	                         sizeof error) &&
		fake_settings_set(&settings, "control", control, false, error,
		                  sizeof error) &&
		fake_settings_set(&settings, "users", "9", false, error,
		                  sizeof error);
	for (; fine && *options != NULL; options += 2)
		fine = fake_settings_set(&settings, options[0], options[1],
		                         false, error, sizeof error);
	fine = fine && fake_terminal_init(&terminal, &settings, error,
	                                  sizeof error) &&
		fake_server_run(&terminal, error, sizeof error);
	if (!fine)
		fprintf(stderr, "%s\n", error);
	else
		fake_terminal_finish(&terminal);
	_exit(fine ? 0 : 1);
}

static void
start(struct gym *g, const char *const *options)
{
	char line[100] = "";
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	g->pid = fork();
	if (g->pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		run_terminal(g->control, options);
	}
	close(ends[1]);
	assert_true(read(ends[0], line, sizeof line - 1) > 0);
	assert_int_equal(sscanf(line, "ready 127.0.0.1:%u", &g->port), 1);
	close(ends[0]);
}

#define START(g, ...) start(g, (const char *const[]){ __VA_ARGS__, NULL })

static int
set_up(void **state)
{
	struct gym *g = calloc(1, sizeof *g);
	const char *tmp = getenv("TMPDIR");

	assert_non_null(g);
	snprintf(g->folder, sizeof g->folder, "%.40s/terminal-XXXXXX",
	         tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(g->folder));
	snprintf(g->control, sizeof g->control, "%s/control", g->folder);
	*state = g;
	return 0;
}

static int
tear_down(void **state)
{
	struct gym *g = *state;
	int status = -1;

	kill(g->pid, SIGTERM);
	waitpid(g->pid, &status, 0);
	assert_int_equal(status, 0);
	assert_int_equal(rmdir(g->folder), 0);
	free(g);
	return 0;
}

/* ---- its clients ---------------------------------------------------------*/

static int
connect_to(const void *address, socklen_t size, int family)
{
	int fd = socket(family, SOCK_STREAM, 0);
	struct timeval limit = { PATIENCE_MS / 1000, 0 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	assert_int_equal(connect(fd, address, size), 0);
	return fd;
}

/* The whole answer to an order, in `line`. */
static void
give(struct gym *g, const char *text, char *line, size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = 0;
	ssize_t n;
	int fd;

	memcpy(address.sun_path, g->control, strlen(g->control));
	fd = connect_to(&address, sizeof address, AF_UNIX);
	snprintf(line, size, "%s\n", text);
	assert_int_equal(write(fd, line, strlen(line)), strlen(line));
	while (memchr(line, '\n', len) == NULL) {
		n = read(fd, line + len, size - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
	}
	line[len] = '\0';
	close(fd);
}

static void
order(struct gym *g, const char *text, const char *expected)
{
	char line[500];

	give(g, text, line, sizeof line);
	if (strstr(line, expected) == NULL)
		fail_msg("%s: %s", text, line);
}

/* A connection that ends needs a moment. */
static void
await(struct gym *g, const char *expected)
{
	int64_t deadline = clock_mono_ms() + PATIENCE_MS;
	char line[500];

	do {
		give(g, "state", line, sizeof line);
	} while (strstr(line, expected) == NULL && clock_left_ms(deadline) > 0);
	assert_non_null(strstr(line, expected));
}

static int
dial(struct gym *g)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)g->port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};

	return connect_to(&address, sizeof address, AF_INET);
}

static void
ask(int fd, uint16_t command, uint16_t session)
{
	struct buf frame = BUF_INIT;

	wire_put_prefix(&frame, WIRE_HEADER_SIZE);
	wire_put_packet(&frame, command, session, 1, NULL, 0);
	assert_int_equal(send(fd, frame.data, frame.len, MSG_NOSIGNAL),
	                 frame.len);
	buf_finish(&frame);
}

enum came { NOTHING, BYTES, END };

/* What comes, and how much of it. */
static enum came
listen_to(int fd, int ms, uint8_t *bytes, size_t *len)
{
	struct pollfd p = { fd, POLLIN, 0 };
	ssize_t n;

	*len = 0;
	if (poll(&p, 1, ms) == 0)
		return NOTHING;
	n = recv(fd, bytes, 500, 0);
	if (n <= 0)
		return END;
	*len = (size_t)n;
	return BYTES;
}

/* The code of the answer, 0 for silence, 1 for the end. */
static uint16_t
answer(int fd, int ms, uint16_t *session)
{
	uint8_t bytes[500];
	size_t len;
	enum came came = listen_to(fd, ms, bytes, &len);

	if (came != BYTES)
		return came == END;
	assert_true(len >= WIRE_PREFIX_SIZE + WIRE_HEADER_SIZE);
	*session = wire_get16(bytes + WIRE_PREFIX_SIZE + 4);
	return wire_get16(bytes + WIRE_PREFIX_SIZE);
}

static uint16_t
code_of(int fd, uint16_t command, uint16_t session)
{
	ask(fd, command, session);
	return answer(fd, PATIENCE_MS, &session);
}

static int
connected(struct gym *g, uint16_t *session)
{
	int fd = dial(g);

	ask(fd, CODE_CONNECT, 0);
	assert_int_equal(answer(fd, PATIENCE_MS, session), CODE_ACK_OK);
	return fd;
}

/* ---- tests ---------------------------------------------------------------*/

static void
tcp_and_udp_share_a_port(void **state)
{
	struct gym *g = *state;
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	uint16_t session;
	int tcp, udp = socket(AF_INET, SOCK_DGRAM, 0);
	struct pollfd p = { udp, POLLIN, 0 };
	struct buf packet = BUF_INIT;

	START(g, NULL);
	tcp = connected(g, &session);
	address.sin_port = htons((uint16_t)g->port);
	wire_put_packet(&packet, CODE_CONNECT, 0, 0, NULL, 0);
	assert_int_equal(sendto(udp, packet.data, packet.len, 0,
	                        (void *)&address, sizeof address), packet.len);
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	order(g, "state", "connections=2 ");
	order(g, "drop", "ok 2");
	await(g, "connections=0 ");
	buf_finish(&packet);
	close(tcp);
	close(udp);
}

/* Neither an answer nor an end, until the client itself gives up. */
static void
a_reboot_leaves_connections_half_open(void **state)
{
	struct gym *g = *state;
	uint16_t session, other;
	uint8_t bytes[500];
	size_t len;
	int dead, early, fresh;

	START(g, NULL);
	dead = connected(g, &session);
	order(g, "reboot 60000", "ok 60000");
	ask(dead, CODE_GET_TIME, session);
	early = dial(g);
	assert_int_equal(listen_to(early, PATIENCE_MS, bytes, &len), END);
	order(g, "reboot 0", "ok 0");
	assert_int_equal(listen_to(dead, SHORT_MS, bytes, &len), NOTHING);
	fresh = connected(g, &other);
	assert_int_equal(code_of(fresh, CODE_GET_TIME, other), CODE_ACK_OK);
	ask(dead, CODE_GET_TIME, session);
	assert_int_equal(listen_to(dead, SHORT_MS, bytes, &len), NOTHING);
	order(g, "drop", "ok 1");
	assert_int_equal(listen_to(fresh, PATIENCE_MS, bytes, &len), END);
	assert_int_equal(listen_to(dead, SHORT_MS, bytes, &len), NOTHING);
	close(dead);
	close(early);
	close(fresh);
}

static void
restart_is_answered_before_power_goes(void **state)
{
	struct gym *g = *state;
	uint16_t session;
	int fd;

	START(g, "reboot-ms", "100");
	fd = connected(g, &session);
	assert_int_equal(code_of(fd, CODE_RESTART, session), CODE_ACK_OK);
	ask(fd, CODE_GET_TIME, session);
	assert_int_equal(answer(fd, SHORT_MS, &session), 0);
	usleep(100000);
	close(connected(g, &session));
	close(fd);
}

static void
the_second_client_is_closed_or_hangs(void **state)
{
	struct gym *g = *state;
	uint16_t session;
	uint8_t bytes[500];
	size_t len;
	int first, second;

	START(g, "sessions", "1");
	first = connected(g, &session);
	second = dial(g);
	assert_int_equal(listen_to(second, PATIENCE_MS, bytes, &len), END);
	close(second);
	order(g, "set second hang", "ok");
	second = dial(g);
	ask(second, CODE_CONNECT, 0);
	assert_int_equal(listen_to(second, SHORT_MS, bytes, &len), NOTHING);
	order(g, "state", "connections=1 ");
	close(first);
	await(g, "connections=0 ");
	ask(second, CODE_CONNECT, 0);	/* it hangs for good */
	assert_int_equal(listen_to(second, SHORT_MS, bytes, &len), NOTHING);
	close(connected(g, &session));
	close(second);
}

/* A frame of 8 bytes in front, 8 of header, 4 of time: half of it comes. */
static void
frames_break_off_as_ordered(void **state)
{
	static const struct {
		const char *order;
		size_t len;
		enum came then;
	} faults[] = {
		{ "fault short", 8 + 6, NOTHING },
		{ "fault close", 8 + 6, END },
		{ "fault garbage", 8 + 12, NOTHING },
		{ "fault stall", 0, NOTHING },
		{ "fault stray", 2 * (8 + 12), NOTHING },
	};
	struct gym *g = *state;

	START(g, "cut", "glue");
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		uint8_t bytes[500];
		uint16_t session;
		size_t len;
		int fd = connected(g, &session);

		order(g, faults[i].order, "ok");
		ask(fd, CODE_GET_TIME, session);
		listen_to(fd, faults[i].len > 0 ? PATIENCE_MS : SHORT_MS,
		          bytes, &len);
		assert_int_equal(len, faults[i].len);
		assert_int_equal(listen_to(fd, SHORT_MS, bytes, &len),
		                 faults[i].then);
		close(fd);
	}
}

/* However frames are cut, what follows garbage is whole again. */
static void
frames_behind_garbage_are_counted_right(void **state)
{
	static const char *const cuts[] = { "plain", "bytes", "chop", "glue" };
	struct gym *g = *state;

	START(g, "pace", "1");
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		uint8_t bytes[500];
		uint16_t session;
		size_t got = 0, len;
		int fd = connected(g, &session);
		char text[30];

		snprintf(text, sizeof text, "set cut %s", cuts[i]);
		order(g, text, "ok");
		order(g, "fault garbage any 2", "ok");
		for (int times = 0; times < 3; times++)
			ask(fd, CODE_GET_TIME, session);
		while (listen_to(fd, got == 60 ? SHORT_MS : PATIENCE_MS, bytes,
		                 &len) == BYTES)
			got += len;
		assert_int_equal(got, 3 * (8 + 12));
		order(g, "set cut plain", "ok");
		assert_int_equal(code_of(fd, CODE_GET_TIME, session),
		                 CODE_ACK_OK);
		close(fd);
	}
}

int
main(void)
{
#define GYM_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		GYM_TEST(tcp_and_udp_share_a_port),
		GYM_TEST(a_reboot_leaves_connections_half_open),
		GYM_TEST(restart_is_answered_before_power_goes),
		GYM_TEST(the_second_client_is_closed_or_hangs),
		GYM_TEST(frames_break_off_as_ordered),
		GYM_TEST(frames_behind_garbage_are_counted_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
