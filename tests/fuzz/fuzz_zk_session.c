/* fuzz_zk_session.c: a log or users read from a terminal that says anything */
#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "zk_inside.h"

#define PACKETS_MAX 48		/* the socket holds our answers to as many */

/*
 * The input: flags, count, then packets: request number (top bit: damaged),
 * command (an index, or two bytes after 0xff), length, data.
 */
static void
answer_all(struct buf *to, const uint8_t *data, size_t size)
{
	static const uint16_t commands[] = { ZK_ACK_OK, ZK_DATA,
		ZK_PREPARE_DATA, ZK_ACK_ERROR, ZK_ACK_UNKNOWN, ZK_EVENT };
	struct zk_reader r = { data, size, false };

	for (int i = 0; i < PACKETS_MAX && r.left > 0; i++) {
		uint8_t number = zk_get_u8(&r), known = zk_get_u8(&r);
		uint16_t command = known == 0xff ? zk_get_u16(&r) :
			commands[known % (sizeof commands / sizeof *commands)];
		size_t len = zk_get_u16(&r);

		if (r.bad)
			return;
		if (len > r.left)
			len = r.left;
		zk_packet_format(to, true, command, ZK_EVENT_PUNCH,
		                 number & 0x7f, r.at, len);
		if ((number & 0x80) != 0)
			to->data[to->len - 1] ^= 1;
		zk_skip(&r, len);
	}
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct zk_options options = { .host = "fuzz", .timeout_ms = 1,
		.bulk_timeout_ms = 1 };
	struct zk_session *zk;
	struct zk_log log;
	int ends[2];

	if (size < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return 0;
	zk = zk_create(&options, on_event, NULL);
	zk->link.fd = ends[0];
	shutdown(ends[1], SHUT_WR);	/* what is not there never comes */
	answer_all(&zk->in, data + 2, size - 2);
	if ((data[0] & 1) != 0) {
		zk_read_users(zk, data[1], on_user, NULL);
	} else {
		log = (struct zk_log){ .count = data[1] };
		if ((data[0] & 2) != 0) {
			log.from = data[1] * 64u;
			log.layout = (enum zk_layout)(1 + (data[0] >> 2) %
				(ZK_LAYOUT__COUNT - 1));
		}
		zk_read_log(zk, &log, on_record, &log);
	}
	zk_destroy(zk);
	close(ends[1]);
	return 0;
}
