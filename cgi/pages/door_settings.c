/* door_settings.c: what the owner sets of a terminal's door */
#include <string.h>

#include "gym/device_door.h"
#include "gym/device_door_edit.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

#define UNLOCK_SECONDS_MAX 60
#define BLOCK_AFTER_MAX 9

struct typed {
	bool exit, relay;
	int64_t seconds, after, group, zone;
	const char *lever;
};

static const char *const levers[] = { "DISABLE", "GROUP", "ZONE", NULL };

static const struct form_field fields[] = {
	{ .name = "after", .type = FORM_INT, .is_required = true, .least = 0,
	  .most = BLOCK_AFTER_MAX, .offset = offsetof(struct typed, after) },
	{ .name = "exit", .type = FORM_BOOL,
	  .offset = offsetof(struct typed, exit) },
	{ .name = "group", .type = FORM_INT, .least = 1,
	  .most = DEVICE_DOOR_GROUP_MAX,
	  .offset = offsetof(struct typed, group) },
	{ .name = "lever", .type = FORM_CHOICE, .is_required = true,
	  .choices = levers, .offset = offsetof(struct typed, lever) },
	{ .name = "relay", .type = FORM_BOOL,
	  .offset = offsetof(struct typed, relay) },
	{ .name = "seconds", .type = FORM_INT, .is_required = true, .least = 1,
	  .most = UNLOCK_SECONDS_MAX,
	  .offset = offsetof(struct typed, seconds) },
	{ .name = "zone", .type = FORM_INT, .least = 1,
	  .most = DEVICE_DOOR_ZONE_MAX,
	  .offset = offsetof(struct typed, zone) },
};

/* The page on its way. */
struct edit {
	struct req *req;
	const char *sn;
	struct device device;
	struct device_door door;
	struct form form;
	int64_t version;
	bool is_stale;
};

static enum status
find(struct edit *e)
{
	enum status status = asked_device(e->req, &e->device, &e->sn);

	return status != HTTP_200 ? status : asked_found(device_door_find(
		e->req->db, e->req->arena, e->req->caller.company, e->sn,
		&e->door));
}

static enum status
begin(struct edit *e, struct req *req)
{
	*e = (struct edit){ .req = req };
	form_begin(&e->form, req, fields, FORM_COUNT(fields));
	return find(e);
}

static void
set_stored(struct edit *e)
{
	struct form *f = &e->form;
	const struct device_door *d = &e->door;

	form_set_int(f, "after", d->block_after);
	form_set(f, "exit", d->is_exit ? "1" : NULL);
	form_set(f, "relay", d->has_relay ? "1" : NULL);
	form_set_int(f, "seconds", d->unlock_seconds);
	form_set(f, "lever", d->lever);
	if (strcmp(d->lever, "GROUP") == 0)
		form_set_int(f, "group", d->lever_value);
	if (strcmp(d->lever, "ZONE") == 0)
		form_set_int(f, "zone", d->lever_value);
	e->version = d->version;
}

static int64_t
lever_value(struct form *f, const struct typed *t)
{
	bool is_group = t->lever != NULL && strcmp(t->lever, "GROUP") == 0;
	bool is_zone = t->lever != NULL && strcmp(t->lever, "ZONE") == 0;

	if (is_group && t->group == 0)
		form_refuse(f, "group", WORD_REQUIRED);
	if (is_zone && t->zone == 0)
		form_refuse(f, "zone", WORD_REQUIRED);
	return is_group ? t->group : is_zone ? t->zone : 0;
}

static bool
take(struct edit *e, struct device_door_typed *out)
{
	struct typed typed = { 0 };

	form_read(&e->form, &typed);
	e->version = http_find_id(&e->req->form, "version");
	*out = (struct device_door_typed){
		.sn = e->sn, .is_exit = typed.exit, .has_relay = typed.relay,
		.unlock_seconds = typed.seconds, .block_after = typed.after,
		.lever = typed.lever,
		.lever_value = lever_value(&e->form, &typed),
		.version = e->version,
	};
	return !e->form.is_refused;
}

static enum status
draw(struct edit *e, struct res *res, enum status status)
{
	json_object *model = res->model;

	present_str(model, "name_text", e->device.name);
	present_str(model, "door_url", arena_printf(e->req->arena,
		"/devices/%s/door", e->sn));
	present_str(model, "row_version", choose_id_text(e->req, e->version));
	present_bool(model, "is_stale", e->is_stale);
	form_present(&e->form, model);
	return view_page(res, "door_settings") == HTTP_200 ? status : HTTP_500;
}

/* GET /devices/:sn/door/settings -- the form, as stored. */
enum status
page_door_settings(struct req *req, struct res *res)
{
	struct edit e;
	enum status status = begin(&e, req);

	if (status != HTTP_200)
		return status;
	set_stored(&e);
	return draw(&e, res, HTTP_200);
}

/* Why it was not stored: said at the fields, or drawn as it is stored now. */
static enum status
draw_fault(struct edit *e, struct res *res, enum device_door_fault fault,
           const struct device_door_typed *typed)
{
	enum status status;

	if (fault == DEVICE_DOOR_IS_ON) {
		form_refuse(&e->form, typed->is_exit ? "exit" : "lever",
		            WORD_DOOR_IS_ON);
		return draw(e, res, HTTP_422);
	}
	status = begin(e, e->req);
	if (status != HTTP_200)
		return status;
	set_stored(e);
	e->is_stale = true;
	return draw(e, res, HTTP_422);
}

/*
 * POST /devices/:sn/door/settings {version, exit, relay, seconds, after, lever,
 * group, zone} -- 303 to the door.
 */
enum status
do_door_settings(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct device_door_typed typed;
	enum device_door_fault fault;
	struct edit e;
	enum status status = begin(&e, req);

	if (status != HTTP_200)
		return status;
	if (!take(&e, &typed))
		return draw(&e, res, HTTP_422);
	switch (device_door_edit(req->db, req->arena, &actor, &typed,
	                         &fault)) {
	case DB_OK:
		feed_wake(req->caller.company);
		return http_redirect(res, arena_printf(req->arena,
			"/devices/%s/door", e.sn));
	case DB_NONE:
		return fault == DEVICE_DOOR_FINE ? HTTP_404
			: draw_fault(&e, res, fault, &typed);
	default:
		return HTTP_503;
	}
}
