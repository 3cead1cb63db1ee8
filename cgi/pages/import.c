/* import.c: files of members, subscriptions and numbers: sent, and a list */
#include "pages/import.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

static const char *const kinds[] = { "members", "subscriptions", "mappings",
	                             NULL };

struct sent {
	const char *kind;
	const char *file;	/* never set: it comes as a file */
};

static const struct form_field fields[] = {
	{ .name = "file", .type = FORM_LINE,
	  .offset = offsetof(struct sent, file) },
	{ .name = "kind", .type = FORM_CHOICE, .is_required = true,
	  .choices = kinds, .offset = offsetof(struct sent, kind) },
};

void
import_present_job(struct req *req, json_object *model,
                   const struct import_job *job, const char *zone)
{
	static const char *const flags[IMPORT_STATE__COUNT] = {
		[IMPORT_CHECKED] = "is_checked", [IMPORT_RUNNING] = "is_running",
		[IMPORT_DONE] = "is_done", [IMPORT_FAILED] = "is_failed",
		[IMPORT_TROUBLE] = "is_trouble",
		[IMPORT_DROPPED] = "is_dropped",
	};
	bool is_silent = import_job_is_silent(job, req->now_at);

	for (int i = 0; i < IMPORT_STATE__COUNT; i++)
		present_bool(model, flags[i], (int)job->state == i &&
		             !is_silent);
	present_bool(model, "is_interrupted", is_silent);
	present_bool(model, "is_members", job->kind == IMPORT_MEMBERS);
	present_bool(model, "is_subscriptions",
	             job->kind == IMPORT_SUBSCRIPTIONS);
	present_bool(model, "is_mappings", job->kind == IMPORT_MAPPINGS);
	present_str(model, "url", arena_printf(req->arena,
	            "/settings/import/%" PRId64, job->id));
	present_str(model, "file_text", job->file);
	present_str(model, "sender_text", job->user);
	present_instant(model, "sent_text", job->created_at, zone);
	present_number(model, "lines_text", job->lines);
	present_bool(model, "is_one_row", job->lines == 1);
	present_number(model, "new_text", job->effects[IMPORT_NEW]);
	present_number(model, "changed_text", job->effects[IMPORT_CHANGED]);
	present_number(model, "unchanged_text",
	               job->effects[IMPORT_UNCHANGED]);
}

/* ---- the page ------------------------------------------------------------ */

static enum status
draw(struct req *req, struct res *res, struct form *form, enum status status)
{
	json_object *rows = json_object_new_array();
	struct import_job *list;
	const char *zone;
	size_t count;

	json_object_object_add(res->model, "imports", rows);
	if (asked_zone(req, &zone) != HTTP_200 ||
	    import_job_list(req->db, req->arena, req->caller.company, &list,
	                    &count) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < count; i++) {
		json_object *row = json_object_new_object();

		import_present_job(req, row, &list[i], zone);
		json_object_array_add(rows, row);
	}
	present_bool(res->model, "has_imports", count > 0);
	form_present(form, res->model);
	return view_page(res, "import") == HTTP_200 ? status : HTTP_500;
}

/* GET /settings/import -- a form for a file, and what was imported lately. */
enum status
page_import(struct req *req, struct res *res)
{
	struct form form;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_set(&form, "kind", "members");
	return draw(req, res, &form, HTTP_200);
}

/* As its sender calls it, where that is fit to be shown. */
static const char *
file_name(struct req *req)
{
	const char *name = req->file.file_name, *base = strrchr(name, '\\');
	size_t len;

	name = base == NULL ? name : base + 1;	/* some send a whole path */
	len = strlen(name);
	if (len == 0 || len > IMPORT_FILE_MAX || !text_is_utf8(name, len))
		return "file.csv";
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
			return "file.csv";
	}
	return name;
}

/*
 * POST /settings/import {kind, file, nonce} -- keeps the file: 303 to what it
 * would do.
 */
enum status
do_import(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct import_job job = { .size = (int64_t)req->file.len };
	struct sent sent = { 0 };
	struct csv table = { 0 };
	enum word fault = WORD_REQUIRED;
	struct form form;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read(&form, &sent);
	if (req->file.name != NULL)
		fault = import_file_fault(csv_read(req->arena, req->file.data,
		                                   req->file.len, &table),
		                          &table);
	if (fault != WORD_NONE)
		form_refuse(&form, "file", fault);
	if (form.is_refused)
		return draw(req, res, &form, HTTP_422);
	import_kind_from_word(sent.kind, &job.kind);
	job.file = file_name(req);
	job.lines = (int64_t)table.count - 1;
	switch (import_job_add(req->db, &actor, &job, req->file.data,
	                       form_nonce(req))) {
	case DB_OK:
		return http_redirect(res, arena_printf(req->arena,
			"/settings/import/%" PRId64, job.id));
	default:
		return HTTP_503;
	}
}
