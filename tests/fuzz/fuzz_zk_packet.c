/* fuzz_zk_packet.c: frames off the wire, and what small answers hold */
#include <assert.h>

#include "base/clock.h"
#include "tests/fuzz/fuzz.h"
#include "zk_packet.h"

/* What is said again in our own words is understood the same. */
static void
say_again(const struct zk_packet *p)
{
	struct buf out = BUF_INIT;
	struct zk_packet again;
	size_t used;

	zk_packet_format(&out, true, p->command, p->session, p->reply, p->data,
	                 p->len);
	assert(zk_frame_parse((uint8_t *)out.data, out.len, &again, &used) ==
	       ZK_FRAME_READY);
	assert(used == out.len && again.sound && again.len == p->len);
	assert(again.command == p->command && again.reply == p->reply);
	buf_finish(&out);
}

static void
read_answer(const uint8_t *data, size_t len)
{
	char text[ZK_SERIAL_MAX + 1];
	struct zk_reader r = { data, len, false };
	struct zk_sizes sizes;
	int64_t local;

	zk_sizes_decode(data, len, &sizes);
	zk_option_decode(data, len, text, sizeof text);
	zk_serial_clean(text);
	assert(strlen(text) < sizeof text && strchr(text, ' ') == NULL);
	if (zk_time_decode(zk_get_u32(&r), &local) && !r.bad)
		assert(zk_time_encode(local) == (data[0] |
		       (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
		       (uint32_t)data[3] << 24) % (100u * 12 * 31 * 86400));
	if (len >= 6)
		zk_time6_decode(data, &local);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zk_packet packet;
	size_t used = 0, at = 0;

	while (zk_frame_parse(data + at, size - at, &packet, &used) ==
	       ZK_FRAME_READY) {
		assert(used >= ZK_PREFIX_BYTES + ZK_HEADER_BYTES &&
		       used <= size - at);
		assert(packet.len <= used);
		say_again(&packet);
		read_answer(packet.data, packet.len);
		at += used;
	}
	if (zk_packet_parse(data, size, &packet))
		say_again(&packet);
	read_answer(data, size);
	return 0;
}
