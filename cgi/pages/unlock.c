/* unlock.c: a door is opened from here, with a reason */
#include <inttypes.h>

#include "base/clock.h"
#include "gym/device_door.h"
#include "gym/device_order.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct typed {
	const char *reason;
};

static const struct form_field fields[] = {
	{ .name = "reason", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = DEVICE_ORDER_NOTE_MAX,
	  .offset = offsetof(struct typed, reason) },
};

/* The page on its way. */
struct unlock {
	struct req *req;
	const char *sn;
	struct device device;
	struct device_door door;
	struct form form;
};

static enum status
begin(struct unlock *u, struct req *req)
{
	enum status status;

	*u = (struct unlock){ .req = req };
	form_begin(&u->form, req, fields, FORM_COUNT(fields));
	status = asked_device(req, &u->device, &u->sn);
	return status != HTTP_200 ? status : asked_found(device_door_find(
		req->db, req->arena, req->caller.company, u->sn, &u->door));
}

static json_object *
present_order(const struct unlock *u, const struct device_order *o)
{
	json_object *row = json_object_new_object();

	present_bool(row, "is_waiting", o->state == DEVICE_ORDER_WAITING);
	present_bool(row, "is_done", o->state == DEVICE_ORDER_DONE);
	present_bool(row, "is_failed", o->state == DEVICE_ORDER_FAILED);
	present_bool(row, "is_unanswered",
	             o->state == DEVICE_ORDER_UNANSWERED);
	present_str(row, "words_text", o->words);
	present_str(row, "reason_text", o->note);
	present_str(row, "by_text", o->by);
	present_instant(row, "when_text", o->created_at, u->device.zone);
	return row;
}

static enum status
draw(struct unlock *u, struct res *res, enum status status)
{
	struct req *req = u->req;
	int64_t asked = http_find_id(&req->query, "order");
	json_object *rows = json_object_new_array(), *model = res->model;
	struct device_order_list list;
	bool is_waiting = false;

	json_object_object_add(model, "orders", rows);
	json_object_object_add(model, "order", NULL);
	if (device_order_last(req->db, req->arena, req->caller.company, u->sn,
	                      true, req->now_at, &list) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < list.count; i++) {
		const struct device_order *o = &list.rows[i];

		json_object_array_add(rows, present_order(u, o));
		if (o->id != asked)
			continue;
		json_object_object_add(model, "order", present_order(u, o));
		is_waiting = o->state == DEVICE_ORDER_WAITING;
	}
	present_bool(model, "has_orders", list.count > 0);
	present_bool(model, "is_waiting", is_waiting);
	present_str(model, "name_text", u->device.name);
	present_str(model, "unlock_url", arena_printf(req->arena,
		"/devices/%s/unlock", u->sn));
	present_str(model, "again_url", arena_printf(req->arena,
		"/devices/%s/unlock?order=%" PRId64, u->sn, asked));
	present_bool(model, "has_relay", u->door.has_relay);
	present_number(model, "seconds_text", u->door.unlock_seconds);
	if (is_waiting)
		present_str(model, "refresh_s", "1");
	form_present(&u->form, model);
	return view_page(res, "unlock") == HTTP_200 ? status : HTTP_500;
}

/* GET /devices/:sn/unlock?order= -- how it went; a form; the last of them. */
enum status
page_unlock(struct req *req, struct res *res)
{
	struct unlock u;
	enum status status = begin(&u, req);

	return status == HTTP_200 ? draw(&u, res, HTTP_200) : status;
}

/* POST /devices/:sn/unlock {reason, nonce} -- 303 to how it goes. */
enum status
do_unlock(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct typed typed = { 0 };
	struct device_order_call call = { .kind = "UNLOCK",
		.lasts_ms = DEVICE_ORDER_UNLOCK_MS };
	struct unlock u;
	int64_t id;
	enum status status = begin(&u, req);

	if (status != HTTP_200)
		return status;
	if (form_read(&u.form, &typed) && !u.door.has_relay)
		form_refuse(&u.form, "reason", WORD_DOOR_NO_RELAY);
	if (u.form.is_refused)
		return draw(&u, res, HTTP_422);
	call.sn = u.sn;
	call.seconds = u.door.unlock_seconds;
	call.note = typed.reason;
	call.nonce = form_nonce(req);
	status = asked_found(device_order_add(req->db, &actor, &call, &id));
	if (status != HTTP_200)
		return status;
	feed_wake(req->caller.company);
	return http_redirect(res, arena_printf(req->arena,
		"/devices/%s/unlock?order=%" PRId64, u.sn, id));
}
