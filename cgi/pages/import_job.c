/* import_job.c: what a file would do, doing it, and what it has done */
#include <inttypes.h>
#include <string.h>

#include "base/cell.h"
#include "gym/import_read.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/import.h"
#include "pages/present.h"

#define PROBLEMS_SHOWN 500
#define CHANGES_SHOWN 100
#define ROWS_SHOWN 5
#define REFRESH_S 2		/* where no script looks again */

enum status
import_asked(struct req *req, struct import_job *out)
{
	int64_t id = http_find_id(&req->segments, "id");

	return id == 0 ? HTTP_404 : asked_found(import_job_find(req->db,
		req->arena, req->caller.company, id, out));
}

enum status
import_compare(struct req *req, const struct import_job *job,
               struct csv *table, struct import *out)
{
	struct actor *actor = arena_alloc(req->arena, sizeof *actor);
	const void *data;
	size_t len;
	enum db_result rc = import_job_bytes(req->db, req->arena,
		req->caller.company, job->id, &data, &len);

	*actor = asked_actor(req);
	*out = (struct import){
		.arena = req->arena, .actor = actor, .kind = job->kind,
		.currency = req->caller.currency,
		.phone_code = req->caller.phone_code,
	};
	if (rc == DB_OK && csv_read(req->arena, data, len, table) != CSV_OK)
		return HTTP_404;
	if (rc == DB_OK)
		rc = import_check(req->db, out, table, false);
	return asked_found(rc);
}

/* ---- what it would do ---------------------------------------------------- */

static void
present_problems(struct req *req, json_object *model, const struct import *im)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < im->problem_count && i < PROBLEMS_SHOWN; i++) {
		const struct import_problem *p = &im->problems[i];
		json_object *row = json_object_new_object();

		present_number(row, "line_text", (int64_t)p->line);
		present_str(row, "column_text", *p->column == '\0' ? NULL
		            : p->column);
		present_str(row, "value_text", *p->value == '\0' ? NULL
		            : p->value);
		present_str(row, "why_text", import_why(req->arena, p));
		json_object_array_add(list, row);
	}
	json_object_object_add(model, "problems", list);
	present_bool(model, "has_problems", im->problem_count > 0);
	present_number(model, "problem_count_text",
	               (int64_t)im->problem_count);
	present_bool(model, "has_more_problems",
	             im->problem_count > PROBLEMS_SHOWN);
}

/* "Name, Phone": what the fields of a change are called in the file. */
static const char *
changes_text(struct arena *a, const struct import *im, const char *changed)
{
	const char *text = "";
	size_t count;
	const struct import_column *list = import_columns(im->kind, &count);

	for (size_t i = 0; i < count; i++) {
		if (strstr(changed, list[i].field) != NULL)
			text = arena_printf(a, "%s%s%s", text,
			                    *text == '\0' ? "" : ", ",
			                    list[i].name);
	}
	return text;
}

static void
present_changes(struct req *req, json_object *model, const struct import *im)
{
	json_object *list = json_object_new_array();
	size_t shown = 0;

	for (size_t i = 0; i < im->count && shown < CHANGES_SHOWN; i++) {
		const struct import_row *from = &im->rows[i];
		json_object *row;

		if (from->effect != IMPORT_CHANGED || from->is_refused)
			continue;
		row = json_object_new_object();
		present_number(row, "line_text", (int64_t)from->line);
		present_str(row, "code", from->code);
		present_str(row, "fields_text",
		            changes_text(req->arena, im, from->fields));
		json_object_array_add(list, row);
		shown++;
	}
	json_object_object_add(model, "changes", list);
	present_bool(model, "has_changes", shown > 0);
	present_bool(model, "has_more_changes",
	             im->effects[IMPORT_CHANGED] > shown);
}

static void
add_cell(json_object *cells, const char *title, json_object *cell)
{
	present_str(cell, "title", title);
	json_object_array_add(cells, cell);
}

/* A cell as it is understood; what is not, as it stands there. */
static void
present_cell(const struct import *im, json_object *cells,
             const struct import_column *column, const char *text)
{
	json_object *cell = json_object_new_object();
	struct import_row row = { 0 };
	const char *detail;

	text = cell_text(im->arena, text);
	if (*text == '\0' || import_read_value(im, column, text, &row,
	                                       &detail) != IMPORT_FINE)
		present_str(cell, "text", text);
	else if (column->type == IMPORT_PHONE)
		present_phone(cell, "text", row.phone, im->phone_code);
	else if (column->type == IMPORT_DAY)
		present_day(cell, "text", *(const int32_t *)
		            ((const char *)&row + column->offset));
	else if (column->type == IMPORT_MOMENT)
		present_moment(cell, "text", row.from_local);
	else if (column->type == IMPORT_MONEY)
		present_money(cell, "text", row.due, im->currency);
	else
		present_str(cell, "text", text);
	add_cell(cells, column->name, cell);
}

static json_object *
present_row(const struct import *im, const struct csv_row *from)
{
	json_object *row = json_object_new_object();
	json_object *cells = json_object_new_array();
	size_t count;
	const struct import_column *list = import_columns(im->kind, &count);

	for (size_t i = 0; i < im->table->rows[0].count; i++) {
		if (im->columns[i] >= 0)
			present_cell(im, cells, &list[im->columns[i]],
			             i < from->count ? from->cells[i] : "");
	}
	json_object_object_add(row, "cells", cells);
	present_number(row, "line_text", (int64_t)from->line);
	return row;
}

/* The first rows, so that a wrong encoding is seen; and what is ignored. */
static void
present_rows(json_object *model, const struct import *im)
{
	const struct csv_row *header = &im->table->rows[0];
	json_object *titles = json_object_new_array();
	json_object *rows = json_object_new_array();
	const char *ignored = NULL;
	size_t count;
	const struct import_column *list = import_columns(im->kind, &count);

	for (size_t i = 0; i < header->count; i++) {
		const char *text = cell_text(im->arena, header->cells[i]);

		if (im->columns[i] >= 0)
			json_object_array_add(titles, json_object_new_string(
				list[im->columns[i]].name));
		else if (*text != '\0')
			ignored = ignored == NULL ? text
				: arena_printf(im->arena, "%s, %s", ignored,
				               text);
	}
	for (size_t i = 1; i < im->table->count && i <= ROWS_SHOWN; i++)
		json_object_array_add(rows, present_row(im,
		                                        &im->table->rows[i]));
	present_bool(model, "has_titles",
	             json_object_array_length(titles) > 0);
	json_object_object_add(model, "titles", titles);
	json_object_object_add(model, "rows", rows);
	present_str(model, "ignored_text", ignored);
}

static void
present_reading(json_object *model, const struct csv *table)
{
	present_str(model, "encoding_text", table->encoding);
	present_bool(model, "is_comma", table->separator == ',');
	present_bool(model, "is_semicolon", table->separator == ';');
	present_bool(model, "is_tab", table->separator == '\t');
}

static enum status
present_comparison(struct req *req, json_object *model,
                   const struct import_job *job)
{
	struct csv table;
	struct import im;
	enum status status = import_compare(req, job, &table, &im);
	size_t todo;

	if (status != HTTP_200)
		return status;
	todo = im.effects[IMPORT_NEW] + im.effects[IMPORT_CHANGED];
	present_number(model, "new_text", (int64_t)im.effects[IMPORT_NEW]);
	present_number(model, "changed_text",
	               (int64_t)im.effects[IMPORT_CHANGED]);
	present_number(model, "unchanged_text",
	               (int64_t)im.effects[IMPORT_UNCHANGED]);
	present_number(model, "todo_text", (int64_t)todo);
	present_bool(model, "is_one_todo", todo == 1);
	present_bool(model, "can_import", im.problem_count == 0 && todo > 0);
	present_bool(model, "has_nothing", im.problem_count == 0 && todo == 0);
	present_problems(req, model, &im);
	present_changes(req, model, &im);
	present_rows(model, &im);
	present_reading(model, &table);
	return HTTP_200;
}

/* ---- its page ------------------------------------------------------------ */

static void
present_progress(json_object *model, const struct import_job *job)
{
	json_object_object_add(model, "done", json_object_new_int64(job->done));
	json_object_object_add(model, "lines",
	                       json_object_new_int64(job->lines));
	present_number(model, "done_text", job->done);
	json_object_object_add(model, "refresh_s",
	                       json_object_new_int(REFRESH_S));
}

/*
 * GET /settings/import/:id -- what it would do, and a button; how far it is;
 * what it has done.
 */
enum status
page_import_job(struct req *req, struct res *res)
{
	struct import_job job;
	const char *zone;
	enum status status = import_asked(req, &job);
	bool is_running, is_waiting;

	if (status == HTTP_200)
		status = asked_zone(req, &zone);
	if (status != HTTP_200)
		return status;
	import_present_job(req, res->model, &job, zone);
	is_running = job.state == IMPORT_RUNNING &&
		!import_job_is_silent(&job, req->now_at);
	is_waiting = !is_running && job.state != IMPORT_DONE &&
		job.state != IMPORT_DROPPED;
	present_bool(res->model, "is_waiting", is_waiting);
	present_bool(res->model, "is_busy",
	             http_find(&req->query, "busy") != NULL);
	if (is_running)
		present_progress(res->model, &job);
	if (is_waiting)
		status = present_comparison(req, res->model, &job);
	return status == HTTP_200 ? view_page(res, "import_job") : status;
}

/*
 * POST /settings/import/:id/run -- 303 to its page; the work begins when the
 * answer is out.
 */
enum status
do_import_run(struct req *req, struct res *res)
{
	struct import_order *order = arena_alloc(req->arena, sizeof *order);
	struct import_job job;
	enum status status = import_asked(req, &job);
	const char *url;

	if (status != HTTP_200)
		return status;
	url = arena_printf(req->arena, "/settings/import/%" PRId64, job.id);
	*order = (struct import_order){
		.db = req->db, .actor = asked_actor(req),
		.currency = req->caller.currency,
		.phone_code = req->caller.phone_code, .id = job.id,
	};
	switch (import_job_claim(req->db, &order->actor, job.id)) {
	case DB_OK:
		res->after = import_run;
		res->after_arg = order;
		return http_redirect(res, url);
	case DB_NONE:	/* it runs, or another one does */
		return http_redirect(res, arena_printf(req->arena, "%s?busy=1",
		                                       url));
	default:
		return HTTP_503;
	}
}
