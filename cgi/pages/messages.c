/* messages.c: messages to members: those to send now, and the newest first */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gym/message_rule.h"
#include "gym/messaging.h"
#include "gym/sender.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/message_words.h"
#include "pages/present.h"
#include "pages/present_message.h"

#define RULE_MOST 12		/* characters of "BEFORE-365" */

static const char *const states[] = {
	"DUE", "SENDING", "UNKNOWN", "ACCEPTED", "FAILED", "DELIVERED", "READ",
	"SKIPPED", NULL,
};

/* What the address asks for, and what that comes to. */
struct asked {
	const char *state, *rule;
	int64_t member, before;
	struct member who;	/* where `member` is not 0 */
	enum message_kind kind;	/* MESSAGE_KIND__COUNT: any */
	int64_t days;
};

static const struct form_field fields[] = {
	{ .name = "before", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, before) },
	{ .name = "member", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, member) },
	{ .name = "rule", .type = FORM_WORD, .most = RULE_MOST, .also = "-",
	  .offset = offsetof(struct asked, rule) },
	{ .name = "state", .type = FORM_CHOICE, .choices = states,
	  .offset = offsetof(struct asked, state) },
};

/* ---- what is asked for --------------------------------------------------- */

/* "BEFORE-7"; what is no rule's word asks for nothing. */
static void
read_rule(struct asked *asked)
{
	const char *dash = asked->rule == NULL ? NULL
		: strchr(asked->rule, '-');
	char word[RULE_MOST + 1] = "";

	asked->kind = MESSAGE_KIND__COUNT;
	if (dash == NULL || !text_to_int(dash + 1, 0, MESSAGE_RULE_DAYS_MAX,
	                                 &asked->days))
		return;
	memcpy(word, asked->rule, (size_t)(dash - asked->rule));
	asked->kind = message_kind_of(word);
}

static enum status
begin_list(struct form *f, struct asked *asked)
{
	struct req *req = f->req;

	*asked = (struct asked){ 0 };
	form_read_query(f, asked);
	read_rule(asked);
	return asked->member == 0 ? HTTP_200
		: asked_found(member_find(req->db, req->arena,
			req->caller.company, req->caller.branch_id,
			asked->member, &asked->who));
}

static enum db_result
read_list(struct req *req, struct arena *a, const struct asked *asked,
          size_t limit, struct message_page *list)
{
	return message_list(req->db, a, &(struct message_query){
		.company = req->caller.company,
		.branch_id = req->caller.branch_id,
		.member_id = asked->member,
		.state = message_state_of(asked->state),
		.kind = asked->kind, .days = asked->days,
		.before_id = asked->before, .limit = limit,
	}, list);
}

static bool
is_filtered(const struct asked *asked)
{
	return asked->member != 0 || asked->state != NULL ||
		asked->kind != MESSAGE_KIND__COUNT;
}

/* ---- filters and pages --------------------------------------------------- */

/* The list by these filters, from its first page on. */
static void
append_url(struct buf *url, struct req *req, const struct asked *asked,
           const char *state)
{
	buf_append_str(url, "/messages");
	if (state != NULL)
		http_add_query(url, "state", state);
	if (asked->member != 0)
		http_add_query(url, "member", choose_id_text(req,
		                                             asked->member));
	if (asked->kind != MESSAGE_KIND__COUNT)
		http_add_query(url, "rule", asked->rule);
}

static void
present_pager(struct req *req, json_object *model, const struct asked *asked,
              const struct message_page *list)
{
	struct buf url = BUF_INIT;

	append_url(&url, req, asked, asked->state);
	present_str(model, "first_url", asked->before == 0 ? NULL : url.data);
	if (list->has_more)
		http_add_query(&url, "before", choose_id_text(req,
			list->rows[list->count - 1].id));
	present_str(model, "next_url", list->has_more ? url.data : NULL);
	buf_finish(&url);
}

static void
present_filters(struct form *f, json_object *model,
                const struct message_rules *rules, const struct asked *asked)
{
	struct arena *a = f->req->arena;
	struct form_choice by_state[MESSAGE_STATE__COUNT];
	struct form_choice *by_rule = arena_alloc(a, (rules->count + 1) *
	                                          sizeof *by_rule);

	for (int i = 0; i < MESSAGE_STATE__COUNT; i++)
		by_state[i] = (struct form_choice){ states[i], words(
			present_message_state_word(message_state_of(states[i]),
			                           false)) };
	for (size_t i = 0; i < rules->count; i++) {
		const struct message_rule *r = &rules->rows[i];

		by_rule[i] = (struct form_choice){
			arena_printf(a, "%s-%" PRId64, message_kind_word(
				r->kind), r->days),
			message_words_rule(a, r->kind, r->days),
		};
	}
	form_present_choices(f, model, "state", by_state,
	                     MESSAGE_STATE__COUNT);
	form_present_choices(f, model, "rule", by_rule, rules->count);
	present_str(model, "member_text", asked->member == 0 ? NULL
	            : asked->who.name);
	present_str(model, "member_url", asked->member == 0 ? NULL
	            : arena_printf(a, "/members/%" PRId64, asked->member));
	present_bool(model, "is_filtered", is_filtered(asked));
}

/* ---- above the list ------------------------------------------------------ */

/* Where members are written to only by day: when it begins, if it is not. */
static void
present_hours(json_object *model, const struct messaging *m, const char *zone,
              int64_t now_at)
{
	int64_t open_at = messaging_open_at(zone, m->from_minute,
	                                    m->to_minute, now_at);
	char text[VIEW_TEXT_SIZE];

	present_str(model, "quiet_until_text", open_at <= now_at ? NULL
	            : view_time_text(clock_local(zone, open_at), text));
}

static void
present_sending(json_object *model, const struct messaging *m,
                const char *zone, int64_t now_at)
{
	bool is_paused = m->paused_at != CLOCK_NO_TIME;

	present_bool(model, "is_by_hand",
	             strcmp(m->sender, sender_hand.word) == 0);
	present_bool(model, "is_paused", is_paused);
	present_instant(model, "paused_text", m->paused_at, zone);
	present_str(model, "pause_text", m->pause_words);
	present_hours(model, m, zone, now_at);
}

static enum status
count_states(struct req *req, json_object *model)
{
	json_object *list = json_object_new_array();
	int64_t counts[MESSAGE_STATE__COUNT];

	json_object_object_add(model, "counts", list);
	if (message_count(req->db, req->arena, req->caller.company,
	                  req->caller.branch_id, req->now_at, counts) != DB_OK)
		return HTTP_503;
	for (int i = 0; i < MESSAGE_STATE__COUNT; i++) {
		json_object *row;

		if (counts[i] == 0)
			continue;
		row = json_object_new_object();
		present_message_state(row, (enum message_state)i, false);
		present_number(row, "count_text", counts[i]);
		present_str(row, "url", arena_printf(req->arena,
			"/messages?state=%s",
			message_state_word((enum message_state)i)));
		json_object_array_add(list, row);
	}
	present_bool(model, "has_counts", json_object_array_length(list) > 0);
	return HTTP_200;
}

/* Reminders with a button each, where somebody sends them by hand. */
static enum status
list_now(struct req *req, json_object *model, bool is_wanted)
{
	struct message_page list = { 0 };

	if (is_wanted && message_list_now(req->db, req->arena,
		req->caller.company, req->caller.branch_id, req->now_at,
		&list) != DB_OK)
		return HTTP_503;
	json_object_object_add(model, "now", present_messages(req, &list));
	present_bool(model, "has_now", list.count > 0);
	present_number(model, "now_text", (int64_t)list.count);
	present_bool(model, "has_more_now", list.has_more);
	return HTTP_200;
}

static enum status
present_head(struct req *req, json_object *model, const struct asked *asked)
{
	struct messaging m;
	const char *zone;
	enum status status = asked_zone(req, &zone);

	if (status != HTTP_200)
		return status;
	if (messaging_open(req->db, req->arena, req->caller.company,
	                   req->now_at, &m) != DB_OK)
		return HTTP_503;
	present_sending(model, &m, zone, req->now_at);
	status = count_states(req, model);
	if (status != HTTP_200)
		return status;
	return list_now(req, model, asked->before == 0 &&
	                !is_filtered(asked) &&
	                strcmp(m.sender, sender_hand.word) == 0);
}

/*
 * GET /messages?state=&member=&rule=KIND-DAYS&before= -- those to send by hand
 * now, and all, the newest first.
 */
enum status
page_messages(struct req *req, struct res *res)
{
	struct message_rules rules;
	struct message_page list;
	struct asked asked;
	struct form f;
	enum status status;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	status = begin_list(&f, &asked);
	if (status == HTTP_200)
		status = present_head(req, res->model, &asked);
	if (status != HTTP_200)
		return status;
	if (message_rule_list(req->db, req->arena, req->caller.company,
	                      &rules) != DB_OK ||
	    read_list(req, req->arena, &asked, MESSAGE_PAGE, &list) != DB_OK)
		return HTTP_503;
	form_present(&f, res->model);
	present_filters(&f, res->model, &rules, &asked);
	json_object_object_add(res->model, "rows", present_messages(req,
	                                                            &list));
	present_bool(res->model, "has_rows", list.count > 0);
	present_pager(req, res->model, &asked, &list);
	export_present(req, res->model, "/messages");
	return view_page(res, "messages");
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_WHEN, SHEET_MOMENT }, { WORD_TITLE_MEMBER, SHEET_TEXT },
	{ WORD_TITLE_MESSAGE, SHEET_TEXT }, { WORD_TITLE_STANDS, SHEET_TEXT },
	{ WORD_TITLE_REASON, SHEET_TEXT }, { WORD_TITLE_SENT_BY, SHEET_TEXT },
	{ WORD_TITLE_NOTE, SHEET_TEXT },
};

static void
export_row(struct export *x, const struct message_row *row)
{
	sheet_moment(x->sheet, clock_local(row->zone, row->at));
	sheet_text(x->sheet, row->member);
	sheet_text(x->sheet, message_words_rule(x->arena, row->kind,
	                                        row->days));
	export_word(x, present_message_state_word(row->state,
	                                          row->is_by_hand));
	sheet_text(x->sheet, row->reason != MESSAGE_FINE
	           ? words(present_message_skip_word(row->reason))
	           : row->error);
	sheet_text(x->sheet, row->user);
	export_word(x, row->is_test ? WORD_CELL_TEST : WORD_NONE);
}

static enum db_result
export_chunk(struct export *x)
{
	struct asked *asked = x->asked;
	struct message_page list;
	enum db_result rc = read_list(x->req, x->arena, asked, EXPORT_CHUNK,
	                              &list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++)
		export_row(x, &list.rows[i]);
	x->has_more = list.has_more;
	if (list.has_more)
		asked->before = list.rows[list.count - 1].id;
	return DB_OK;
}

/* GET /messages.csv, .xlsx?state=&member=&rule= -- the list of the page. */
enum status
export_messages(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"messages", "trn_messages", columns, FORM_COUNT(columns),
		export_chunk,
	};
	struct asked asked;
	struct form f;
	enum status status;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	status = begin_list(&f, &asked);
	if (status != HTTP_200)
		return status;
	asked.before = 0;
	return export_send(req, res, &list, &asked);
}
