/* displays.c: screens at the front desk: added, paired, changed, revoked */
#include "gym/display.h"

#include "base/clock.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct typed {
	int64_t branch;
	const char *label;
	bool short_names, sound;
};

static const struct form_field fields[] = {
	{ .name = "branch", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct typed, branch) },
	{ .name = "label", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = DISPLAY_LABEL_MAX, .offset = offsetof(struct typed, label) },
	{ .name = "short_names", .type = FORM_BOOL,
	  .offset = offsetof(struct typed, short_names) },
	{ .name = "sound", .type = FORM_BOOL,
	  .offset = offsetof(struct typed, sound) },
};

/* A page on its way. */
struct displays {
	struct req *req;
	struct form form;
	struct branch_list branches;
	struct display own;	/* the one of the address; id 0: none */
	int64_t version;	/* that the form was made from */
	bool is_stale;
	const char *code, *code_label;	/* to be shown, this once; or NULL */
};

static enum status
begin(struct displays *d, struct req *req)
{
	*d = (struct displays){ .req = req };
	form_begin(&d->form, req, fields, FORM_COUNT(fields));
	return asked_branches(req, &d->branches);
}

/* The display of the address, which must be in use. */
static enum status
find(struct displays *d)
{
	struct req *req = d->req;
	int64_t id = http_find_id(&req->segments, "id");
	enum status status = asked_found(display_find_id(req->db, req->arena,
		req->caller.company, id, &d->own));

	return status == HTTP_200 && d->own.revoked_at != CLOCK_NO_TIME
		? HTTP_404 : status;
}

static enum status
begin_one(struct displays *d, struct req *req)
{
	enum status status = begin(d, req);

	return status == HTTP_200 ? find(d) : status;
}

static bool
take(struct displays *d, struct display_typed *out)
{
	struct typed typed = { 0 };
	bool is_listed = false;

	form_read(&d->form, &typed);
	for (size_t i = 0; i < d->branches.count; i++)
		is_listed = is_listed || d->branches.rows[i].id ==
			typed.branch;
	if (typed.branch != 0 && !is_listed)
		form_refuse(&d->form, "branch", WORD_NOT_A_CHOICE);
	d->version = http_find_id(&d->req->form, "version");
	*out = (struct display_typed){
		.id = d->own.id, .branch_id = typed.branch,
		.label = typed.label, .has_short_names = typed.short_names,
		.has_sound = typed.sound, .version = d->version,
		.nonce = form_nonce(d->req),
	};
	return !d->form.is_refused;
}

/* ---- drawing ------------------------------------------------------------- */

static json_object *
present_row(struct req *req, const struct display *row, const char *zone)
{
	json_object *model = json_object_new_object();
	bool is_revoked = row->revoked_at != CLOCK_NO_TIME;
	char ago[VIEW_TEXT_SIZE];
	const char *url = arena_printf(req->arena, "/settings/displays/%s",
	                               choose_id_text(req, row->id));

	present_str(model, "label_text", row->label);
	present_str(model, "branch_text", row->branch_name);
	present_bool(model, "is_short", row->has_short_names);
	present_bool(model, "is_loud", row->has_sound);
	present_bool(model, "is_revoked", is_revoked);
	present_instant(model, "revoked_text", row->revoked_at, zone);
	present_instant(model, "paired_text", row->paired_at, zone);
	present_str(model, "seen_text", row->seen_at == CLOCK_NO_TIME ? NULL
	            : view_ago_text(row->seen_at, req->now_at, ago));
	present_str(model, "edit_url", is_revoked ? NULL : url);
	present_str(model, "code_url", arena_printf(req->arena, "%s/code",
	                                            url));
	present_str(model, "revoke_url", arena_printf(req->arena, "%s/revoke",
	                                              url));
	return model;
}

/* "ABCD-EFGH": in halves it is easier to read out. */
static void
present_code(struct displays *d, json_object *model)
{
	present_str(model, "code_text", d->code == NULL ? NULL
	            : arena_printf(d->req->arena, "%.4s-%s", d->code,
	                           d->code + 4));
	present_str(model, "code_label", d->code_label);
}

static void
present_form(struct displays *d, json_object *model)
{
	form_present(&d->form, model);
	choose_present_branches(&d->form, model, &d->branches);
}

static enum status
draw_list(struct displays *d, struct res *res, enum status status)
{
	json_object *rows = json_object_new_array();
	struct display_list list;
	const char *zone;

	json_object_object_add(res->model, "displays", rows);
	if (asked_zone(d->req, &zone) != HTTP_200 ||
	    display_list(d->req->db, d->req->arena, d->req->caller.company,
	                 &list) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_row(d->req, &list.rows[i],
		                                        zone));
	present_bool(res->model, "has_displays", list.count > 0);
	present_code(d, res->model);
	present_form(d, res->model);
	return view_page(res, "displays") == HTTP_200 ? status : HTTP_500;
}

static void
set_stored(struct form *f, const struct display *own)
{
	if (own->branch_id != 0)
		form_set_int(f, "branch", own->branch_id);
	form_set(f, "label", own->label);
	form_set(f, "short_names", own->has_short_names ? "1" : NULL);
	form_set(f, "sound", own->has_sound ? "1" : NULL);
}

static enum status
draw_one(struct displays *d, struct res *res, enum status status)
{
	json_object *model = res->model;

	present_str(model, "label_text", d->own.label);
	present_str(model, "form_url", arena_printf(d->req->arena,
		"/settings/displays/%s", choose_id_text(d->req, d->own.id)));
	present_str(model, "row_version", choose_id_text(d->req, d->version));
	present_bool(model, "is_stale", d->is_stale);
	present_form(d, model);
	return view_page(res, "display") == HTTP_200 ? status : HTTP_500;
}

/* ---- the pages ----------------------------------------------------------- */

/* GET /settings/displays -- which there are, and a form for another. */
enum status
page_displays(struct req *req, struct res *res)
{
	struct displays d;
	enum status status = begin(&d, req);

	return status == HTTP_200 ? draw_list(&d, res, HTTP_200) : status;
}

/*
 * POST /settings/displays {label, branch, short_names, sound, nonce} -- 200,
 * with the code: it is shown on this answer and never again.
 */
enum status
do_display_add(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	char code[SECRET_CODE_SIZE];
	struct display_typed typed;
	struct displays d;
	enum status status = begin(&d, req);

	if (status != HTTP_200)
		return status;
	if (!take(&d, &typed))
		return draw_list(&d, res, HTTP_422);
	switch (display_add(req->db, &actor, &typed, code)) {
	case DB_OK:
		break;
	case DB_DUPLICATE:
		form_refuse(&d.form, "label", WORD_DISPLAY_ADDED);
		form_renew(&d.form);
		return draw_list(&d, res, HTTP_422);
	default:
		return HTTP_503;
	}
	form_begin(&d.form, req, fields, FORM_COUNT(fields));
	form_renew(&d.form);
	d.code = code;
	d.code_label = typed.label;
	return draw_list(&d, res, HTTP_200);
}

/* POST /settings/displays/:id/code -- 200, with a new one, shown this once. */
enum status
do_display_code(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	char code[SECRET_CODE_SIZE];
	struct displays d;
	enum status status = begin_one(&d, req);

	if (status == HTTP_200)
		status = asked_found(display_set_code(req->db, &actor,
		                                      d.own.id, code));
	if (status != HTTP_200)
		return status;
	d.code = code;
	d.code_label = d.own.label;
	return draw_list(&d, res, HTTP_200);
}

/* GET /settings/displays/:id -- what it shows, as stored. */
enum status
page_display(struct req *req, struct res *res)
{
	struct displays d;
	enum status status = begin_one(&d, req);

	if (status != HTTP_200)
		return status;
	set_stored(&d.form, &d.own);
	d.version = d.own.version;
	return draw_one(&d, res, HTTP_200);
}

/* POST /settings/displays/:id {version, label...} -- 303 to the list. */
enum status
do_display(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct display_typed typed;
	struct displays d;
	enum status status = begin_one(&d, req);

	if (status != HTTP_200)
		return status;
	if (!take(&d, &typed))
		return draw_one(&d, res, HTTP_422);
	switch (display_change(req->db, req->arena, &actor, &typed)) {
	case DB_OK:
		return http_redirect(res, "/settings/displays");
	case DB_NONE:
		break;
	default:
		return HTTP_503;
	}
	status = find(&d);
	if (status != HTTP_200)
		return status;
	d.is_stale = true;
	d.version = d.own.version;
	return draw_one(&d, res, HTTP_422);
}

/* GET /settings/displays/:id/revoke -- is it meant? */
enum status
page_display_revoke(struct req *req, struct res *res)
{
	struct displays d;
	const char *zone;
	enum status status = begin_one(&d, req);

	if (status == HTTP_200)
		status = asked_zone(req, &zone);
	if (status != HTTP_200)
		return status;
	json_object_object_add(res->model, "display", present_row(req, &d.own,
	                                                          zone));
	return view_page(res, "display_revoke");
}

/* POST /settings/displays/:id/revoke -- 303 to the list. */
enum status
do_display_revoke(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct displays d;
	enum status status = begin_one(&d, req);

	if (status != HTTP_200)
		return status;
	switch (display_revoke(req->db, &actor, d.own.id)) {
	case DB_OK:
	case DB_NONE:	/* somebody else has, a moment ago */
		return http_redirect(res, "/settings/displays");
	default:
		return HTTP_503;
	}
}
