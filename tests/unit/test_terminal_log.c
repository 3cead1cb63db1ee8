/* test_terminal_log.c: the log of the fake terminal, and what it says of it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/unit/probe_case.h"

#define RECORD 40
#define RECORD_USER 2	/* where these stand in a record */
#define RECORD_TIME 27

#define OPEN(...) \
	open_with((const char *const[]){ "zone", "UTC", __VA_ARGS__, NULL })

/* The records, without the length in front. */
static void
read_log(struct buf *out)
{
	assert_true(fake_probe_table(&probe, CODE_ATTLOG_RRQ, 0, out));
	assert_int_equal(wire_get32(out->data), out->len - 4);
	buf_consume(out, 4);
}

/* Punches at the seconds from..to of a minute, by users "1" and "2". */
static void
punch_seconds(int from, int to)
{
	for (int i = from; i <= to; i++) {
		const char *said = fake_probe_order(&probe,
			"punch %d 2026-01-15T06:30:%02d", i % 2 + 1, i);

		assert_non_null(text_after(said, "ok"));
	}
}

/* Seconds of the minute in the log, as letters: 0 is a. */
static void
assert_seconds(const char *letters)
{
	struct buf log = BUF_INIT;
	char found[64];
	size_t count;

	read_log(&log);
	count = log.len / RECORD;
	assert_true(count < sizeof found);
	for (size_t i = 0; i < count; i++)
		found[i] = (char)('a' + wire_get32(log.data + i * RECORD +
		                                   RECORD_TIME) % 60);
	found[count] = '\0';
	assert_string_equal(found, letters);
	buf_finish(&log);
}

/* ---- full ----------------------------------------------------------------*/

static void
a_full_log_stops_or_drops(void **state)
{
	(void)state;
	OPEN("users", "2", "capacity", "5");
	punch_seconds(0, 4);
	assert_order("punch 1 2026-01-15T06:30:05", "error log full");
	assert_order("double 1", "error log full");
	assert_order("bad user", "error log full");
	assert_order("set full drop-one", "ok full drop-one");
	punch_seconds(5, 6);
	assert_seconds("cdefg");
	assert_order("set full drop-block", "ok full drop-block");
	assert_order("set drop-block 3", "ok drop-block 3");
	punch_seconds(7, 7);
	assert_seconds("fgh");
	punch_seconds(8, 9);
	assert_seconds("fghij");
	assert_order("log 6", "error log full");
	assert_order("log 2", "ok 2");
	assert_order("count", "ok records=4 users=2");
}

static void
dropping_one_by_one_stays_right_for_long(void **state)
{
	struct buf log = BUF_INIT;

	(void)state;
	OPEN("users", "2", "capacity", "7", "full", "drop-one");
	for (int i = 0; i < 1000; i++)
		fake_probe_order(&probe, "punch 1 2026-01-15T06:%02d:%02d",
		                 i / 60, i % 60);
	read_log(&log);
	assert_int_equal(log.len, 7 * RECORD);
	for (uint32_t i = 0; i < 7; i++)
		assert_int_equal(wire_get32(log.data + i * RECORD +
		                            RECORD_TIME) % 3600, 993 + i);
	buf_finish(&log);
}

/* ---- odd records ---------------------------------------------------------*/

static void
the_last_records_are_doubled_to_the_byte(void **state)
{
	struct buf log = BUF_INIT;

	(void)state;
	OPEN("users", "2");
	punch_seconds(0, 3);
	assert_order("double 2", "ok 2");
	assert_seconds("abcdcd");
	read_log(&log);
	assert_memory_equal(log.data + 2 * RECORD, log.data + 4 * RECORD,
	                    2 * RECORD);
	assert_order("double 7", "error the log has not that many");
	assert_order("set capacity 6", "ok capacity 6");
	assert_order("set full drop-one", "ok full drop-one");
	assert_order("double 4", "ok 4");
	assert_seconds("cdcdcd");
	buf_finish(&log);
}

static void
bad_records_are_bad_in_every_layout(void **state)
{
	static const struct {
		const char *name;
		size_t size, time;
	} forms[] = {
		{ "8", 8, 3 }, { "8b", 8, 4 }, { "16", 16, 4 },
		{ "40", 40, 27 }, { "49", 49, 27 },
	};

	(void)state;
	OPEN("users", "2");
	assert_order("bad bytes", "ok bytes 1");
	assert_order("bad date 1", "ok date 1");
	assert_order("bad user 2", "ok user 2");
	assert_order("bad luck", "error bad date, bad user or bad bytes");
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t size = forms[i].size;
		struct buf log = BUF_INIT;
		int64_t local;

		fake_probe_order(&probe, "set record-size %s", forms[i].name);
		read_log(&log);
		assert_int_equal(log.len, 4 * size);
		for (size_t at = 0; at < size; at++)
			assert_int_equal((uint8_t)log.data[at], 0xff);
		assert_false(wire_unpack_time(wire_get32(
			log.data + size + forms[i].time), &local));
		assert_true(wire_unpack_time(wire_get32(
			log.data + 2 * size + forms[i].time), &local));
		assert_int_equal(wire_get16(log.data + 2 * size), 0);
		if (size > 8)	/* no user id either */
			assert_int_equal(log.data[2 * size + 2], 0);
		buf_finish(&log);
	}
}

/* ---- many ----------------------------------------------------------------*/

static void
a_refill_is_newer_than_all_before(void **state)
{
	struct buf log = BUF_INIT, again = BUF_INIT;
	uint32_t newest;

	(void)state;
	OPEN("users", "20");
	assert_order("log 300", "ok 300");
	read_log(&log);
	newest = wire_get32(log.data + 299 * RECORD + RECORD_TIME);
	assert_order("refill 400", "ok 400");
	assert_order("count", "ok records=400 users=20");
	read_log(&again);
	for (size_t i = 0; i < 400; i++) {
		const char *r = again.data + i * RECORD;
		uint32_t at = wire_get32(r + RECORD_TIME);

		assert_true(at > newest ||
		            (i > 0 && at == newest &&
		             strcmp(r + RECORD_USER,
		                    r - RECORD + RECORD_USER) != 0));
		newest = at;
	}
	buf_finish(&log);
	buf_finish(&again);
}

/* Ten thousand users and as many punches as there is room for. */
static void
the_largest_log_takes_no_long_time(void **state)
{
	int64_t began = clock_mono_ms();
	struct buf log = BUF_INIT;

	(void)state;
	OPEN("users", "10000");
	assert_order("log 100000", "ok 100000");
	for (int i = 0; i < 100000; i++)
		fake_probe_order(&probe, "punch %d 2026-01-15T%02d:%02d:%02d",
		                 i % 10000 + 1, i / 3600 % 24, i / 60 % 60,
		                 i % 60);
	assert_order("count", "ok records=200000 users=10000");
	read_log(&log);
	assert_int_equal(log.len, 200000 * RECORD);
	assert_true(clock_mono_ms() - began < 20000);	/* one is usual */
	buf_finish(&log);
}

/* ---- what it says --------------------------------------------------------*/

static void
sizes_come_in_every_length(void **state)
{
	static const char *const sizes[] = { "92", "80", "112", "4" };

	(void)state;
	OPEN("users", "2");
	punch_seconds(0, 3);
	for (size_t i = 0; i < 4; i++) {
		struct fake_reply r;

		fake_probe_order(&probe, "set sizes %s", sizes[i]);
		r = fake_probe_ask(&probe, CODE_GET_FREE_SIZES, NULL, 0);
		assert_int_equal(r.len, strtoul(sizes[i], NULL, 10));
		if (r.len == 4)
			assert_int_equal(wire_get32(r.data), 0);
		else
			assert_int_equal(wire_get32(r.data + 32), 4);
	}
}

static void
counts_may_deny_what_there_is(void **state)
{
	struct fake_reply r;

	(void)state;
	OPEN("users", "2", "counts", "zero");
	punch_seconds(0, 3);
	r = fake_probe_ask(&probe, CODE_GET_FREE_SIZES, NULL, 0);
	assert_int_equal(wire_get32(r.data + 32), 0);
	assert_int_equal(wire_get32(r.data + 16), 2);
	assert_seconds("abcd");
}

static void
the_log_may_be_refused_with_a_code(void **state)
{
	struct buf users = BUF_INIT;

	(void)state;
	OPEN("users", "2", "log-code", "4989");
	punch_seconds(0, 3);
	assert_int_equal(fake_probe_prepare(&probe, CODE_ATTLOG_RRQ, 0).code,
	                 4989);
	assert_int_equal(fake_probe_code(&probe, CODE_ATTLOG_RRQ), 4989);
	assert_true(fake_probe_table(&probe, CODE_USERTEMP_RRQ, 5, &users));
	assert_order("set log-code 0", "ok log-code 0");
	assert_seconds("abcd");
	buf_finish(&users);
}

static void
tails_off_the_borders_may_be_refused(void **state)
{
	struct fake_reply r;

	(void)state;
	OPEN("users", "2", "odd-tails", "refuse");
	assert_order("log 2000", "ok 2000");
	assert_int_equal(fake_probe_prepare(&probe, CODE_ATTLOG_RRQ, 0).code,
	                 CODE_ACK_OK);
	fake_probe_read(&probe, 65472, 100);
	assert_true(fake_probe_next(&probe, &r));
	assert_int_equal(r.code, CODE_PREPARE_DATA);
	fake_probe_read(&probe, 65476, 100);
	while (fake_probe_next(&probe, &r) && r.reply != probe.reply)
		;
	assert_int_equal(r.code, CODE_ACK_ERROR);
}

static void
clients_clear_and_it_is_counted(void **state)
{
	static const uint8_t attendance = 1, templates = 2;

	(void)state;
	OPEN("users", "2");
	punch_seconds(0, 3);
	fake_probe_ask(&probe, CODE_CLEAR_DATA, &templates, 1);
	assert_order("count", "ok records=4 users=2");
	assert_int_equal(fake_probe_ask(&probe, CODE_CLEAR_DATA, &attendance,
	                                1).code, CODE_ACK_OK);
	assert_order("count", "ok records=0 users=2");
	punch_seconds(4, 4);
	assert_int_equal(fake_probe_code(&probe, CODE_CLEAR_ATTLOG),
	                 CODE_ACK_OK);
	assert_non_null(strstr(fake_probe_order(&probe, "state"),
	                       " cleared=2 "));
	assert_int_equal(fake_probe_code(&probe, CODE_CLEAR_DATA),
	                 CODE_ACK_OK);
	assert_order("count", "ok records=0 users=0");
}

static void
the_clock_dies_and_jumps(void **state)
{
	int64_t local;
	struct fake_reply r;

	(void)state;
	OPEN("users", "2");
	assert_order("clock dead", "ok 2000-01-01 00:00:00");
	assert_non_null(text_after(fake_probe_order(&probe, "clock jump 3600"),
	                           "ok 2000-01-01 01:00:0"));
	r = fake_probe_ask(&probe, CODE_GET_TIME, NULL, 0);
	assert_true(wire_unpack_time(wire_get32(r.data), &local));
	assert_in_range(wire_get32(r.data), 3600, 3610);
	assert_order("clock jump -7200", "error the year must be 2000 to 2099");
	assert_order("clock jump", "error clock dead, or clock jump SECONDS");
}

static void
the_door_is_open_while_it_is_unlocked(void **state)
{
	static const uint8_t minute[4] = { 0x58, 2 }, none[4];

	(void)state;
	OPEN("users", "2");
	assert_int_equal(fake_probe_ask(&probe, CODE_DOORSTATE_RRQ, NULL,
	                                0).data[0], 0);
	fake_probe_ask(&probe, CODE_UNLOCK, minute, 4);
	assert_int_equal(fake_probe_ask(&probe, CODE_DOORSTATE_RRQ, NULL,
	                                0).data[0], 1);
	fake_probe_ask(&probe, CODE_UNLOCK, none, 4);
	assert_int_equal(fake_probe_ask(&probe, CODE_DOORSTATE_RRQ, NULL,
	                                0).data[0], 0);
	assert_non_null(strstr(fake_probe_order(&probe, "state"),
	                       " unlocks=2 "));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, close_all)
	const struct CMUnitTest tests[] = {
		TEST(a_full_log_stops_or_drops),
		TEST(dropping_one_by_one_stays_right_for_long),
		TEST(the_last_records_are_doubled_to_the_byte),
		TEST(bad_records_are_bad_in_every_layout),
		TEST(a_refill_is_newer_than_all_before),
		TEST(the_largest_log_takes_no_long_time),
		TEST(sizes_come_in_every_length),
		TEST(counts_may_deny_what_there_is),
		TEST(the_log_may_be_refused_with_a_code),
		TEST(tails_off_the_borders_may_be_refused),
		TEST(clients_clear_and_it_is_counted),
		TEST(the_clock_dies_and_jumps),
		TEST(the_door_is_open_while_it_is_unlocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
