/* messaging.c: how a company's messages are sent, and what stands in the way */
#include "gym/messaging_edit.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gym/member.h"
#include "gym/message_rule.h"
#include "gym/sender.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/message_pause.h"
#include "pages/message_words.h"
#include "pages/present.h"

struct typed {
	const char *sender;
	int64_t from, to, cap;
};

static const char *const senders[] = { "CLOUD", "HAND", NULL };

static const struct form_field fields[] = {
	{ .name = "cap", .type = FORM_INT, .is_required = true, .least = 1,
	  .most = MESSAGING_CAP_MAX, .offset = offsetof(struct typed, cap) },
	{ .name = "from", .type = FORM_TIME, .is_required = true,
	  .offset = offsetof(struct typed, from) },
	{ .name = "sender", .type = FORM_CHOICE, .is_required = true,
	  .choices = senders, .offset = offsetof(struct typed, sender) },
	{ .name = "to", .type = FORM_TIME, .is_required = true,
	  .offset = offsetof(struct typed, to) },
};

/* The page on its way. */
struct page {
	struct req *req;
	struct form form;
	struct messaging stored;
	struct message_rules rules;
	const char *zone;
	int64_t version;	/* that the form was made from */
	bool is_stale;
};

static enum status
find(struct page *p, struct req *req)
{
	const char *company = req->caller.company;

	*p = (struct page){ .req = req };
	form_begin(&p->form, req, fields, FORM_COUNT(fields));
	if (messaging_open(req->db, req->arena, company, req->now_at,
	                   &p->stored) != DB_OK ||
	    message_rule_list(req->db, req->arena, company, &p->rules) !=
	    DB_OK)
		return HTTP_503;
	p->version = p->stored.version;
	return asked_zone(req, &p->zone);
}

static void
set_stored(struct page *p)
{
	const struct messaging *m = &p->stored;

	form_begin(&p->form, p->req, fields, FORM_COUNT(fields));
	form_set_int(&p->form, "cap", m->cap);
	form_set_time(&p->form, "from", m->from_minute);
	form_set(&p->form, "sender", m->sender);
	form_set_time(&p->form, "to", m->to_minute);
}

/* ---- drawing ------------------------------------------------------------- */

static void
present_rules(struct page *p, json_object *model)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < p->rules.count; i++) {
		const struct message_rule *r = &p->rules.rows[i];
		json_object *row = json_object_new_object();

		present_str(row, "rule_text", message_words_rule(
			p->req->arena, r->kind, r->days));
		present_str(row, "rule_url", arena_printf(p->req->arena,
			"/settings/messages/rules/%s", choose_id_text(p->req,
			r->id)));
		present_str(row, "template_text", r->template);
		present_str(row, "language_text", r->language);
		present_bool(row, "is_on", r->is_on);
		message_pause_present(p->req, row, "pause", r->paused_at,
		                      r->pause_code, r->pause_words, p->zone);
		json_object_array_add(rows, row);
	}
	json_object_object_add(model, "rules", rows);
}

static void
present_stored(struct page *p, json_object *model)
{
	const struct messaging *m = &p->stored;

	present_bool(model, "has_number", m->phone_id != NULL);
	present_bool(model, "is_cloud", strcmp(m->sender, sender_cloud.word) ==
	             0);
	present_str(model, "seen", m->paused_at == CLOCK_NO_TIME ? NULL
	            : arena_printf(p->req->arena, "%" PRId64, m->paused_at));
	message_pause_present(p->req, model, "pause", m->paused_at,
	                      m->pause_code, m->pause_words, p->zone);
	present_instant(model, "slow_text", m->slow_to_at > p->req->now_at
	                ? m->slow_to_at : CLOCK_NO_TIME, p->zone);
	present_instant(model, "heard_text", m->heard_at, p->zone);
	present_number(model, "unknown_text", m->unknown_count);
}

/* Whom no message reaches, each with the list of them. */
static enum status
present_reach(struct page *p, json_object *model)
{
	struct req *req = p->req;
	int64_t no_number, not_agreed;
	enum status status = asked_states(req);

	if (status != HTTP_200)
		return status;
	if (member_reach(req->db, req->caller.company, req->caller.branch_id,
	                 &no_number, &not_agreed) != DB_OK)
		return HTTP_503;
	present_number(model, "no_number_text", no_number);
	present_bool(model, "has_no_number", no_number > 0);
	present_number(model, "not_agreed_text", not_agreed);
	present_bool(model, "has_not_agreed", not_agreed > 0);
	return HTTP_200;
}

static enum status
draw(struct page *p, struct res *res)
{
	json_object *model = res->model;
	enum status status;

	form_present(&p->form, model);
	present_stored(p, model);
	present_rules(p, model);
	if (present_reach(p, model) != HTTP_200)
		return HTTP_503;
	present_str(model, "row_version", choose_id_text(p->req, p->version));
	present_bool(model, "is_stale", p->is_stale);
	present_bool(model, "is_done", p->req->method == HTTP_GET &&
	             http_find(&p->req->query, "done") != NULL);
	status = view_page(res, "messaging");
	return status == HTTP_200 && (p->form.is_refused || p->is_stale)
		? HTTP_422 : status;
}

/* GET /settings/messages?done=1 -- as stored; with `done`, a moment ago. */
enum status
page_messaging(struct req *req, struct res *res)
{
	struct page p;
	enum status status = find(&p, req);

	if (status != HTTP_200)
		return status;
	set_stored(&p);
	return draw(&p, res);
}

/* ---- storing ------------------------------------------------------------- */

/* False when some of it is refused. */
static bool
take(struct page *p, struct messaging *out)
{
	struct typed typed = { 0 };

	form_read(&p->form, &typed);
	if (typed.sender != NULL && p->stored.phone_id == NULL &&
	    strcmp(typed.sender, sender_cloud.word) == 0)
		form_refuse(&p->form, "sender", WORD_NO_WHATSAPP);
	p->version = http_find_id(&p->req->form, "version");
	*out = (struct messaging){
		.sender = typed.sender, .from_minute = typed.from,
		.to_minute = typed.to, .cap = typed.cap,
		.version = p->version,
	};
	return !p->form.is_refused;
}

/*
 * POST /settings/messages {version, sender, from, to, cap} -- 303 to the page.
 * Where somebody has changed them meanwhile, nothing is stored, and what is
 * stored now is shown.
 */
enum status
do_messaging(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct messaging typed;
	struct page p;
	enum status status = find(&p, req);

	if (status != HTTP_200)
		return status;
	if (!take(&p, &typed))
		return draw(&p, res);
	switch (messaging_edit(req->db, req->arena, &actor, &typed)) {
	case DB_OK:
		return http_redirect(res, "/settings/messages?done=1");
	case DB_NONE:
		break;
	default:
		return HTTP_503;
	}
	status = find(&p, req);
	if (status != HTTP_200)
		return status;
	set_stored(&p);
	p.is_stale = true;
	return draw(&p, res);
}

/*
 * POST /settings/messages/resume {seen} -- the pause that was seen is over: 303
 * to the page, which shows another one that stands there meanwhile.
 */
enum status
do_messaging_resume(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	int64_t seen_at = http_find_id(&req->form, "seen");
	struct messaging m;
	enum db_result rc = messaging_open(req->db, req->arena,
	                                   req->caller.company, req->now_at,
	                                   &m);

	if (rc == DB_OK)
		rc = messaging_resume(req->db, req->arena, &actor,
		                      seen_at == 0 ? CLOCK_NO_TIME : seen_at);
	if (rc != DB_OK && rc != DB_NONE)
		return HTTP_503;
	return http_redirect(res, rc == DB_OK ? "/settings/messages?done=1"
	                     : "/settings/messages");
}
