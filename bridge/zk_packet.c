/* zk_packet.c: bytes of a terminal's packets <-> structs; no socket */
#include "zk_packet.h"

#include <ctype.h>

#include "base/clock.h"
#include "base/text.h"

#define PREFIX_MAGIC 0x7d825050u
#define SIZES_MIN 80
#define SIZES_WITH_FACES 92
#define YEAR_LAST 2099		/* erased flash would be one of 2133 */
#define DAYS_A_MONTH 31		/* of packed times: every month has as many */

const char *
zk_code_words(uint16_t code)
{
	static const struct {
		uint16_t code;
		const char *words;
	} known[] = {
		{ ZK_ACK_ERROR, "it failed or is not supported" },
		{ ZK_ACK_UNAUTH, "the comm key is wrong or missing" },
		{ 4981, "not supported" },
		{ 4982, "the terminal is out of memory" },
		{ 4983, "hash error" },
		{ 4984, "a file could not be written" },
		{ 4985, "a file could not be read" },
		{ 4986, "a file is missing" },
		{ 4987, "session memory overflow" },
		{ 4988, "session memory too small" },
		{ 4989, "cannot allocate memory for the session" },
		{ 4990, "database full" },
		{ 4991, "not found" },
		{ 4992, "database delete failed" },
		{ 4993, "database read failed" },
		{ 4994, "database update failed" },
		{ 4995, "database add failed" },
		{ 4996, "bad parameter" },
		{ 4997, "wrong data length" },
		{ 4998, "parameter write error" },
		{ 4999, "parameter read error" },
		{ 6001, "this firmware takes no connections of this kind; "
		        "look for ADMS (push) in its menu" },
		{ 65531, "bad data" },
		{ ZK_ACK_INIT, "not initialised" },
		{ 65533, "bad command" },
		{ ZK_ACK_UNKNOWN, "the command is not known" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].code == code)
			return known[i].words;
	}
	return "a code that is not documented";
}

/* Steps over `len` bytes; returns where they are, or NULL when too few. */
static const uint8_t *
take(struct zk_reader *r, size_t len)
{
	const uint8_t *at = r->at;

	if (r->bad || len > r->left) {
		r->bad = true;
		return NULL;
	}
	r->at += len;
	r->left -= len;
	return at;
}

uint8_t
zk_get_u8(struct zk_reader *r)
{
	const uint8_t *p = take(r, 1);

	return p == NULL ? 0 : p[0];
}

uint16_t
zk_get_u16(struct zk_reader *r)
{
	const uint8_t *p = take(r, 2);

	return p == NULL ? 0 : (uint16_t)(p[0] | p[1] << 8);
}

uint32_t
zk_get_u32(struct zk_reader *r)
{
	const uint8_t *p = take(r, 4);

	return p == NULL ? 0 : p[0] | (uint32_t)p[1] << 8 |
	       (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void
zk_skip(struct zk_reader *r, size_t len)
{
	take(r, len);
}

void
zk_get_text(struct zk_reader *r, size_t len, char *out, size_t size)
{
	const uint8_t *p = take(r, len);
	size_t n = 0;

	for (; p != NULL && n < len && n + 1 < size && p[n] != '\0'; n++)
		out[n] = (char)p[n];
	out[n] = '\0';
}

void
zk_put_u8(struct buf *to, uint8_t value)
{
	buf_append(to, &value, 1);
}

void
zk_put_u16(struct buf *to, uint16_t value)
{
	uint8_t bytes[2] = { (uint8_t)value, (uint8_t)(value >> 8) };

	buf_append(to, bytes, sizeof bytes);
}

void
zk_put_u32(struct buf *to, uint32_t value)
{
	zk_put_u16(to, (uint16_t)value);
	zk_put_u16(to, (uint16_t)(value >> 16));
}

static uint32_t
fold(uint64_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)sum;
}

/*
 * The Internet checksum, on little-endian words.  Two words are added at a
 * time: what is carried out of 16 bits is folded in again at the end.
 */
uint16_t
zk_checksum(const uint8_t *packet, size_t len)
{
	uint64_t sum = 0;
	size_t i = 0;

	for (; i < len && i < 4; i++) {
		if (i < 2)	/* the checksum itself counts as zero */
			sum += (uint32_t)packet[i] << 8 * i;
	}
	for (; i + 4 <= len; i += 4)
		sum += packet[i] | (uint32_t)packet[i + 1] << 8 |
		       (uint32_t)packet[i + 2] << 16 |
		       (uint32_t)packet[i + 3] << 24;
	for (size_t at = 0; i < len; i++, at++)
		sum += (uint32_t)packet[i] << 8 * at;
	return (uint16_t)~fold(sum);
}

bool
zk_packet_parse(const uint8_t *bytes, size_t len, struct zk_packet *out)
{
	struct zk_reader r = { bytes, len, false };
	uint16_t sum;

	out->command = zk_get_u16(&r);
	sum = zk_get_u16(&r);
	out->session = zk_get_u16(&r);
	out->reply = zk_get_u16(&r);
	out->data = r.at;
	out->len = r.left;
	out->sound = !r.bad && sum == zk_checksum(bytes, len);
	return !r.bad;
}

void
zk_packet_format(struct buf *to, bool framed, uint16_t command,
                 uint16_t session, uint16_t reply, const void *data,
                 size_t len)
{
	size_t start;
	uint16_t sum;

	if (framed) {
		zk_put_u32(to, PREFIX_MAGIC);
		zk_put_u32(to, (uint32_t)(ZK_HEADER_BYTES + len));
	}
	start = to->len;
	zk_put_u16(to, command);
	zk_put_u16(to, 0);
	zk_put_u16(to, session);
	zk_put_u16(to, reply);
	buf_append(to, data, len);
	sum = zk_checksum((uint8_t *)to->data + start, to->len - start);
	to->data[start + 2] = (char)(sum & 0xff);
	to->data[start + 3] = (char)(sum >> 8);
}

enum zk_frame
zk_frame_parse(const uint8_t *bytes, size_t len, struct zk_packet *out,
               size_t *used)
{
	struct zk_reader r = { bytes, len, false };
	uint32_t magic = zk_get_u32(&r);
	uint32_t length = zk_get_u32(&r);

	if (r.bad)
		return ZK_FRAME_MORE;
	if (magic != PREFIX_MAGIC || length < ZK_HEADER_BYTES ||
	    length > ZK_PACKET_MAX)
		return ZK_FRAME_BAD;
	if (r.left < length)
		return ZK_FRAME_MORE;
	*used = ZK_PREFIX_BYTES + length;
	return zk_packet_parse(r.at, length, out) ? ZK_FRAME_READY
		: ZK_FRAME_BAD;
}

static uint32_t
reverse_bits(uint32_t value)
{
	uint32_t out = 0;

	for (int i = 0; i < 32; i++)
		out |= (value >> i & 1) << (31 - i);
	return out;
}

void
zk_comm_key(uint32_t key, uint16_t session, uint8_t ticks, uint8_t out[4])
{
	uint32_t v = reverse_bits(key) + session;
	uint8_t x1 = (uint8_t)(v >> 8) ^ 'K';
	uint8_t x3 = (uint8_t)(v >> 24) ^ 'O';
	uint8_t x2 = (uint8_t)(v >> 16) ^ 'S';

	out[0] = x2 ^ ticks;
	out[1] = x3 ^ ticks;
	out[2] = ticks;		/* in the place of the lowest byte */
	out[3] = x1 ^ ticks;
}

bool
zk_time_decode(uint32_t packed, int64_t *local)
{
	struct clock_date date;

	date.second = (int)(packed % 60);
	packed /= 60;
	date.minute = (int)(packed % 60);
	packed /= 60;
	date.hour = (int)(packed % 24);
	packed /= 24;
	date.day = (int)(packed % DAYS_A_MONTH) + 1;
	packed /= DAYS_A_MONTH;
	date.month = (int)(packed % 12) + 1;
	date.year = (int)(packed / 12) + 2000;
	return date.year <= YEAR_LAST && clock_join(&date, local);
}

uint32_t
zk_time_encode(int64_t local)
{
	struct clock_date d = clock_split(local);
	uint32_t days = (uint32_t)((d.year % 100 * 12 + d.month - 1) *
	                           DAYS_A_MONTH + d.day - 1);

	return days * 86400u +
	       (uint32_t)((d.hour * 60 + d.minute) * 60 + d.second);
}

bool
zk_time6_decode(const uint8_t bytes[6], int64_t *local)
{
	struct clock_date date = { 2000 + bytes[0], bytes[1], bytes[2],
		                   bytes[3], bytes[4], bytes[5] };

	return date.year <= YEAR_LAST && clock_join(&date, local);
}

static uint32_t
u32_at(const uint8_t *data, size_t at)
{
	struct zk_reader r = { data + at, 4, false };

	return zk_get_u32(&r);
}

void
zk_sizes_decode(const uint8_t *data, size_t len, struct zk_sizes *out)
{
	*out = (struct zk_sizes){ 0 };
	if (len < SIZES_MIN)
		return;
	*out = (struct zk_sizes){
		.users = u32_at(data, 16), .templates = u32_at(data, 24),
		.records = u32_at(data, 32), .admins = u32_at(data, 48),
		.passwords = u32_at(data, 52),
		.template_capacity = u32_at(data, 56),
		.user_capacity = u32_at(data, 60),
		.record_capacity = u32_at(data, 64),
		.users_free = u32_at(data, 72),
		.records_free = u32_at(data, 76), .known = true,
	};
	if (len < SIZES_WITH_FACES)
		return;
	out->faces = u32_at(data, 80);
	out->face_capacity = u32_at(data, 88);
}

void
zk_option_decode(const uint8_t *data, size_t len, char *out, size_t size)
{
	struct zk_reader r = { data, len, false };
	const uint8_t *equals = len == 0 ? NULL : memchr(data, '=', len);

	if (equals != NULL)
		zk_skip(&r, (size_t)(equals - data) + 1);
	zk_get_text(&r, r.left, out, size);
}

void
zk_serial_clean(char *serial)
{
	char *to = serial;

	for (const char *from = serial; *from != '\0'; from++) {
		if (*from == '=' || *from == ' ')
			continue;
		if (!isalnum((unsigned char)*from) &&
		    strchr("-_.", *from) == NULL)
			break;
		*to++ = *from;
	}
	*to = '\0';
}
