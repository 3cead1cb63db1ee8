/* device_users.c: PUT /api/devices/:sn/users */
#include "gym/device_users.h"

#include <json-c/json.h>

#include "api/fields.h"
#include "api/device_call.h"
#include "gym/intake.h"
#include "pages/handlers.h"

#define AT(name) offsetof(struct device_user, name)
#define UTF8_MAX 4	/* bytes of a character */

static const struct fields_key user_keys[] = {
	{ "user_id", FIELDS_WORD, true, AT(user_id), 1, INTAKE_USER_ID_MAX,
	  "" },
	{ "name", FIELDS_TEXT, false, AT(name), 0,
	  DEVICE_USERS_NAME_MAX * UTF8_MAX, NULL },
	{ "privilege", FIELDS_INT, false, AT(privilege), 0, 255, NULL },
	{ "enabled", FIELDS_BOOL, false, AT(is_enabled), 0, 0, NULL },
};

static size_t
count_characters(const char *utf8)
{
	size_t n = 0;

	for (; *utf8 != '\0'; utf8++)
		n += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return n;
}

static bool
read_user(struct req *req, json_object *json, struct device_user *user,
          struct fields_error *error)
{
	struct fields_source source = { .json = json };

	*user = (struct device_user){ .name = "", .is_enabled = true };
	*error = (struct fields_error){ "A user must be an object", "users" };
	if (!json_object_is_type(json, json_type_object) ||
	    !fields_read(req->arena, &source, user_keys,
	                 sizeof user_keys / sizeof *user_keys, user, error))
		return false;
	*error = (struct fields_error){ "name is too long", "name" };
	return count_characters(user->name) <= DEVICE_USERS_NAME_MAX;
}

static enum status
take(struct req *req, struct res *res, const char *sn, json_object *list)
{
	size_t count = json_object_array_length(list);
	struct device_user *users;
	struct fields_error error;

	if (count > DEVICE_USERS_MAX)
		return http_json_error(res, HTTP_413,
		                       "At most 10,000 users at once", NULL);
	users = arena_alloc(req->arena, count * sizeof *users);
	for (size_t i = 0; i < count; i++) {
		if (!read_user(req, json_object_array_get_idx(list, i),
		               &users[i], &error))
			return http_json_error(res, HTTP_422, error.message,
			                       error.field);
	}
	switch (device_users_replace(req->db, req->caller.company, sn, users,
	                             count)) {
	case DB_OK:
		return device_call_done(res);
	case DB_NONE:
		return device_call_refuse(res);
	default:
		return HTTP_503;
	}
}

/*
 * PUT /api/devices/:sn/users -- `{"users": [{"user_id": "42", "name": "Asha",
 * "privilege": 0, "enabled": true}, ...]}`, all whom the terminal knows, in the
 * place of those who were told before.
 */
enum status
api_device_users(struct req *req, struct res *res)
{
	const char *sn = device_call_sn(req);
	json_object *json, *list;
	enum status status;

	if (sn == NULL)
		return device_call_refuse(res);
	status = device_call_body(req, res, &json);
	if (status != HTTP_200)
		return status;
	if (!json_object_object_get_ex(json, "users", &list) ||
	    !json_object_is_type(list, json_type_array))
		return http_json_error(res, HTTP_422,
		                       "users must be a list", "users");
	return take(req, res, sn, list);
}
