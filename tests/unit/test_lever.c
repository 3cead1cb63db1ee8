/* test_lever.c: every lever closes and opens a user in both widths */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "lever.h"

#define COUNT(table) (sizeof table / sizeof table[0])
#define ZEROS_20 "0000000000000000000000000000000000000000"

/* Plain users, and such as have junk, a group and time zones of their own. */
static const char *const records[] = {
	"0700003433323100417368612052616fefcdab0000010000ef030000",
	"070006ff7f33004141736861006162" "63" "efcdab0077" "05" "1122"
	"ef030000",
	"0700003433323100000000417368612052616f"
	"00000000000000000000000000000000" "efcdab00" "01" "0000000000000000"
	"31303037" ZEROS_20,
	"070006" "34333300ff31fe01" "4173686100" "6f6c64206e616d65"
	"0000000000000000000000" "efcdab00" "ff" "ffffffffffffffff"
	"31303037" ZEROS_20,
};

static const struct lever levers[] = {
	{ LEVER_DISABLE, 0 }, { LEVER_GROUP, 99 }, { LEVER_GROUP, 1 },
	{ LEVER_ZONE, 1 }, { LEVER_ZONE, 16 },
};

static const struct lever disable = { LEVER_DISABLE, 0 };
static const struct lever group = { LEVER_GROUP, 99 };
static const struct lever zone = { LEVER_ZONE, 16 };

static struct zk_user
user_of(size_t record)
{
	const char *hex = records[record];
	uint8_t raw[ZK_USER_RAW_MAX];
	struct zk_user user;
	size_t len = 0;
	unsigned value;

	for (; *hex != '\0'; hex += 2) {
		assert_int_equal(sscanf(hex, "%2x", &value), 1);
		assert_true(len < sizeof raw);
		raw[len++] = (uint8_t)value;
	}
	assert_true(len == 28 || len == 72);
	assert_true(zk_user_decode(len, raw, &user));
	return user;
}

/* As it is after it was written, and read. */
static struct zk_user
over_the_wire(const struct zk_user *user)
{
	uint8_t raw[ZK_USER_RAW_MAX];
	struct zk_user out;
	size_t len;

	assert_true(zk_user_encode(user, raw, &len));
	assert_true(zk_user_decode(len, raw, &out));
	return out;
}

static void
assert_same(const struct zk_user *a, const struct zk_user *b)
{
	assert_int_equal(a->raw_len, b->raw_len);
	assert_memory_equal(a->raw, b->raw, a->raw_len);
}

static void
what_was_closed_opens_as_it_was_byte_for_byte(void **state)
{
	(void)state;
	for (size_t r = 0; r < COUNT(records); r++) {
		for (size_t i = 0; i < COUNT(levers); i++) {
			const struct lever *lever = &levers[i];
			struct zk_user before = user_of(r), user = before;
			char was[LEVER_WAS_SIZE];

			if (lever_is_closed(lever, &user))
				continue;	/* group 1 */
			lever_close(lever, &user, was);
			assert_true(lever_is_closed(lever, &user));
			user = over_the_wire(&user);
			assert_true(lever_is_closed(lever, &user));
			assert_memory_not_equal(user.raw, before.raw,
			                        user.raw_len);
			assert_true(lever_open(lever, &user, was));
			assert_false(lever_is_closed(lever, &user));
			user = over_the_wire(&user);
			assert_same(&user, &before);
		}
	}
}

/* Nor does any lever touch a byte outside of its own fields. */
static void
only_the_lever_is_moved(void **state)
{
	(void)state;
	for (size_t r = 0; r < COUNT(records); r++) {
		for (size_t i = 0; i < COUNT(levers); i++) {
			struct zk_user before = user_of(r), user = before;
			size_t at = user.raw_len == 72 ? 39 : 21;
			size_t len = user.raw_len == 72 ? 9 : 3;
			char was[LEVER_WAS_SIZE];

			lever_close(&levers[i], &user, was);
			user = over_the_wire(&user);
			for (size_t b = 0; b < user.raw_len; b++) {
				bool mine = levers[i].kind == LEVER_DISABLE ?
					b == 2 : b >= at && b < at + len;

				assert_true(mine ||
				            user.raw[b] == before.raw[b]);
			}
		}
	}
}

/* Any byte may stand there: the level stays, and what else a firmware put. */
static void
odd_bytes_of_the_privilege_keep_all_but_their_bit(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
		struct zk_user user, plain = user_of(byte % COUNT(records));
		char was[LEVER_WAS_SIZE];

		plain.raw[2] = (uint8_t)byte;
		assert_true(zk_user_decode(plain.raw_len, plain.raw, &user));
		assert_int_equal(lever_is_closed(&disable, &user), byte & 1);
		lever_close(&disable, &user, was);
		assert_string_equal(was, "");
		assert_int_equal(over_the_wire(&user).raw[2], byte | 1);
		assert_true(lever_open(&disable, &user, was));
		assert_int_equal(over_the_wire(&user).raw[2], byte & ~1u);
	}
}

/* One's own time zones rule over the group: they must not let it in. */
static void
a_group_closes_also_who_has_time_zones_of_its_own(void **state)
{
	(void)state;
	for (size_t r = 1; r < COUNT(records); r += 2) {
		struct zk_user user = user_of(r);
		char was[LEVER_WAS_SIZE];

		user.group = 99;
		assert_false(lever_is_closed(&group, &user));
		lever_close(&group, &user, was);
		assert_int_equal(user.own_zones, 0);
		assert_int_equal(user.zone_bits, 0);
		assert_true(lever_is_closed(&group, &user));
	}
}

static void
a_zone_closes_only_alone(void **state)
{
	struct zk_user wide = user_of(2), narrow = user_of(0);
	char was[LEVER_WAS_SIZE];

	(void)state;
	lever_close(&zone, &wide, was);
	assert_string_equal(was, "z72,1,0,0,0,0");
	wide.zones[2] = 16;
	assert_true(lever_is_closed(&zone, &wide));
	wide.zones[1] = 2;
	assert_false(lever_is_closed(&zone, &wide));
	wide.zones[1] = 0;
	wide.own_zones = 0;
	assert_false(lever_is_closed(&zone, &wide));
	lever_close(&zone, &narrow, was);
	assert_string_equal(was, "z28,1,0");
	assert_int_equal(narrow.zone_bits, 0x8000);
	narrow.zone_bits |= 1;
	assert_false(lever_is_closed(&zone, &narrow));
}

/* A person at the terminal chose another group: that is not undone. */
static void
who_is_not_closed_any_more_is_left_alone(void **state)
{
	(void)state;
	for (size_t r = 0; r < COUNT(records); r++) {
		struct zk_user user = user_of(r), edited;
		char was[LEVER_WAS_SIZE];

		lever_close(&group, &user, was);
		user.group = 7;
		edited = user;
		assert_true(lever_open(&group, &user, was));
		assert_memory_equal(&user, &edited, sizeof user);
	}
}

static void
what_others_changed_meanwhile_stays(void **state)
{
	struct zk_user user = user_of(3);
	char was[LEVER_WAS_SIZE];

	(void)state;
	lever_close(&zone, &user, was);
	user.group = 8;
	text_copy(user.name, sizeof user.name, "Ravi");
	assert_true(lever_open(&zone, &user, was));
	user = over_the_wire(&user);
	assert_int_equal(user.group, 8);
	assert_string_equal(user.name, "Ravi");
	assert_int_equal(user.zones[0], 65535);
}

static void
what_makes_no_sense_opens_nothing(void **state)
{
	static const struct {
		struct lever lever;
		size_t record;
		const char *was;
	} bad[] = {
		{ { LEVER_DISABLE, 0 }, 0, "g28,1,0" },
		{ { LEVER_GROUP, 1 }, 0, "" },
		{ { LEVER_GROUP, 101 }, 0, "" },
		{ { LEVER_GROUP, 99 }, 0, "28,1,0" },
		{ { LEVER_GROUP, 99 }, 0, "z28,1,0" },
		{ { LEVER_GROUP, 99 }, 0, "g72,1,0,0,0,0" },
		{ { LEVER_GROUP, 99 }, 0, "g28" },
		{ { LEVER_GROUP, 99 }, 0, "g28,1" },
		{ { LEVER_GROUP, 99 }, 0, "g28,1," },
		{ { LEVER_GROUP, 99 }, 0, "g28,256,0" },
		{ { LEVER_GROUP, 99 }, 0, "g28,-1,0" },
		{ { LEVER_GROUP, 99 }, 0, "g28,1,65536" },
		{ { LEVER_GROUP, 99 }, 0, "g28,1,0,0" },
		{ { LEVER_GROUP, 99 }, 0, "g28,1,0 " },
		{ { LEVER_GROUP, 99 }, 0, "g28,1,00000000000000000000000" },
		{ { LEVER_ZONE, 16 }, 2, "z28,1,0" },
		{ { LEVER_ZONE, 16 }, 2, "z72,1,,0,0,0" },
		{ { LEVER_ZONE, 16 }, 2, "z72,1,0,0,0" },
		{ { LEVER_ZONE, 16 }, 2, "z72,1,0,0,0,x" },
		{ { LEVER_ZONE, 51 }, 2, "z72,1,0,0,0,0" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct zk_user user = user_of(bad[i].record), closed;
		char was[LEVER_WAS_SIZE];

		lever_close(&bad[i].lever, &user, was);
		closed = user;
		assert_false(lever_open(&bad[i].lever, &user, bad[i].was));
		assert_memory_equal(&user, &closed, sizeof user);
	}
}

/* A new spool knows that the bridge closed it, not what was before. */
static void
what_is_not_known_opens_as_the_factory_has_it(void **state)
{
	static const struct lever unknown[] = {
		{ LEVER_DISABLE, 0 }, { LEVER_GROUP, 99 }, { LEVER_ZONE, 16 },
	};

	(void)state;
	for (size_t r = 0; r < COUNT(records); r++) {
		for (size_t i = 0; i < COUNT(unknown); i++) {
			struct zk_user before = user_of(r), user = before;
			char was[LEVER_WAS_SIZE];

			lever_close(&unknown[i], &user, was);
			assert_true(lever_open(&unknown[i], &user, ""));
			user = over_the_wire(&user);
			assert_false(lever_is_closed(&unknown[i], &user));
			assert_string_equal(user.name, before.name);
			if (unknown[i].kind == LEVER_DISABLE)
				continue;
			assert_int_equal(user.group, unknown[i].kind ==
			                 LEVER_GROUP ? 1 : before.group);
			assert_int_equal(user.own_zones, 0);
			assert_int_equal(user.zone_bits, 0);
			if (unknown[i].kind == LEVER_ZONE)
				assert_int_equal(user.zones[0], 0);
		}
	}
}

static void
numbers_that_do_not_fit_change_nothing(void **state)
{
	static const struct {
		struct lever lever;
		bool narrow, wide;
	} numbers[] = {
		{ { LEVER_DISABLE, -7 }, true, true },
		{ { LEVER_GROUP, 0 }, false, false },
		{ { LEVER_GROUP, 100 }, true, true },
		{ { LEVER_GROUP, 101 }, false, false },
		{ { LEVER_ZONE, 0 }, false, false },
		{ { LEVER_ZONE, 17 }, false, true },
		{ { LEVER_ZONE, 50 }, false, true },
		{ { LEVER_ZONE, 51 }, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		for (size_t r = 0; r < COUNT(records); r++) {
			struct zk_user user = user_of(r), before = user;
			bool fits = user.raw_len == 28 ? numbers[i].narrow
				: numbers[i].wide;
			char was[LEVER_WAS_SIZE] = "x";

			assert_int_equal(lever_fits(&numbers[i].lever, &user),
			                 fits);
			lever_close(&numbers[i].lever, &user, was);
			assert_int_equal(lever_is_closed(&numbers[i].lever,
			                                 &user), fits);
			if (fits)
				continue;
			assert_string_equal(was, "");
			assert_memory_equal(&user, &before, sizeof user);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_was_closed_opens_as_it_was_byte_for_byte),
		cmocka_unit_test(only_the_lever_is_moved),
		cmocka_unit_test(
			odd_bytes_of_the_privilege_keep_all_but_their_bit),
		cmocka_unit_test(
			a_group_closes_also_who_has_time_zones_of_its_own),
		cmocka_unit_test(a_zone_closes_only_alone),
		cmocka_unit_test(who_is_not_closed_any_more_is_left_alone),
		cmocka_unit_test(what_others_changed_meanwhile_stays),
		cmocka_unit_test(what_makes_no_sense_opens_nothing),
		cmocka_unit_test(
			what_is_not_known_opens_as_the_factory_has_it),
		cmocka_unit_test(numbers_that_do_not_fit_change_nothing),
	};

	return cmocka_run_group_tests_name("lever", tests, NULL, NULL);
}
