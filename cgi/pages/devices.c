/* devices.c: the terminals, and what can be done with each */
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

static void
present_links(struct req *req, json_object *model,
              const struct device_state *d, bool has_branches)
{
	json_object *links = json_object_new_object();

	present_str(links, "url", arena_printf(req->arena, "/devices/%s",
	                                       d->sn));
	present_str(links, "branch_text", has_branches ? d->branch : NULL);
	present_day(links, "start_text", d->start_day);
	json_object_object_add(model, "links", links);
}

/* GET /devices -- the state of each, as its bridge reports it. */
enum status
page_devices(struct req *req, struct res *res)
{
	struct present_today today = { .now_at = req->now_at };
	struct branch_list branches;
	json_object *list;

	if (asked_branches(req, &branches) != HTTP_200 ||
	    device_list(req->db, req->arena, req->caller.company,
	                req->caller.branch_id, &today.devices,
	                &today.device_count) != DB_OK)
		return HTTP_503;
	present_terminals(res->model, &today);
	list = json_object_object_get(res->model, "terminals");
	for (size_t i = 0; i < today.device_count; i++)
		present_links(req, json_object_array_get_idx(list, i),
		              &today.devices[i], branches.count > 1);
	present_bool(res->model, "may_add", branches.count > 0);
	return view_page(res, "devices");
}
