/* import_files.c: CSV to begin with, and what is wrong as CSV */
#include <stdio.h>

#include "base/sheet.h"
#include "pages/handlers.h"
#include "pages/import.h"

static void
close_file(void *file)
{
	fclose(file);
}

/* Ends the sheet and answers with its file. */
static enum status
send_sheet(struct req *req, struct res *res, struct sheet *sheet,
           const char *name)
{
	FILE *file = sheet_file(sheet);

	sheet_destroy(sheet);
	if (file == NULL)
		return HTTP_503;
	arena_cleanup(req->arena, close_file, file);
	http_header(res, "Content-Disposition",
	            "attachment; filename=\"%s.csv\"", name);
	res->content_type = "text/csv; charset=utf-8";
	res->file = file;
	return HTTP_200;
}

/* ---- to begin with ------------------------------------------------------- */

/* What the gym itself has, where the column is for a name of it. */
static const char *
example_of(struct req *req, const struct import_column *column)
{
	const char *company = req->caller.company;
	struct branch_list branches;
	struct plan_list plans;
	struct device_state *terminals;
	size_t count;

	if (column->type == IMPORT_BRANCH && branch_list(req->db, req->arena,
	    company, &branches) == DB_OK && branches.count > 0)
		return branches.rows[0].name;
	if (column->type == IMPORT_PLAN && plan_list(req->db, req->arena,
	    company, 0, false, &plans) == DB_OK && plans.count > 0)
		return plans.rows[0].name;
	if (column->type == IMPORT_TERMINAL && device_list(req->db,
	    req->arena, company, 0, &terminals, &count) == DB_OK && count > 0)
		return terminals[0].name;
	return column->example;
}

/* GET /settings/import/template?kind= -- a CSV with titles and an example. */
enum status
file_import_template(struct req *req, struct res *res)
{
	enum import_kind kind;
	size_t count;
	const struct import_column *list;
	struct sheet_column *columns;
	struct sheet_table table;
	struct sheet *sheet;

	if (!import_kind_from_word(http_find(&req->query, "kind"), &kind))
		return HTTP_404;
	list = import_columns(kind, &count);
	columns = arena_alloc(req->arena, count * sizeof *columns);
	for (size_t i = 0; i < count; i++)
		columns[i] = (struct sheet_column){ list[i].name, SHEET_TEXT };
	table = (struct sheet_table){ import_kind_word(kind), columns, count,
		                      0 };
	sheet = sheet_create(SHEET_CSV, &table);
	for (size_t i = 0; i < count; i++)
		sheet_text(sheet, example_of(req, &list[i]));
	return send_sheet(req, res, sheet, table.name);
}

/* ---- what is wrong ------------------------------------------------------- */

static struct sheet *
write_problems(struct req *req, const struct import *im,
               const struct sheet_table *table)
{
	struct sheet *sheet = sheet_create(SHEET_CSV, table);

	for (size_t i = 0; i < im->problem_count; i++) {
		const struct import_problem *p = &im->problems[i];

		sheet_number(sheet, (int64_t)p->line);
		sheet_text(sheet, p->column);
		sheet_text(sheet, p->value);
		sheet_text(sheet, import_why(req->arena, p));
	}
	return sheet;
}

/* GET /settings/import/:id/problems.csv -- all of them. */
enum status
file_import_problems(struct req *req, struct res *res)
{
	const struct sheet_column columns[] = {
		{ words(WORD_TITLE_LINE), SHEET_NUMBER },
		{ words(WORD_TITLE_COLUMN), SHEET_TEXT },
		{ words(WORD_TITLE_VALUE), SHEET_TEXT },
		{ words(WORD_TITLE_PROBLEM), SHEET_TEXT },
	};
	const struct sheet_table sheet = {
		"problems", columns, sizeof columns / sizeof *columns, 0,
	};
	struct import_job job;
	struct import im;
	struct csv table;
	enum status status = import_asked(req, &job);

	if (status == HTTP_200)
		status = import_compare(req, &job, &table, &im);
	return status != HTTP_200 ? status : send_sheet(req, res,
		write_problems(req, &im, &sheet), sheet.name);
}
