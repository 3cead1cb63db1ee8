/* device_call.c: what the routes of a terminal have in common */
#include "api/device_call.h"

#include <json-c/json.h>
#include <string.h>

#include "api/fields.h"

const char *
device_call_sn(struct req *req)
{
	const char *sn = http_find(&req->segments, "sn");
	const char *only = req->caller.device_sn;

	return only == NULL || strcmp(only, sn) == 0 ? sn : NULL;
}

enum status
device_call_refuse(struct res *res)
{
	return http_json_error(res, HTTP_403, "Not a terminal of this token",
	                       NULL);
}

enum status
device_call_body(struct req *req, struct res *res, json_object **out)
{
	*out = fields_parse_json(req->arena, req->body,
	                         (size_t)req->body_len);
	if (*out == NULL)
		return http_json_error(res, HTTP_400, "The body is not JSON",
		                       NULL);
	if (!json_object_is_type(*out, json_type_object))
		return http_json_error(res, HTTP_422, "Send an object", NULL);
	return HTTP_200;
}

enum status
device_call_done(struct res *res)
{
	json_object *json = json_object_new_object();

	json_object_object_add(json, "status", json_object_new_boolean(1));
	return http_json(res, HTTP_200, json);
}
