/* tokens.c: what bridges show to be let in: made, shown once, revoked */
#include "gym/token.h"

#include "base/clock.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct typed {
	const char *label, *terminal;
};

static const struct form_field fields[] = {
	{ .name = "label", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = TOKEN_LABEL_MAX, .offset = offsetof(struct typed, label) },
	{ .name = "terminal", .type = FORM_WORD, .least = 1,
	  .most = DEVICE_SN_MAX, .also = "-_.",
	  .offset = offsetof(struct typed, terminal) },
};

/* The page on its way. */
struct tokens {
	struct req *req;
	struct form form;
	struct device_state *devices;
	size_t device_count;
	const char *made;	/* to be shown, this once; else NULL */
};

static enum status
begin(struct tokens *t, struct req *req)
{
	*t = (struct tokens){ .req = req };
	form_begin(&t->form, req, fields, FORM_COUNT(fields));
	return device_list(req->db, req->arena, req->caller.company, 0,
	                   &t->devices, &t->device_count) == DB_OK ? HTTP_200
		: HTTP_503;
}

static json_object *
present_row(struct req *req, const struct token_row *row, const char *zone)
{
	json_object *model = json_object_new_object();
	bool is_revoked = row->revoked_at != CLOCK_NO_TIME;

	present_str(model, "label_text", row->label);
	present_str(model, "terminal_text", row->device_sn);
	present_instant(model, "made_text", row->created_at, zone);
	present_instant(model, "revoked_text", row->revoked_at, zone);
	present_bool(model, "is_revoked", is_revoked);
	present_str(model, "revoke_url", is_revoked ? NULL
	            : arena_printf(req->arena, "/devices/tokens/%s/revoke",
	                           choose_id_text(req, row->id)));
	return model;
}

static enum status
draw(struct tokens *t, struct res *res, enum status status)
{
	json_object *rows = json_object_new_array();
	struct token_row *list;
	const char *zone;
	size_t count;

	json_object_object_add(res->model, "tokens", rows);
	if (asked_zone(t->req, &zone) != HTTP_200 ||
	    token_list(t->req->db, t->req->arena, t->req->caller.company,
	               &list, &count) != DB_OK)
		return HTTP_503;
	for (size_t i = count; i > 0; i--)	/* the newest first */
		json_object_array_add(rows, present_row(t->req, &list[i - 1],
		                                        zone));
	present_bool(res->model, "has_tokens", count > 0);
	present_str(res->model, "made_token", t->made);
	form_present(&t->form, res->model);
	choose_present_terminals(&t->form, res->model, t->devices,
	                         t->device_count);
	return view_page(res, "tokens") == HTTP_200 ? status : HTTP_500;
}

/* GET /devices/tokens -- which there are, and a form for another. */
enum status
page_tokens(struct req *req, struct res *res)
{
	struct tokens t;
	enum status status = begin(&t, req);

	return status == HTTP_200 ? draw(&t, res, HTTP_200) : status;
}

/*
 * POST /devices/tokens {label, terminal, nonce} -- 200, with the token: it is
 * shown on this answer and never again.
 */
enum status
do_token_make(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	char token[TOKEN_SIZE];
	struct typed typed = { 0 };
	struct tokens t;
	enum status status = begin(&t, req);

	if (status != HTTP_200)
		return status;
	if (form_read(&t.form, &typed) && typed.terminal != NULL &&
	    !choose_has_terminal(t.devices, t.device_count, typed.terminal))
		form_refuse(&t.form, "terminal", WORD_NOT_A_CHOICE);
	if (t.form.is_refused)
		return draw(&t, res, HTTP_422);
	switch (token_make(req->db, &actor, typed.label, typed.terminal,
	                   form_nonce(req), token)) {
	case DB_OK:
		break;
	case DB_DUPLICATE:
		form_refuse(&t.form, "label", WORD_TOKEN_MADE);
		form_renew(&t.form);
		return draw(&t, res, HTTP_422);
	default:
		return HTTP_503;
	}
	form_begin(&t.form, req, fields, FORM_COUNT(fields));
	form_renew(&t.form);
	t.made = token;
	return draw(&t, res, HTTP_200);
}

/* The token of the address that is in use. */
static enum status
find(struct req *req, struct token_row *out)
{
	int64_t id = http_find_id(&req->segments, "id");
	struct token_row *list;
	size_t count;

	if (token_list(req->db, req->arena, req->caller.company, &list,
	               &count) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < count; i++) {
		*out = list[i];
		if (out->id == id)
			return out->revoked_at == CLOCK_NO_TIME ? HTTP_200
				: HTTP_404;
	}
	return HTTP_404;
}

/* GET /devices/tokens/:id/revoke -- is it meant? */
enum status
page_token_revoke(struct req *req, struct res *res)
{
	struct token_row row;
	const char *zone;
	enum status status = find(req, &row);

	if (status == HTTP_200)
		status = asked_zone(req, &zone);
	if (status != HTTP_200)
		return status;
	json_object_object_add(res->model, "token", present_row(req, &row,
	                                                        zone));
	return view_page(res, "token_revoke");
}

/* POST /devices/tokens/:id/revoke -- 303 to the list. */
enum status
do_token_revoke(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct token_row row;
	enum status status = find(req, &row);

	if (status != HTTP_200)
		return status;
	switch (token_withdraw(req->db, &actor, row.id)) {
	case DB_OK:
	case DB_NONE:	/* somebody else has, a moment ago */
		return http_redirect(res, "/devices/tokens");
	default:
		return HTTP_503;
	}
}
