/* health.c: GET /healthz */
#include <json-c/json.h>

#include "db/db.h"
#include "pages/handlers.h"

/* GET /healthz -- does the database answer? */
enum status
api_health(struct req *req, struct res *res)
{
	json_object *json;

	if (!db_ping(req->db))
		return HTTP_503;
	json = json_object_new_object();
	json_object_object_add(json, "status", json_object_new_boolean(1));
	return http_json(res, HTTP_200, json);
}
