/* present_message.c: messages to members, ready to print */
#include "pages/present_message.h"

#include <inttypes.h>

#include "gym/whatsapp_error.h"
#include "pages/message_words.h"
#include "pages/present.h"

/* ---- words --------------------------------------------------------------- */

enum tone { PLAIN, GOOD, BAD, ODD };

static const struct {
	enum word word;
	enum tone tone;
} states[MESSAGE_STATE__COUNT] = {
	[MESSAGE_DUE] = { WORD_MESSAGE_DUE, PLAIN },
	[MESSAGE_SENDING] = { WORD_MESSAGE_SENDING, PLAIN },
	[MESSAGE_UNKNOWN] = { WORD_MESSAGE_UNKNOWN, ODD },
	[MESSAGE_ACCEPTED] = { WORD_MESSAGE_ACCEPTED, GOOD },
	[MESSAGE_FAILED] = { WORD_MESSAGE_FAILED, BAD },
	[MESSAGE_DELIVERED] = { WORD_MESSAGE_DELIVERED, GOOD },
	[MESSAGE_READ] = { WORD_MESSAGE_READ, GOOD },
	[MESSAGE_SKIPPED] = { WORD_MESSAGE_SKIPPED, PLAIN },
};

static const enum word skips[MESSAGE_REASON__COUNT] = {
	[MESSAGE_FINE] = WORD_NONE,
	[MESSAGE_NO_CONSENT] = WORD_SKIP_CONSENT,
	[MESSAGE_NO_PHONE] = WORD_SKIP_PHONE,
	[MESSAGE_UNREACHED] = WORD_SKIP_UNREACHED,
	[MESSAGE_AGE] = WORD_SKIP_AGE,
	[MESSAGE_UNSURE] = WORD_SKIP_UNSURE,
	[MESSAGE_ERASED] = WORD_SKIP_ERASED,
	[MESSAGE_UNTRUE] = WORD_SKIP_UNTRUE,
	[MESSAGE_OVERTAKEN] = WORD_SKIP_OVERTAKEN,
	[MESSAGE_LATE] = WORD_SKIP_LATE,
	[MESSAGE_RULE_OFF] = WORD_SKIP_RULE,
	[MESSAGE_BY_STAFF] = WORD_SKIP_STAFF,
};

static const enum word failures[WHATSAPP_ACTION__COUNT] = {
	[WHATSAPP_RETRY] = WORD_FAILED_RETRY,
	[WHATSAPP_SLOW] = WORD_FAILED_SLOW,
	[WHATSAPP_PAIR] = WORD_FAILED_PAIR,
	[WHATSAPP_DAY] = WORD_FAILED_DAY,
	[WHATSAPP_STOP_TEMPLATE] = WORD_FAILED_TEMPLATE,
	[WHATSAPP_STOP_ALL] = WORD_FAILED_ALL,
	[WHATSAPP_NEVER] = WORD_FAILED_NEVER,
	[WHATSAPP_UNREACHED] = WORD_FAILED_UNREACHED,
	[WHATSAPP_FAIL] = WORD_FAILED_FAIL,
};

enum word
present_message_state_word(enum message_state state, bool is_by_hand)
{
	return state == MESSAGE_ACCEPTED && is_by_hand ? WORD_MESSAGE_BY_HAND
		: states[state].word;
}

enum word
present_message_skip_word(enum message_reason reason)
{
	return skips[reason];
}

enum word
present_message_failed_word(int64_t code)
{
	return failures[whatsapp_action_of(code)];
}

/* ---- models -------------------------------------------------------------- */

void
present_message_state(json_object *model, enum message_state state,
                      bool is_by_hand)
{
	enum tone tone = states[state].tone;

	present_str(model, "state_text", words(present_message_state_word(
		state, is_by_hand)));
	present_bool(model, "is_good", tone == GOOD);
	present_bool(model, "is_bad", tone == BAD);
	present_bool(model, "is_odd", tone == ODD);
}

void
present_message_why(json_object *model, enum message_state state,
                    enum message_reason reason, int64_t code,
                    const char *error)
{
	bool has_failed = state == MESSAGE_FAILED;
	bool has_error = has_failed || state == MESSAGE_DUE ||
		state == MESSAGE_UNKNOWN;

	present_str(model, "why_text", words(skips[reason]));
	present_str(model, "error_text", has_error ? error : NULL);
	present_str(model, "advice_text", has_failed
	            ? words(present_message_failed_word(code)) : NULL);
}

const char *
present_message_url(struct req *req, int64_t id)
{
	return arena_printf(req->arena, "/messages/%" PRId64, id);
}

json_object *
present_message(struct req *req, const struct message_row *row)
{
	json_object *model = json_object_new_object();

	present_str(model, "url", present_message_url(req, row->id));
	present_str(model, "member_url", arena_printf(req->arena,
		"/members/%" PRId64, row->member_id));
	present_str(model, "member_text", row->member);
	present_str(model, "rule_text", message_words_rule(req->arena,
		row->kind, row->days));
	present_instant(model, "when_text", row->at, row->zone);
	present_bool(model, "is_test", row->is_test);
	present_str(model, "by_text", row->user);
	present_message_state(model, row->state, row->is_by_hand);
	present_message_why(model, row->state, row->reason, row->code,
	                    row->error);
	return model;
}

json_object *
present_messages(struct req *req, const struct message_page *page)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < page->count; i++)
		json_object_array_add(rows, present_message(req,
		                                            &page->rows[i]));
	return rows;
}
