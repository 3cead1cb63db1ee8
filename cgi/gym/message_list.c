/* message_list.c: messages to members, to be shown */
#include "gym/message_list.h"

#include <string.h>

/* Reads the rows of a list that has been begun, one more than a page. */
static enum db_result
read_rows(struct db_stmt *st, struct arena *a, size_t limit,
          struct message_page *out)
{
	struct message_row row = { 0 };
	const char *kind, *state, *reason;
	enum db_result rc;

	*out = (struct message_page){
		arena_alloc(a, limit * sizeof *out->rows), 0, false,
	};
	db_out_int(st, &row.id);
	db_out_int(st, &row.member_id);
	db_out_str(st, a, &row.member);
	db_out_str(st, a, &row.zone);
	db_out_str(st, a, &kind);
	db_out_int(st, &row.days);
	db_out_day(st, &row.anchor_day);
	db_out_bool(st, &row.is_test);
	db_out_str(st, a, &state);
	db_out_str(st, a, &reason);
	db_out_bool(st, &row.is_by_hand);
	db_out_int(st, &row.code);
	db_out_str(st, a, &row.error);
	db_out_str(st, a, &row.user);
	db_out_at(st, &row.at);
	while ((rc = db_next(st)) == DB_OK) {
		row.kind = message_kind_of(kind);
		row.state = message_state_of(state);
		row.reason = message_reason_of(reason);
		if (out->count == limit)
			out->has_more = true;
		else
			out->rows[out->count++] = row;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

static const char *
state_word(const struct message_query *q)
{
	return q->state == MESSAGE_STATE__COUNT ? NULL
		: message_state_word(q->state);
}

/* By the key that finds the fewest. */
static struct db_stmt *
begin_list(struct db *db, const struct message_query *q)
{
	bool waits = q->state == MESSAGE_DUE || q->state == MESSAGE_SENDING;
	bool is_of_state = q->member_id == 0 && state_word(q) != NULL;
	struct db_stmt *st = db_begin(db, q->member_id != 0
		? STMT_MESSAGE_LIST_MEMBER : !is_of_state ? STMT_MESSAGE_LIST
		: waits ? STMT_MESSAGE_LIST_WAITING : STMT_MESSAGE_LIST_STATE);

	db_in_str(st, q->company);
	if (q->member_id != 0)
		db_in_int(st, q->member_id);
	if (is_of_state)
		db_in_str(st, state_word(q));
	db_in_int(st, q->before_id == 0 ? INT64_MAX : q->before_id);
	return st;
}

enum db_result
message_list(struct db *db, struct arena *a, const struct message_query *q,
             struct message_page *out)
{
	struct db_stmt *st = begin_list(db, q);
	bool is_all = q->kind == MESSAGE_KIND__COUNT;
	const char *kind = is_all ? NULL : message_kind_word(q->kind);

	db_in_id(st, q->branch_id);
	db_in_id(st, q->branch_id);
	db_in_str(st, kind);
	db_in_str(st, kind);
	for (int i = 0; i < 2; i++) {
		if (is_all)
			db_in_null(st);
		else
			db_in_int(st, q->days);
	}
	db_in_str(st, state_word(q));
	db_in_str(st, state_word(q));
	db_in_int(st, (int64_t)q->limit + 1);
	return read_rows(st, a, q->limit, out);
}

enum db_result
message_list_now(struct db *db, struct arena *a, const char *company,
                 int64_t branch_id, int64_t now_at, struct message_page *out)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_LIST_NOW);

	db_in_str(st, company);
	db_in_at(st, now_at);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_int(st, MESSAGE_NOW_MOST + 1);
	return read_rows(st, a, MESSAGE_NOW_MOST, out);
}

enum db_result
message_summary(struct db *db, const char *company, int64_t branch_id,
                int64_t now_at, struct message_summary *out)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_SUMMARY);
	enum db_result rc;

	*out = (struct message_summary){ 0 };
	db_in_at(st, now_at);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_str(st, company);
	db_out_bool(st, &out->is_paused);
	db_out_int(st, &out->now_count);
	rc = db_one(st);
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
message_phone_bad(struct db *db, const char *company, int64_t member_id,
                  bool *is_bad)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_PHONE_BAD);

	db_in_str(st, company);
	db_in_int(st, member_id);
	db_out_bool(st, is_bad);
	return db_one(st);
}

enum db_result
message_count(struct db *db, struct arena *a, const char *company,
              int64_t branch_id, int64_t now_at,
              int64_t counts[MESSAGE_STATE__COUNT])
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_STATE_COUNT);
	const char *state;
	int64_t count;
	enum db_result rc;

	memset(counts, 0, MESSAGE_STATE__COUNT * sizeof *counts);
	db_in_str(st, company);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_str(st, company);
	db_in_at(st, now_at - MESSAGE_COUNTED_MS);
	db_out_str(st, a, &state);
	db_out_int(st, &count);
	while ((rc = db_next(st)) == DB_OK)
		counts[message_state_of(state)] = count;
	return rc == DB_NONE ? DB_OK : rc;
}
