/* test_terminal_door.c: whom the fake terminal lets in, and its own edits */
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
#define PUNCH "punch 2 2026-01-15T06:30:00"
#define LET_IN "ok 2 2026-01-15 06:30:00"

#define OPEN(...) open_with((const char *const[]){ __VA_ARGS__, NULL })

static const char *const sizes[] = { "28", "72" };

/* Where the fields lie, in the order of `sizes`. */
static const size_t group_at[] = { 21, 39 }, zones_at[] = { 22, 40 };

/* The record of user 2, of three, as a client reads it. */
static void
read_second(uint8_t *record, size_t size)
{
	struct buf table = BUF_INIT;

	assert_true(fake_probe_table(&probe, CODE_USERTEMP_RRQ, 5, &table));
	assert_int_equal(table.len, 4 + 3 * size);
	memcpy(record, table.data + 4 + size, size);
	buf_finish(&table);
}

static uint16_t
write_user(const uint8_t *record, size_t size)
{
	return fake_probe_ask(&probe, CODE_USER_WRQ, record, size).code;
}

static void
assert_state(const char *part)
{
	assert_non_null(strstr(fake_probe_order(&probe, "state"), part));
}

/* ---- levers --------------------------------------------------------------*/

static void
a_client_bars_a_user_by_the_bit(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t size = strtoul(sizes[i], NULL, 10);
		uint8_t record[72];

		OPEN("users", "3", "user-size", sizes[i]);
		read_second(record, size);
		record[2] |= 1;
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		assert_order(PUNCH, "error user disabled");
		assert_order("punch 1 2026-01-15T06:30:00",
		             "ok 1 2026-01-15 06:30:00");
		assert_state(" kept_out=1 ");
		record[2] &= (uint8_t)~1u;
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		assert_order(PUNCH, LET_IN);
		if (i == 0)
			fake_probe_finish(&probe);
	}
}

static void
a_client_bars_a_user_by_a_closed_group(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t size = strtoul(sizes[i], NULL, 10);
		uint8_t record[72];

		OPEN("users", "3", "user-size", sizes[i]);
		read_second(record, size);
		assert_int_equal(record[group_at[i]], 1);
		record[group_at[i]] = 99;
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		assert_order(PUNCH, LET_IN);
		assert_order("set closed-group 99", "ok closed-group 99");
		assert_order(PUNCH, "error group closed");
		assert_order("set honours zones", "ok honours zones");
		assert_order(PUNCH, "error group closed");
		assert_order("set honours nothing", "ok honours nothing");
		assert_order(PUNCH, LET_IN);
		assert_order("set honours all", "ok honours all");
		/* time zones of its own: the group is not asked */
		record[zones_at[i]] = 1;
		if (size == 72)
			record[zones_at[i] + 2] = 3;
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		assert_order(PUNCH, LET_IN);
		if (i == 0)
			fake_probe_finish(&probe);
	}
}

static void
a_client_bars_a_user_by_a_closed_zone(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t size = strtoul(sizes[i], NULL, 10);
		uint8_t record[72], *zones = record + zones_at[i];

		OPEN("users", "3", "user-size", sizes[i], "closed-zone", "16");
		read_second(record, size);
		if (size == 28) {
			zones[1] = 0x80;
		} else {
			zones[0] = 1;
			zones[4] = 16;
		}
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		assert_order(PUNCH, "error time zone closed");
		if (size == 28)
			zones[0] = 1;	/* zone 1 as well */
		else
			zones[6] = 1;
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		assert_order(PUNCH, LET_IN);
		if (i == 0)
			fake_probe_finish(&probe);
	}
}

/* "Own zones", and none: terminals were seen with that. */
static void
three_times_no_zone_is_no_lock(void **state)
{
	uint8_t record[72];

	(void)state;
	OPEN("users", "3", "closed-zone", "50", "closed-group", "1");
	assert_order(PUNCH, "error group closed");
	read_second(record, 72);
	record[40] = 1;
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_order(PUNCH, LET_IN);
	record[42] = 50;
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_order(PUNCH, "error time zone closed");
}

/* ---- firmware that does otherwise ----------------------------------------*/

static void
a_firmware_answers_and_ignores(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t size = strtoul(sizes[i], NULL, 10);
		uint8_t was[72], record[72], got[72];

		OPEN("users", "3", "user-size", sizes[i]);
		assert_order("privilege 2 7", "ok 2 7");
		read_second(was, size);
		memcpy(record, was, size);
		record[2] = 14;
		record[group_at[i]] = 99;
		record[zones_at[i]] = 1;
		assert_order("set ignores bit", "ok ignores bit");
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		read_second(got, size);
		assert_int_equal(got[2], 15);
		got[2] = 14;
		assert_memory_equal(got, record, size);
		assert_order("set ignores all", "ok ignores all");
		memset(record + group_at[i], 2, 3);
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		read_second(got, size);
		assert_int_equal(got[2], 15);
		assert_int_equal(got[group_at[i]], 99);
		assert_int_equal(got[zones_at[i]], 1);
		assert_state(" writes=2 ");
		if (i == 0)
			fake_probe_finish(&probe);
	}
}

static void
a_write_is_refused_with_a_code(void **state)
{
	uint8_t record[72];

	(void)state;
	OPEN("users", "3", "user-code", "4994");
	read_second(record, 72);
	record[2] = 1;
	assert_int_equal(write_user(record, 72), 4994);
	assert_order(PUNCH, LET_IN);
	assert_state(" writes=0 ");
	assert_state(" refused_writes=1");
	assert_order("set user-code 0", "ok user-code 0");
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_order(PUNCH, "error user disabled");
}

static uint32_t
count_templates(void)
{
	return wire_get32(fake_probe_ask(&probe, CODE_GET_FREE_SIZES, NULL,
	                                 0).data + 24);
}

static void
templates_outlive_a_write_unless_the_firmware_drops_them(void **state)
{
	uint8_t record[72];

	(void)state;
	OPEN("users", "3");
	assert_int_equal(count_templates(), 3);
	assert_order("fingers 3 4", "ok 3 4");
	assert_int_equal(count_templates(), 6);
	read_second(record, 72);
	record[2] = 1;
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_int_equal(count_templates(), 6);
	record[0] = 9;		/* a new user has none yet */
	memcpy(record + 48, "9", 2);
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_int_equal(count_templates(), 6);
	assert_order("delete 3", "ok 3");
	assert_int_equal(count_templates(), 2);
	assert_order("set drop-templates yes", "ok drop-templates yes");
	assert_order("delete 9", "ok 9");
	assert_order("user 3 Ravi", "ok 10");
	read_second(record, 72);
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_int_equal(count_templates(), 2);
}

/* ---- power ---------------------------------------------------------------*/

static void
power_fails_after_so_many_writes(void **state)
{
	uint8_t record[72];

	(void)state;
	OPEN("users", "3");
	read_second(record, 72);
	record[2] = 1;
	assert_order("crash 2 answered 0", "ok 2");
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_int_equal(write_user(record, 71), CODE_ACK_ERROR);
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_int_equal(probe.session.life, FAKE_DEAD);
	assert_order(PUNCH, "error user disabled");
	fake_probe_finish(&probe);

	OPEN("users", "3");
	assert_order("crash 1 silent 0", "ok 1");
	assert_int_equal(write_user(record, 72), 0);
	assert_int_equal(probe.session.life, FAKE_DEAD);
	assert_order(PUNCH, "error user disabled");
	fake_probe_finish(&probe);

	OPEN("users", "3");
	assert_order("crash 1", "ok 1");
	assert_order("crash 0", "ok 0");
	assert_int_equal(write_user(record, 72), CODE_ACK_OK);
	assert_int_equal(probe.session.life, FAKE_ALIVE);
	assert_order("crash", "error crash WRITES: after so many users "
	             "written");
	assert_order("crash 1 loudly", "error crash WRITES answered or "
	             "silent");
}

/* ---- the door itself -----------------------------------------------------*/

static void
an_unlock_is_told_and_needs_a_relay(void **state)
{
	static const uint8_t minute[4] = { 0x58, 2 };

	(void)state;
	OPEN("users", "3");
	assert_state(" door=shut unlock_tenths=0 ");
	assert_int_equal(fake_probe_ask(&probe, CODE_UNLOCK, minute, 4).code,
	                 CODE_ACK_OK);
	assert_state(" unlocks=1 ");
	assert_state(" door=open unlock_tenths=600 ");
	fake_probe_finish(&probe);

	OPEN("users", "3", "relay", "no");
	assert_int_equal(fake_probe_ask(&probe, CODE_UNLOCK, minute, 4).code,
	                 CODE_ACK_ERROR);
	assert_state(" unlocks=0 ");
	assert_state(" door=shut ");
}

/* ---- edits at the terminal -----------------------------------------------*/

static void
people_edit_users_at_the_terminal(void **state)
{
	(void)state;
	OPEN("users", "3");
	assert_order("show 2", "ok uid=2 id=2 privilege=0 disabled=no group=1 "
	             "zones=- fingers=1 writes=0 opens=yes name=Member 2");
	assert_order("user 2 Asha Rao", "ok 2");
	assert_order("privilege 2 14", "ok 2 14");
	assert_order("ban 2", "ok 2 15");
	assert_order("group 2 7", "ok 2 7");
	assert_order("zones 2 3 50", "ok 2");
	assert_order("show 2", "ok uid=2 id=2 privilege=15 disabled=yes "
	             "group=7 zones=3,50 fingers=1 writes=0 opens=no "
	             "name=Asha Rao");
	assert_order("unban 2", "ok 2 14");
	assert_order("zones 2", "ok 2");
	assert_order("show 2", "ok uid=2 id=2 privilege=14 disabled=no "
	             "group=7 zones=- fingers=1 writes=0 opens=yes "
	             "name=Asha Rao");
	assert_order("zones 2 51", "error zones ID [N [N [N]]]: N is 1 to 50, "
	             "or to 16 in 28 bytes");
	assert_order("zones 2 1 2 3 4", "error zones ID [N [N [N]]]: N is 1 "
	             "to 50, or to 16 in 28 bytes");
	assert_order("group 2 256", "error group ID N: N is 0 to 255");
	assert_order("ban 9", "error there is no such user");
	assert_state(" writes=0 ");
}

/* Also of a record that a client wrote; and the client reads them. */
static void
edits_are_in_the_record_and_nothing_else_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t size = strtoul(sizes[i], NULL, 10);
		uint8_t record[72], got[72];

		OPEN("users", "3", "user-size", sizes[i], "junk", "yes");
		read_second(record, size);
		assert_int_equal(write_user(record, size), CODE_ACK_OK);
		assert_order("group 2 7", "ok 2 7");
		assert_order("zones 2 3 16", "ok 2");
		read_second(got, size);
		record[group_at[i]] = 7;
		if (size == 28)
			memcpy(record + zones_at[i], "\x04\x80", 2);
		else
			memcpy(record + zones_at[i], "\1\0\3\0\x10", 5);
		assert_memory_equal(got, record, size);
		assert_non_null(strstr(fake_probe_order(&probe, "show 2"),
		                       " zones=3,16 fingers=1 writes=1 "));
		if (i == 0)
			fake_probe_finish(&probe);
	}
}

static void
the_table_is_kept_over_a_restart(void **state)
{
	static const char rows[] =
		"uid=1 id=1 privilege=0 disabled=no group=1 zones=- "
		"fingers=1 writes=0 opens=yes name=Member 1\n"
		"uid=2 id=2 privilege=1 disabled=yes group=7 zones=3,16 "
		"fingers=5 writes=0 opens=no name=Asha Rao\n";
	char folder[60], file[80], table[80], *found;
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof folder, "%.40s/terminal-XXXXXX",
	         tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof file, "%s/state", folder);
	snprintf(table, sizeof table, "%s/table", folder);
	OPEN("users", "2", "state", file);
	assert_order("user 2 Asha Rao", "ok 2");
	assert_order("ban 2", "ok 2 1");
	assert_order("group 2 7", "ok 2 7");
	assert_order("zones 2 3 16", "ok 2");
	assert_order("fingers 2 5", "ok 2 5");
	for (int i = 0; i < 2; i++) {
		assert_string_equal(fake_probe_order(&probe, "table %s",
		                                     table), "ok 2");
		found = text_read_file(table, FILE_MOST, NULL);
		assert_non_null(found);
		assert_string_equal(found, rows);
		free(found);
		fake_probe_finish(&probe);
		OPEN("users", "2", "state", file);
	}
	unlink(file);
	unlink(table);
	rmdir(folder);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, close_all)
	const struct CMUnitTest tests[] = {
		TEST(a_client_bars_a_user_by_the_bit),
		TEST(a_client_bars_a_user_by_a_closed_group),
		TEST(a_client_bars_a_user_by_a_closed_zone),
		TEST(three_times_no_zone_is_no_lock),
		TEST(a_firmware_answers_and_ignores),
		TEST(a_write_is_refused_with_a_code),
		TEST(templates_outlive_a_write_unless_the_firmware_drops_them),
		TEST(power_fails_after_so_many_writes),
		TEST(an_unlock_is_told_and_needs_a_relay),
		TEST(people_edit_users_at_the_terminal),
		TEST(edits_are_in_the_record_and_nothing_else_changes),
		TEST(the_table_is_kept_over_a_restart),
	};

	return cmocka_run_group_tests_name("terminal_door", tests, NULL, NULL);
}
