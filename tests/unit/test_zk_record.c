/* test_zk_record.c: punches, events and users in all their layouts */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "zk_record.h"

#define COUNT(table) (sizeof table / sizeof table[0])
#define ZEROS_20 "0000000000000000000000000000000000000000"

static size_t
bytes_of(const char *hex, uint8_t *out, size_t size)
{
	unsigned value;
	size_t n = 0;

	for (; *hex != '\0'; hex += 2) {
		assert_int_equal(sscanf(hex, "%2x", &value), 1);
		assert_true(n < size);
		out[n++] = (uint8_t)value;
	}
	return n;
}

static int64_t
the_morning(void)
{
	const struct clock_date date = { 2026, 1, 15, 6, 30, 0 };
	int64_t local;

	assert_true(clock_join(&date, &local));
	return local;
}

/* ---- records ------------------------------------------------------------ */

static const struct {
	enum zk_layout layout;
	const char *hex, *user_id;	/* NULL: uid 7 alone */
	int verify, state;
} records[] = {
	{ ZK_LAYOUT_8A, "07000168fce13100", NULL, 1, 0 },
	{ ZK_LAYOUT_8B, "0700280068fce131", NULL, 1, 1 },
	{ ZK_LAYOUT_16, "ef03000068fce131010f000000000000", "1007", 15, 1 },
	{ ZK_LAYOUT_40, "070031303037" ZEROS_20 "01" "68fce131" "00"
	  "0000000000000000", "1007", 1, 0 },
	{ ZK_LAYOUT_49, "070031303037" ZEROS_20 "01" "68fce131" "ff"
	  "0000000000000000" "ff3235350000000000", "1007", 1, 255 },
	{ ZK_LAYOUT_40, "0700414243313233343536373839303132333435"
	  "363738393031" "0f" "68fce131" "05" "0000000000000000",
	  "ABC123456789012345678901", 15, 5 },
};

static void
records_are_read_in_every_layout(void **state)
{
	struct zk_punch p;
	uint8_t raw[ZK_RAW_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(records); i++) {
		size_t len = bytes_of(records[i].hex, raw, sizeof raw);

		assert_int_equal(len, zk_layout_bytes(records[i].layout));
		assert_int_equal(zk_punch_decode(records[i].layout, raw, &p),
		                 ZK_SOUND);
		assert_int_equal(p.uid_only, records[i].user_id == NULL);
		if (p.uid_only)
			assert_int_equal(p.uid, 7);
		else
			assert_string_equal(p.user_id, records[i].user_id);
		assert_int_equal(p.local, the_morning());
		assert_int_equal(p.verify, records[i].verify);
		assert_int_equal(p.state, records[i].state);
	}
}

static void
flaws_are_named_and_not_stored(void **state)
{
	static const struct {
		enum zk_layout layout;
		const char *hex;
		enum zk_flaw flaw;
	} bad[] = {
		/* 31 February */
		{ ZK_LAYOUT_8A, "07000180931f3200", ZK_BAD_DATE },
		{ ZK_LAYOUT_16, "ef03000080931f3201000000" "00000000",
		  ZK_BAD_DATE },
		/* erased flash */
		{ ZK_LAYOUT_8A, "ffffffffffffffff", ZK_BAD_DATE },
		{ ZK_LAYOUT_16, "ffffffffffffffffffffffffffffffff",
		  ZK_BAD_DATE },
		/* user 0, none, or not printable */
		{ ZK_LAYOUT_8A, "00000168fce13100", ZK_BAD_USER },
		{ ZK_LAYOUT_16, "0000000068fce13101000000" "00000000",
		  ZK_BAD_USER },
		{ ZK_LAYOUT_40, "070030000000" ZEROS_20 "0168fce13100"
		  "0000000000000000", ZK_BAD_USER },
		{ ZK_LAYOUT_40, "070000303037" ZEROS_20 "0168fce13100"
		  "0000000000000000", ZK_BAD_USER },
		{ ZK_LAYOUT_40, "0700ff013037" ZEROS_20 "0168fce13100"
		  "0000000000000000", ZK_BAD_USER },
	};
	struct zk_punch p;
	uint8_t raw[ZK_RAW_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		bytes_of(bad[i].hex, raw, sizeof raw);
		assert_int_equal(zk_punch_decode(bad[i].layout, raw, &p),
		                 bad[i].flaw);
	}
}

/* ---- events ------------------------------------------------------------- */

#define ID_24 "31303037" ZEROS_20

static void
events_are_read_in_every_length(void **state)
{
	static const struct {
		const char *hex, *user_id;
		int verify, state;
	} events[] = {
		{ "070001001a010f061e00", NULL, 1, 0 },
		{ "ef03000001001a010f061e00", "1007", 1, 0 },
		{ "070001801a010f061e0000000000", NULL, 1, 0 },
		{ "070001851a010f061e0000000000", NULL, 1, 5 },
		{ ID_24 "01001a010f061e00", "1007", 1, 0 },
		{ ID_24 "0fff1a010f061e0000000000", "1007", 15, 255 },
		{ ID_24 "01001a010f061e000000000000", "1007", 1, 0 },
		{ ID_24 "01001a010f061e00" ZEROS_20, "1007", 1, 0 },
		{ ID_24 "01001a010f061e00" ZEROS_20 ZEROS_20, "1007", 1, 0 },
	};
	struct zk_punch p;
	uint8_t data[128];

	(void)state;
	for (size_t i = 0; i < COUNT(events); i++) {
		size_t len = bytes_of(events[i].hex, data, sizeof data);

		assert_int_equal(zk_event_decode(data, len, &p), ZK_SOUND);
		assert_int_equal(p.uid_only, events[i].user_id == NULL);
		assert_string_equal(p.user_id, events[i].user_id == NULL ? ""
		                    : events[i].user_id);
		assert_int_equal(p.local, the_morning());
		assert_int_equal(p.verify, events[i].verify);
		assert_int_equal(p.state, events[i].state);
	}
}

static void
events_of_other_lengths_are_refused(void **state)
{
	uint8_t data[64];
	struct zk_punch p;

	(void)state;
	memset(data, 1, sizeof data);
	for (size_t len = 0; len < 32; len++) {
		if (len == 10 || len == 12 || len == 14)
			continue;
		assert_int_equal(zk_event_decode(data, len, &p),
		                 ZK_BAD_LENGTH);
	}
}

/* ---- users -------------------------------------------------------------- */

#define USER_28 "0700003433323100417368612052616fefcdab0000010000ef030000"
#define USER_72 "0700013433323100000000417368612052616f" \
	"00000000000000000000000000000000" "efcdab00" "01" \
	"0000000000000000" "31303037" ZEROS_20

static void
users_are_read_in_both_widths(void **state)
{
	uint8_t raw[80];
	struct zk_user user;

	(void)state;
	assert_int_equal(bytes_of(USER_28, raw, sizeof raw), 28);
	assert_true(zk_user_decode(28, raw, &user));
	assert_int_equal(user.uid, 7);
	assert_string_equal(user.user_id, "1007");
	assert_string_equal(user.name, "Asha Rao");
	assert_int_equal(user.card, 0xabcdef);
	assert_false(user.disabled);
	assert_int_equal(user.group, 1);
	assert_int_equal(user.zone_bits, 0);

	assert_int_equal(bytes_of(USER_72, raw, sizeof raw), 72);
	assert_true(zk_user_decode(72, raw, &user));
	assert_int_equal(user.uid, 7);
	assert_string_equal(user.user_id, "1007");
	assert_string_equal(user.name, "Asha Rao");
	assert_int_equal(user.card, 0xabcdef);
	assert_true(user.disabled);
	assert_int_equal(user.group, 1);
	assert_int_equal(user.own_zones, 0);
}

/* Such an id would make a whole batch of punches unreadable to the API. */
static void
users_without_a_usable_id_are_none(void **state)
{
	static const char *const ids[] = { "", "0", "\xff\xfe", "10 7",
		                           "1007\n", "caf\xc3\xa9" };
	uint8_t raw[80];
	struct zk_user user;

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++) {
		assert_int_equal(bytes_of(USER_72, raw, sizeof raw), 72);
		memset(raw + 48, 0, 24);
		memcpy(raw + 48, ids[i], strlen(ids[i]));
		assert_false(zk_user_decode(72, raw, &user));
	}
	assert_int_equal(bytes_of(USER_28, raw, sizeof raw), 28);
	memset(raw + 24, 0, 4);
	assert_false(zk_user_decode(28, raw, &user));
}

static void
the_width_of_users_is_found(void **state)
{
	static const struct {
		const char *hex;
		size_t bytes;
	} kinds[] = { { USER_28, 28 }, { USER_72, 72 } };

	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		uint8_t raw[80];
		size_t len = bytes_of(kinds[k].hex, raw, sizeof raw);

		/* of 18 and of 7 users both widths divide the table */
		for (uint32_t n = 1; n <= 36; n++) {
			struct buf table = BUF_INIT;

			for (uint32_t i = 0; i < n; i++)
				buf_append(&table, raw, len);
			assert_int_equal(zk_user_bytes((uint8_t *)table.data,
				table.len, n), kinds[k].bytes);
			assert_int_equal(zk_user_bytes((uint8_t *)table.data,
				table.len, 0), kinds[k].bytes);
			assert_int_equal(zk_user_bytes((uint8_t *)table.data,
				table.len - 1, n), 0);
			buf_finish(&table);
		}
	}
}

/* ---- users written back --------------------------------------------------- */

/* Password and name with junk behind their NULs, a fifth byte of the card. */
#define JUNK_72 "070006343300ff31fe010041736861006f6c64206e616d65" \
	"0000000000000000000000" "efcdab00" "05" "0100" "020103000400" \
	"31303037" ZEROS_20

static const char *const users[] = { USER_28, USER_72,
	"070006ff7f33004141736861006162" "63" "efcdab0077" "05" "1122"
	"ef030000", JUNK_72 };

static void
a_user_nobody_changed_comes_back_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(users); i++) {
		uint8_t raw[80], out[ZK_USER_RAW_MAX];
		size_t width = bytes_of(users[i], raw, sizeof raw), len = 0;
		struct zk_user user;

		assert_true(width == 28 || width == 72);
		assert_true(zk_user_decode(width, raw, &user));
		assert_true(zk_user_encode(&user, out, &len));
		assert_int_equal(len, width);
		assert_memory_equal(out, raw, len);
	}
}

/* Every byte but those of the field must stay. */
static void
only_what_was_changed_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(users); i++) {
		uint8_t raw[80], out[ZK_USER_RAW_MAX], want[80];
		size_t width = bytes_of(users[i], raw, sizeof raw), len = 0;
		size_t name = width == 72 ? 11 : 8, card = width == 72 ? 35
			: 16;
		struct zk_user user;

		zk_user_decode(width, raw, &user);
		user.disabled = !user.disabled;
		memcpy(want, raw, width);
		want[2] ^= 1;
		assert_true(zk_user_encode(&user, out, &len));
		assert_memory_equal(out, want, width);

		zk_user_decode(width, raw, &user);
		user.privilege = 14;
		memcpy(want, raw, width);
		want[2] = (uint8_t)(14 | (raw[2] & 1));
		assert_true(zk_user_encode(&user, out, &len));
		assert_memory_equal(out, want, width);

		zk_user_decode(width, raw, &user);
		text_copy(user.name, sizeof user.name, "Ravi");
		memcpy(want, raw, width);
		memset(want + name, 0, width == 72 ? 24 : 8);
		memcpy(want + name, "Ravi", 4);
		assert_true(zk_user_encode(&user, out, &len));
		assert_memory_equal(out, want, width);

		zk_user_decode(width, raw, &user);
		user.card = 0x01020304;
		memcpy(want, raw, width);
		memcpy(want + card, "\x04\x03\x02\x01", 4);
		if (width == 28)
			want[card + 4] = 0;
		assert_true(zk_user_encode(&user, out, &len));
		assert_memory_equal(out, want, width);
	}
}

/* Both widths, as sections 10.2 and 10.3 place them. */
static void
group_and_time_zones_are_read_and_written_where_they_lie(void **state)
{
	static const char *const own[] = { users[2], users[3] };

	(void)state;
	for (size_t i = 0; i < COUNT(own); i++) {
		uint8_t raw[80], out[ZK_USER_RAW_MAX], want[80];
		size_t width = bytes_of(own[i], raw, sizeof raw), len = 0;
		struct zk_user user;

		assert_true(zk_user_decode(width, raw, &user));
		assert_int_equal(user.group, 5);
		assert_int_equal(user.zone_bits, width == 28 ? 0x2211 : 0);
		assert_int_equal(user.own_zones, width == 72 ? 1 : 0);
		assert_int_equal(user.zones[0], width == 72 ? 0x102 : 0);
		assert_int_equal(user.zones[1], width == 72 ? 3 : 0);
		assert_int_equal(user.zones[2], width == 72 ? 4 : 0);
		user.group = 99;
		user.zone_bits = 0x8001;
		user.own_zones = 0;
		user.zones[2] = 0x0a0b;
		memcpy(want, raw, width);
		if (width == 28)
			memcpy(want + 21, "\x63\x01\x80", 3);
		else
			memcpy(want + 39, "\x63\0\0\x02\x01\x03\0\x0b\x0a",
			       9);
		assert_true(zk_user_encode(&user, out, &len));
		assert_int_equal(len, width);
		assert_memory_equal(out, want, width);
	}
}

static void
long_names_are_cut_between_characters(void **state)
{
	uint8_t raw[80], out[ZK_USER_RAW_MAX];
	struct zk_user user;
	size_t len;

	(void)state;
	zk_user_decode(bytes_of(USER_28, raw, sizeof raw), raw, &user);
	text_copy(user.name, sizeof user.name, "Jos\xc3\xa9" "fin\xc3\xa9");
	assert_true(zk_user_encode(&user, out, &len));
	assert_memory_equal(out + 8, "Jos\xc3\xa9" "fin", 8);
	text_copy(user.name, sizeof user.name, "Abcdefg\xc3\xa9");
	assert_true(zk_user_encode(&user, out, &len));
	assert_memory_equal(out + 8, "Abcdefg\0", 8);
	zk_user_decode(bytes_of(USER_72, raw, sizeof raw), raw, &user);
	memset(user.name, 'x', ZK_NAME_MAX);
	assert_true(zk_user_encode(&user, out, &len));
	assert_int_equal(out[11 + 22], 'x');
	assert_int_equal(out[11 + 23], 0);
}

static void
another_user_is_not_written(void **state)
{
	uint8_t raw[80], out[ZK_USER_RAW_MAX];
	struct zk_user user, other;
	size_t len;

	(void)state;
	zk_user_decode(bytes_of(USER_72, raw, sizeof raw), raw, &user);
	other = user;
	other.uid++;
	assert_false(zk_user_encode(&other, out, &len));
	other = user;
	text_copy(other.user_id, sizeof other.user_id, "1008");
	assert_false(zk_user_encode(&other, out, &len));
	other = user;
	other.raw_len = 0;
	assert_false(zk_user_encode(&other, out, &len));
	other.raw_len = 73;
	assert_false(zk_user_encode(&other, out, &len));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read_in_every_layout),
		cmocka_unit_test(flaws_are_named_and_not_stored),
		cmocka_unit_test(events_are_read_in_every_length),
		cmocka_unit_test(events_of_other_lengths_are_refused),
		cmocka_unit_test(users_are_read_in_both_widths),
		cmocka_unit_test(the_width_of_users_is_found),
		cmocka_unit_test(users_without_a_usable_id_are_none),
		cmocka_unit_test(a_user_nobody_changed_comes_back_the_same),
		cmocka_unit_test(only_what_was_changed_is_written),
		cmocka_unit_test(
		    group_and_time_zones_are_read_and_written_where_they_lie),
		cmocka_unit_test(long_names_are_cut_between_characters),
		cmocka_unit_test(another_user_is_not_written),
	};

	return cmocka_run_group_tests_name("zk_record", tests, NULL, NULL);
}
