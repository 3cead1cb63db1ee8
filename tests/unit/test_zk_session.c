/* test_zk_session.c: terminals that misbehave, played from a script */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "zk_session.h"

#define SESSION 0x2b67
#define SAME (-1)		/* the reply id of the request */
#define STEPS 16

enum deed { SEND, SEND_BROKEN, SEND_RAW, CLOSE };

/* What the terminal does when `on` arrives; the first that is not used yet. */
struct step {
	uint16_t on;		/* command; 0: right after the step before */
	enum deed deed;
	uint16_t command;
	int reply;
	const char *hex;	/* data, or all bytes of SEND_RAW */
};

struct terminal_script {
	const struct step *steps;	/* ends with a zeroed one */
	int listener, port;
	unsigned acks, exits, auths;	/* of the client, once halted */
	struct buf heard;		/* its commands, as text */
	pthread_t thread;
};

static size_t
bytes_of(const char *hex, uint8_t *out)
{
	unsigned value;
	size_t n = 0;

	for (; hex != NULL && *hex != '\0'; hex += 2, n++) {
		assert_int_equal(sscanf(hex, "%2x", &value), 1);
		out[n] = (uint8_t)value;
	}
	return n;
}

/* False when the line is closed by it. */
static bool
act(int fd, const struct step *step, uint16_t reply)
{
	struct buf out = BUF_INIT;
	uint8_t data[512];
	size_t len = bytes_of(step->hex, data);

	if (step->deed == CLOSE)
		return false;
	if (step->deed == SEND_RAW)
		buf_append(&out, data, len);
	else
		zk_packet_format(&out, true, step->command, SESSION,
		                 step->reply == SAME ? reply
		                 : (uint16_t)step->reply, data, len);
	if (step->deed == SEND_BROKEN)
		out.data[out.len - 1] ^= 1;
	/* an event's code stands where the session does; mend the checksum */
	if (step->command == ZK_EVENT) {
		uint16_t sum;

		out.data[12] = ZK_EVENT_PUNCH;
		out.data[13] = 0;
		sum = zk_checksum((uint8_t *)out.data + 8, out.len - 8);
		out.data[10] = (char)(sum & 0xff);
		out.data[11] = (char)(sum >> 8);
	}
	send(fd, out.data, out.len, MSG_NOSIGNAL);
	buf_finish(&out);
	return true;
}

static bool
is_end(const struct step *step)
{
	return step->on == 0 && step->command == 0 && step->deed == SEND;
}

/* Everything that follows this packet in the script. */
static bool
respond(struct terminal_script *t, int fd, const struct zk_packet *packet,
        bool *used)
{
	size_t i = 0;

	while (!is_end(&t->steps[i]) &&
	       (used[i] || t->steps[i].on != packet->command))
		i++;
	if (is_end(&t->steps[i]))
		return true;
	do {
		used[i] = true;
		if (!act(fd, &t->steps[i++], packet->reply))
			return false;
	} while (t->steps[i].on == 0 && !is_end(&t->steps[i]));
	return true;
}

static void
talk(struct terminal_script *t, int fd)
{
	struct buf in = BUF_INIT;
	bool used[STEPS] = { false };
	struct zk_packet packet;
	char piece[4096];
	bool open = true;
	size_t taken;
	ssize_t got;

	while (open && (got = recv(fd, piece, sizeof piece, 0)) > 0) {
		buf_append(&in, piece, (size_t)got);
		while (open && zk_frame_parse((uint8_t *)in.data, in.len,
		       &packet, &taken) == ZK_FRAME_READY) {
			buf_appendf(&t->heard, "%u ",
			            (unsigned)packet.command);
			t->acks += packet.command == ZK_ACK_OK;
			t->exits += packet.command == ZK_EXIT;
			t->auths += packet.command == ZK_AUTH &&
				packet.len == 4 && memcmp(packet.data,
				"\x26\x7f\x32\xd2", 4) == 0;
			open = respond(t, fd, &packet, used);
			buf_consume(&in, taken);
		}
	}
	buf_finish(&in);
}

static void *
serve(void *arg)
{
	struct terminal_script *t = arg;
	int fd = accept(t->listener, NULL, NULL);

	talk(t, fd);
	close(fd);
	return NULL;
}

static void
start(struct terminal_script *t, const struct step *steps)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	*t = (struct terminal_script){ .steps = steps };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	t->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(t->listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(t->listener, 1), 0);
	assert_int_equal(getsockname(t->listener, (struct sockaddr *)&at,
	                             &size), 0);
	t->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&t->thread, NULL, serve, t), 0);
}

/* The session must have been destroyed: that closes the line. */
static void
finish(struct terminal_script *t)
{
	pthread_join(t->thread, NULL);
	close(t->listener);
}

struct events {
	int count;
	char user_id[ZK_USER_ID_MAX + 1];
};

static void
on_event(void *arg, const uint8_t *data, size_t len)
{
	struct events *e = arg;
	struct zk_punch p;

	assert_int_equal(zk_event_decode(data, len, &p), ZK_SOUND);
	text_copy(e->user_id, sizeof e->user_id, p.user_id);
	e->count++;
}

static struct zk_session *
make(const struct terminal_script *t, struct events *events)
{
	const struct zk_options options = { "127.0.0.1", t->port, 123456, 400,
		                            400 };

	return zk_create(&options, on_event, events);
}

struct reading {
	unsigned count, flawed;
	uint32_t last;
};

static bool
on_record(void *arg, const struct zk_record *record)
{
	struct reading *r = arg;

	r->count++;
	r->flawed += record->flaw != ZK_SOUND;
	r->last = record->index;
	return true;
}

/* ---- whole conversations -------------------------------------------------- */

#define HELLO { ZK_CONNECT, SEND, ZK_ACK_OK, SAME, NULL }
#define FREED { ZK_FREE_DATA, SEND, ZK_ACK_OK, SAME, NULL }
#define THEN 0
#define EVENT "31303037" "0000000000000000000000000000000000000000" \
	"01001a010f061e00"
#define RECORD "ef03000068fce131010f000000000000"	/* 16 bytes */
#define BAD "ef03000080931f32010f000000000000"		/* 31 February */
#define END { 0 }

/* One reading of the log each; what must come of it. */
static const struct {
	const char *name;
	enum zk_result rc;
	unsigned count, flawed;
	int events;
	struct step steps[STEPS];
} readings[] = {
	{ "inline", ZK_OK, 2, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_DATA, SAME, "20000000" RECORD RECORD },
	  FREED, END } },
	{ "a bad record is no stop", ZK_OK, 3, 1, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_DATA, SAME,
	    "30000000" RECORD BAD RECORD }, FREED, END } },
	{ "late packets and events come between", ZK_OK, 2, 0, 2, { HELLO,
	  FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_DATA, 77, "10000000" RECORD },
	  { THEN, SEND, ZK_EVENT, 0, EVENT },
	  { THEN, SEND, ZK_ACK_OK, SAME, "00" "24000000" "24000000" "00000000" },
	  { ZK_BUFFER_READ, SEND, ZK_PREPARE_DATA, SAME, "24000000" "f8ff0000" },
	  { THEN, SEND, ZK_DATA, SAME, "20000000" RECORD },
	  { THEN, SEND, ZK_EVENT, 0, EVENT },
	  { THEN, SEND, ZK_ACK_ERROR, 12, NULL },
	  { THEN, SEND, ZK_DATA, SAME, RECORD },
	  { THEN, SEND, ZK_ACK_OK, SAME, NULL }, FREED, END } },
	{ "the end mark may be missing", ZK_OK, 1, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_PREPARE_DATA, SAME,
	    "14000000" "f8ff0000" },
	  { THEN, SEND, ZK_DATA, SAME, "10000000" RECORD }, FREED, END } },
	{ "old firmware sends it all at once", ZK_OK, 1, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_ACK_UNKNOWN, SAME, NULL },
	  { ZK_LOG_READ, SEND, ZK_PREPARE_DATA, SAME, "14000000" "f0030000" },
	  { THEN, SEND, ZK_DATA, SAME, "10000000" RECORD },
	  { THEN, SEND, ZK_ACK_OK, SAME, NULL }, FREED, END } },
	{ "an empty log", ZK_OK, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_DATA, SAME, "00000000" }, FREED,
	  END } },
	{ "an empty log without data", ZK_OK, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_ACK_OK, SAME, NULL }, FREED, END } },

	{ "refused with a code", ZK_REFUSED, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, 4989, SAME, NULL }, FREED, END } },
	{ "a wrong checksum", ZK_PROTOCOL, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND_BROKEN, ZK_DATA, SAME,
	    "10000000" RECORD }, END } },
	{ "another protocol", ZK_PROTOCOL, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND_RAW, 1, 0, "485454502f312e3120343030" },
	  END } },
	{ "silence", ZK_TIMEOUT, 0, 0, 0, { HELLO, FREED, END } },
	{ "half a packet, then silence", ZK_TIMEOUT, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND_RAW, 1, 0, "5050827d2000" }, END } },
	{ "closed midway", ZK_CLOSED, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_ACK_OK, SAME,
	    "00" "24000000" "24000000" "00000000" },
	  { ZK_BUFFER_READ, SEND, ZK_PREPARE_DATA, SAME, "24000000" "f8ff0000" },
	  { THEN, SEND, ZK_DATA, SAME, "20000000" RECORD },
	  { THEN, CLOSE, 0, 0, NULL }, END } },
	{ "more than was announced", ZK_PROTOCOL, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_PREPARE_DATA, SAME,
	    "10000000" "f8ff0000" },
	  { THEN, SEND, ZK_DATA, SAME, "20000000" RECORD RECORD }, END } },
	{ "a size of gigabytes", ZK_PROTOCOL, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_ACK_OK, SAME,
	    "00" "ffffffff" "ffffffff" "00000000" }, END } },
	{ "an announcement cut short", ZK_PROTOCOL, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_ACK_OK, SAME, "002400" }, END } },
	{ "fewer bytes than its length says", ZK_OK, 1, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_DATA, SAME, "ffffff7f" RECORD }, FREED,
	  END } },
	{ "a table without a length", ZK_OK, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_DATA, SAME, NULL }, FREED, END } },
	{ "records of no known form", ZK_OK, 0, 0, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_DATA, SAME, "0b000000"
	    "0102030405060708090a0b" }, FREED, END } },
};

static void
logs_are_read_or_refused_for_what_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
		struct terminal_script t;
		struct events events = { 0 };
		struct reading got = { 0 };
		struct zk_log log = { .count = 0 };
		struct zk_session *zk;
		enum zk_result rc;

		start(&t, readings[i].steps);
		zk = make(&t, &events);
		assert_int_equal(zk_connect(zk), ZK_OK);
		rc = zk_read_log(zk, &log, on_record, &got);
		if (rc != readings[i].rc || got.count != readings[i].count)
			fail_msg("%s: result %d (%s), %u records",
			         readings[i].name, (int)rc, zk_error(zk),
			         got.count);
		assert_int_equal(got.flawed, readings[i].flawed);
		assert_int_equal(events.count, readings[i].events);
		assert_true(rc == ZK_OK || zk_error(zk)[0] != '\0');
		zk_destroy(zk);
		finish(&t);
		assert_int_equal(t.acks, readings[i].events);
		/* a goodbye on every way out, and no terminal disabled */
		assert_int_equal(t.exits, rc != ZK_CLOSED);
		assert_null(strstr(t.heard.data, "1003 "));
		buf_finish(&t.heard);
	}
}

static void
refusals_are_put_into_words(void **state)
{
	static const struct step steps[] = { HELLO,
		{ ZK_TIME_READ, SEND, 4989, SAME, NULL }, END };
	struct terminal_script t;
	struct zk_session *zk;

	(void)state;
	start(&t, steps);
	zk = make(&t, NULL);
	assert_int_equal(zk_connect(zk), ZK_OK);
	assert_int_equal(zk_command(zk, ZK_TIME_READ, NULL, 0, NULL),
	                 ZK_REFUSED);
	assert_int_equal(zk_refusal(zk), 4989);
	assert_non_null(strstr(zk_error(zk), "cannot allocate memory"));
	zk_destroy(zk);
	finish(&t);
	buf_finish(&t.heard);
}

static void
the_comm_key_is_given_when_asked_for(void **state)
{
	static const struct step good[] = {
		{ ZK_CONNECT, SEND, ZK_ACK_UNAUTH, SAME, NULL },
		{ ZK_AUTH, SEND, ZK_ACK_OK, SAME, NULL }, END };
	static const struct step bad[] = {
		{ ZK_CONNECT, SEND, ZK_ACK_UNAUTH, SAME, NULL },
		{ ZK_AUTH, SEND, ZK_ACK_UNAUTH, SAME, NULL }, END };
	struct terminal_script t;
	struct zk_session *zk;

	(void)state;
	start(&t, good);
	zk = make(&t, NULL);
	assert_int_equal(zk_connect(zk), ZK_OK);
	zk_destroy(zk);
	finish(&t);
	assert_int_equal(t.auths, 1);
	buf_finish(&t.heard);

	start(&t, bad);
	zk = make(&t, NULL);
	assert_int_equal(zk_connect(zk), ZK_REFUSED);
	assert_int_equal(zk_refusal(zk), ZK_ACK_UNAUTH);
	zk_destroy(zk);
	finish(&t);
	assert_string_equal(t.heard.data, "1000 1102 1001 ");
	buf_finish(&t.heard);
}

static void
nobody_there_is_told(void **state)
{
	const struct zk_options options = { "127.0.0.1", 1, 0, 400, 400 };
	struct zk_session *zk = zk_create(&options, NULL, NULL);

	(void)state;
	assert_int_equal(zk_connect(zk), ZK_CLOSED);
	assert_non_null(strstr(zk_error(zk), "cannot connect to 127.0.0.1"));
	zk_destroy(zk);
}

static void
an_interrupt_ends_every_wait_to_come(void **state)
{
	static const struct step steps[] = { HELLO, END };
	struct terminal_script t;
	struct zk_session *zk;
	int64_t began = clock_mono_ms();

	(void)state;
	start(&t, steps);
	zk = make(&t, NULL);
	assert_int_equal(zk_connect(zk), ZK_OK);
	zk_interrupt(zk);
	assert_int_equal(zk_wait(zk, 60000), ZK_STOPPED);
	assert_false(zk_pause(zk, 60000));
	assert_int_equal(zk_command(zk, ZK_TIME_READ, NULL, 0, NULL),
	                 ZK_STOPPED);
	zk_destroy(zk);
	assert_true(clock_mono_ms() < began + 5000);
	finish(&t);
	assert_int_equal(t.exits, 1);
	buf_finish(&t.heard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_are_read_or_refused_for_what_they_are),
		cmocka_unit_test(refusals_are_put_into_words),
		cmocka_unit_test(the_comm_key_is_given_when_asked_for),
		cmocka_unit_test(nobody_there_is_told),
		cmocka_unit_test(an_interrupt_ends_every_wait_to_come),
	};

	return cmocka_run_group_tests_name("zk_session", tests, NULL, NULL);
}
