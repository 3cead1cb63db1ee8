/* test_terminal_users.c: users and options of the fake terminal */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "tests/unit/probe_case.h"

#define FILE_MOST 1000000

#define OPEN(...) open_with((const char *const[]){ __VA_ARGS__, NULL })

static uint16_t
write_user(const void *record, size_t size)
{
	return fake_probe_ask(&probe, CODE_USER_WRQ, record, size).code;
}

/* The table of users, without its length. */
static void
read_users(struct buf *out)
{
	assert_true(fake_probe_table(&probe, CODE_USERTEMP_RRQ, 5, out));
	assert_int_equal(wire_get32(out->data), out->len - 4);
	buf_consume(out, 4);
}

/* Every byte of it stands for something, and none is zero. */
static void
fill_record(uint8_t *record, size_t size, uint16_t uid, const char *user_id)
{
	for (size_t i = 0; i < size; i++)
		record[i] = (uint8_t)(0x80 | i);
	record[0] = (uint8_t)uid;
	record[1] = (uint8_t)(uid >> 8);
	record[2] = 0;
	if (size == 28) {
		uint32_t number = (uint32_t)strtoul(user_id, NULL, 10);

		for (int i = 0; i < 4; i++)
			record[24 + i] = (uint8_t)(number >> 8 * i);
	} else {
		memset(record + 48, 0, 24);
		memcpy(record + 48, user_id, strlen(user_id));
	}
}

static void
a_user_is_read_as_it_was_written(void **state)
{
	static const char *const sizes[] = { "28", "72" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t size = strtoul(sizes[i], NULL, 10);
		uint8_t record[72];
		struct buf users = BUF_INIT;

		OPEN("user-size", sizes[i], "junk", "yes");
		fill_record(record, size, 7, "1007");
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		read_users(&users);
		assert_int_equal(users.len, size);
		assert_memory_equal(users.data, record, size);
		record[2] |= 1;
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		read_users(&users);
		assert_int_equal(users.len, size);
		assert_memory_equal(users.data, record, size);
		assert_non_null(strstr(fake_probe_order(&probe, "state"),
		                       " writes=2 "));
		buf_finish(&users);
		if (i == 0)
			fake_probe_finish(&probe);
	}
}

/* What a client reads, with rubbish in it, comes back after it wrote it. */
static void
rubbish_that_was_read_is_kept_when_it_is_written(void **state)
{
	struct buf users = BUF_INIT, again = BUF_INIT;

	(void)state;
	OPEN("users", "3", "junk", "yes");
	read_users(&users);
	assert_int_equal(users.len, 3 * 72);
	assert_string_equal(users.data + 72 + 11, "Member 2");
	assert_int_not_equal(users.data[72 + 11 + 9], 0);
	assert_string_equal(users.data + 72 + 48, "2");
	assert_int_not_equal(users.data[72 + 48 + 2], 0);
	assert_int_equal(users.data[72 + 48 + 9], 0);
	users.data[72 + 2] ^= 1;
	assert_int_equal(write_user(users.data + 72, 72), CODE_ACK_OK);
	read_users(&again);
	assert_memory_equal(again.data, users.data, users.len);
	buf_finish(&users);
	buf_finish(&again);
}

static void
records_that_no_terminal_takes_are_refused(void **state)
{
	uint8_t record[72];

	(void)state;
	OPEN("users", "2", "user-capacity", "3");
	fill_record(record, 72, 7, "1007");
	assert_int_equal(write_user(record, 71), CODE_ACK_ERROR);
	assert_int_equal(write_user(record, 28), CODE_ACK_ERROR);
	fill_record(record, 72, 0, "1007");
	assert_int_equal(write_user(record, 72), CODE_ACK_ERROR);
	fill_record(record, 72, 7, "a b");
	assert_int_equal(write_user(record, 72), CODE_ACK_ERROR);
	fill_record(record, 72, 7, "2");	/* has slot 2 */
	assert_int_equal(write_user(record, 72), CODE_ACK_ERROR);
	fill_record(record, 72, 7, "1007");
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	fill_record(record, 72, 8, "1008");	/* full */
	assert_int_equal(write_user(record, 72), CODE_ACK_ERROR);
	fill_record(record, 72, 7, "1008");	/* in place of 1007 */
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_order("privilege 1007 1", "error there is no such user");
	assert_order("privilege 1008 1", "ok 1008 1");
}

static void
a_user_whose_bit_is_set_may_not_punch(void **state)
{
	(void)state;
	OPEN("users", "2");
	assert_order("privilege 2 1", "ok 2 1");
	assert_order("punch 2", "error user disabled");
	assert_order("count", "ok records=0 users=2");
	assert_order("set honours nothing", "ok honours nothing");
	assert_order("punch 2 2026-01-15T06:30:00",
	             "ok 2 2026-01-15 06:30:00");
	assert_order("set honours zones", "ok honours zones");
	assert_order("punch 2 2026-01-15T06:30:00",
	             "ok 2 2026-01-15 06:30:00");
	assert_order("set honours all", "ok honours all");
	assert_order("privilege 2 14", "ok 2 14");
	assert_order("punch 2 2026-01-15T06:30:01",
	             "ok 2 2026-01-15 06:30:01");
	assert_order("privilege 2 256", "error privilege ID N: N is 0 to 255");
}

static void
users_are_deleted_by_slot_and_by_order(void **state)
{
	static const uint8_t second[] = { 2, 0 };

	(void)state;
	OPEN("users", "3");
	assert_int_equal(fake_probe_ask(&probe, CODE_DELETE_USER, second,
	                                2).code, CODE_ACK_OK);
	assert_int_equal(fake_probe_ask(&probe, CODE_DELETE_USER, second,
	                                2).code, CODE_ACK_ERROR);
	assert_int_equal(fake_probe_ask(&probe, CODE_DELETE_USER, second,
	                                1).code, CODE_ACK_ERROR);
	assert_order("delete 3", "ok 3");
	assert_order("delete 3", "error there is no such user");
	assert_order("count", "ok records=0 users=1");
	assert_order("user 9 Asha Rao", "ok 4");	/* no slot twice */
}

/* ---- over a restart ------------------------------------------------------*/

static void
assert_file(const char *path, const char *text)
{
	char *found = text_read_file(path, FILE_MOST, NULL);

	assert_non_null(found);
	assert_string_equal(found, text);
	free(found);
}

static void
the_state_file_brings_back_every_change(void **state)
{
	char folder[60], file[80], dump[80], users[80];
	const char *tmp = getenv("TMPDIR");
	struct buf before = BUF_INIT, after = BUF_INIT;
	uint8_t record[72];

	(void)state;
	snprintf(folder, sizeof folder, "%.40s/terminal-XXXXXX",
	         tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof file, "%s/state", folder);
	snprintf(dump, sizeof dump, "%s/dump", folder);
	snprintf(users, sizeof users, "%s/users", folder);
	OPEN("users", "5", "state", file, "capacity", "4", "full", "drop-one",
	     "zone", "UTC");
	fill_record(record, 72, 60, "1007");
	memcpy(record + 11, "Asha\nRao", 9);
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_order("delete 4", "ok 4");
	assert_order("privilege 1007 1", "ok 1007 1");
	assert_order("user 5 Ravi", "ok 5");
	for (int i = 0; i < 6; i++)
		fake_probe_order(&probe, "punch %d 2026-01-15T06:30:0%d",
		                 i % 2 + 1, i);
	assert_order("bad date", "ok date 1");
	assert_order("double 2", "ok 2");
	for (int i = 0; i < 2; i++) {
		struct buf *table = i == 0 ? &before : &after;

		assert_true(fake_probe_table(&probe, CODE_ATTLOG_RRQ, 0,
		                             table));
		assert_order("count", "ok records=4 users=5");
		fake_probe_order(&probe, "dump %s", dump);
		assert_file(dump, "2 2026-01-15 06:30:05 0 1\n"
		            "2 2026-01-15 06:30:05 0 1\n");
		fake_probe_order(&probe, "users %s", users);
		assert_file(users, "1 1 0 Member 1\n2 2 0 Member 2\n"
		            "3 3 0 Member 3\n5 5 0 Ravi\n"
		            "60 1007 1 Asha?Rao\n");
		fake_probe_finish(&probe);
		OPEN("users", "5", "state", file, "capacity", "4");
	}
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, before.len);
	buf_finish(&before);
	buf_finish(&after);
	unlink(file);
	unlink(dump);
	unlink(users);
	rmdir(folder);
}

/* ---- options -------------------------------------------------------------*/

static struct fake_reply
ask_option(const char *name)
{
	return fake_probe_ask(&probe, CODE_OPTIONS_RRQ, name, strlen(name));
}

static void
an_option_reads_as_it_was_written(void **state)
{
	(void)state;
	OPEN("mac", "00:17:61:00:00:01");
	assert_int_equal(ask_option("SDKBuild").code, CODE_ACK_ERROR);
	assert_int_equal(fake_probe_ask(&probe, CODE_OPTIONS_WRQ,
	                                "SDKBuild=1", 11).code, CODE_ACK_OK);
	assert_string_equal((const char *)ask_option("SDKBuild").data,
	                    "SDKBuild=1");
	fake_probe_ask(&probe, CODE_OPTIONS_WRQ, "SDKBuild=2", 10);
	assert_string_equal((const char *)ask_option("SDKBuild").data,
	                    "SDKBuild=2");
	assert_string_equal((const char *)ask_option("MAC").data,
	                    "MAC=00:17:61:00:00:01");
	assert_int_equal(fake_probe_ask(&probe, CODE_OPTIONS_WRQ, "SDKBuild",
	                                9).code, CODE_ACK_ERROR);
}

static void
unknown_options_are_answered_as_set(void **state)
{
	(void)state;
	OPEN("unknown-option", "unknown");
	assert_int_equal(ask_option("Nothing").code, CODE_ACK_UNKNOWN);
	assert_order("set unknown-option error", "ok unknown-option error");
	assert_int_equal(ask_option("Nothing").code, CODE_ACK_ERROR);
}

static void
junk_surrounds_the_serial(void **state)
{
	struct fake_reply r;

	(void)state;
	OPEN("junk", "yes", "serial", "SN1");
	r = ask_option("~SerialNumber");
	assert_string_equal((const char *)r.data, "~SerialNumber==SN1=");
	assert_true(r.len > strlen("~SerialNumber==SN1=") + 1);
	assert_string_equal((const char *)ask_option("~OS").data, "~OS=1");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, close_all)
	const struct CMUnitTest tests[] = {
		TEST(a_user_is_read_as_it_was_written),
		TEST(rubbish_that_was_read_is_kept_when_it_is_written),
		TEST(records_that_no_terminal_takes_are_refused),
		TEST(a_user_whose_bit_is_set_may_not_punch),
		TEST(users_are_deleted_by_slot_and_by_order),
		TEST(the_state_file_brings_back_every_change),
		TEST(an_option_reads_as_it_was_written),
		TEST(unknown_options_are_answered_as_set),
		TEST(junk_surrounds_the_serial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
