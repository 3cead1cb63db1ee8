/* attendances.c: POST /api/biometric_attendances */
#include <json-c/json.h>
#include <string.h>

#include "api/fields.h"
#include "gym/company.h"
#include "gym/feed.h"
#include "gym/intake.h"
#include "gym/token.h"
#include "pages/guard.h"
#include "pages/handlers.h"

/* The answers, byte for byte where others rely on them. */
static const struct {
	enum status code;
	const char *access, *message, *field;
} answers[INTAKE__COUNT] = {
	[INTAKE_ALLOWED] = { HTTP_200, "ALLOWED", NULL, NULL },
	[INTAKE_DENIED] = { HTTP_200, "DENIED", NULL, NULL },
	[INTAKE_REPEAT] = { HTTP_200, NULL, "Duplicate ignored", NULL },
	[INTAKE_UNMAPPED] = { HTTP_404, NULL, "Biometric user not mapped",
	                      NULL },
	[INTAKE_BEFORE_START] = { HTTP_200, NULL,
	                          "Before this terminal's start", NULL },
	[INTAKE_CLOCK] = { HTTP_200, NULL, "Kept until its time is settled",
	                   NULL },
	[INTAKE_NO_TOKEN] = { HTTP_401, NULL, "A valid token is needed",
	                      NULL },
	[INTAKE_OTHER_TERMINAL] = { HTTP_403, NULL,
	                            "Not a terminal of this token",
	                            "device_sn" },
	[INTAKE_UNAVAILABLE] = { HTTP_503, NULL,
	                         "The service is not available, try again",
	                         NULL },
};

/* An item as it was read, and what is wrong with it if anything. */
struct item {
	const char *compcode, *user_id, *device_sn, *timestamp;
	const char *time_source, *time_raw;
	int64_t clock_offset_s;
	struct fields_error error;	/* no message: none */
	enum status error_code;
	struct punch punch;
};

#define CLOCK_OFFSET_NONE INT64_MIN
#define AT(name) offsetof(struct item, name)

static const struct fields_key item_keys[] = {
	{ "compcode", FIELDS_WORD, true, AT(compcode), 1, COMPANY_CODE_MAX,
	  "-_" },
	{ "user_id", FIELDS_WORD, true, AT(user_id), 1, INTAKE_USER_ID_MAX,
	  "" },
	{ "device_sn", FIELDS_WORD, true, AT(device_sn), 1, INTAKE_SN_MAX,
	  "-_." },
	{ "timestamp", FIELDS_TEXT, false, AT(timestamp), 0, INTAKE_RAW_MAX,
	  NULL },
	{ "clock_offset", FIELDS_INT, false, AT(clock_offset_s), -2000000000,
	  2000000000, NULL },
	{ "time_source", FIELDS_WORD, false, AT(time_source), 1, 16, "" },
	{ "time_raw", FIELDS_LINE, false, AT(time_raw), 0, INTAKE_RAW_MAX,
	  NULL },
};

static void
set_error(struct item *item, enum status code, const char *message,
          const char *field)
{
	item->error_code = code;
	item->error = (struct fields_error){ message, field };
}

/* The bridge's own time, in place of that of a terminal whose clock is off? */
static bool
read_time_source(struct item *item)
{
	item->punch.is_bridge_time = strcmp(item->time_source, "BRIDGE") == 0;
	if (item->punch.is_bridge_time && *item->time_raw != '\0')
		item->punch.terminal_raw = item->time_raw;
	return item->punch.is_bridge_time ||
	       strcmp(item->time_source, "TERMINAL") == 0;
}

/* Reads one item and holds it against the company of the token. */
static void
read_item(struct arena *a, const struct fields_source *source,
          const char *company, struct item *item)
{
	struct fields_error error;

	*item = (struct item){ .timestamp = "", .time_raw = "",
		               .time_source = "TERMINAL",
		               .clock_offset_s = CLOCK_OFFSET_NONE };
	if (!fields_read(a, source, item_keys,
	                 sizeof item_keys / sizeof *item_keys, item, &error)) {
		set_error(item, HTTP_422, error.message, error.field);
		return;
	}
	if (strcmp(item->compcode, company) != 0) {
		set_error(item, HTTP_403, "Not the company of this token",
		          "compcode");
		return;
	}
	if (!read_time_source(item)) {
		set_error(item, HTTP_422, "time_source is none of TERMINAL "
		          "and BRIDGE", "time_source");
		return;
	}
	item->punch.user_id = item->user_id;
	item->punch.device_sn = item->device_sn;
	item->punch.has_clock_offset = item->clock_offset_s !=
		CLOCK_OFFSET_NONE;
	if (item->punch.has_clock_offset)
		item->punch.clock_offset_s = item->clock_offset_s;
	intake_read_time(&item->punch, item->timestamp);
}

static json_object *
answer_json(bool status, const char *access, const char *message,
            const char *field)
{
	json_object *json = json_object_new_object();

	json_object_object_add(json, "status", json_object_new_boolean(status));
	if (access != NULL)
		json_object_object_add(json, "access",
		                       json_object_new_string(access));
	if (message != NULL)
		json_object_object_add(json, "message",
		                       json_object_new_string(message));
	if (field != NULL)
		json_object_object_add(json, "field",
		                       json_object_new_string(field));
	return json;
}

static json_object *
intake_json(enum intake_answer answer)
{
	return answer_json(answers[answer].code == HTTP_200,
	                   answers[answer].access, answers[answer].message,
	                   answers[answer].field);
}

/* ---- one punch ----------------------------------------------------------- */

/* What is wrong is told only to who has a valid token. */
static enum status
refuse(struct req *req, struct res *res, const char *token_hash,
       const struct item *item)
{
	struct token token;

	switch (token_find(req->db, req->arena, token_hash, &token)) {
	case DB_OK:
		return http_json_error(res, item->error_code,
		                       item->error.message,
		                       item->error.field);
	case DB_NONE:
		return HTTP_401;
	default:
		return HTTP_503;
	}
}

static enum status
take_single(struct req *req, struct res *res, const char *token_hash,
            const char *company, const struct fields_source *source)
{
	struct item item;
	enum intake_answer answer;
	bool stored = false;

	read_item(req->arena, source, company, &item);
	if (item.error.message != NULL)
		return refuse(req, res, token_hash, &item);
	answer = intake_one(req->db, req->arena, token_hash, &item.punch,
	                    req->now_at, &stored);
	if (stored)
		feed_wake(company);
	return http_json(res, answers[answer].code, intake_json(answer));
}

/* ---- a batch ------------------------------------------------------------- */

static void
read_items(struct req *req, json_object *list, const char *company,
           struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct fields_source source = {
			.json = json_object_array_get_idx(list, i),
		};

		if (json_object_is_type(source.json, json_type_object))
			read_item(req->arena, &source, company, &items[i]);
		else
			set_error(&items[i], HTTP_422,
			          "An item must be an object", NULL);
	}
}

static json_object *
item_json(const struct item *item, enum intake_answer answer)
{
	bool is_bad = item->error.message != NULL;
	json_object *json = is_bad
		? answer_json(false, NULL, item->error.message,
	                      item->error.field)
		: intake_json(answer);

	json_object_object_add(json, "code", json_object_new_int(
		(int)(is_bad ? item->error_code : answers[answer].code)));
	return json;
}

static enum status
answer_batch(struct res *res, const struct item *items, size_t count,
             const enum intake_answer *answered)
{
	json_object *json = json_object_new_object();
	json_object *results = json_object_new_array();
	size_t next = 0;

	for (size_t i = 0; i < count; i++) {
		bool is_bad = items[i].error.message != NULL;

		json_object_array_add(results, item_json(&items[i], is_bad
			? INTAKE_UNAVAILABLE : answered[next]));
		next += !is_bad;
	}
	json_object_object_add(json, "status", json_object_new_boolean(1));
	json_object_object_add(json, "results", results);
	return http_json(res, HTTP_200, json);
}

static enum status
take_batch(struct req *req, struct res *res, const char *token_hash,
           json_object *list)
{
	size_t count = json_object_array_length(list), good = 0;
	struct item *items;
	struct punch *punches;
	enum intake_answer *answered;
	struct token token;
	bool stored = false, done;

	switch (token_find(req->db, req->arena, token_hash, &token)) {
	case DB_OK:
		break;
	case DB_NONE:
		return HTTP_401;
	default:
		return HTTP_503;
	}
	if (count > INTAKE_BATCH_MAX)
		return http_json_error(res, HTTP_413,
		                       "At most 1,000 punches at once", NULL);
	items = arena_alloc(req->arena, count * sizeof *items);
	punches = arena_alloc(req->arena, count * sizeof *punches);
	answered = arena_alloc(req->arena, count * sizeof *answered);
	read_items(req, list, token.company, items, count);
	for (size_t i = 0; i < count; i++) {
		if (items[i].error.message == NULL)
			punches[good++] = items[i].punch;
	}
	done = intake_many(req->db, req->arena, token.company,
	                   token.device_sn, token_hash, punches, good,
	                   req->now_at, answered, &stored);
	if (stored)
		feed_wake(token.company);
	return done ? answer_batch(res, items, count, answered) : HTTP_503;
}

/*
 * POST /api/biometric_attendances -- one punch (a JSON object or a form) or a
 * batch (a JSON array).  Answered after the commit; the same again changes
 * nothing.
 */
enum status
api_attendances(struct req *req, struct res *res)
{
	char hash[SECRET_HASH_SIZE];
	struct fields_source source = { .form = &req->form };
	struct item unreadable = { 0 };
	const char *company;

	if (!guard_token_hash(req, hash, &company))
		return HTTP_401;
	if (strcmp(http_media_type(req), "application/json") != 0)
		return take_single(req, res, hash, company, &source);
	source.json = fields_parse_json(req->arena, req->body,
	                                (size_t)req->body_len);
	if (json_object_is_type(source.json, json_type_array))
		return take_batch(req, res, hash, source.json);
	if (json_object_is_type(source.json, json_type_object))
		return take_single(req, res, hash, company, &source);
	if (source.json == NULL)
		set_error(&unreadable, HTTP_400, "The body is not JSON", NULL);
	else
		set_error(&unreadable, HTTP_422,
		          "Send an object or an array of objects", NULL);
	return refuse(req, res, hash, &unreadable);
}
