/* test_lever_door.c: what a lever does to users of the fake terminal */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lever.h"
#include "tests/unit/probe_case.h"

#define COUNT(table) (sizeof table / sizeof table[0])
#define PUNCH "punch 2 2026-01-15T06:30:00"
#define LET_IN "ok 2 2026-01-15 06:30:00"

static const char *const sizes[] = { "28", "72" };

static const struct {
	struct lever lever;
	const char *refusal;
} levers[] = {
	{ { LEVER_DISABLE, 0 }, "error user disabled" },
	{ { LEVER_GROUP, 99 }, "error group closed" },
	{ { LEVER_ZONE, 16 }, "error time zone closed" },
};

static const struct lever group = { LEVER_GROUP, 99 };

static void
open_terminal(const char *size)
{
	open_with((const char *const[]){ "users", "3", "user-size", size,
		"closed-group", "99", "closed-zone", "16", "junk", "yes",
		NULL });
}

/* User 2, as the bridge reads it. */
static struct zk_user
read_user(size_t width)
{
	struct buf table = BUF_INIT;
	struct zk_user user;

	assert_true(fake_probe_table(&probe, CODE_USERTEMP_RRQ, 5, &table));
	assert_int_equal(table.len, 4 + 3 * width);
	assert_true(zk_user_decode(width, (uint8_t *)table.data + 4 + width,
	                           &user));
	assert_string_equal(user.user_id, "2");
	buf_finish(&table);
	return user;
}

static void
write_user(const struct zk_user *user)
{
	uint8_t raw[ZK_USER_RAW_MAX];
	size_t len;

	assert_true(zk_user_encode(user, raw, &len));
	assert_int_equal(fake_probe_ask(&probe, CODE_USER_WRQ, raw, len).code,
	                 CODE_ACK_OK);
}

/* With the person's own edits, if any, before it is closed. */
static void
close_and_open(const struct lever *lever, size_t width, const char *refusal)
{
	struct zk_user before = read_user(width), user = before;
	char was[LEVER_WAS_SIZE];

	assert_order(PUNCH, LET_IN);
	lever_close(lever, &user, was);
	write_user(&user);
	assert_order(PUNCH, refusal);
	assert_order("punch 1 2026-01-15T06:30:00",
	             "ok 1 2026-01-15 06:30:00");
	user = read_user(width);
	assert_true(lever_is_closed(lever, &user));
	assert_true(lever_open(lever, &user, was));
	write_user(&user);
	assert_order(PUNCH, LET_IN);
	user = read_user(width);
	assert_memory_equal(user.raw, before.raw, width);
}

static void
the_terminal_refuses_whom_a_lever_closed(void **state)
{
	(void)state;
	for (size_t s = 0; s < COUNT(sizes); s++) {
		size_t width = strtoul(sizes[s], NULL, 10);

		for (size_t i = 0; i < COUNT(levers); i++) {
			open_terminal(sizes[s]);
			close_and_open(&levers[i].lever, width,
			               levers[i].refusal);
			assert_order("zones 2 3 5", "ok 2");
			assert_order("group 2 4", "ok 2 4");
			assert_order("privilege 2 6", "ok 2 6");
			close_and_open(&levers[i].lever, width,
			               levers[i].refusal);
			fake_probe_finish(&probe);
		}
	}
}

/* Opening must not take back what a person did while it was closed. */
static void
edits_at_the_terminal_stay(void **state)
{
	(void)state;
	for (size_t s = 0; s < COUNT(sizes); s++) {
		size_t width = strtoul(sizes[s], NULL, 10);
		char was[LEVER_WAS_SIZE];
		struct zk_user user;

		open_terminal(sizes[s]);
		user = read_user(width);
		lever_close(&group, &user, was);
		write_user(&user);
		assert_order("user 2 Asha", "ok 2");
		assert_order("privilege 2 15", "ok 2 15");
		user = read_user(width);
		assert_true(lever_open(&group, &user, was));
		write_user(&user);
		assert_order("show 2", "ok uid=2 id=2 privilege=15 "
		             "disabled=yes group=1 zones=- fingers=1 writes=2 "
		             "opens=no name=Asha");
		fake_probe_finish(&probe);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_terminal_refuses_whom_a_lever_closed),
		cmocka_unit_test(edits_at_the_terminal_stay),
	};

	return cmocka_run_group_tests_name("lever_door", tests, NULL, NULL);
}
