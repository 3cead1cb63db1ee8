/* message.c: a message to a member: its kinds, its states, one of them */
#include "gym/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static const char *const kind_words[MESSAGE_KIND__COUNT] = {
	[MESSAGE_BEFORE] = "BEFORE",
	[MESSAGE_ON] = "ON",
	[MESSAGE_AFTER] = "AFTER",
	[MESSAGE_ABSENT] = "ABSENT",
};

static const char *const state_words[MESSAGE_STATE__COUNT] = {
	[MESSAGE_DUE] = "DUE",
	[MESSAGE_SENDING] = "SENDING",
	[MESSAGE_UNKNOWN] = "UNKNOWN",
	[MESSAGE_ACCEPTED] = "ACCEPTED",
	[MESSAGE_FAILED] = "FAILED",
	[MESSAGE_DELIVERED] = "DELIVERED",
	[MESSAGE_READ] = "READ",
	[MESSAGE_SKIPPED] = "SKIPPED",
};

static const char *const reason_words[MESSAGE_REASON__COUNT] = {
	[MESSAGE_FINE] = NULL,
	[MESSAGE_NO_CONSENT] = "CONSENT",
	[MESSAGE_NO_PHONE] = "PHONE",
	[MESSAGE_UNREACHED] = "UNREACHED",
	[MESSAGE_AGE] = "AGE",
	[MESSAGE_UNSURE] = "UNSURE",
	[MESSAGE_ERASED] = "ERASED",
	[MESSAGE_UNTRUE] = "UNTRUE",
	[MESSAGE_OVERTAKEN] = "OVERTAKEN",
	[MESSAGE_LATE] = "LATE",
	[MESSAGE_RULE_OFF] = "RULE",
	[MESSAGE_BY_STAFF] = "STAFF",
};

/* The place of a word; `count` where it is none of them. */
static int
find_word(const char *const *words, int count, const char *word)
{
	int i = 0;

	while (i < count && (word == NULL || words[i] == NULL
	                     ? word != words[i] : strcmp(words[i], word) != 0))
		i++;
	return i;
}

const char *
message_kind_word(enum message_kind kind)
{
	return kind_words[kind];
}

enum message_kind
message_kind_of(const char *word)
{
	return (enum message_kind)find_word(kind_words, MESSAGE_KIND__COUNT,
	                                    word);
}

const char *
message_state_word(enum message_state state)
{
	return state_words[state];
}

enum message_state
message_state_of(const char *word)
{
	return (enum message_state)find_word(state_words,
	                                     MESSAGE_STATE__COUNT, word);
}

const char *
message_reason_word(enum message_reason reason)
{
	return reason_words[reason];
}

enum message_reason
message_reason_of(const char *word)
{
	return (enum message_reason)find_word(reason_words,
	                                      MESSAGE_REASON__COUNT, word);
}

bool
message_may_become(enum message_state from, enum message_state to)
{
	return from >= MESSAGE_SENDING && from < MESSAGE_SKIPPED &&
		to >= MESSAGE_ACCEPTED && to < MESSAGE_SKIPPED && to > from;
}

/* ---- one ----------------------------------------------------------------- */

static enum db_result
read_row(struct db_stmt *st, struct arena *a, struct message *m)
{
	const char *kind, *state, *reason;
	enum db_result rc;

	db_out_int(st, &m->id);
	db_out_int(st, &m->branch_id);
	db_out_int(st, &m->member_id);
	db_out_str(st, a, &kind);
	db_out_int(st, &m->days);
	db_out_day(st, &m->anchor_day);
	db_out_int(st, &m->serial);
	db_out_str(st, a, &m->to);
	db_out_str(st, a, &state);
	db_out_str(st, a, &reason);
	db_out_int(st, &m->tries);
	db_out_at(st, &m->due_at);
	db_out_int(st, &m->code);
	db_out_str(st, a, &m->error);
	db_out_str(st, a, &m->text);
	db_out_bool(st, &m->is_by_hand);
	db_out_int(st, &m->user_id);
	db_out_at(st, &m->created_at);
	db_out_at(st, &m->sent_at);
	db_out_at(st, &m->accepted_at);
	db_out_at(st, &m->delivered_at);
	db_out_at(st, &m->read_at);
	db_out_at(st, &m->failed_at);
	db_out_str(st, a, &m->template);
	db_out_str(st, a, &m->language);
	rc = db_one(st);
	if (rc != DB_OK)
		return rc;
	m->kind = message_kind_of(kind);
	m->state = message_state_of(state);
	m->reason = message_reason_of(reason);
	return rc;
}

enum db_result
message_find(struct db *db, struct arena *a, const char *company,
             int64_t branch_id, int64_t id, struct message *out)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_FIND);

	db_in_str(st, company);
	db_in_int(st, id);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	return read_row(st, a, out);
}

enum db_result
message_lock(struct db *db, struct arena *a, const char *company, int64_t id,
             struct message *out)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_LOCK);

	db_in_str(st, company);
	db_in_int(st, id);
	return read_row(st, a, out);
}

void
message_ref(int64_t id, int64_t tries, char out[MESSAGE_REF_SIZE])
{
	snprintf(out, MESSAGE_REF_SIZE, "message-%" PRId64 "-%" PRId64, id,
	         tries);
}

bool
message_ref_parse(const char *text, int64_t *id, int64_t *tries)
{
	const char *numbers = text_after(text, "message-");
	const char *dash = numbers == NULL ? NULL : strchr(numbers, '-');
	char first[24];

	if (dash == NULL || (size_t)(dash - numbers) >= sizeof first)
		return false;
	memcpy(first, numbers, (size_t)(dash - numbers));
	first[dash - numbers] = '\0';
	return text_to_int(first, 1, INT64_MAX, id) &&
		text_to_int(dash + 1, 1, INT32_MAX, tries);
}

enum db_result
message_move(struct db *db, const char *company, int64_t member_id,
             int64_t branch_id)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_MOVE);
	enum db_result rc;

	db_in_int(st, branch_id);
	db_in_str(st, company);
	db_in_int(st, member_id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
message_forget(struct db *db, const char *company, int64_t member_id)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_FORGET);
	enum db_result rc;

	db_in_str(st, message_reason_word(MESSAGE_ERASED));
	db_in_str(st, company);
	db_in_int(st, member_id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}
