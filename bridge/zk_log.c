/* zk_log.c: the log and the users of a terminal, record by record */
#include "zk_inside.h"

#include "base/text.h"

#define USERS_MAX (8u * 1024 * 1024)
#define HEAD_BYTES 4		/* the length in front of a table */
#define SAMPLE_BYTES 16384	/* to work out a layout, if there are as many */

struct log_reader {
	struct zk_session *zk;
	struct zk_log *log;
	struct zk_table table;
	zk_record_fn *each;
	void *arg;
	struct buf rest;	/* bytes that are not a whole record yet */
	size_t skip;		/* bytes before the first whole record */
	uint32_t index;
	bool begun;
};

/* Where in the table a read that wants `from` begins. */
static size_t
start_of(const struct zk_session *zk, const struct zk_log *log)
{
	size_t piece = zk_inside_piece_bytes(zk);
	size_t at = HEAD_BYTES +
		(size_t)log->from * zk_layout_bytes(log->layout);

	return log->from == 0 ? 0 : at / piece * piece;
}

/* Bytes behind the last whole record, those the length omits included. */
static void
count_records(struct log_reader *l, size_t total)
{
	size_t bytes = zk_layout_bytes(l->log->layout);

	l->log->bytes = l->table.size - HEAD_BYTES;
	l->log->records = (uint32_t)(total / bytes);
	l->log->odd_bytes = l->log->bytes - l->log->records * bytes;
}

/* From the middle: the next whole record begins after some bytes. */
static void
begin_inside(struct log_reader *l)
{
	size_t bytes = zk_layout_bytes(l->log->layout);
	size_t at = l->table.start - HEAD_BYTES;

	l->index = (uint32_t)((at + bytes - 1) / bytes);
	l->skip = l->index * bytes - at;
	l->begun = true;
	count_records(l, l->table.size - HEAD_BYTES);
}

static bool
give_up(struct log_reader *l, const struct zk_reader *r)
{
	struct zk_log *log = l->log;

	log->unknown_form = true;
	log->bytes = l->table.size - HEAD_BYTES;
	log->sample_len = r->left < sizeof log->sample ? r->left
		: sizeof log->sample;
	memcpy(log->sample, r->at, log->sample_len);
	return false;
}

/* From the start: waits for a sample, and works the layout out of it. */
static bool
begin_first(struct log_reader *l)
{
	struct zk_reader r = { (uint8_t *)l->rest.data, l->rest.len, false };
	size_t total = zk_get_u32(&r), behind = l->table.size - HEAD_BYTES;
	struct zk_log *log = l->log;

	if (r.bad)
		return true;
	if (total > behind)
		total = behind;
	if (r.left < behind && r.left < SAMPLE_BYTES)
		return true;
	l->skip = HEAD_BYTES;
	l->begun = true;
	if (behind == 0) {
		log->layout = ZK_LAYOUT_UNKNOWN;
		return true;
	}
	log->layout = zk_layout_choose(r.at, r.left < total ? r.left : total,
	                               total, log->count, log->layout);
	if (log->layout == ZK_LAYOUT_UNKNOWN)
		return give_up(l, &r);
	count_records(l, total);
	return true;
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

	log->records = 0;
	log->bytes = log->odd_bytes = log->sample_len = 0;
	log->unknown_form = false;
	l.table = (struct zk_table){ .what = "the log", .command = ZK_LOG_READ,
		                  .start = start_of(zk, log), .sink = take_log,
		                  .arg = &l };
	rc = zk_inside_read_table(zk, &l.table);
	if (rc == ZK_OK && !l.begun && l.table.start == 0 && l.table.size > 4)
		rc = zk_inside_fail(zk, ZK_PROTOCOL, "the log is shorter "
			"than it says");
	if (rc == ZK_OK && !l.begun && l.table.start == 0)
		log->layout = ZK_LAYOUT_UNKNOWN;
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

	if (rc == ZK_OK && (total == 0 ? count > 0 : bytes == 0)) {
		zk->refusal = 0;
		rc = zk_inside_fail(zk, ZK_REFUSED, total == 0 ?
			"no users came, of %zu" : "%zu bytes of users in "
			"records of a form that is not known",
			total == 0 ? (size_t)count : total);
	}
	for (size_t at = 0; rc == ZK_OK && bytes > 0 && at + bytes <= total;
	     at += bytes) {
		if (zk_user_decode(bytes, raw + at, &user))
			each(arg, &user);
	}
	buf_finish(&all);
	return rc;
}
