/* test_zk_packet.c: the bytes of port 4370, by worked examples */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "zk_packet.h"

#define COUNT(table) (sizeof table / sizeof table[0])

/* Hex digits to bytes; blanks between them do not count. */
static size_t
bytes_of(const char *hex, uint8_t *out, size_t size)
{
	unsigned value;
	size_t n = 0;

	for (; *hex != '\0'; hex++) {
		if (*hex == ' ')
			continue;
		assert_int_equal(sscanf(hex, "%2x", &value), 1);
		assert_true(n < size);
		out[n++] = (uint8_t)value;
		hex++;
	}
	return n;
}

static int64_t
local_of(const char *text)
{
	bool has_offset;
	int offset_s;
	int64_t local;

	assert_true(clock_parse(text, &local, &has_offset, &offset_s));
	return local;
}

static const struct {
	uint16_t command, session, reply;
	const char *data, *packet;
} packets[] = {
	{ 1000, 0, 0, "", "e80317fc00000000" },
	{ 50, 0x2b67, 2, "", "320064d4672b0200" },
	{ 11, 0x2b67, 1, "7e53657269616c4e756d62657200",
	  "0b00898b672b01007e53657269616c4e756d62657200" },
	{ 11, 0x2b67, 3, "4d4143", "0b00fa92672b03004d4143" },
	{ 1503, 0x2b67, 4, "010d000000000000000000",
	  "df05b4c1672b0400010d000000000000000000" },
	{ 1504, 0x2b67, 5, "00000000c0ff0000",
	  "e005f2ce672b050000000000c0ff0000" },
	{ 201, 0x2b67, 65534, "", "c900d0d3672bfeff" },
	{ 201, 0x2b67, 0, "", "c900cfd3672b0000" },
	{ 1102, 0x2b67, 1, "267f32d2", "4e04f07e672b0100267f32d2" },
	{ 500, 1, 0, "31303037000000000000000000000000"
	  "0000000000000000" "01001a010f061e00",
	  "f401618f01000000" "31303037000000000000000000000000"
	  "0000000000000000" "01001a010f061e00" },
};

static void
packets_are_written_and_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(packets); i++) {
		uint8_t data[64], want[80];
		size_t len = bytes_of(packets[i].data, data, sizeof data);
		size_t want_len = bytes_of(packets[i].packet, want,
		                           sizeof want);
		struct buf out = BUF_INIT;
		struct zk_packet back;

		zk_packet_format(&out, false, packets[i].command,
		                 packets[i].session, packets[i].reply, data,
		                 len);
		assert_int_equal(out.len, want_len);
		assert_memory_equal(out.data, want, want_len);
		assert_true(zk_packet_parse(want, want_len, &back));
		assert_true(back.sound);
		assert_int_equal(back.command, packets[i].command);
		assert_int_equal(back.session, packets[i].session);
		assert_int_equal(back.reply, packets[i].reply);
		assert_int_equal(back.len, len);
		assert_memory_equal(back.data, data, len);
		buf_finish(&out);
	}
}

static void
any_wrong_bit_breaks_the_checksum(void **state)
{
	uint8_t bytes[64];
	size_t len = bytes_of(packets[4].packet, bytes, sizeof bytes);
	struct zk_packet packet;

	(void)state;
	for (size_t bit = 0; bit < len * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_true(zk_packet_parse(bytes, len, &packet));
		assert_false(packet.sound);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (len = 0; len < ZK_HEADER_BYTES; len++)
		assert_false(zk_packet_parse(bytes, len, &packet));
}

/* Two frames glued together, and every way of cutting them. */
static void
frames_are_cut_and_joined_anywhere(void **state)
{
	uint8_t bytes[80];
	size_t len = bytes_of("5050827d08000000 d007d6f754000500"
	                      "5050827d0c000000 4e04f07e672b0100 267f32d2",
	                      bytes, sizeof bytes);
	struct zk_packet packet;
	size_t used;

	(void)state;
	for (size_t n = 0; n < 16; n++)
		assert_int_equal(zk_frame_parse(bytes, n, &packet, &used),
		                 ZK_FRAME_MORE);
	for (size_t n = 16; n <= len; n++) {
		assert_int_equal(zk_frame_parse(bytes, n, &packet, &used),
		                 ZK_FRAME_READY);
		assert_int_equal(used, 16);
		assert_int_equal(packet.command, ZK_ACK_OK);
		assert_int_equal(packet.session, 0x54);
		assert_true(packet.sound);
	}
	assert_int_equal(zk_frame_parse(bytes + 16, len - 16, &packet, &used),
	                 ZK_FRAME_READY);
	assert_int_equal(used, 20);
	assert_int_equal(packet.command, ZK_AUTH);
	assert_int_equal(packet.len, 4);
}

static void
frames_that_cannot_be_are_refused(void **state)
{
	static const char *const bad[] = {
		"5150827d08000000 d007d6f754000500",	/* another magic */
		"485454502f312e31 203430300d0a",	/* HTTP/1.1 */
		"5050827d07000000 d007d6f7540005",	/* shorter than a header */
		"5050827d00000000",
		"5050827d01001000",			/* over a megabyte */
		"5050827dffffffff",
	};
	struct zk_packet packet;
	uint8_t bytes[64];
	size_t used;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		size_t len = bytes_of(bad[i], bytes, sizeof bytes);

		assert_int_equal(zk_frame_parse(bytes, len, &packet, &used),
		                 ZK_FRAME_BAD);
	}
}

static void
comm_keys_are_scrambled(void **state)
{
	static const struct {
		uint32_t key;
		uint16_t session;
		uint8_t ticks;
		const char *sent;
	} keys[] = {
		{ 0, 0, 0x32, "617d3279" },
		{ 0, 0x2b67, 0x32, "617d3252" },
		{ 1, 0x2b67, 0x32, "61fd3252" },
		{ 9, 0x00ff, 0x32, "61ed3279" },
		{ 2580, 0x2b67, 0x32, "31553252" },
		{ 123456, 0x2b67, 0x32, "267f32d2" },
		{ 999999, 0xfffe, 0x32, "22813296" },
		{ 123456, 0x2b67, 0x7a, "6e377a9a" },
	};
	uint8_t out[4], want[4];

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		bytes_of(keys[i].sent, want, sizeof want);
		zk_comm_key(keys[i].key, keys[i].session, keys[i].ticks, out);
		assert_memory_equal(out, want, 4);
	}
}

static void
packed_times_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		uint32_t packed;
	} times[] = {
		{ "2000-01-01 00:00:00", 0 },
		{ "2024-02-29 23:59:59", 776563199 },
		{ "2026-01-15 06:30:00", 836893800 },
		{ "2026-12-31 23:59:59", 867801599 },
		{ "2099-12-31 23:59:59", 3214079999 },
	};
	int64_t local;

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		assert_true(zk_time_decode(times[i].packed, &local));
		assert_int_equal(local, local_of(times[i].text));
		assert_int_equal(zk_time_encode(local), times[i].packed);
	}
	/* 31 February */
	assert_false(zk_time_decode(840931200, &local));
	/* 2100, and what erased flash holds */
	assert_false(zk_time_decode(3214080000, &local));
	assert_false(zk_time_decode(UINT32_MAX, &local));
}

static void
times_of_events_are_read(void **state)
{
	const uint8_t good[6] = { 0x1a, 1, 0x0f, 6, 0x1e, 0 };
	static const uint8_t bad[][6] = {
		{ 26, 2, 30, 0, 0, 0 }, { 26, 0, 1, 0, 0, 0 },
		{ 26, 13, 1, 0, 0, 0 }, { 26, 1, 0, 0, 0, 0 },
		{ 26, 1, 1, 24, 0, 0 }, { 26, 1, 1, 0, 60, 0 },
		{ 100, 1, 1, 0, 0, 0 },
		{ 255, 255, 255, 255, 255, 255 },
	};
	int64_t local;

	(void)state;
	assert_true(zk_time6_decode(good, &local));
	assert_int_equal(local, local_of("2026-01-15 06:30:00"));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(zk_time6_decode(bad[i], &local));
}

static void
free_sizes_are_read_in_every_length(void **state)
{
	uint8_t bytes[112] = { 0 };
	struct zk_sizes sizes;

	(void)state;
	for (size_t at = 0; at < sizeof bytes; at += 4)
		bytes[at] = (uint8_t)(100 + at);
	bytes[16] = 3;		/* users */
	bytes[32] = 2;		/* records */
	bytes[64] = 0xa0;	/* capacity of 100,000 */
	bytes[65] = 0x86;
	bytes[66] = 0x01;
	bytes[76] = 0x9e;	/* free */
	bytes[77] = 0x86;
	bytes[78] = 0x01;
	for (size_t len = 80; len <= sizeof bytes; len++) {
		zk_sizes_decode(bytes, len, &sizes);
		assert_true(sizes.known);
		assert_int_equal(sizes.users, 3);
		assert_int_equal(sizes.records, 2);
		assert_int_equal(sizes.record_capacity, 100000);
		assert_int_equal(sizes.records_free, 99998);
		assert_int_equal(sizes.templates, 124);
		assert_int_equal(sizes.admins, 148);
		assert_int_equal(sizes.passwords, 152);
		assert_int_equal(sizes.template_capacity, 156);
		assert_int_equal(sizes.user_capacity, 160);
		assert_int_equal(sizes.users_free, 172);
		assert_int_equal(sizes.faces, len < 92 ? 0 : 180);
		assert_int_equal(sizes.face_capacity, len < 92 ? 0 : 188);
	}
	for (size_t len = 0; len < 80; len++) {
		zk_sizes_decode(bytes, len, &sizes);
		assert_false(sizes.known);
		assert_int_equal(sizes.records, 0);
	}
}

static void
options_and_serial_numbers_are_cleaned(void **state)
{
	static const struct {
		const char *answer;
		size_t len;
		const char *value, *serial;
	} options[] = {
		{ "~SerialNumber=CRT5200-SN001\0", 28, "CRT5200-SN001",
		  "CRT5200-SN001" },
		{ "~SerialNumber=ABC\0junk", 22, "ABC", "ABC" },
		{ "~SerialNumber==AB=C", 19, "=AB=C", "ABC" },
		{ "~SerialNumber= AB C\x01z", 21, " AB C\x01z", "ABC" },
		{ "~SerialNumber=", 14, "", "" },
		{ "Ver 6.60", 8, "Ver 6.60", "Ver6.60" },
		{ "", 0, "", "" },
	};
	char value[16];

	(void)state;
	for (size_t i = 0; i < COUNT(options); i++) {
		zk_option_decode((const uint8_t *)options[i].answer,
		                 options[i].len, value, sizeof value);
		assert_string_equal(value, options[i].value);
		zk_serial_clean(value);
		assert_string_equal(value, options[i].serial);
	}
	zk_option_decode((const uint8_t *)"x=0123456789abcdefghij", 22, value,
	                 sizeof value);
	assert_string_equal(value, "0123456789abcde");
}

static void
reading_past_the_end_is_told_once(void **state)
{
	const uint8_t bytes[] = { 1, 2, 3 };
	struct zk_reader r = { bytes, sizeof bytes, false };
	char text[4];

	(void)state;
	assert_int_equal(zk_get_u16(&r), 0x0201);
	assert_false(r.bad);
	assert_int_equal(zk_get_u32(&r), 0);
	assert_true(r.bad);
	assert_int_equal(zk_get_u8(&r), 0);	/* stays bad */
	zk_get_text(&r, 1, text, sizeof text);
	assert_string_equal(text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_written_and_read),
		cmocka_unit_test(any_wrong_bit_breaks_the_checksum),
		cmocka_unit_test(frames_are_cut_and_joined_anywhere),
		cmocka_unit_test(frames_that_cannot_be_are_refused),
		cmocka_unit_test(comm_keys_are_scrambled),
		cmocka_unit_test(packed_times_are_read_and_written),
		cmocka_unit_test(times_of_events_are_read),
		cmocka_unit_test(free_sizes_are_read_in_every_length),
		cmocka_unit_test(options_and_serial_numbers_are_cleaned),
		cmocka_unit_test(reading_past_the_end_is_told_once),
	};

	return cmocka_run_group_tests_name("zk_packet", tests, NULL, NULL);
}
