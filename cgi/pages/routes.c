/* routes.c: the one table of what can be asked for */
#include "pages/routes.h"

#include "pages/guard.h"
#include "pages/handlers.h"

static const struct route routes[] = {
	/* method   path                   who            body
	   handler */
	{ HTTP_GET, "/", ROUTE_STAFF, ROUTE_NO_BODY, page_dashboard },
	{ HTTP_GET, "/devices", ROUTE_STAFF, ROUTE_NO_BODY, page_devices },
	{ HTTP_GET, "/devices/new", ROUTE_OWNER, ROUTE_NO_BODY,
	  page_device_new },
	{ HTTP_POST, "/devices/new", ROUTE_OWNER, ROUTE_FORM, do_device_new },
	{ HTTP_GET, "/devices/:sn/close", ROUTE_OWNER, ROUTE_NO_BODY,
	  page_device_close },
	{ HTTP_POST, "/devices/:sn/close", ROUTE_OWNER, ROUTE_FORM,
	  do_device_close },
	{ HTTP_GET, "/devices/:sn/copy", ROUTE_OWNER, ROUTE_NO_BODY,
	  page_device_copy },
	{ HTTP_POST, "/devices/:sn/copy", ROUTE_OWNER, ROUTE_FORM,
	  do_device_copy },
	{ HTTP_GET, "/devices/:sn/edit", ROUTE_OWNER, ROUTE_NO_BODY,
	  page_device_edit },
	{ HTTP_POST, "/devices/:sn/edit", ROUTE_OWNER, ROUTE_FORM,
	  do_device_edit },
	{ HTTP_GET, "/devices/:sn/replace", ROUTE_OWNER, ROUTE_NO_BODY,
	  page_device_replace },
	{ HTTP_POST, "/devices/:sn/replace", ROUTE_OWNER, ROUTE_FORM,
	  do_device_replace },
	{ HTTP_GET, "/devices/:sn/mac", ROUTE_OWNER, ROUTE_NO_BODY,
	  page_device_mac },
	{ HTTP_POST, "/devices/:sn/mac", ROUTE_OWNER, ROUTE_FORM,
	  do_device_mac },
	{ HTTP_GET, "/feed", ROUTE_STAFF, ROUTE_NO_BODY, part_feed },
	{ HTTP_GET, "/healthz", ROUTE_ANYONE, ROUTE_NO_BODY, api_health },
	{ HTTP_GET, "/login", ROUTE_ANYONE, ROUTE_NO_BODY, page_login },
	{ HTTP_POST, "/login", ROUTE_ANYONE, ROUTE_FORM, do_login },
	{ HTTP_POST, "/logout", ROUTE_STAFF, ROUTE_FORM, do_logout },
	{ HTTP_GET, "/members", ROUTE_STAFF, ROUTE_NO_BODY, page_members },
	/* behind every "/members/WORD", which it would take for an id */
	{ HTTP_GET, "/members/:id", ROUTE_STAFF, ROUTE_NO_BODY, page_member },
	{ HTTP_GET, "/members/:id/edit", ROUTE_STAFF, ROUTE_NO_BODY,
	  page_member_edit },
	{ HTTP_POST, "/members/:id/edit", ROUTE_STAFF, ROUTE_FORM,
	  do_member_edit },
	{ HTTP_GET, "/members/:id/freeze", ROUTE_STAFF, ROUTE_NO_BODY,
	  page_member_freeze },
	{ HTTP_POST, "/members/:id/freeze", ROUTE_STAFF, ROUTE_FORM,
	  do_member_freeze },
	{ HTTP_GET, "/members/:id/freezes/:freeze/end", ROUTE_STAFF,
	  ROUTE_NO_BODY, page_member_freeze_end },
	{ HTTP_POST, "/members/:id/freezes/:freeze/end", ROUTE_STAFF,
	  ROUTE_FORM, do_member_freeze_end },
	{ HTTP_GET, "/members/:id/photo", ROUTE_STAFF, ROUTE_NO_BODY,
	  page_member_photo },
	{ HTTP_POST, "/members/:id/photo", ROUTE_STAFF, ROUTE_UPLOAD,
	  do_member_photo },
	{ HTTP_GET, "/members/:id/photo/large.jpg", ROUTE_STAFF, ROUTE_NO_BODY,
	  image_member_large },
	{ HTTP_POST, "/members/:id/photo/remove", ROUTE_STAFF, ROUTE_FORM,
	  do_member_photo_remove },
	{ HTTP_GET, "/members/:id/photo/small.jpg", ROUTE_STAFF, ROUTE_NO_BODY,
	  image_member_small },
	{ HTTP_POST, "/api/biometric_attendances", ROUTE_INTAKE,
	  ROUTE_JSON_OR_FORM, api_attendances },
	{ HTTP_PUT, "/api/devices/:sn/status", ROUTE_TOKEN, ROUTE_JSON,
	  api_device_status },
	{ HTTP_PUT, "/api/devices/:sn/users", ROUTE_TOKEN, ROUTE_JSON_LONG,
	  api_device_users },
};

void
routes_answer(void *arg, struct req *req, struct res *res)
{
	req->db = arg;
	route_answer(routes, sizeof routes / sizeof *routes, &guard_hooks,
	             req, res);
}
