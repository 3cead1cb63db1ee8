/* commands.c: POST /api/devices/:sn/commands/:id */
#include "gym/command.h"

#include "api/device_call.h"
#include "api/fields.h"
#include "gym/feed.h"
#include "pages/handlers.h"

#define AT(name) offsetof(struct command_result, name)
#define COUNT_MAX 4000000000	/* of INT UNSIGNED */

static const struct fields_key result_keys[] = {
	{ "done", FIELDS_BOOL, true, AT(is_done), 0, 0, NULL },
	{ "words", FIELDS_CUT, false, AT(words), 0, COMMAND_WORDS_MAX, NULL },
	{ "templates_before", FIELDS_INT, false, AT(templates_before), 0,
	  COUNT_MAX, NULL },
	{ "templates_after", FIELDS_INT, false, AT(templates_after), 0,
	  COUNT_MAX, NULL },
};

/*
 * POST /api/devices/:sn/commands/:id -- what became of a command that came
 * over the event stream: `{"done": true, "words": "", "templates_before": 120,
 * "templates_after": 120}`, of which only "done" must be there.
 */
enum status
api_device_command(struct req *req, struct res *res)
{
	const char *sn = device_call_sn(req);
	int64_t id = http_find_id(&req->segments, "id");
	struct command_result result = {
		.words = "", .templates_before = COMMAND_NO_NUMBER,
		.templates_after = COMMAND_NO_NUMBER,
	};
	struct fields_source source = { .json = NULL };
	struct fields_error error;
	enum status status;

	if (sn == NULL)
		return device_call_refuse(res);
	status = device_call_body(req, res, &source.json);
	if (status != HTTP_200)
		return status;
	if (!fields_read(req->arena, &source, result_keys,
	                 sizeof result_keys / sizeof *result_keys, &result,
	                 &error))
		return http_json_error(res, HTTP_422, error.message,
		                       error.field);
	switch (command_settle(req->db, req->caller.company, sn, id,
	                       req->now_at, &result)) {
	case DB_OK:
		feed_wake(req->caller.company);
		return device_call_done(res);
	case DB_NONE:
		return HTTP_404;
	case DB_DUPLICATE:
		return http_json_error(res, HTTP_409, "It is settled already",
		                       NULL);
	default:
		return HTTP_503;
	}
}
