/* branches.c: where the gym is, and which clock hangs there */
#include <string.h>

#include "base/clock.h"
#include "base/zones.h"
#include "gym/company_edit.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct typed {
	const char *name, *zone;
	struct branch_hours hours;
	bool sure;
};

static const struct form_field fields[] = {
	{ .name = "closes", .type = FORM_TIME, .is_required = true,
	  .offset = offsetof(struct typed, hours.closes) },
	{ .name = "name", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = COMPANY_NAME_MAX, .offset = offsetof(struct typed, name) },
	{ .name = "opens", .type = FORM_TIME, .is_required = true,
	  .offset = offsetof(struct typed, hours.opens) },
	{ .name = "sure", .type = FORM_BOOL,
	  .offset = offsetof(struct typed, sure) },
	{ .name = "zone", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = BRANCH_ZONE_MAX, .offset = offsetof(struct typed, zone) },
};

/* One form on its way. */
struct edit {
	struct req *req;
	struct branch_typed stored;	/* id 0: of a new one */
	struct form form;
	int64_t version;
	bool is_stale;
	bool is_warned;		/* another zone: is it meant? */
};

static void
begin(struct edit *e, struct req *req)
{
	*e = (struct edit){ .req = req };
	form_begin(&e->form, req, fields, FORM_COUNT(fields));
}

static enum status
find(struct edit *e)
{
	struct req *req = e->req;
	int64_t id = http_find_id(&req->segments, "id");

	return asked_found(branch_find_typed(req->db, req->arena,
		req->caller.company, id, &e->stored));
}

static void
set_stored(struct form *f, const struct branch_typed *stored)
{
	form_set(f, "name", stored->name);
	form_set(f, "zone", stored->zone);
	form_set_time(f, "opens", stored->hours.opens);
	form_set_time(f, "closes", stored->hours.closes);
}

static bool
take(struct edit *e, struct branch_typed *out)
{
	struct typed typed = { 0 };
	const char *zone = e->stored.zone;

	form_read(&e->form, &typed);
	if (typed.zone != NULL && !clock_zone_valid(typed.zone))
		form_refuse(&e->form, "zone", WORD_NOT_A_CHOICE);
	e->version = http_find_id(&e->req->form, "version");
	*out = (struct branch_typed){ .id = e->stored.id, .name = typed.name,
		                      .zone = typed.zone,
		                      .hours = typed.hours,
		                      .nonce = form_nonce(e->req),
		                      .version = e->version };
	if (e->form.is_refused)
		return false;
	e->is_warned = zone != NULL && strcmp(zone, typed.zone) != 0 &&
		!typed.sure;
	return !e->is_warned;
}

/* ---- drawing ------------------------------------------------------------- */

/* All there are; and the one that is chosen, though it may go by an old name. */
static void
present_zones(struct edit *e, json_object *model)
{
	const char *own = form_typed(&e->form, "zone"), **names;
	size_t count = zones_list(e->req->arena, &names), n = 0;
	bool is_listed = *own == '\0' || !clock_zone_valid(own);
	struct form_choice *list = arena_alloc(e->req->arena,
	                                       (count + 1) * sizeof *list);

	for (size_t i = 0; i < count; i++)
		is_listed = is_listed || strcmp(names[i], own) == 0;
	if (!is_listed)
		list[n++] = (struct form_choice){ own, own };
	for (size_t i = 0; i < count; i++)
		list[n++] = (struct form_choice){ names[i], names[i] };
	form_present_choices(&e->form, model, "zone", list, n);
}

static enum status
draw(struct edit *e, struct res *res, enum status status)
{
	json_object *model = res->model;
	bool is_new = e->stored.id == 0;
	struct form stored;

	form_begin(&stored, e->req, fields, FORM_COUNT(fields));
	set_stored(&stored, &e->stored);
	present_bool(model, "is_new", is_new);
	present_str(model, "name_text", e->stored.name);
	present_str(model, "zone_text", e->stored.zone);
	present_str(model, "form_url", arena_printf(e->req->arena,
		"/settings/branches/%s", is_new ? "new"
		: choose_id_text(e->req, e->stored.id)));
	present_str(model, "row_version", choose_id_text(e->req, e->version));
	present_bool(model, "is_stale", e->is_stale);
	present_bool(model, "is_warned", e->is_warned);
	form_present(&e->form, model);
	form_present_now(&e->form, e->is_stale ? &stored : NULL, model);
	present_zones(e, model);
	return view_page(res, "branch") == HTTP_200 ? status : HTTP_500;
}

/* GET /settings/branches/new -- the form, with the zone of the first. */
enum status
page_branch_new(struct req *req, struct res *res)
{
	static const struct branch_hours hours = BRANCH_HOURS;
	const char *zone;
	struct edit e;

	begin(&e, req);
	if (asked_zone(req, &zone) != HTTP_200)
		return HTTP_503;
	form_set(&e.form, "zone", strcmp(zone, "UTC") == 0 ? "Asia/Kolkata"
	         : zone);
	form_set_time(&e.form, "opens", hours.opens);
	form_set_time(&e.form, "closes", hours.closes);
	return draw(&e, res, HTTP_200);
}

static enum status
finish(struct req *req, struct res *res)
{
	feed_wake(req->caller.company);
	return http_redirect(res, "/settings?done=1");
}

/*
 * POST /settings/branches/new {name, zone, opens, closes, nonce} -- 303 to the
 * settings.
 */
enum status
do_branch_new(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct branch_typed typed;
	struct edit e;

	begin(&e, req);
	if (!take(&e, &typed))
		return draw(&e, res, HTTP_422);
	switch (branch_open(req->db, &actor, &typed)) {
	case DB_OK:
		return finish(req, res);
	case DB_DUPLICATE:
		form_refuse(&e.form, "name", WORD_NAME_TAKEN);
		return draw(&e, res, HTTP_422);
	default:
		return HTTP_503;
	}
}

/* GET /settings/branches/:id -- the form, as stored. */
enum status
page_branch(struct req *req, struct res *res)
{
	struct edit e;
	enum status status;

	begin(&e, req);
	status = find(&e);
	if (status != HTTP_200)
		return status;
	set_stored(&e.form, &e.stored);
	e.version = e.stored.version;
	return draw(&e, res, HTTP_200);
}

/*
 * POST /settings/branches/:id {version, name, zone, opens, closes, sure} -- 303
 * to the settings.  Another zone is asked about first, unless `sure`.
 */
enum status
do_branch(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct branch_typed typed;
	struct edit e;
	enum status status;

	begin(&e, req);
	status = find(&e);
	if (status != HTTP_200)
		return status;
	if (!take(&e, &typed))
		return draw(&e, res, HTTP_422);
	switch (branch_change(req->db, req->arena, &actor, &typed)) {
	case DB_OK:
		return finish(req, res);
	case DB_DUPLICATE:
		form_refuse(&e.form, "name", WORD_NAME_TAKEN);
		return draw(&e, res, HTTP_422);
	case DB_NONE:
		break;
	default:
		return HTTP_503;
	}
	status = find(&e);
	if (status != HTTP_200)
		return status;
	e.is_stale = true;
	e.version = e.stored.version;
	return draw(&e, res, HTTP_422);
}
