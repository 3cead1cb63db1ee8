/* message_rule.c: a reminder: when it is due, its words, its template */
#include "pages/message_rule.h"

#include <string.h>

#include "base/clock.h"
#include "gym/sender.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/message_pause.h"
#include "pages/message_words.h"
#include "pages/people.h"
#include "pages/present.h"

#define PHONE_TYPED_MAX 40

struct typed {
	const char *kind, *language, *template, *text;
	int64_t days;
	bool is_named, is_on;
};

static const char *const kinds[] = {
	"BEFORE", "ON", "AFTER", "ABSENT", NULL,
};

/* Kind and days are looked at of a new one alone. */
static const struct form_field fields[] = {
	{ .name = "days", .type = FORM_INT, .most = MESSAGE_RULE_DAYS_MAX,
	  .offset = offsetof(struct typed, days) },
	{ .name = "is_named", .type = FORM_BOOL,
	  .offset = offsetof(struct typed, is_named) },
	{ .name = "is_on", .type = FORM_BOOL,
	  .offset = offsetof(struct typed, is_on) },
	{ .name = "kind", .type = FORM_CHOICE, .choices = kinds,
	  .offset = offsetof(struct typed, kind) },
	{ .name = "language", .type = FORM_WORD, .is_required = true,
	  .least = 2, .most = MESSAGE_LANGUAGE_MAX, .also = "_",
	  .offset = offsetof(struct typed, language) },
	{ .name = "template", .type = FORM_WORD, .is_required = true,
	  .least = 1, .most = MESSAGE_TEMPLATE_MAX, .also = "_",
	  .offset = offsetof(struct typed, template) },
	{ .name = "text", .type = FORM_LINES, .is_required = true,
	  .least = 1, .most = MESSAGE_RULE_TEXT_MAX,
	  .offset = offsetof(struct typed, text) },
};

static const struct form_field test_fields[] = {
	{ .name = "phone", .type = FORM_LINE, .most = PHONE_TYPED_MAX },
};

/* ---- reading ------------------------------------------------------------- */

/* What a new one begins with: the words of the first that a gym has. */
static void
begin_new(struct message_rule *r)
{
	*r = message_rule_defaults[0];
	r->days = 0;
	r->paused_at = CLOCK_NO_TIME;
}

static enum status
find_rule(struct message_rule_page *p)
{
	int64_t id = http_find_id(&p->req->segments, "id");

	if (http_find(&p->req->segments, "id") == NULL) {
		begin_new(&p->rule);
		return HTTP_200;
	}
	for (size_t i = 0; i < p->rules.count; i++) {
		p->rule = p->rules.rows[i];
		if (p->rule.id == id)
			return HTTP_200;
	}
	return HTTP_404;
}

enum status
message_rule_page_begin(struct message_rule_page *p, struct req *req)
{
	const char *company = req->caller.company;
	enum status status;

	*p = (struct message_rule_page){ .req = req };
	form_begin(&p->form, req, fields, FORM_COUNT(fields));
	form_begin(&p->test, req, test_fields, FORM_COUNT(test_fields));
	if (messaging_open(req->db, req->arena, company, req->now_at,
	                   &p->messaging) != DB_OK ||
	    message_rule_list(req->db, req->arena, company, &p->rules) !=
	    DB_OK)
		return HTTP_503;
	status = find_rule(p);
	return status == HTTP_200 ? message_preview_find(req, &p->preview)
		: status;
}

void
message_rule_page_set(struct message_rule_page *p)
{
	const struct message_rule *r = &p->rule;

	form_begin(&p->form, p->req, fields, FORM_COUNT(fields));
	if (r->days > 0)
		form_set_int(&p->form, "days", r->days);
	form_set(&p->form, "is_named", r->is_named ? "1" : NULL);
	form_set(&p->form, "is_on", r->is_on ? "1" : NULL);
	form_set(&p->form, "kind", message_kind_word(r->kind));
	form_set(&p->form, "language", r->language);
	form_set(&p->form, "template", r->template);
	form_set(&p->form, "text", r->text);
}

/* ---- what is typed ------------------------------------------------------- */

/* "en", "en_US" */
static bool
is_language(const char *s)
{
	static const char small[] = "abcdefghijklmnopqrstuvwxyz";
	static const char large[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strspn(s, small);

	if (n < 2 || n > 3)
		return false;
	return s[n] == '\0' || (s[n] == '_' &&
	                        strspn(s + n + 1, large) == 2 &&
	                        s[n + 3] == '\0');
}

static void
take_text(struct message_rule_page *p, const char *text)
{
	struct message_fields found;

	p->rule.text = text;
	switch (text == NULL ? MESSAGE_TEXT_FINE
	        : message_text_fields(text, &found)) {
	case MESSAGE_TEXT_UNKNOWN:
		form_refuse(&p->form, "text", WORD_TEXT_FIELD);
		break;
	case MESSAGE_TEXT_OPEN:
		form_refuse(&p->form, "text", WORD_TEXT_OPEN);
		break;
	default:
		break;
	}
}

static void
take_when(struct message_rule_page *p, const char *kind, int64_t days)
{
	if (kind == NULL) {
		form_refuse(&p->form, "kind", WORD_REQUIRED);
		return;
	}
	p->rule.kind = message_kind_of(kind);
	p->rule.days = p->rule.kind == MESSAGE_ON ? 0 : days;
	if (p->rule.kind != MESSAGE_ON && days == 0)
		form_refuse(&p->form, "days", *form_typed(&p->form, "days") ==
		            '\0' ? WORD_REQUIRED : WORD_OUT_OF_BOUNDS);
	if (message_rule_of(&p->rules, p->rule.kind, p->rule.days) != NULL)
		form_refuse(&p->form, "days", WORD_RULE_KNOWN);
}

/* Puts what was typed into the rule; false when some of it is refused. */
static bool
take(struct message_rule_page *p)
{
	struct typed typed = { 0 };

	form_read(&p->form, &typed);
	if (typed.template != NULL && strpbrk(typed.template,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL)
		form_refuse(&p->form, "template", WORD_TEMPLATE_SMALL);
	if (typed.language != NULL && !is_language(typed.language))
		form_refuse(&p->form, "language", WORD_NO_LANGUAGE);
	if (p->rule.id == 0)
		take_when(p, typed.kind, typed.days);
	take_text(p, typed.text);
	p->rule.template = typed.template;
	p->rule.language = typed.language;
	p->rule.is_named = typed.is_named;
	p->rule.is_on = typed.is_on;
	p->rule.version = http_find_id(&p->req->form, "version");
	p->is_wanted = http_find(&p->req->form, "preview") != NULL;
	return !p->form.is_refused && !p->is_wanted;
}

/* ---- drawing ------------------------------------------------------------- */

/* The first field of a text that there is not; NULL: that is not its fault. */
static const char *
unknown_field(struct arena *a, const char *text)
{
	struct message_fields found;
	const char *at = text;

	if (text == NULL || message_text_fields(text, &found) !=
	    MESSAGE_TEXT_UNKNOWN)
		return NULL;
	while (at != NULL && (at = strstr(at, "{{")) != NULL) {
		const char *name = at + 2 + strspn(at + 2, " ");
		size_t len = strcspn(name, " {}\n");
		int f = 0;

		while (f < MESSAGE_FIELD__COUNT && (strlen(message_field_word(
		       (enum message_field)f)) != len || memcmp(name,
		       message_field_word((enum message_field)f), len) != 0))
			f++;
		if (f == MESSAGE_FIELD__COUNT)
			return arena_printf(a, "{{%.*s}}", (int)len, name);
		at = name;
	}
	return NULL;
}

static void
present_rule(struct message_rule_page *p, json_object *model, const char *zone)
{
	const struct message_rule *r = &p->rule;
	const char *url = r->id == 0 ? "/settings/messages/rules/new"
		: arena_printf(p->req->arena, "/settings/messages/rules/%s",
		               choose_id_text(p->req, r->id));

	present_bool(model, "is_new", r->id == 0);
	present_str(model, "rule_url", url);
	present_str(model, "rule_text", r->id == 0 ? NULL
	            : message_words_rule(p->req->arena, r->kind, r->days));
	present_bool(model, "is_absent", r->kind == MESSAGE_ABSENT);
	present_str(model, "row_version", choose_id_text(p->req, r->version));
	message_pause_present(p->req, model, "pause", r->paused_at,
	                      r->pause_code, r->pause_words, zone);
	present_bool(model, "is_cloud", strcmp(p->messaging.sender,
	                                       sender_cloud.word) == 0);
	present_bool(model, "is_all_paused", p->messaging.paused_at !=
	             CLOCK_NO_TIME);
	present_bool(model, "is_stale", p->is_stale);
	present_str(model, "hand_url", p->hand_url);
}

enum status
message_rule_page_draw(struct message_rule_page *p, struct res *res)
{
	struct req *req = p->req;
	json_object *model = res->model;
	bool is_refused = p->form.is_refused || p->test.is_refused;
	const char *zone;
	enum status status = asked_zone(req, &zone);

	if (status != HTTP_200)
		return status;
	form_present(&p->test, model);
	form_present(&p->form, model);
	present_bool(model, "is_refused", is_refused);
	present_str(model, "text_unknown", unknown_field(req->arena,
		p->rule.text));
	present_rule(p, model, zone);
	message_preview_present(req, model, &p->preview, &p->rule);
	status = people_find(req, model, NULL, arena_printf(req->arena,
		"%s?member=", json_object_get_string(json_object_object_get(
		model, "rule_url"))));
	if (status == HTTP_200)
		status = view_page(res, "message_rule");
	return status == HTTP_200 && (is_refused || p->is_stale) &&
		!p->is_wanted ? HTTP_422 : status;
}

/*
 * GET /settings/messages/rules/new, .../:id?member=&q= -- the form, as stored,
 * with the words for a member; `q` finds another.
 */
enum status
page_message_rule(struct req *req, struct res *res)
{
	struct message_rule_page p;
	enum status status = message_rule_page_begin(&p, req);

	if (status != HTTP_200)
		return status;
	message_rule_page_set(&p);
	return message_rule_page_draw(&p, res);
}

/* Somebody else was quicker: what was typed, on what is stored now. */
static enum status
draw_stale(struct message_rule_page *p, struct res *res)
{
	struct message_rule_page now;
	enum status status = message_rule_page_begin(&now, p->req);

	if (status != HTTP_200)
		return status;
	p->rule.version = now.rule.version;
	p->rule.paused_at = now.rule.paused_at;
	p->is_stale = true;
	return message_rule_page_draw(p, res);
}

/*
 * POST /settings/messages/rules/new {kind, days, is_on, template, language,
 * text, is_named, member}, .../:id {version, is_on...} -- 303 to the settings.
 * With `preview` nothing is stored, and what was typed is shown.
 */
enum status
do_message_rule(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct message_rule_page p;
	enum status status = message_rule_page_begin(&p, req);
	bool is_new = status == HTTP_200 && p.rule.id == 0;

	if (status != HTTP_200)
		return status;
	if (!take(&p))
		return message_rule_page_draw(&p, res);
	switch (is_new ? message_rule_add(req->db, req->arena, &actor, &p.rule)
	        : message_rule_edit(req->db, req->arena, &actor, &p.rule)) {
	case DB_OK:
		return http_redirect(res, "/settings/messages?done=1");
	case DB_DUPLICATE:
		form_refuse(&p.form, "days", WORD_RULE_KNOWN);
		return message_rule_page_draw(&p, res);
	case DB_NONE:
		if (!is_new)
			return draw_stale(&p, res);
		form_refuse(&p.form, "days", WORD_RULES_MANY);
		return message_rule_page_draw(&p, res);
	default:
		return HTTP_503;
	}
}
