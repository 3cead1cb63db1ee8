/* wire.c: what a ZKTeco terminal puts on the wire, as bytes */
#include "tests/terminal/wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static const uint8_t prefix_magic[4] = { 0x50, 0x50, 0x82, 0x7d };

void
wire_put8(struct buf *out, uint8_t value)
{
	buf_append(out, &value, 1);
}

void
wire_put16(struct buf *out, uint16_t value)
{
	wire_put8(out, (uint8_t)value);
	wire_put8(out, (uint8_t)(value >> 8));
}

void
wire_put32(struct buf *out, uint32_t value)
{
	wire_put16(out, (uint16_t)value);
	wire_put16(out, (uint16_t)(value >> 16));
}

void
wire_put_zeroes(struct buf *out, size_t count)
{
	memset(buf_reserve(out, count), 0, count + 1);
	out->len += count;
}

void
wire_put_text(struct buf *out, const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	buf_append(out, text, len);
	wire_put_zeroes(out, size - len);
}

uint16_t
wire_get16(const void *at)
{
	const uint8_t *b = at;

	return (uint16_t)(b[0] | b[1] << 8);
}

uint32_t
wire_get32(const void *at)
{
	const uint8_t *b = at;

	return wire_get16(b) | (uint32_t)wire_get16(b + 2) << 16;
}

uint16_t
wire_checksum(const void *packet, size_t len)
{
	const uint8_t *b = packet;
	uint64_t sum = 0;

	for (size_t i = 0; i < len; i++) {
		if (i != 2 && i != 3)
			sum += i % 2 == 0 ? b[i] : (uint64_t)b[i] << 8;
	}
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

void
wire_seal(void *packet, size_t len)
{
	uint16_t sum = wire_checksum(packet, len);
	uint8_t *b = packet;

	b[2] = (uint8_t)sum;
	b[3] = (uint8_t)(sum >> 8);
}

void
wire_put_packet(struct buf *out, uint16_t command, uint16_t session,
                uint16_t reply, const void *data, size_t len)
{
	size_t start = out->len;

	wire_put16(out, command);
	wire_put16(out, 0);
	wire_put16(out, session);
	wire_put16(out, reply);
	buf_append(out, data, len);
	wire_seal(out->data + start, out->len - start);
}

void
wire_put_prefix(struct buf *out, size_t len)
{
	buf_append(out, prefix_magic, sizeof prefix_magic);
	wire_put32(out, (uint32_t)len);
}

bool
wire_get_prefix(const void *at, size_t *len)
{
	*len = wire_get32((const uint8_t *)at + 4);
	return memcmp(at, prefix_magic, sizeof prefix_magic) == 0;
}

/* ---- times ---------------------------------------------------------------*/

/* Mixed radix: every month counts 31 days, and the century is left out. */
uint32_t
wire_pack_time(int64_t local)
{
	struct clock_date d = clock_split(local);
	uint32_t days = (uint32_t)(((d.year % 100) * 12 + d.month - 1) * 31 +
	                           d.day - 1);

	return days * CLOCK_DAY_SECONDS +
		(uint32_t)(d.hour * 3600 + d.minute * 60 + d.second);
}

bool
wire_unpack_time(uint32_t packed, int64_t *local)
{
	uint32_t days = packed / CLOCK_DAY_SECONDS;
	uint32_t left = packed % CLOCK_DAY_SECONDS;
	struct clock_date d = {
		.year = (int)(days / 372) + 2000,
		.month = (int)(days / 31 % 12) + 1,
		.day = (int)(days % 31) + 1,
		.hour = (int)(left / 3600),
		.minute = (int)(left / 60 % 60),
		.second = (int)(left % 60),
	};

	return clock_join(&d, local);
}

bool
wire_time_fits(int64_t local)
{
	int year = clock_split(local).year;

	return year >= 2000 && year <= 2099;
}

/* The six bytes of live events: year, month, day, hour, minute, second. */
static void
put_time6(struct buf *out, int64_t local)
{
	struct clock_date d = clock_split(local);

	wire_put8(out, (uint8_t)(d.year % 100));
	wire_put8(out, (uint8_t)d.month);
	wire_put8(out, (uint8_t)d.day);
	wire_put8(out, (uint8_t)d.hour);
	wire_put8(out, (uint8_t)d.minute);
	wire_put8(out, (uint8_t)d.second);
}

/* ---- comm key ------------------------------------------------------------*/

void
wire_scramble(uint32_t key, uint16_t session, uint8_t ticks, uint8_t out[4])
{
	static const uint8_t mask[4] = { 'Z', 'K', 'S', 'O' };
	uint32_t value = 0;
	uint8_t b[4];

	for (int bit = 0; bit < 32; bit++)
		value = value << 1 | (key >> bit & 1);
	value += session;
	for (int i = 0; i < 4; i++)
		b[i] = (uint8_t)(value >> 8 * i) ^ mask[i];
	out[0] = b[2] ^ ticks;
	out[1] = b[3] ^ ticks;
	out[2] = ticks;		/* the low byte of the session is lost */
	out[3] = b[1] ^ ticks;
}

/* ---- records -------------------------------------------------------------*/

uint32_t
wire_user_number(const char *user_id)
{
	int64_t number;

	return text_to_int(user_id, 0, UINT32_MAX, &number) ?
		(uint32_t)number : 0;
}

static uint32_t
record_time(const struct wire_punch *p)
{
	uint32_t packed = wire_pack_time(p->at_local);
	uint32_t year = packed / CLOCK_DAY_SECONDS / 372;

	if (p->bad != WIRE_BAD_DATE)
		return packed;
	return (year * 372 + 31 + 30) * CLOCK_DAY_SECONDS +
		packed % CLOCK_DAY_SECONDS;
}

static void
put_record8(struct buf *out, const struct wire_punch *p)
{
	wire_put16(out, p->uid);
	wire_put8(out, p->verify);
	wire_put32(out, record_time(p));
	wire_put8(out, p->state);
}

/* As MA300: state and way of verifying share a byte. */
static void
put_record8b(struct buf *out, const struct wire_punch *p)
{
	wire_put16(out, p->uid);
	wire_put8(out, (uint8_t)((p->state & 7) << 5 | (p->verify & 3) << 3));
	wire_put8(out, 0);
	wire_put32(out, record_time(p));
}

static void
put_record16(struct buf *out, const struct wire_punch *p)
{
	wire_put32(out, wire_user_number(p->user_id));
	wire_put32(out, record_time(p));
	wire_put8(out, p->state);
	wire_put8(out, p->verify);
	wire_put_zeroes(out, 6);
}

static void
put_record40(struct buf *out, const struct wire_punch *p)
{
	wire_put16(out, p->uid);
	wire_put_text(out, p->user_id, 24);
	wire_put8(out, p->verify);
	wire_put32(out, record_time(p));
	wire_put8(out, p->state);
	wire_put_zeroes(out, 8);
}

static void
put_record49(struct buf *out, const struct wire_punch *p)
{
	put_record40(out, p);
	wire_put_text(out, "\xff" "255", 9);
}

static const struct {
	size_t size;
	void (*put)(struct buf *out, const struct wire_punch *punch);
} records[WIRE_RECORD__COUNT] = {
	[WIRE_RECORD_8] = { 8, put_record8 },
	[WIRE_RECORD_8B] = { 8, put_record8b },
	[WIRE_RECORD_16] = { 16, put_record16 },
	[WIRE_RECORD_40] = { 40, put_record40 },
	[WIRE_RECORD_49] = { 49, put_record49 },
};

size_t
wire_record_size(enum wire_record form)
{
	return records[form].size;
}

void
wire_put_record(struct buf *out, enum wire_record form,
                const struct wire_punch *punch)
{
	size_t size = records[form].size;

	if (punch->bad == WIRE_BAD_BYTES) {
		memset(buf_reserve(out, size), 0xff, size);
		out->len += size;
	} else {
		records[form].put(out, punch);
	}
}

/* ---- sizes, events -------------------------------------------------------*/

void
wire_put_sizes(struct buf *out, const struct wire_sizes *s)
{
	const uint32_t fields[23] = {
		[4] = s->users,
		[6] = s->fingers,
		[8] = s->records,
		[12] = s->admins,
		[14] = s->finger_capacity,
		[15] = s->user_capacity,
		[16] = s->record_capacity,
		[17] = s->finger_capacity - s->fingers,
		[18] = s->user_capacity - s->users,
		[19] = s->record_capacity - s->records,
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		wire_put32(out, fields[i]);
}

void
wire_put_event(struct buf *out, size_t size, const struct wire_punch *p)
{
	size_t start = out->len;

	if (size == 10 || size == 14)
		wire_put16(out, p->uid);
	else if (size == 12)
		wire_put32(out, wire_user_number(p->user_id));
	else
		wire_put_text(out, p->user_id, 24);
	wire_put8(out, p->verify);
	/* the old boards put a "valid" nibble before the state */
	wire_put8(out, size == 14 ? (uint8_t)(0x80 | (p->state & 0x0f)) :
	          p->state);
	put_time6(out, p->at_local);
	wire_put_zeroes(out, start + size - out->len);
}
