/* message.c: one message to a member, and what people do with it */
#include <string.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/message_facts.h"
#include "gym/message_hand.h"
#include "gym/messaging.h"
#include "gym/sender.h"
#include "gym/user.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/message_words.h"
#include "pages/present.h"
#include "pages/present_message.h"

/* All that there is to know of it now. */
struct known {
	struct message m;
	struct messaging messaging;
	struct message_facts facts;
	const struct message_rule *rule;	/* NULL: there is none any more */
	enum message_reason would;	/* of one that is due or has failed */
	const char *user;		/* or NULL */
};

static const char *
write_text(struct arena *a, const struct message_rule *rule,
           const struct message_facts *facts, int32_t anchor_day)
{
	struct message_values values;

	message_words_values(a, facts, rule->days, anchor_day, &values);
	return message_words_text(a, rule->text, &values);
}

/* ---- reading ------------------------------------------------------------- */

static enum db_result
read_around(struct req *req, struct known *k)
{
	const char *company = req->caller.company;
	struct message_rules rules;
	enum db_result rc = messaging_open(req->db, req->arena, company,
	                                   req->now_at, &k->messaging);

	if (rc == DB_OK)
		rc = message_rule_list(req->db, req->arena, company, &rules);
	if (rc == DB_OK)
		rc = message_facts_read(req->db, req->arena, company, 0,
		                        k->m.member_id, req->now_at,
		                        &k->facts);
	if (rc != DB_OK)
		return rc;
	k->rule = message_rule_of(&rules, k->m.kind, k->m.days);
	k->would = k->m.serial != 0 ? MESSAGE_FINE
		: message_judge_now(&rules, &k->facts, k->m.kind, k->m.days,
		                    k->m.anchor_day);
	return DB_OK;
}

static enum db_result
read_user(struct req *req, struct known *k)
{
	struct user user;
	enum db_result rc = k->m.user_id == 0 ? DB_NONE
		: user_find_id(req->db, req->arena, k->m.user_id, &user);

	k->user = rc == DB_OK ? user.name : NULL;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum status
read_known(struct req *req, struct known *k)
{
	int64_t id = http_find_id(&req->segments, "id");
	enum status status;

	if (id == 0)
		return HTTP_404;
	status = asked_found(message_find(req->db, req->arena,
		req->caller.company, req->caller.branch_id, id, &k->m));
	if (status != HTTP_200)
		return status;
	return read_around(req, k) == DB_OK && read_user(req, k) == DB_OK
		? HTTP_200 : HTTP_503;
}

/* ---- drawing ------------------------------------------------------------- */

static bool
is_open(const struct known *k)
{
	return k->m.state == MESSAGE_DUE || k->m.state == MESSAGE_FAILED;
}

static void
present_times(json_object *model, const struct known *k)
{
	const struct message *m = &k->m;
	const char *zone = k->facts.zone;

	present_instant(model, "due_text", m->state == MESSAGE_DUE ? m->due_at
	                : CLOCK_NO_TIME, zone);
	present_instant(model, "made_text", m->created_at, zone);
	present_instant(model, "sent_text", m->is_by_hand ? CLOCK_NO_TIME
	                : m->sent_at, zone);
	present_instant(model, "accepted_text", m->accepted_at, zone);
	present_instant(model, "delivered_text", m->delivered_at, zone);
	present_instant(model, "read_text", m->read_at, zone);
	present_instant(model, "failed_text", m->failed_at, zone);
	present_number(model, "tries_text", m->tries);
	present_bool(model, "has_tries", m->tries > 1);
}

/* As it was sent; of one that is still to be sent, as it would be now. */
static void
present_text(struct req *req, json_object *model, const struct known *k)
{
	bool is_preview = k->m.state == MESSAGE_DUE || k->m.text == NULL;
	bool is_known = k->rule != NULL && !k->facts.is_erased &&
		k->m.state != MESSAGE_SKIPPED;

	present_bool(model, "is_preview", is_preview);
	present_str(model, "text", !is_preview ? k->m.text : !is_known ? NULL
	            : write_text(req->arena, k->rule, &k->facts,
	                         k->m.anchor_day));
}

static void
present_acts(json_object *model, const struct known *k)
{
	const struct message *m = &k->m;
	bool is_by_service = strcmp(k->messaging.sender,
	                            sender_hand.word) != 0;

	present_bool(model, "may_send", k->would == MESSAGE_FINE &&
	             message_may_act(m, MESSAGE_ACT_SEND));
	present_bool(model, "may_back", message_may_act(m, MESSAGE_ACT_BACK));
	present_bool(model, "may_leave",
	             message_may_act(m, MESSAGE_ACT_LEAVE));
	present_bool(model, "may_settle",
	             message_may_act(m, MESSAGE_ACT_ARRIVED));
	present_bool(model, "may_again", is_by_service &&
	             m->state == MESSAGE_FAILED && k->would == MESSAGE_FINE);
	present_bool(model, "is_failed", m->state == MESSAGE_FAILED);
	present_str(model, "would_text", is_open(k)
	            ? words(present_message_skip_word(k->would)) : NULL);
}

/* What is the same wherever a message is shown. */
static void
present_known(struct req *req, json_object *model, const struct known *k)
{
	const struct message *m = &k->m;

	present_str(model, "url", present_message_url(req, m->id));
	present_str(model, "member_url", arena_printf(req->arena,
		"/members/%s", choose_id_text(req, m->member_id)));
	present_str(model, "member_text", k->facts.name);
	present_str(model, "rule_text", message_words_rule(req->arena,
		m->kind, m->days));
	present_day(model, "about_text", m->anchor_day);
	present_bool(model, "is_test", m->serial != 0);
	present_phone(model, "to_text", m->serial != 0 ? m->to
	              : k->facts.phone, req->caller.phone_code);
	present_str(model, "by_text", k->user);
	present_message_state(model, m->state, m->is_by_hand);
	present_message_why(model, m->state, m->reason, m->code, m->error);
}

/* `hand` NULL: nothing was done just now. */
static enum status
draw(struct req *req, struct res *res, const struct message_hand *hand,
     enum status status)
{
	json_object *model = res->model;
	struct known k;
	enum status found = read_known(req, &k);

	if (found != HTTP_200)
		return found;
	present_known(req, model, &k);
	present_times(model, &k);
	present_text(req, model, &k);
	present_acts(model, &k);
	present_bool(model, "is_late", hand != NULL &&
	             hand->end == MESSAGE_ACT_LATE);
	present_instant(model, "late_text", k.m.state == MESSAGE_ACCEPTED
	                ? k.m.accepted_at : CLOCK_NO_TIME, k.facts.zone);
	present_bool(model, "is_refused", hand != NULL &&
	             hand->end == MESSAGE_ACT_REFUSED);
	present_str(model, "refused_text", hand == NULL ? NULL
	            : words(present_message_skip_word(hand->message.reason)));
	return view_page(res, "message") == HTTP_200 ? status : HTTP_500;
}

/* GET /messages/:id -- its text, how it stands, and what can be done. */
enum status
page_message(struct req *req, struct res *res)
{
	return draw(req, res, NULL, HTTP_200);
}

/* ---- what people do ------------------------------------------------------ */

/* HTTP_200: done, and `hand` tells the rest; else it is answered already. */
static enum status
run(struct req *req, struct res *res, enum message_act act,
    struct message_hand *hand)
{
	*hand = (struct message_hand){
		.actor = asked_actor(req), .branch_id = req->caller.branch_id,
		.id = http_find_id(&req->segments, "id"), .act = act,
		.write = write_text,
	};
	if (hand->id == 0)
		return HTTP_404;
	switch (message_hand(req->db, req->arena, hand)) {
	case DB_OK:
		break;
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
	return hand->end == MESSAGE_ACT_DONE ? HTTP_200
		: draw(req, res, hand, HTTP_409);
}

/* 303 to the message. */
static enum status
run_and_show(struct req *req, struct res *res, enum message_act act)
{
	struct message_hand hand;
	enum status status = run(req, res, act, &hand);

	return status == HTTP_200
		? http_redirect(res, present_message_url(req, hand.id))
		: status;
}

/*
 * POST /messages/:id/hand -- marks it as sent by hand, and answers a page that
 * opens WhatsApp with the text written.  409, and nothing opens, where somebody
 * was quicker or it must not be sent.
 */
enum status
do_message_hand(struct req *req, struct res *res)
{
	struct message_hand hand;
	struct buf link = BUF_INIT;
	struct known k;
	enum status status = run(req, res, MESSAGE_ACT_SEND, &hand);

	if (status != HTTP_200)
		return status;
	status = read_known(req, &k);
	if (status != HTTP_200)
		return status;
	present_known(req, res->model, &k);
	present_str(res->model, "text", hand.text);
	sender_hand.link(&(struct sender_message){
		.to = hand.to, .text = hand.text }, &link);
	present_str(res->model, "open_url", link.data);
	buf_finish(&link);
	return view_page(res, "message_open");
}

/* POST /messages/:id/back -- it was not sent by hand after all. */
enum status
do_message_back(struct req *req, struct res *res)
{
	return run_and_show(req, res, MESSAGE_ACT_BACK);
}

/* POST /messages/:id/leave -- it is not to be sent. */
enum status
do_message_leave(struct req *req, struct res *res)
{
	return run_and_show(req, res, MESSAGE_ACT_LEAVE);
}

/* POST /messages/:id/again -- it has failed, and is due again. */
enum status
do_message_again(struct req *req, struct res *res)
{
	return run_and_show(req, res, MESSAGE_ACT_AGAIN);
}

/*
 * POST /messages/:id/settle {arrived=yes|no} -- nobody knew whether it was
 * sent: it was; or it is due again.
 */
enum status
do_message_settle(struct req *req, struct res *res)
{
	const char *arrived = http_find(&req->form, "arrived");
	bool is_yes = arrived != NULL && strcmp(arrived, "yes") == 0;
	bool is_no = arrived != NULL && strcmp(arrived, "no") == 0;
	struct known k;
	enum status status;

	if (is_yes || is_no)
		return run_and_show(req, res, is_yes ? MESSAGE_ACT_ARRIVED
		                    : MESSAGE_ACT_LOST);
	status = read_known(req, &k);
	return status == HTTP_200 ? HTTP_400 : status;
}
