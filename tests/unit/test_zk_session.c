/* test_zk_session.c: terminals that misbehave, played from a script */
#include "tests/unit/test_zk_script.h"

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

#define RECORD "ef03000068fce131010f000000000000"	/* 16 bytes */
#define BAD "ef03000080931f32010f000000000000"		/* 31 February */

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
	const struct zk_options options = { .host = "127.0.0.1", .port = 1,
		.timeout_ms = 400, .bulk_timeout_ms = 400 };
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

/* ---- logs of no known form, and odd ends --------------------------------- */

static void
read_one(const struct step *steps, struct zk_log *log, struct reading *got)
{
	struct terminal_script t;
	struct zk_session *zk;
	char told[8];

	start(&t, steps);
	zk = make(&t, NULL);
	assert_int_equal(zk_connect(zk), ZK_OK);
	assert_int_equal(zk_read_log(zk, log, on_record, got), ZK_OK);
	/* the connection is of use still */
	assert_int_equal(zk_read_option(zk, "MAC", told, sizeof told), ZK_OK);
	zk_destroy(zk);
	finish(&t);
	assert_non_null(strstr(t.heard.data, "1502 11 "));
	buf_finish(&t.heard);
}

static void
a_log_of_no_known_form_is_shown_and_no_end(void **state)
{
	static const struct step steps[] = { HELLO, FREED,
		{ ZK_BUFFER_PREPARE, SEND, ZK_PREPARE_DATA, SAME,
		  "4f000000" "f8ff0000" },
		{ THEN, SEND, ZK_DATA, SAME, "4b000000" "0102030405060708090a"
		  "0102030405060708090a0102030405060708090a0102030405" },
		{ THEN, SEND, ZK_DATA, SAME, "0102030405060708090a"
		  "0102030405060708090a0102030405060708090a010203040506070809"
		  "0a" },
		{ THEN, SEND, ZK_ACK_OK, SAME, NULL }, FREED,
		{ ZK_OPTION_READ, SEND, ZK_ACK_OK, SAME, NULL }, END };
	struct zk_log log = { .count = 3 };
	struct reading got = { 0 };

	(void)state;
	read_one(steps, &log, &got);
	assert_true(log.unknown_form);
	assert_int_equal(got.count, 0);
	assert_int_equal(log.records, 0);
	assert_int_equal(log.bytes, 75);
	assert_int_equal(log.sample_len, ZK_SAMPLE_BYTES);
	assert_memory_equal(log.sample, "\x01\x02\x03\x04\x05", 5);
}

static void
odd_bytes_at_the_end_are_counted(void **state)
{
	static const struct step steps[] = { HELLO, FREED,
		{ ZK_BUFFER_PREPARE, SEND, ZK_DATA, SAME,
		  "35000000" RECORD RECORD RECORD "0102030405" },
		FREED, { ZK_OPTION_READ, SEND, ZK_ACK_OK, SAME, NULL }, END };
	struct zk_log log = { .count = 3 };
	struct reading got = { 0 };

	(void)state;
	read_one(steps, &log, &got);
	assert_false(log.unknown_form);
	assert_int_equal(log.layout, ZK_LAYOUT_16);
	assert_int_equal(got.count, 3);
	assert_int_equal(log.records, 3);
	assert_int_equal(log.odd_bytes, 5);
}

/* ---- the comm key, asked for midway --------------------------------------- */

static void
a_key_asked_for_midway_is_given(void **state)
{
	static const struct step steps[] = { HELLO,
		{ ZK_TIME_READ, SEND, ZK_ACK_UNAUTH, SAME, NULL },
		{ ZK_AUTH, SEND, ZK_ACK_OK, SAME, NULL },
		{ ZK_TIME_READ, SEND, ZK_ACK_OK, SAME, "68fce131" },
		{ ZK_UNLOCK, SEND, ZK_ACK_UNAUTH, SAME, NULL },
		{ ZK_AUTH, SEND, ZK_ACK_OK, SAME, NULL },
		{ ZK_TIME_READ, SEND, ZK_ACK_UNAUTH, SAME, NULL },
		{ ZK_AUTH, SEND, ZK_ACK_UNAUTH, SAME, NULL }, END };
	struct terminal_script t;
	struct zk_session *zk;
	int64_t local;

	(void)state;
	start(&t, steps);
	zk = make(&t, NULL);
	assert_int_equal(zk_connect(zk), ZK_OK);
	assert_int_equal(zk_read_time(zk, &local), ZK_OK);
	assert_int_not_equal(local, CLOCK_NO_TIME);
	/* what opens doors is not tried twice */
	assert_int_equal(zk_unlock(zk, 30), ZK_REFUSED);
	assert_int_equal(zk_refusal(zk), ZK_ACK_UNAUTH);
	assert_non_null(strstr(zk_error(zk), "to open the door"));
	assert_int_equal(zk_command(zk, ZK_TIME_READ, NULL, 0, NULL),
	                 ZK_REFUSED);
	assert_non_null(strstr(zk_error(zk), "comm key"));
	zk_destroy(zk);
	finish(&t);
	assert_string_equal(t.heard.data, "1000 201 1102 201 31:1e000000 1102 "
	                    "201 1102 1001 ");
	assert_int_equal(t.auths, 3);
	buf_finish(&t.heard);
}

/* ---- deadlines ------------------------------------------------------------ */

/* What the terminal does until we lose patience; when is that? */
static int64_t
time_of(const struct step *steps, enum zk_transport transport,
        enum zk_result (*what)(struct zk_session *), enum zk_result wanted)
{
	struct events events = { 0 };
	struct terminal_script t;
	struct zk_session *zk;
	int64_t took;

	start_visits(&t, transport, steps, 1);
	zk = make(&t, &events);
	assert_int_equal(zk_connect(zk), ZK_OK);
	took = clock_mono_ms();
	assert_int_equal(what(zk), wanted);
	took = clock_mono_ms() - took;
	zk_destroy(zk);
	finish(&t);
	buf_finish(&t.heard);
	return took;
}

static enum zk_result
ask_the_time(struct zk_session *zk)
{
	return zk_command(zk, ZK_TIME_READ, NULL, 0, NULL);
}

static enum zk_result
ask_and_wait(struct zk_session *zk)
{
	enum zk_result rc = ask_the_time(zk);

	return rc == ZK_OK ? zk_wait(zk, 300) : rc;
}

static void
no_flood_and_no_drip_outlasts_a_deadline(void **state)
{
	static const struct step events[] = { HELLO,
		{ ZK_TIME_READ, FLOOD, ZK_EVENT, 0, EVENT }, END };
	static const struct step strays[] = { HELLO,
		{ ZK_TIME_READ, FLOOD, ZK_DATA, 77, "00000000" }, END };
	static const struct step waiting[] = { HELLO,
		{ ZK_TIME_READ, SEND, ZK_ACK_OK, SAME, "68fce131" },
		{ THEN, FLOOD, ZK_EVENT, 0, EVENT }, END };
	static const struct step dripping[] = { HELLO,
		{ ZK_TIME_READ, DRIP, ZK_ACK_OK, SAME, "68fce131" }, END };

	(void)state;
	for (int i = ZK_TCP; i <= ZK_UDP; i++) {
		enum zk_transport by = (enum zk_transport)i;

		assert_in_range(time_of(events, by, ask_the_time, ZK_TIMEOUT),
		                400, 900);
		assert_in_range(time_of(strays, by, ask_the_time, ZK_TIMEOUT),
		                400, 900);
		assert_in_range(time_of(waiting, by, ask_and_wait, ZK_OK),
		                300, 900);
	}
	assert_in_range(time_of(dripping, ZK_TCP, ask_the_time, ZK_TIMEOUT),
	                400, 800);
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
		cmocka_unit_test(a_log_of_no_known_form_is_shown_and_no_end),
		cmocka_unit_test(odd_bytes_at_the_end_are_counted),
		cmocka_unit_test(a_key_asked_for_midway_is_given),
		cmocka_unit_test(no_flood_and_no_drip_outlasts_a_deadline),
	};

	return cmocka_run_group_tests_name("zk_session", tests, NULL, NULL);
}
