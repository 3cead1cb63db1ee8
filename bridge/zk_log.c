/* zk_log.c: the log and the users of a terminal, record by record */
#include "zk_inside.h"

#define USERS_MAX (8u * 1024 * 1024)
#define HEAD_BYTES 4		/* the length in front of a table */
#define SAMPLE_BYTES 4096

struct log_reader {
	struct zk_session *zk;
	struct zk_log *log;
	struct zk_table table;
	zk_record_fn *each;
	void *arg;
	struct buf rest;	/* bytes that are not a whole record yet */
	size_t skip;		/* bytes before the first whole record */
	size_t total;		/* bytes of all records, once `begun` */
	uint32_t index;
	bool begun, unknown;
};

/* Where in the table a read that wants `from` begins. */
static size_t
start_of(const struct zk_log *log)
{
	size_t at = HEAD_BYTES +
		(size_t)log->from * zk_layout_bytes(log->layout);

	return log->from == 0 ? 0 : at / ZK_PIECE_BYTES * ZK_PIECE_BYTES;
}

/* From the middle: the next whole record begins after some bytes. */
static void
begin_inside(struct log_reader *l)
{
	size_t bytes = zk_layout_bytes(l->log->layout);
	size_t at = l->table.start - HEAD_BYTES;

	l->total = l->table.size - HEAD_BYTES;
	l->index = (uint32_t)((at + bytes - 1) / bytes);
	l->skip = l->index * bytes - at;
	l->begun = true;
	l->log->records = (uint32_t)(l->total / bytes);
}

/* From the start: waits for a sample, and works the layout out of it. */
static bool
begin_first(struct log_reader *l)
{
	struct zk_reader r = { (uint8_t *)l->rest.data, l->rest.len, false };
	size_t total = zk_get_u32(&r);

	if (r.bad)
		return true;
	if (total > l->table.size - HEAD_BYTES)
		total = l->table.size - HEAD_BYTES;
	if (r.left < total && r.left < SAMPLE_BYTES)
		return true;
	l->total = total;
	l->skip = HEAD_BYTES;
	l->begun = true;
	l->log->layout = ZK_LAYOUT_UNKNOWN;
	if (total == 0)
		return true;
	l->log->layout = zk_layout_choose(r.at, r.left < total ? r.left :
	                                  total, total, l->log->count);
	l->unknown = l->log->layout == ZK_LAYOUT_UNKNOWN;
	if (!l->unknown)
		l->log->records = (uint32_t)(total /
			zk_layout_bytes(l->log->layout));
	return !l->unknown;
}

static bool
hand_record(struct log_reader *l, const uint8_t *raw, size_t bytes)
{
	struct zk_record record = { .index = l->index++, .raw = raw,
		                    .len = bytes };

	record.flaw = zk_punch_decode(l->log->layout, raw, &record.punch);
	return l->each(l->arg, &record);
}

static bool
take_log(void *arg, const uint8_t *data, size_t len)
{
	struct log_reader *l = arg;
	size_t bytes, at;
	bool more = true;

	buf_append(&l->rest, data, len);
	if (!l->begun && l->table.start > 0)
		begin_inside(l);
	if (!l->begun && !begin_first(l))
		return false;
	if (!l->begun)
		return true;
	at = l->skip < l->rest.len ? l->skip : l->rest.len;
	l->skip -= at;
	bytes = zk_layout_bytes(l->log->layout);
	while (more && bytes > 0 && l->rest.len - at >= bytes &&
	       l->index < l->log->records) {
		more = hand_record(l, (uint8_t *)l->rest.data + at, bytes);
		at += bytes;
	}
	buf_consume(&l->rest, at);
	return more;
}

enum zk_result
zk_read_log(struct zk_session *zk, struct zk_log *log, zk_record_fn *each,
            void *arg)
{
	struct log_reader l = { .zk = zk, .log = log, .each = each,
		                .arg = arg };
	enum zk_result rc;

	l.table = (struct zk_table){ .what = "the log", .command = ZK_LOG_READ,
		                  .start = start_of(log), .sink = take_log,
		                  .arg = &l };
	log->records = 0;
	rc = zk_inside_read_table(zk, &l.table);
	if (rc == ZK_OK && l.unknown)
		rc = zk_inside_fail(zk, ZK_PROTOCOL, "%zu bytes of log in "
			"records of a form that is not known", l.total);
	if (rc == ZK_OK && !l.begun && l.table.start == 0 && l.table.size > 4)
		rc = zk_inside_fail(zk, ZK_PROTOCOL, "the log is shorter "
			"than it says");
	buf_finish(&l.rest);
	return rc;
}

/* ---- users -------------------------------------------------------------- */

static bool
take_users(void *arg, const uint8_t *data, size_t len)
{
	struct buf *all = arg;

	buf_append(all, data, len);
	return all->len <= USERS_MAX;
}

enum zk_result
zk_read_users(struct zk_session *zk, uint32_t count, zk_user_fn *each,
              void *arg)
{
	struct buf all = BUF_INIT;
	struct zk_table table = { .what = "the users", .command = ZK_USERS_READ,
		               .kind = 5, .sink = take_users, .arg = &all };
	enum zk_result rc = zk_inside_read_table(zk, &table);
	size_t total = all.len < HEAD_BYTES ? 0 : all.len - HEAD_BYTES;
	const uint8_t *raw = total == 0 ? NULL :
		(uint8_t *)all.data + HEAD_BYTES;
	size_t bytes = total == 0 ? 0 : zk_user_bytes(raw, total, count);
	struct zk_user user;

	if (rc == ZK_OK && total == 0 && count > 0)
		rc = zk_inside_fail(zk, ZK_PROTOCOL, "no users came, of %u",
			(unsigned)count);
	if (rc == ZK_OK && total > 0 && bytes == 0)
		rc = zk_inside_fail(zk, ZK_PROTOCOL, "%zu bytes of users in "
			"records of a form that is not known", total);
	for (size_t at = 0; rc == ZK_OK && bytes > 0 && at + bytes <= total;
	     at += bytes) {
		if (zk_user_decode(bytes, raw + at, &user))
			each(arg, &user);
	}
	buf_finish(&all);
	return rc;
}
