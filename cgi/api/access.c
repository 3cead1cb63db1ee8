/* access.c: GET /api/devices/:sn/access */
#include "gym/access.h"

#include <json-c/json.h>
#include <string.h>

#include "api/device_call.h"
#include "base/clock.h"
#include "pages/handlers.h"

static void
add_text(json_object *to, const char *name, const char *text)
{
	json_object_object_add(to, name, text == NULL ? NULL
	                       : json_object_new_string(text));
}

static void
add_true(json_object *to, const char *name, bool is_so)
{
	if (is_so)
		json_object_object_add(to, name, json_object_new_boolean(1));
}

/* "2026-11-20T08:00:00.000Z" */
static const char *
instant(struct arena *a, int64_t at)
{
	struct clock_date d = clock_split(at / 1000);

	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", d.year,
	                    d.month, d.day, d.hour, d.minute, d.second,
	                    (int)(at % 1000));
}

/* ---- the users ----------------------------------------------------------- */

static json_object *
time_json(int64_t local)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(local, text);
	return json_object_new_string(text);
}

static json_object *
windows_json(const struct access_user *u)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < u->window_count; i++) {
		json_object *pair = json_object_new_array();

		json_object_array_add(pair, time_json(u->windows[i].from));
		json_object_array_add(pair, time_json(u->windows[i].to));
		json_object_array_add(list, pair);
	}
	return list;
}

static json_object *
user_json(const struct access_user *u)
{
	json_object *json = json_object_new_object();

	add_text(json, "user_id", u->user_id);
	json_object_object_add(json, "windows", windows_json(u));
	if (u->visits_left != ADMIT_NO_NUMBER)
		json_object_object_add(json, "visits_left",
		                       json_object_new_int64(u->visits_left));
	add_true(json, "spared", u->is_spared);
	add_true(json, "approved", u->is_approved);
	add_true(json, "blocked", u->is_blocked);
	return json;
}

static void
append_json(struct buf *to, json_object *json)
{
	buf_append_str(to, json_object_to_json_string_ext(json,
	               JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

/* One after the other, so that only one is there twice. */
static void
append_user(void *arg, const struct access_user *u)
{
	struct buf *body = arg;

	if (body->data[body->len - 1] == '}')
		buf_append_str(body, ",");
	append_json(body, user_json(u));
}

/* ---- the answer ---------------------------------------------------------- */

static json_object *
door_json(struct arena *a, const struct access_door *door)
{
	json_object *json = json_object_new_object();

	json_object_object_add(json, "status", json_object_new_boolean(1));
	add_text(json, "zone", door->zone);
	json_object_object_add(json, "now", time_json(door->now_local));
	json_object_object_add(json, "until", time_json(door->until_local));
	add_text(json, "enforced", door->enforced_at == CLOCK_NO_TIME ? NULL
	         : instant(a, door->enforced_at));
	add_text(json, "lever", door->lever);
	json_object_object_add(json, "lever_value",
	                       json_object_new_int64(door->lever_value));
	return json;
}

static enum status
answer_list(struct req *req, struct res *res, const char *sn,
            const struct access_door *door)
{
	append_json(&res->body, door_json(req->arena, door));
	res->body.len--;	/* its last brace comes in the end */
	buf_append_str(&res->body, ",\"users\":[");
	if (access_each(req->db, req->caller.company, sn, door, append_user,
	                &res->body) != DB_OK) {
		buf_reset(&res->body);
		return HTTP_503;
	}
	buf_append_str(&res->body, "]}");
	res->content_type = "application/json";
	return HTTP_200;
}

/*
 * GET /api/devices/:sn/access -- who may enter there, and when, over the next
 * 14 days, by the wall clock of the branch.  304 where If-None-Match names
 * what is still so: whoever asks every minute costs one read by keys.
 */
enum status
api_device_access(struct req *req, struct res *res)
{
	const char *sn = device_call_sn(req), *tag;
	struct access_door door;
	enum db_result rc;

	if (sn == NULL)
		return device_call_refuse(res);
	/* before the list: what changes after it is asked for again */
	rc = access_door(req->db, req->arena, req->caller.company, sn,
	                 req->now_at, &door);
	if (rc != DB_OK)
		return rc == DB_NONE ? device_call_refuse(res) : HTTP_503;
	tag = arena_printf(req->arena, "\"%s\"", door.tag);
	http_header(res, "ETag", "%s", tag);
	if (req->if_none_match != NULL &&
	    strstr(req->if_none_match, tag) != NULL)
		return HTTP_304;
	return answer_list(req, res, sn, &door);
}
