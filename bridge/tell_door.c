/* tell_door.c: lists, reports and results between a door and the server */
#include "tell_door.h"

#include <stdio.h>

#include "base/json.h"
#include "base/log.h"

/* Of a later version, or of a server that has no such thing: not again now. */
static bool
is_settled(int status)
{
	return status >= 200 && status < 500 && status != 408 && status != 429;
}

/* ---- results of orders -------------------------------------------------- */

static void
format_result(struct buf *to, const struct door_result *r)
{
	struct json_object *root = json_object_new_object();

	json_put(root, "done", json_object_new_boolean(r->is_done));
	json_put_words(root, "words", r->words, DOOR_WORDS_MAX);
	json_put_number(root, "templates_before", r->templates_before);
	json_put_number(root, "templates_after", r->templates_after);
	json_write(to, root);
}

static void
tell_results(struct call_line *line, struct door *door, const char *sn)
{
	struct door_result result;

	while (door_take_result(door, &result)) {
		struct buf body = BUF_INIT;
		char what[64];
		int status;

		snprintf(what, sizeof what, "commands/%lld",
		         (long long)result.id);
		format_result(&body, &result);
		status = call_server(line, "POST", sn, what, &body, NULL);
		buf_finish(&body);
		if (is_settled(status))
			continue;
		door_return_result(door, &result);
		return;
	}
}

/* ---- the list ----------------------------------------------------------- */

static void
ask_list(struct call_line *line, struct door *door, int64_t terminal,
         const char *sn, int64_t server_at)
{
	char etag[SPOOL_ETAG_MAX + 1];
	int status;

	door_etag(door, terminal, etag);
	status = call_server(line, "GET", sn, "access", NULL, etag);
	if (status == 200)
		door_take_list(door, terminal, line->answer.etag,
		               &line->answer.body, server_at);
	else if (status == 304)
		door_list_holds(door, terminal, server_at);
	else
		log_debug("%s: the list of who may enter: %d", sn, status);
}

/* ---- how it stands ------------------------------------------------------ */

static void
report(struct call_line *line, struct door *door, const char *sn, bool asks)
{
	struct buf body = BUF_INIT;
	bool changed;

	if (door_report(door, &body, &changed) && (changed || asks))
		call_server(line, "PUT", sn, "access", &body, NULL);
	buf_finish(&body);
}

void
tell_door(struct call_line *line, struct door *door, int64_t terminal,
          const char *sn, int64_t server_at, bool asks)
{
	tell_results(line, door, sn);
	if (asks)
		ask_list(line, door, terminal, sn, server_at);
	report(line, door, sn, asks);
}
