/* device_mac.c: a terminal with another MAC address: is it still ours? */
#include "gym/device_mac.h"
#include "gym/feed.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

static enum status
draw(struct req *req, struct res *res, const struct device *device,
     const char *sn, bool is_stale)
{
	char ago[VIEW_TEXT_SIZE];

	present_str(res->model, "name_text", device->name);
	present_str(res->model, "device_sn", sn);
	present_mac_url(res->model, sn);
	present_str(res->model, "accepted_text", device->mac);
	present_str(res->model, "other_text", device->other_mac);
	present_str(res->model, "since_text", device->other_mac == NULL ? NULL
	            : view_ago_text(device->other_mac_at, req->now_at, ago));
	present_bool(res->model, "is_stale", is_stale);
	return view_page(res, "device_mac");
}

/* GET /devices/:sn/mac -- what it means, and the question. */
enum status
page_device_mac(struct req *req, struct res *res)
{
	struct device device;
	const char *sn;
	enum status status = asked_device(req, &device, &sn);

	return status == HTTP_200 ? draw(req, res, &device, sn, false)
		: status;
}

/*
 * POST /devices/:sn/mac {mac} -- that address is the terminal's: 303 to the
 * dashboard.  When it is not the one that waits now, the question is drawn
 * again.
 */
enum status
do_device_mac(struct req *req, struct res *res)
{
	struct device device;
	struct device_mac_call call = {
		.company = req->caller.company,
		.mac = http_find(&req->form, "mac"),
		.user_id = req->caller.user_id, .address = req->address,
		.now_at = req->now_at,
	};
	enum status status = asked_device(req, &device, &call.sn);

	if (status != HTTP_200)
		return status;
	switch (device_mac_accept(req->db, req->arena, &call)) {
	case DB_OK:
		feed_wake(req->caller.company);
		return http_redirect(res, "/");
	case DB_NONE:
		break;
	default:
		return HTTP_503;
	}
	status = asked_device(req, &device, &call.sn);
	if (status == HTTP_200)
		status = draw(req, res, &device, call.sn, true);
	return status == HTTP_200 ? HTTP_422 : status;
}
