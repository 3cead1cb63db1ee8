/* test_terminal_encode.c: the fake terminal's bytes, by worked examples */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/terminal/wire.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Asha Rao, slot 7, user 1007, at half past six. */
static const struct wire_user asha = {
	.uid = 7,
	.user_id = "1007",
	.name = "Asha Rao",
	.password = "4321",
	.access.group = 1,
	.card = 0x00abcdef,
};

static struct wire_punch
punch_of(uint8_t state, uint8_t verify)
{
	struct wire_punch p = {
		.uid = 7,
		.user_id = "1007",
		.state = state,
		.verify = verify,
	};
	struct clock_date d = { 2026, 1, 15, 6, 30, 0 };

	assert_true(clock_join(&d, &p.at_local));
	return p;
}

/* Compares with the hex of an example, and empties the buffer. */
static void
assert_bytes(struct buf *b, const char *hex)
{
	char text[1024];

	assert_true(b->len * 2 < sizeof text);
	text_to_hex(text, b->data, b->len);
	assert_string_equal(text, hex);
	buf_finish(b);
}

static size_t
from_hex(const char *hex, uint8_t *out)
{
	size_t len = strlen(hex) / 2;

	for (size_t i = 0; i < len; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		out[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return len;
}

/* ---- packets -------------------------------------------------------------*/

static const char *const whole_packets[] = {
	"e80317fc00000000",
	"320064d4672b0200",
	"0b00898b672b01007e53657269616c4e756d62657200",
	"0b00fa92672b03004d4143",
	"df05b4c1672b0400010d000000000000000000",
	"e005f2ce672b050000000000c0ff0000",
	"c900d0d3672bfeff",
	"c900cfd3672b0000",
};

static void
checksums_are_those_of_the_worked_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(whole_packets); i++) {
		uint8_t packet[64];
		size_t len = from_hex(whole_packets[i], packet);

		assert_int_equal(wire_checksum(packet, len),
		                 wire_get16(packet + 2));
	}
}

static void
packets_are_built_with_their_checksum(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(whole_packets); i++) {
		uint8_t packet[64];
		size_t len = from_hex(whole_packets[i], packet);
		struct buf out = BUF_INIT;

		wire_put_packet(&out, wire_get16(packet),
		                wire_get16(packet + 4), wire_get16(packet + 6),
		                packet + 8, len - 8);
		assert_bytes(&out, whole_packets[i]);
	}
}

static void
a_frame_begins_with_the_magic_and_the_length(void **state)
{
	struct buf out = BUF_INIT;
	size_t len;

	(void)state;
	wire_put_prefix(&out, 19);
	assert_true(wire_get_prefix(out.data, &len));
	assert_int_equal(len, 19);
	out.data[3] = 0;
	assert_false(wire_get_prefix(out.data, &len));
	out.data[3] = 0x7d;
	assert_bytes(&out, "5050827d13000000");
}

/* The answers of the worked transfer of 84 bytes. */
static void
the_worked_transfer_comes_out_byte_for_byte(void **state)
{
	struct buf out = BUF_INIT, data = BUF_INIT;

	(void)state;
	buf_append(&data, "", 1);
	wire_put32(&data, 84);
	wire_put32(&data, 84);
	wire_put32(&data, 0x00112233);
	wire_put_packet(&out, 2000, 0x2b67, 4, data.data, data.len);
	assert_bytes(&out, "d007a1e0672b040000540000005400000033221100");
	buf_reset(&data);
	wire_put32(&data, 84);
	wire_put32(&data, 65528);
	wire_put_packet(&out, 1500, 0x2b67, 5, data.data, data.len);
	assert_bytes(&out, "dc056ace672b050054000000f8ff0000");
	wire_put_packet(&out, 2000, 84, 5, NULL, 0);
	assert_bytes(&out, "d007d6f754000500");
	wire_put_packet(&out, 2000, 0x2b67, 6, NULL, 0);
	assert_bytes(&out, "d007c2cc672b0600");
	buf_finish(&data);
}

static void
comm_keys_are_scrambled_as_worked_out(void **state)
{
	static const struct {
		uint32_t key;
		uint16_t session;
		uint8_t ticks;
		const char *sent;
	} table[] = {
		{ 0, 0x0000, 0x32, "617d3279" },
		{ 0, 0x2b67, 0x32, "617d3252" },
		{ 1, 0x2b67, 0x32, "61fd3252" },
		{ 9, 0x00ff, 0x32, "61ed3279" },
		{ 2580, 0x2b67, 0x32, "31553252" },
		{ 123456, 0x2b67, 0x32, "267f32d2" },
		{ 999999, 0xfffe, 0x32, "22813296" },
		{ 123456, 0x2b67, 0x7a, "6e377a9a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		uint8_t sent[4];
		char hex[9];

		wire_scramble(table[i].key, table[i].session, table[i].ticks,
		              sent);
		text_to_hex(hex, sent, sizeof sent);
		assert_string_equal(hex, table[i].sent);
	}
}

/* ---- times ---------------------------------------------------------------*/

static void
packed_times_are_those_of_the_worked_table(void **state)
{
	static const struct {
		struct clock_date date;
		uint32_t packed;
	} table[] = {
		{ { 2000, 1, 1, 0, 0, 0 }, 0 },
		{ { 2024, 2, 29, 23, 59, 59 }, 776563199 },
		{ { 2026, 1, 15, 6, 30, 0 }, 836893800 },
		{ { 2026, 12, 31, 23, 59, 59 }, 867801599 },
		{ { 2099, 12, 31, 23, 59, 59 }, 3214079999 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		int64_t local, back;

		assert_true(clock_join(&table[i].date, &local));
		assert_true(wire_time_fits(local));
		assert_true(wire_pack_time(local) == table[i].packed);
		assert_true(wire_unpack_time(table[i].packed, &back));
		assert_true(back == local);
	}
}

static void
the_31st_of_february_is_no_time(void **state)
{
	int64_t local;

	(void)state;
	assert_false(wire_unpack_time(840931200, &local));
}

static void
years_that_cannot_be_packed_are_known(void **state)
{
	struct clock_date early = { 1999, 12, 31, 23, 59, 59 };
	struct clock_date late = { 2100, 1, 1, 0, 0, 0 };
	int64_t local;

	(void)state;
	assert_true(clock_join(&early, &local));
	assert_false(wire_time_fits(local));
	assert_true(clock_join(&late, &local));
	assert_false(wire_time_fits(local));
}

/* ---- records -------------------------------------------------------------*/

static void
records_of_every_layout_are_the_worked_ones(void **state)
{
	static const struct {
		enum wire_record form;
		uint8_t state, verify;
		const char *hex;
	} table[] = {
		{ WIRE_RECORD_8, 0, 1, "07000168fce13100" },
		{ WIRE_RECORD_8B, 1, 1, "0700280068fce131" },
		{ WIRE_RECORD_16, 1, 15, "ef03000068fce131010f000000000000" },
		{ WIRE_RECORD_40, 0, 1,
		  "0700313030370000000000000000000000000000000000000000"
		  "0168fce131000000000000000000" },
		{ WIRE_RECORD_49, 0, 1,
		  "0700313030370000000000000000000000000000000000000000"
		  "0168fce131000000000000000000" "ff3235350000000000" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct wire_punch p = punch_of(table[i].state, table[i].verify);
		struct buf out = BUF_INIT;

		wire_put_record(&out, table[i].form, &p);
		assert_int_equal(out.len, wire_record_size(table[i].form));
		assert_bytes(&out, table[i].hex);
	}
}

static void
users_of_28_and_72_bytes_are_the_worked_ones(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	wire_put_user(&out, 28, &asha);
	assert_bytes(&out, "0700003433323100417368612052616fefcdab00"
	             "00010000ef030000");
	wire_put_user(&out, 72, &asha);
	assert_bytes(&out, "0700003433323100000000417368612052616f"
	             "00000000000000000000000000000000efcdab00"
	             "0100000000000000003130303700000000000000"
	             "00000000000000000000000000");
}

static void
the_longest_id_and_name_fill_their_fields(void **state)
{
	struct wire_user u = {
		.user_id = "abcdefghijklmnopqrstuvwx",
		.name = "ABCDEFGHIJKLMNOPQRSTUVW",
	};
	struct buf out = BUF_INIT;

	(void)state;
	wire_put_user(&out, 72, &u);
	assert_int_equal(out.len, 72);
	assert_memory_equal(out.data + 11, u.name, 24);
	assert_memory_equal(out.data + 48, u.user_id, 24);
	buf_finish(&out);
	wire_put_user(&out, 28, &u);	/* cut, and letters are no number */
	assert_int_equal(out.len, 28);
	assert_memory_equal(out.data + 8, "ABCDEFGH\0\0\0\0", 12);
	assert_int_equal(wire_get32(out.data + 24), 0);
	buf_finish(&out);
}

static void
free_sizes_stand_where_clients_look(void **state)
{
	const struct wire_sizes sizes = { 3, 5, 2, 1, 3000, 1000, 100000 };
	static const struct {
		size_t at;
		uint32_t value;
	} fields[] = {
		{ 16, 3 }, { 24, 5 }, { 32, 2 }, { 48, 1 }, { 56, 3000 },
		{ 60, 1000 }, { 64, 100000 }, { 68, 2995 }, { 72, 997 },
		{ 76, 99998 },
	};
	struct buf out = BUF_INIT;
	uint32_t sum = 0, expected = 0;

	(void)state;
	wire_put_sizes(&out, &sizes);
	assert_int_equal(out.len, 92);
	for (size_t i = 0; i < COUNT(fields); i++) {
		assert_int_equal(wire_get32(out.data + fields[i].at),
		                 fields[i].value);
		expected += fields[i].value;
	}
	for (size_t at = 0; at < out.len; at += 4)
		sum += wire_get32(out.data + at);
	assert_int_equal(sum, expected);	/* all else is zero */
	buf_finish(&out);
}

static void
live_punches_of_every_length_are_right(void **state)
{
	static const struct {
		size_t size;
		const char *hex;
	} table[] = {
		{ 10, "070001001a010f061e00" },
		{ 12, "ef03000001001a010f061e00" },
		{ 14, "070001801a010f061e0000000000" },
		{ 32, "313030370000000000000000000000000000000000000000"
		      "01001a010f061e00" },
		{ 36, "313030370000000000000000000000000000000000000000"
		      "01001a010f061e0000000000" },
	};
	struct wire_punch p = punch_of(0, 1);

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct buf out = BUF_INIT;

		wire_put_event(&out, table[i].size, &p);
		assert_bytes(&out, table[i].hex);
	}
}

static void
a_live_punch_is_the_worked_frame(void **state)
{
	struct wire_punch p = punch_of(0, 1);
	struct buf data = BUF_INIT, out = BUF_INIT;

	(void)state;
	wire_put_event(&data, 32, &p);
	wire_put_prefix(&out, 8 + data.len);
	wire_put_packet(&out, 500, 1, 0, data.data, data.len);
	assert_bytes(&out, "5050827d28000000f401618f01000000"
	             "313030370000000000000000000000000000000000000000"
	             "01001a010f061e00");
	buf_finish(&data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksums_are_those_of_the_worked_packets),
		cmocka_unit_test(packets_are_built_with_their_checksum),
		cmocka_unit_test(a_frame_begins_with_the_magic_and_the_length),
		cmocka_unit_test(the_worked_transfer_comes_out_byte_for_byte),
		cmocka_unit_test(comm_keys_are_scrambled_as_worked_out),
		cmocka_unit_test(packed_times_are_those_of_the_worked_table),
		cmocka_unit_test(the_31st_of_february_is_no_time),
		cmocka_unit_test(years_that_cannot_be_packed_are_known),
		cmocka_unit_test(records_of_every_layout_are_the_worked_ones),
		cmocka_unit_test(users_of_28_and_72_bytes_are_the_worked_ones),
		cmocka_unit_test(the_longest_id_and_name_fill_their_fields),
		cmocka_unit_test(free_sizes_stand_where_clients_look),
		cmocka_unit_test(live_punches_of_every_length_are_right),
		cmocka_unit_test(a_live_punch_is_the_worked_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
