/* test_zk_udp.c: datagrams lost, damaged, doubled and reordered */
#include "tests/unit/test_zk_script.h"

#define COUNT(table) (sizeof table / sizeof table[0])
#define REST "000068fce131010f000000000000"
#define ONE "0100" REST		/* records of 16 bytes, users 1 to 3 */
#define TWO "0200" REST
#define THREE "0300" REST
#define ALL ONE TWO THREE
#define HEAD "30000000"
#define SIZE "34000000"
#define PREPARED { ZK_BUFFER_PREPARE, SEND, ZK_ACK_OK, SAME, \
	"00" SIZE SIZE "00000000" }
#define PIECE { ZK_BUFFER_READ, SEND, ZK_PREPARE_DATA, SAME, SIZE "f8ff0000" }
#define NEXT(n, data) { THEN, CHUNK(n), ZK_DATA, SAME, data }
#define DONE { THEN, SEND, ZK_ACK_OK, SAME, NULL }
#define WHOLE PIECE, NEXT(0, HEAD ONE), NEXT(1, TWO THREE), DONE
#define HALF PIECE, NEXT(0, HEAD ONE), DONE
#define UNKNOWN { ZK_BUFFER_PREPARE, SEND, ZK_ACK_UNKNOWN, SAME, NULL }
#define DIRECT { ZK_LOG_READ, SEND, ZK_PREPARE_DATA, SAME, SIZE "00040000" }

/* One reading of a log of three records each; what must come of it. */
static const struct {
	const char *name;
	enum zk_result rc;
	unsigned count;
	struct step steps[STEPS];
} readings[] = {
	{ "nothing amiss", ZK_OK, 3, { HELLO, FREED, PREPARED, WHOLE, FREED,
	  END } },
	{ "the first word is lost", ZK_OK, 3, {
	  { ZK_CONNECT, NOTHING, 1, 0, NULL }, HELLO, FREED, PREPARED, WHOLE,
	  FREED, END } },
	{ "1502 and 1503 are lost, or their answers", ZK_OK, 3, { HELLO,
	  { ZK_FREE_DATA, NOTHING, 1, 0, NULL }, FREED,
	  { ZK_BUFFER_PREPARE, NOTHING, 1, 0, NULL }, PREPARED, WHOLE,
	  FREED, END } },
	{ "answers come twice", ZK_OK, 3, { HELLO,
	  { THEN, SEND, ZK_ACK_OK, SAME, NULL }, FREED, PREPARED,
	  { THEN, SEND, ZK_ACK_OK, SAME, "00" SIZE SIZE "00000000" }, WHOLE,
	  DONE, FREED, END } },
	{ "chunks come twice", ZK_OK, 3, { HELLO, FREED, PREPARED, PIECE,
	  NEXT(0, HEAD ONE), NEXT(0, HEAD ONE), NEXT(1, TWO),
	  NEXT(0, HEAD ONE), NEXT(1, TWO), NEXT(2, THREE), DONE, FREED,
	  END } },
	{ "chunks come in another order", ZK_OK, 3, { HELLO, FREED, PREPARED,
	  PIECE, NEXT(2, THREE), NEXT(1, TWO), NEXT(0, HEAD ONE), DONE, FREED,
	  END } },
	{ "the end mark overtakes", ZK_OK, 3, { HELLO, FREED, PREPARED,
	  PIECE, NEXT(1, TWO THREE), DONE, NEXT(0, HEAD ONE), FREED, END } },
	{ "the announcement is overtaken", ZK_OK, 3, { HELLO, FREED, PREPARED,
	  { ZK_BUFFER_READ, CHUNK(0), ZK_DATA, SAME, HEAD ONE },
	  { THEN, SEND, ZK_PREPARE_DATA, SAME, SIZE "f8ff0000" },
	  NEXT(1, TWO THREE), DONE, FREED, END } },
	{ "the announcement is lost", ZK_OK, 3, { HELLO, FREED, PREPARED,
	  { ZK_BUFFER_READ, CHUNK(0), ZK_DATA, SAME, HEAD ONE },
	  NEXT(1, TWO THREE), DONE, FREED, END } },
	{ "a chunk is lost", ZK_OK, 3, { HELLO, FREED, PREPARED, HALF, WHOLE,
	  FREED, END } },
	{ "a chunk is lost, and the end mark", ZK_OK, 3, { HELLO, FREED,
	  PREPARED, PIECE, NEXT(1, TWO THREE), WHOLE, FREED, END } },
	{ "all but the end mark is lost", ZK_OK, 3, { HELLO, FREED, PREPARED,
	  { ZK_BUFFER_READ, SEND, ZK_ACK_OK, SAME, NULL }, WHOLE, FREED,
	  END } },
	{ "a chunk is damaged", ZK_OK, 3, { HELLO, FREED, PREPARED, PIECE,
	  NEXT(0, HEAD ONE), { THEN, SEND_BROKEN, ZK_DATA, SAME, TWO THREE },
	  DONE, WHOLE, FREED, END } },
	{ "foreign and empty datagrams", ZK_OK, 3, { HELLO,
	  { THEN, SEND_RAW, 1, 0, "" }, { THEN, SEND_RAW, 1, 0, "ffff" },
	  FREED, { THEN, SEND_RAW, 1, 0, "5050827d08000000d007d6f754000500" },
	  PREPARED, WHOLE, FREED, END } },
	{ "the rest of a piece given up comes late", ZK_OK, 3, { HELLO, FREED,
	  PREPARED, HALF, PIECE, { THEN, CHUNK(1), ZK_DATA, 3, TWO ONE },
	  NEXT(0, HEAD ONE), NEXT(1, TWO THREE), DONE, FREED, END } },
	{ "more than was announced", ZK_OK, 3, { HELLO, FREED, PREPARED,
	  PIECE, NEXT(0, HEAD ONE), NEXT(1, ALL), DONE, WHOLE, FREED, END } },
	{ "indexes there are none", ZK_OK, 3, { HELLO, FREED, PREPARED, PIECE,
	  NEXT(SESSION, HEAD ONE), NEXT(SESSION, TWO THREE), DONE, FREED,
	  END } },
	{ "no indexes, and one comes twice", ZK_OK, 3, { HELLO, FREED,
	  PREPARED, PIECE, NEXT(SESSION, HEAD ONE), NEXT(SESSION, TWO),
	  NEXT(SESSION, TWO), NEXT(SESSION, THREE), DONE, WHOLE, FREED,
	  END } },
	{ "no indexes, and one is lost", ZK_OK, 3, { HELLO, FREED, PREPARED,
	  PIECE, NEXT(SESSION, HEAD ONE), NEXT(SESSION, THREE), DONE, WHOLE,
	  FREED, END } },

	{ "inline, with the session where an index is", ZK_OK, 3, { HELLO,
	  FREED, { ZK_BUFFER_PREPARE, SEND, ZK_DATA, SAME, HEAD ALL }, FREED,
	  END } },
	{ "inline, with an index", ZK_OK, 3, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, CHUNK(0), ZK_DATA, SAME, HEAD ALL }, FREED,
	  END } },
	{ "all at once", ZK_OK, 3, { HELLO, FREED, UNKNOWN, DIRECT,
	  NEXT(0, HEAD ONE), NEXT(1, TWO THREE), DONE, FREED, END } },
	{ "all at once, and the middle is lost", ZK_OK, 3, { HELLO, FREED,
	  UNKNOWN, DIRECT, NEXT(0, HEAD ONE), NEXT(2, THREE), DONE, DIRECT,
	  NEXT(0, HEAD ONE), NEXT(1, TWO), NEXT(2, THREE), DONE, FREED,
	  END } },
	{ "all at once, and only the middle comes", ZK_OK, 3, { HELLO, FREED,
	  UNKNOWN, { ZK_LOG_READ, CHUNK(1), ZK_DATA, SAME, TWO }, DONE,
	  DIRECT, NEXT(0, HEAD ONE), NEXT(1, TWO THREE), DONE, FREED,
	  END } },
	{ "all at once, and only the end mark comes", ZK_OK, 3, { HELLO, FREED,
	  UNKNOWN, { ZK_LOG_READ, SEND, ZK_ACK_OK, SAME, NULL }, DIRECT,
	  NEXT(0, HEAD ONE), NEXT(1, TWO THREE), DONE, FREED, END } },
	{ "all at once, without indexes", ZK_OK, 3, { HELLO, FREED, UNKNOWN,
	  DIRECT, NEXT(SESSION, HEAD ONE), NEXT(SESSION, THREE), DONE, DIRECT,
	  NEXT(SESSION, HEAD ONE), NEXT(SESSION, TWO THREE), DONE, FREED,
	  END } },
	{ "empty, and said twice", ZK_OK, 0, { HELLO, FREED, UNKNOWN,
	  { ZK_LOG_READ, SEND, ZK_ACK_OK, SAME, NULL },
	  { ZK_LOG_READ, SEND, ZK_ACK_OK, SAME, NULL }, FREED, END } },

	{ "a chunk is lost for good", ZK_TIMEOUT, 0, { HELLO, FREED, PREPARED,
	  HALF, HALF, HALF, HALF, HALF, HALF, HALF, HALF, WHOLE, END } },
	{ "silence", ZK_TIMEOUT, 0, { HELLO, FREED, END } },
	{ "the port is closed", ZK_CLOSED, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, CLOSE, 1, 0, NULL }, END } },
	{ "the piece is refused", ZK_REFUSED, 0, { HELLO, FREED, PREPARED,
	  { ZK_BUFFER_READ, SEND, ZK_ACK_ERROR, SAME, NULL }, FREED, END } },
	{ "a size of gigabytes", ZK_PROTOCOL, 0, { HELLO, FREED,
	  { ZK_BUFFER_PREPARE, SEND, ZK_PREPARE_DATA, SAME,
	    "ffffffff" "f8ff0000" }, END } },
};

/* Users 1, 2, 3, each once and in order, or nothing has come. */
static bool
in_order(void *arg, const struct zk_record *record)
{
	unsigned *count = arg;
	char wanted[8];

	snprintf(wanted, sizeof wanted, "%u", ++*count);
	assert_int_equal(record->flaw, ZK_SOUND);
	assert_string_equal(record->punch.user_id, wanted);
	return true;
}

static void
logs_arrive_once_and_in_order_or_not_at_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(readings); i++) {
		struct zk_log log = { .count = 3 };
		struct terminal_script t;
		struct zk_session *zk;
		unsigned count = 0;
		enum zk_result rc;

		start_visits(&t, ZK_UDP, readings[i].steps, 1);
		zk = make(&t, NULL);
		assert_int_equal(zk_connect(zk), ZK_OK);
		rc = zk_read_log(zk, &log, in_order, &count);
		if (rc != readings[i].rc || count != readings[i].count)
			fail_msg("%s: result %d (%s), %u records",
			         readings[i].name, (int)rc, zk_error(zk),
			         count);
		zk_destroy(zk);
		finish(&t);
		assert_int_equal(t.exits, rc != ZK_CLOSED);
		buf_finish(&t.heard);
	}
}

/* ---- a bad line, and a log of several pieces ------------------------------ */

#define RECORDS 3000
#define CHUNK_BYTES 1016
#define LOST 50			/* one of so many, and as many come late */

struct bad_line {
	int fd, port;
	uint32_t seed;
	struct buf log, late;	/* a datagram that others overtake */
	struct sockaddr_in client;
	atomic_bool over;
	pthread_t thread;
};

static bool
one_in(struct bad_line *b, uint32_t many)
{
	b->seed = b->seed * 1664525u + 1013904223u;
	return (b->seed >> 8) % many == 0;
}

static void
throw_out(struct bad_line *b, const struct buf *out)
{
	sendto(b->fd, out->data, out->len, 0, (struct sockaddr *)&b->client,
	       sizeof b->client);
}

/* Sends it, perhaps twice, later, damaged or never. */
static void
say(struct bad_line *b, uint16_t command, uint16_t session, uint16_t reply,
    const void *data, size_t len)
{
	struct buf out = BUF_INIT;

	zk_packet_format(&out, false, command, session, reply, data, len);
	if (one_in(b, LOST * 2))
		out.data[out.len - 1] ^= 0x10;
	if (one_in(b, LOST) && b->late.len == 0) {
		buf_append(&b->late, out.data, out.len);
	} else if (!one_in(b, LOST)) {
		throw_out(b, &out);
		if (one_in(b, LOST))
			throw_out(b, &out);
		if (b->late.len > 0 && one_in(b, 2)) {
			throw_out(b, &b->late);
			buf_reset(&b->late);
		}
	}
	buf_finish(&out);
}

static void
say_piece(struct bad_line *b, const struct zk_packet *p)
{
	struct zk_reader r = { p->data, p->len, false };
	uint32_t at = zk_get_u32(&r), want = zk_get_u32(&r);
	struct buf size = BUF_INIT;
	uint16_t index = 0;

	assert_true(at + want <= b->log.len && want <= 16384);
	assert_int_equal(at % 16384, 0);
	zk_put_u32(&size, want);
	zk_put_u32(&size, CHUNK_BYTES);
	say(b, ZK_PREPARE_DATA, SESSION, p->reply, size.data, size.len);
	for (uint32_t done = 0; done < want; done += CHUNK_BYTES)
		say(b, ZK_DATA, index++, p->reply, b->log.data + at + done,
		    want - done < CHUNK_BYTES ? want - done : CHUNK_BYTES);
	say(b, ZK_ACK_OK, (uint16_t)want, p->reply, NULL, 0);
	buf_finish(&size);
}

static void *
serve_badly(void *arg)
{
	struct bad_line *b = arg;
	struct zk_packet p;
	uint8_t in[2048];

	for (;;) {
		socklen_t size = sizeof b->client;
		ssize_t got = recvfrom(b->fd, in, sizeof in, 0,
		                       (struct sockaddr *)&b->client, &size);
		struct buf sizes = BUF_INIT;

		if (got < 0 && b->over)
			return NULL;
		if (got < 0 || !zk_packet_parse(in, (size_t)got, &p))
			continue;
		zk_put_u8(&sizes, 0);
		zk_put_u32(&sizes, (uint32_t)b->log.len);
		if (p.command == ZK_BUFFER_READ)
			say_piece(b, &p);
		else
			say(b, ZK_ACK_OK, SESSION, p.reply, sizes.data,
			    p.command == ZK_BUFFER_PREPARE ? sizes.len : 0);
		buf_finish(&sizes);
	}
}

static void
fill_log(struct bad_line *b)
{
	zk_put_u32(&b->log, RECORDS * 16);
	for (uint32_t i = 1; i <= RECORDS; i++) {
		zk_put_u32(&b->log, i);
		zk_put_u32(&b->log, 0x31e1fc68 + i);
		zk_put_u32(&b->log, 1 << 8);
		zk_put_u32(&b->log, 0);
	}
}

static void
start_badly(struct bad_line *b)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	b->fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(b->fd, (struct sockaddr *)&at, size), 0);
	getsockname(b->fd, (struct sockaddr *)&at, &size);
	b->port = ntohs(at.sin_port);
	setsockopt(b->fd, SOL_SOCKET, SO_RCVTIMEO,
	           &(struct timeval){ 0, 20000 }, sizeof(struct timeval));
	fill_log(b);
	assert_int_equal(pthread_create(&b->thread, NULL, serve_badly, b), 0);
}

/* in_order() fails when a byte comes twice or in another's place. */
static void
a_bad_line_gives_all_in_order(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 3; seed++) {
		struct bad_line b = { .seed = seed };
		struct zk_log log = { .count = RECORDS };
		struct zk_options options = { .host = "127.0.0.1",
			.timeout_ms = 1200, .bulk_timeout_ms = 4000,
			.transport = ZK_UDP };
		struct zk_session *zk;
		unsigned count = 0;

		start_badly(&b);
		options.port = b.port;
		zk = zk_create(&options, NULL, NULL);
		while (zk_connect(zk) != ZK_OK)
			;
		if (zk_read_log(zk, &log, in_order, &count) != ZK_OK)
			fail_msg("seed %u: %s after %u", seed, zk_error(zk),
			         count);
		assert_int_equal(count, RECORDS);
		zk_destroy(zk);
		b.over = true;
		pthread_join(b.thread, NULL);
		close(b.fd);
		buf_finish(&b.log);
		buf_finish(&b.late);
	}
}

static void
events_come_over_udp_too(void **state)
{
	static const struct step steps[] = { HELLO,
		{ ZK_EVENT, NOTHING, 1, 0, NULL },
		{ ZK_EVENT, SEND, ZK_ACK_OK, SAME, NULL },
		{ THEN, SEND, ZK_EVENT, 0, EVENT },
		{ THEN, SEND_BROKEN, ZK_EVENT, 0, EVENT },
		{ THEN, SEND, ZK_EVENT, 0, EVENT }, END };
	struct events events = { 0 };
	struct terminal_script t;
	struct zk_session *zk;

	(void)state;
	start_visits(&t, ZK_UDP, steps, 1);
	zk = make(&t, &events);
	assert_int_equal(zk_connect(zk), ZK_OK);
	assert_int_equal(zk_register_events(zk, ZK_EVENT_PUNCH), ZK_OK);
	assert_int_equal(zk_wait(zk, 200), ZK_OK);
	zk_destroy(zk);
	finish(&t);
	assert_in_range(events.count, 2, 3);
	assert_string_equal(events.user_id, "1007");
	assert_int_equal(t.acks, events.count);
	buf_finish(&t.heard);
}

static void
what_changes_something_is_sent_once(void **state)
{
	static const struct step steps[] = { HELLO, END };
	struct terminal_script t;
	struct zk_session *zk;

	(void)state;
	start_visits(&t, ZK_UDP, steps, 1);
	zk = make(&t, NULL);
	assert_int_equal(zk_connect(zk), ZK_OK);
	assert_int_equal(zk_unlock(zk, 30), ZK_TIMEOUT);
	assert_int_equal(zk_clear_log(zk), ZK_TIMEOUT);
	assert_int_equal(zk_command(zk, ZK_TIME_READ, NULL, 0, NULL),
	                 ZK_TIMEOUT);
	zk_destroy(zk);
	finish(&t);
	assert_string_equal(t.heard.data, "1000 31:1e000000 15 201 201 1001 ");
	buf_finish(&t.heard);
}

static void
nobody_there_is_told_over_udp(void **state)
{
	const struct zk_options options = { .host = "127.0.0.1", .port = 1,
		.timeout_ms = 400, .bulk_timeout_ms = 400,
		.transport = ZK_UDP };
	struct zk_session *zk = zk_create(&options, NULL, NULL);

	(void)state;
	assert_int_equal(zk_connect(zk), ZK_CLOSED);
	assert_non_null(strstr(zk_error(zk), "UDP port"));
	zk_destroy(zk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_arrive_once_and_in_order_or_not_at_all),
		cmocka_unit_test(a_bad_line_gives_all_in_order),
		cmocka_unit_test(events_come_over_udp_too),
		cmocka_unit_test(what_changes_something_is_sent_once),
		cmocka_unit_test(nobody_there_is_told_over_udp),
	};

	return cmocka_run_group_tests_name("zk_udp", tests, NULL, NULL);
}
