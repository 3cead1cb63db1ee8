/* door_report.c: PUT /api/devices/:sn/access */
#include "gym/door_report.h"

#include <json-c/json.h>
#include <string.h>

#include "api/device_call.h"
#include "api/fields.h"
#include "gym/feed.h"
#include "gym/intake.h"
#include "pages/handlers.h"

#define AT(name) offsetof(struct report, name)
#define USER_AT(name) offsetof(struct door_user, name)
#define COUNT_MAX 4000000000	/* of INT UNSIGNED */
#define AGO_MAX_S 400000000	/* twelve years */
#define KIND_MAX 8

/* As it is sent; what is not needed is only checked. */
struct report {
	struct door_report door;
	bool is_enforced;
};

static const struct fields_key report_keys[] = {
	{ "list_ago", FIELDS_INT, false, AT(door.list_ago_s), 0, AGO_MAX_S,
	  NULL },
	{ "enforced", FIELDS_BOOL, true, AT(is_enforced), 0, 0, NULL },
	{ "differing", FIELDS_INT, false, AT(door.differing), 0, COUNT_MAX,
	  NULL },
	{ "trouble", FIELDS_CUT, false, AT(door.trouble), 0,
	  DOOR_REPORT_WORDS_MAX, NULL },
};

static const struct fields_key user_keys[] = {
	{ "user_id", FIELDS_WORD, true, USER_AT(user_id), 1,
	  INTAKE_USER_ID_MAX, "" },
	{ "state", FIELDS_WORD, true, USER_AT(state), 1, KIND_MAX, "" },
	{ "kind", FIELDS_WORD, true, USER_AT(kind), 1, KIND_MAX, "" },
	{ "words", FIELDS_CUT, false, USER_AT(words), 0,
	  DOOR_REPORT_WORDS_MAX, NULL },
};

static const char *const states[] = {
	"BLOCKED", "PENDING", "FAILED", "BANNED", NULL,
};
static const char *const kinds[] = { "ENDED", "HOURS", NULL };

static bool
is_one_of(const char *const *list, const char *text)
{
	while (*list != NULL && strcmp(*list, text) != 0)
		list++;
	return *list != NULL;
}

static bool
read_user(struct req *req, json_object *json, struct door_user *user,
          struct fields_error *error)
{
	struct fields_source source = { .json = json };

	*user = (struct door_user){ .words = "" };
	*error = (struct fields_error){ "A user must be an object", "users" };
	if (!json_object_is_type(json, json_type_object) ||
	    !fields_read(req->arena, &source, user_keys,
	                 sizeof user_keys / sizeof *user_keys, user, error))
		return false;
	*error = (struct fields_error){ "state is not known", "state" };
	if (!is_one_of(states, user->state))
		return false;
	*error = (struct fields_error){ "kind is not known", "kind" };
	return is_one_of(kinds, user->kind);
}

/* HTTP_200; or else the refusal is written. */
static enum status
read_users(struct req *req, struct res *res, json_object *json,
           struct door_report *report)
{
	struct fields_error error;
	json_object *list;

	if (!json_object_object_get_ex(json, "users", &list))
		return HTTP_200;
	if (!json_object_is_type(list, json_type_array))
		return http_json_error(res, HTTP_422, "users must be a list",
		                       "users");
	report->count = json_object_array_length(list);
	if (report->count > DOOR_REPORT_USERS_MAX)
		return http_json_error(res, HTTP_413,
		                       "At most 10,000 users at once", NULL);
	report->users = arena_alloc(req->arena, (report->count + 1) *
	                            sizeof *report->users);
	for (size_t i = 0; i < report->count; i++) {
		if (!read_user(req, json_object_array_get_idx(list, i),
		               &report->users[i], &error))
			return http_json_error(res, HTTP_422, error.message,
			                       error.field);
	}
	return HTTP_200;
}

static enum status
read_report(struct req *req, struct res *res, struct report *report)
{
	struct fields_source source = { .json = NULL };
	struct fields_error error;
	enum status status = device_call_body(req, res, &source.json);

	if (status != HTTP_200)
		return status;
	if (!fields_read(req->arena, &source, report_keys,
	                 sizeof report_keys / sizeof *report_keys, report,
	                 &error))
		return http_json_error(res, HTTP_422, error.message,
		                       error.field);
	return read_users(req, res, source.json, &report->door);
}

/*
 * PUT /api/devices/:sn/access -- how the door stands: `{"enforced": true,
 * "list_ago": 12, "differing": 0, "trouble": "", "users": [{"user_id": "42",
 * "state": "BLOCKED", "kind": "ENDED", "words": ""}, ...]}`, of which only
 * "enforced" must be there.  It takes the place of the report before.
 */
enum status
api_device_door_report(struct req *req, struct res *res)
{
	const char *sn = device_call_sn(req);
	struct report report = { .door = { .trouble = "",
		.list_ago_s = DOOR_REPORT_NO_NUMBER,
		.differing = DOOR_REPORT_NO_NUMBER } };
	enum status status;

	if (sn == NULL)
		return device_call_refuse(res);
	status = read_report(req, res, &report);
	if (status != HTTP_200)
		return status;
	switch (door_report_store(req->db, req->arena, req->caller.company,
	                          sn, req->now_at, &report.door)) {
	case DB_OK:
		feed_wake(req->caller.company);
		return device_call_done(res);
	case DB_NONE:
		return device_call_refuse(res);
	default:
		return HTTP_503;
	}
}
