/* fuzz_zk_session.c: whatever is asked of a terminal, which says anything */
#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/fuzz/fuzz.h"
#include "zk_inside.h"

#define PACKETS_MAX 48		/* the socket holds our answers to as many */

/*
 * The input: flags (1 users, 2 the log's tail, 4 to 32 its layout, 64 neither:
 * what it is, and changes; 128 UDP), count, then packets: request number (top
 * bit: damaged), command (low half: which one, high half: the index where the
 * session stands; or two bytes after 0xff), length, data.
 */
static bool
next_answer(struct zk_reader *r, bool framed, struct buf *to)
{
	static const uint16_t commands[] = { ZK_ACK_OK, ZK_DATA,
		ZK_PREPARE_DATA, ZK_ACK_ERROR, ZK_ACK_UNKNOWN, ZK_EVENT,
		ZK_ACK_UNAUTH };
	uint8_t number = zk_get_u8(r), known = zk_get_u8(r);
	uint16_t command = known == 0xff ? zk_get_u16(r) :
		commands[(known & 15) % (sizeof commands / sizeof *commands)];
	size_t len = zk_get_u16(r);

	if (r->bad)
		return false;
	if (len > r->left)
		len = r->left;
	zk_packet_format(to, framed, command, command == ZK_EVENT
	                 ? ZK_EVENT_PUNCH : known >> 4, number & 0x7f, r->at,
	                 len);
	if ((number & 0x80) != 0)
		to->data[to->len - 1] ^= 1;
	zk_skip(r, len);
	return true;
}

/* All there will ever be is there before the first request. */
static void
answer_all(struct zk_session *zk, int terminal, const uint8_t *data,
           size_t size)
{
	struct zk_reader r = { data, size, false };
	struct buf one = BUF_INIT;
	bool more = true;

	for (int i = 0; i < PACKETS_MAX && more && r.left > 0; i++) {
		if (zk->link.transport == ZK_TCP) {
			more = next_answer(&r, true, &zk->in);
			continue;
		}
		buf_reset(&one);
		more = next_answer(&r, false, &one) &&
			send(terminal, one.data, one.len, MSG_DONTWAIT) > 0;
	}
	buf_finish(&one);
}

static bool
on_record(void *arg, const struct zk_record *record)
{
	struct zk_log *log = arg;

	assert(record->index < log->records);
	assert(record->len == zk_layout_bytes(log->layout));
	return record->raw[0] != 0xfe;	/* some readers stop midway */
}

static void
on_user(void *arg, const struct zk_user *user)
{
	(void)arg;
	assert(strlen(user->user_id) <= ZK_USER_ID_MAX);
}

static void
on_event(void *arg, const uint8_t *data, size_t len)
{
	struct zk_punch punch;

	(void)arg;
	zk_event_decode(data, len, &punch);
}

static void
read_log(struct zk_session *zk, uint8_t flags, uint8_t count)
{
	struct zk_log log = { .count = count };

	if ((flags & 2) != 0) {
		log.from = count * 64u;
		log.layout = (enum zk_layout)(1 + (flags >> 2) %
			(ZK_LAYOUT__COUNT - 1));
	}
	zk_read_log(zk, &log, on_record, &log);
	assert(!log.unknown_form || log.records == 0);
	assert(log.sample_len <= sizeof log.sample);
}

/* Text of an answer fits, and the serial number is one. */
static void
ask_what_it_is(struct zk_session *zk)
{
	char text[24], serial[ZK_SERIAL_MAX + 1];
	struct zk_sizes sizes;
	int64_t local;

	memset(text, 'x', sizeof text);
	if (zk_read_serial(zk, serial) == ZK_OK)
		assert(strlen(serial) <= ZK_SERIAL_MAX &&
		       strchr(serial, ' ') == NULL);
	if (zk_read_firmware(zk, text, sizeof text) == ZK_OK)
		assert(memchr(text, '\0', sizeof text) != NULL);
	if (zk_read_option(zk, "~Platform", text, sizeof text) == ZK_OK)
		assert(memchr(text, '\0', sizeof text) != NULL);
	if (zk_read_sizes(zk, &sizes) == ZK_OK && !sizes.known)
		assert(sizes.users == 0 && sizes.records == 0);
	if (zk_read_time(zk, &local) == ZK_OK && local != CLOCK_NO_TIME)
		assert(clock_split(local).year >= 2000);
}

/* What it refuses is told; that it was disabled is known for good. */
static void
change_it(struct zk_session *zk)
{
	static const uint8_t raw[28] = { 7, 0, 0, [8] = 'A', [24] = 42 };
	struct zk_user user;

	zk_register_events(zk, 1);
	if (zk_write_time(zk, 1768458600) == ZK_REFUSED)
		assert(zk_refusal(zk) != 0);
	zk_unlock(zk, 50);
	if (zk_disable(zk, 10) != ZK_REFUSED)
		assert(zk->disabled || zk->link.fd < 0);
	if (zk_enable(zk) == ZK_OK)
		assert(!zk->disabled);
	assert(zk_user_decode(sizeof raw, raw, &user));
	zk_write_user(zk, &user);
	zk_wait(zk, 1);
	assert(strlen(zk_error(zk)) < sizeof zk->error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct zk_options options = { .host = "fuzz", .timeout_ms = 1,
		                      .bulk_timeout_ms = 1 };
	struct zk_session *zk;
	int ends[2];

	if (size < 2)
		return 0;
	options.transport = (data[0] & 0x80) != 0 ? ZK_UDP : ZK_TCP;
	if (socketpair(AF_UNIX, options.transport == ZK_UDP ? SOCK_SEQPACKET
	               : SOCK_STREAM, 0, ends) != 0)
		return 0;
	zk = zk_create(&options, on_event, NULL);
	zk->link.fd = ends[0];
	zk->link.transport = options.transport;
	answer_all(zk, ends[1], data + 2, size - 2);
	shutdown(ends[1], SHUT_WR);	/* what is not there never comes */
	if ((data[0] & 64) != 0) {
		ask_what_it_is(zk);
		change_it(zk);
	} else if ((data[0] & 1) != 0) {
		zk_read_users(zk, data[1], on_user, NULL);
	} else {
		read_log(zk, data[0], data[1]);
	}
	zk->disabled = false;
	zk_link_close(&zk->link);	/* a goodbye would wait for nothing */
	zk_destroy(zk);
	close(ends[1]);
	return 0;
}
