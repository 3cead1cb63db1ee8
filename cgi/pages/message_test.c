/* message_test.c: a reminder to oneself, to see what members get */
#include <string.h>

#include "base/phone.h"
#include "gym/sender.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/message_rule.h"

/* The number that was typed, in the arena; NULL: refused. */
static const char *
take_phone(struct message_rule_page *p)
{
	const char *typed = http_find(&p->req->form, "phone");
	char phone[PHONE_SIZE];
	const char *unused = NULL;

	form_read(&p->test, &unused);
	if (typed == NULL || *typed == '\0')
		form_refuse(&p->test, "phone", WORD_REQUIRED);
	else if (!phone_parse(typed, p->req->caller.phone_code, phone) ||
	         !message_judge_phone(phone))
		form_refuse(&p->test, "phone", WORD_BAD_PHONE);
	else if (p->preview.member_id == 0)
		form_refuse(&p->test, "phone", WORD_NO_MEMBER);
	return p->test.is_refused ? NULL : arena_strdup(p->req->arena, phone);
}

/* By hand: a link that opens it, written. */
static enum status
draw_link(struct message_rule_page *p, struct res *res, const char *to)
{
	struct buf url = BUF_INIT;

	sender_hand.link(&(struct sender_message){ .to = to,
		.text = message_preview_text(p->req, &p->preview, &p->rule) },
		&url);
	p->hand_url = arena_strdup(p->req->arena, url.data);
	buf_finish(&url);
	return message_rule_page_draw(p, res);
}

static enum status
send(struct message_rule_page *p, struct res *res, const char *to)
{
	struct req *req = p->req;
	const struct actor actor = asked_actor(req);
	const struct message_test test = {
		.rule = &p->rule, .member_id = p->preview.member_id,
		.branch_id = p->preview.facts.branch_id,
		.anchor_day = message_preview_anchor(&p->preview,
		                                     p->rule.kind),
		.to = to, .nonce = form_nonce(req),
	};
	int64_t id = 0;

	switch (message_test_add(req->db, req->arena, &actor, &test, &id)) {
	case DB_OK:
		return http_redirect(res, arena_printf(req->arena,
			"/messages/%s", choose_id_text(req, id)));
	case DB_NONE:
		form_refuse(&p->test, "phone", WORD_TESTS_MANY);
		return message_rule_page_draw(p, res);
	default:
		return HTTP_503;
	}
}

/*
 * POST /settings/messages/rules/:id/test {phone, member, nonce} -- 303 to the
 * message, which gymgate-remind sends; by hand 200, with a link that opens it.
 */
enum status
do_message_test(struct req *req, struct res *res)
{
	struct message_rule_page p;
	enum status status = message_rule_page_begin(&p, req);
	const char *to;

	if (status != HTTP_200)
		return status;
	message_rule_page_set(&p);
	to = take_phone(&p);
	if (to == NULL)
		return message_rule_page_draw(&p, res);
	return strcmp(p.messaging.sender, sender_cloud.word) == 0
		? send(&p, res, to) : draw_link(&p, res, to);
}
