/* test_terminal_udp.c: the fake terminal as its UDP clients see it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/terminal/control.h"
#include "tests/terminal/listen.h"
#include "tests/terminal/udp.h"

#define PATIENCE_MS 2000
#define SHORT_MS 60
#define SILENCE_MS 60000

static struct fake_terminal terminal;
static struct fake_udp udp;
static unsigned port;

/* A client, and the last packet that it got. */
struct client {
	int fd;
	uint16_t session, reply;
	uint8_t packet[2000];
	size_t len;
};

static void
open_with(const char *const *options)
{
	struct fake_settings settings;
	char error[300] = "";
	int tcp, fd;

	fake_settings_init(&settings);
	for (; *options != NULL; options += 2)
		assert_true(fake_settings_set(&settings, options[0],
		            options[1], false, error, sizeof error));
	assert_true(fake_terminal_init(&terminal, &settings, error,
	                               sizeof error));
	assert_true(fake_listen(FAKE_TRANSPORT_UDP, 0, &tcp, &fd));
	assert_int_equal(tcp, -1);
	port = fake_listen_port(fd);
	fake_udp_init(&udp, fd, &terminal);
}

#define OPEN(...) \
	open_with((const char *const[]){ "users", "9", __VA_ARGS__, NULL })

static int
close_all(void **state)
{
	(void)state;
	fake_udp_finish(&udp);
	fake_terminal_finish(&terminal);
	return 0;
}

static void
order(const char *text, const char *expected)
{
	struct buf answer = BUF_INIT;
	char line[100];

	snprintf(line, sizeof line, "%s", text);
	fake_control_run(&terminal, line, &answer);
	answer.data[answer.len - 1] = '\0';
	assert_non_null(strstr(answer.data, expected));
	buf_finish(&answer);
}

/* ---- a client ------------------------------------------------------------*/

static struct client
new_client(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	struct client c = {
		.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0),
	};

	assert_int_equal(connect(c.fd, (void *)&address, sizeof address), 0);
	return c;
}

static void
ask(struct client *c, uint16_t command, const void *data, size_t len)
{
	struct buf packet = BUF_INIT;

	wire_put_packet(&packet, command, c->session, ++c->reply, data, len);
	assert_int_equal(send(c->fd, packet.data, packet.len, 0), packet.len);
	buf_finish(&packet);
}

/* The code of the next packet, 0 when none comes in time. */
static uint16_t
answer_within(struct client *c, int ms)
{
	int64_t deadline = clock_mono_ms() + ms;

	do {
		struct pollfd polls[] = {
			{ udp.fd, POLLIN, 0 }, { c->fd, POLLIN, 0 },
		};
		ssize_t n;

		poll(polls, 2, 5);
		fake_udp_step(&udp, polls[0].revents != 0);
		n = recv(c->fd, c->packet, sizeof c->packet, 0);
		if (n >= WIRE_HEADER_SIZE) {
			c->len = (size_t)n;
			return wire_get16(c->packet);
		}
	} while (clock_left_ms(deadline) > 0);
	return 0;
}

static uint16_t
code_of(struct client *c, uint16_t command)
{
	ask(c, command, NULL, 0);
	return answer_within(c, PATIENCE_MS);
}

static struct client
connected(void)
{
	struct client c = new_client();

	assert_int_equal(code_of(&c, CODE_CONNECT), CODE_ACK_OK);
	c.session = wire_get16(c.packet + 4);
	return c;
}

/* Has it the table of users prepared, and asks for all of it. */
static void
ask_users(struct client *c)
{
	static const uint8_t table[11] = { 1, 9, 0, 5 };
	uint8_t piece[8] = { 0 };

	ask(c, CODE_PREPARE_BUFFER, table, sizeof table);
	assert_int_equal(answer_within(c, PATIENCE_MS), CODE_ACK_OK);
	memcpy(piece + 4, c->packet + WIRE_HEADER_SIZE + 1, 4);
	ask(c, CODE_READ_BUFFER, piece, sizeof piece);
}

/* ---- tests ---------------------------------------------------------------*/

static void
a_datagram_is_a_packet_without_prefix(void **state)
{
	struct client c;

	(void)state;
	OPEN(NULL);
	c = connected();
	assert_int_equal(code_of(&c, CODE_GET_TIME), CODE_ACK_OK);
	assert_int_equal(c.len, WIRE_HEADER_SIZE + 4);
	assert_int_equal(wire_get16(c.packet + 6), c.reply);
	assert_int_equal(wire_checksum(c.packet, c.len),
	                 wire_get16(c.packet + 2));
	order("state", "connections=1 ");
	order("state", " datagrams=2");
	assert_int_equal(code_of(&c, CODE_EXIT), CODE_ACK_OK);
	answer_within(&c, SHORT_MS);
	order("state", "connections=0 ");
	close(c.fd);
}

static void
tables_come_in_pieces_of_1024_at_most(void **state)
{
	struct client c;
	size_t got = 0;
	uint16_t index = 0;

	(void)state;
	OPEN("user-capacity", "60000", "inline", "60000");
	for (int i = 0; i < 500; i++) {
		char line[30];

		snprintf(line, sizeof line, "user %d Somebody", 100 + i);
		order(line, "ok ");
	}
	c = connected();
	ask_users(&c);
	assert_int_equal(answer_within(&c, PATIENCE_MS), CODE_PREPARE_DATA);
	assert_int_equal(wire_get32(c.packet + WIRE_HEADER_SIZE + 4), 1024);
	while (answer_within(&c, PATIENCE_MS) == CODE_DATA) {
		assert_true(c.len <= WIRE_HEADER_SIZE + 1024);
		assert_int_equal(wire_get16(c.packet + 4), index++);
		got += c.len - WIRE_HEADER_SIZE;
	}
	assert_int_equal(wire_get16(c.packet), CODE_ACK_OK);
	assert_int_equal(got, 4 + 509 * 72);
	close(c.fd);
}

static void
who_did_not_connect_is_told_so(void **state)
{
	struct client c = { 0 };

	(void)state;
	OPEN(NULL);
	c = new_client();
	assert_int_equal(code_of(&c, CODE_GET_TIME), CODE_ACK_ERROR_INIT);
	assert_int_equal(wire_get16(c.packet + 6), c.reply);
	order("state", "connections=0 ");
	close(c.fd);
}

static void
connect_begins_a_new_session(void **state)
{
	struct client c;
	uint16_t first;

	(void)state;
	OPEN("sessions", "1");
	c = connected();
	first = c.session;
	assert_int_equal(code_of(&c, CODE_CONNECT), CODE_ACK_OK);
	assert_int_not_equal(wire_get16(c.packet + 4), first);
	assert_int_equal(code_of(&c, CODE_GET_TIME), CODE_ACK_ERROR_INIT);
	c.session = wire_get16(c.packet + 4);
	assert_int_equal(code_of(&c, CODE_GET_TIME), CODE_ACK_OK);
	order("state", "connections=1 ");
	close(c.fd);
}

static void
one_client_too_many_gets_no_answer(void **state)
{
	struct client first, second;

	(void)state;
	OPEN("sessions", "1");
	first = connected();
	second = new_client();
	ask(&second, CODE_CONNECT, NULL, 0);
	assert_int_equal(answer_within(&second, SHORT_MS), 0);
	assert_int_equal(code_of(&first, CODE_EXIT), CODE_ACK_OK);
	assert_int_equal(code_of(&second, CODE_CONNECT), CODE_ACK_OK);
	close(first.fd);
	close(second.fd);
}

static void
a_minute_of_silence_ends_a_session(void **state)
{
	struct client c;

	(void)state;
	OPEN(NULL);
	c = connected();
	assert_in_range(fake_udp_wait(&udp), SILENCE_MS - 5000, SILENCE_MS);
	udp.peers[0].heard_at -= SILENCE_MS - 1000;
	fake_udp_step(&udp, false);
	order("state", "connections=1 ");
	udp.peers[0].heard_at -= 1000;
	fake_udp_step(&udp, false);
	order("state", "connections=0 ");
	assert_int_equal(code_of(&c, CODE_GET_TIME), CODE_ACK_ERROR_INIT);
	close(c.fd);
}

static void
a_reboot_and_a_drop_forget_it(void **state)
{
	static const uint8_t all[4] = { 0xff };
	struct client c;

	(void)state;
	OPEN(NULL);
	c = connected();
	order("reboot 60000", "ok 60000");
	ask(&c, CODE_GET_TIME, NULL, 0);
	assert_int_equal(answer_within(&c, SHORT_MS), 0);
	order("reboot 0", "ok 0");
	assert_int_equal(code_of(&c, CODE_GET_TIME), CODE_ACK_ERROR_INIT);
	close(c.fd);
	c = connected();
	ask(&c, CODE_REG_EVENT, all, 4);
	assert_int_equal(answer_within(&c, PATIENCE_MS), CODE_ACK_OK);
	order("punch 3", "ok 3");
	assert_int_equal(answer_within(&c, PATIENCE_MS), CODE_REG_EVENT);
	fake_udp_drop(&udp);
	order("punch 3", "ok 3");
	assert_int_equal(answer_within(&c, SHORT_MS), 0);
	close(c.fd);
}

static void
restart_is_answered_before_power_goes(void **state)
{
	struct client c;

	(void)state;
	OPEN(NULL);
	c = connected();
	assert_int_equal(code_of(&c, CODE_RESTART), CODE_ACK_OK);
	ask(&c, CODE_GET_TIME, NULL, 0);
	assert_int_equal(answer_within(&c, SHORT_MS), 0);
	close(c.fd);
}

/* ---- a bad network -------------------------------------------------------*/

static void
datagrams_get_lost(void **state)
{
	struct client c;
	int lost = 0;

	(void)state;
	OPEN(NULL);
	c = connected();
	order("set udp-loss 100", "ok");
	ask(&c, CODE_GET_TIME, NULL, 0);
	assert_int_equal(answer_within(&c, SHORT_MS), 0);
	order("set udp-loss 30", "ok");
	for (int i = 0; i < 40; i++) {
		ask(&c, CODE_GET_TIME, NULL, 0);
		lost += answer_within(&c, 30) == 0;
	}
	assert_in_range(lost, 1, 39);
	close(c.fd);
}

static void
datagrams_come_twice(void **state)
{
	struct client c;

	(void)state;
	OPEN(NULL);
	c = connected();
	order("set udp-double 100", "ok");
	assert_int_equal(code_of(&c, CODE_GET_TIME), CODE_ACK_OK);
	assert_int_equal(answer_within(&c, PATIENCE_MS), CODE_ACK_OK);
	assert_int_equal(wire_get16(c.packet + 6), c.reply);
	assert_int_equal(answer_within(&c, SHORT_MS), 0);
	close(c.fd);
}

static void
datagrams_overtake_each_other(void **state)
{
	static const uint16_t codes[] = {
		CODE_DATA, CODE_PREPARE_DATA, CODE_DATA, CODE_DATA, CODE_DATA,
		CODE_DATA, CODE_ACK_OK, CODE_DATA,
	};
	struct client c;

	(void)state;
	OPEN("inline", "0", "max-packet", "110", "udp-swap", "100");
	c = connected();
	ask_users(&c);		/* six pieces, between two other packets */
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		assert_int_equal(answer_within(&c, PATIENCE_MS), codes[i]);
		if (i == 2)
			assert_int_equal(wire_get16(c.packet + 4), 2);
		if (i == 3)
			assert_int_equal(wire_get16(c.packet + 4), 1);
	}
	assert_int_equal(code_of(&c, CODE_GET_TIME), CODE_ACK_OK);
	close(c.fd);
}

static void
faults_are_those_of_tcp(void **state)
{
	struct client c;

	(void)state;
	OPEN(NULL);
	c = connected();
	order("fault short", "ok");
	ask(&c, CODE_GET_TIME, NULL, 0);
	assert_int_equal(answer_within(&c, SHORT_MS), 0);
	assert_int_equal(code_of(&c, CODE_CONNECT), CODE_ACK_OK);
	order("fault close", "ok");
	ask(&c, CODE_GET_TIME, NULL, 0);
	answer_within(&c, SHORT_MS);
	order("state", "connections=0 ");
	order("fault error:6001", "ok");
	assert_int_equal(code_of(&c, CODE_CONNECT), 6001);
	close(c.fd);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, close_all)
	const struct CMUnitTest tests[] = {
		TEST(a_datagram_is_a_packet_without_prefix),
		TEST(tables_come_in_pieces_of_1024_at_most),
		TEST(who_did_not_connect_is_told_so),
		TEST(connect_begins_a_new_session),
		TEST(one_client_too_many_gets_no_answer),
		TEST(a_minute_of_silence_ends_a_session),
		TEST(a_reboot_and_a_drop_forget_it),
		TEST(restart_is_answered_before_power_goes),
		TEST(datagrams_get_lost),
		TEST(datagrams_come_twice),
		TEST(datagrams_overtake_each_other),
		TEST(faults_are_those_of_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
