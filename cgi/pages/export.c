/* export.c: a list as a file for a spreadsheet: all of its pages */
#include "pages/export.h"

#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/phone.h"
#include "db/tx.h"
#include "pages/asked.h"
#include "pages/present.h"

static const struct format {
	const char *ending, *type;
} formats[] = {
	[SHEET_CSV] = { "csv", "text/csv; charset=utf-8" },
	[SHEET_XLSX] = { "xlsx", "application/vnd.openxmlformats-officedocument"
		".spreadsheetml.sheet" },
};

/* The routes know no other endings. */
static enum sheet_format
format_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot != NULL && strcmp(dot + 1, formats[SHEET_XLSX].ending) == 0
		? SHEET_XLSX : SHEET_CSV;
}

/* ---- cells --------------------------------------------------------------- */

void
export_phone(struct export *x, const char *e164)
{
	char text[PHONE_TEXT_SIZE];

	sheet_text(x->sheet, e164 == NULL ? NULL
	           : phone_plain(e164, x->req->caller.phone_code, text));
}

void
export_method(struct export *x, const char *method)
{
	static const struct {
		const char *method;
		enum word word;
	} known[] = {
		{ "BANK", WORD_CELL_BANK }, { "CARD", WORD_CELL_CARD },
		{ "CASH", WORD_CELL_CASH }, { "UPI", WORD_CELL_UPI },
	};
	const char *text = method;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(known[i].method, method) == 0)
			text = words(known[i].word);
	}
	sheet_text(x->sheet, text);
}

void
export_word(struct export *x, enum word word)
{
	sheet_text(x->sheet, words(word));
}

/* ---- the file ------------------------------------------------------------ */

static struct sheet_table
make_table(struct req *req, const struct export_list *list)
{
	const char *currency = req->caller.currency;
	struct sheet_column *columns = arena_alloc(req->arena, list->count *
	                                           sizeof *columns);

	for (size_t i = 0; i < list->count; i++) {
		const struct export_column *c = &list->columns[i];
		const char *title = words(c->title);

		columns[i].kind = c->kind;
		columns[i].title = c->kind != SHEET_MONEY ? title
			: arena_printf(req->arena, "%s (%s)", title, currency);
	}
	return (struct sheet_table){
		list->name, columns, list->count, money_decimals(currency),
	};
}

static bool
write_rows(struct export *x, const struct export_list *list)
{
	struct arena *arenas[] = { arena_create(), arena_create() };
	enum db_result rc;
	size_t n = 0;

	do {
		x->arena = arenas[n++ % 2];
		arena_reset(x->arena);
		rc = list->chunk(x);
	} while (rc == DB_OK && x->has_more &&
	         sheet_rows(x->sheet) < EXPORT_ROWS_MAX);
	if (x->has_more || x->is_cut)
		sheet_remark(x->sheet, words(WORD_EXPORT_CUT));
	arena_destroy(arenas[0]);
	arena_destroy(arenas[1]);
	return rc == DB_OK;
}

static FILE *
make_file(struct export *x, const struct export_list *list,
          enum sheet_format format, size_t *rows)
{
	const struct sheet_table table = make_table(x->req, list);
	FILE *file = NULL;

	x->sheet = sheet_create(format, &table);
	if (write_rows(x, list))
		file = sheet_file(x->sheet);
	*rows = sheet_rows(x->sheet);
	sheet_destroy(x->sheet);
	return file;
}

static void
close_file(void *file)
{
	fclose(file);
}

/* ---- the answer ---------------------------------------------------------- */

/* Who took what, and how much of it: no word of what it says. */
struct taken {
	struct actor actor;
	const char *table, *fields;
};

static enum db_result
tell_audit(struct db *db, void *arg)
{
	const struct taken *t = arg;

	return audit_add(db, &(struct audit){
		t->actor.company, t->actor.user_id, "export", t->table, "",
		t->fields, t->actor.address,
	}, t->actor.now_at);
}

enum status
export_send(struct req *req, struct res *res, const struct export_list *list,
            void *asked)
{
	enum sheet_format format = format_of(req->path);
	const char *ending = formats[format].ending;
	struct export x = { .req = req, .asked = asked };
	struct taken taken = { asked_actor(req), list->table, NULL };
	char day_text[CLOCK_DAY_TEXT_SIZE];
	const char *zone;
	size_t rows;
	FILE *file;

	if (asked_zone(req, &zone) != HTTP_200 ||
	    (file = make_file(&x, list, format, &rows)) == NULL)
		return HTTP_503;
	arena_cleanup(req->arena, close_file, file);
	taken.fields = arena_printf(req->arena, "%s,%s,%zu rows", list->name,
	                            ending, rows);
	if (tx_run(req->db, tell_audit, &taken) != DB_OK)
		return HTTP_503;
	clock_format_day(clock_day(clock_local(zone, req->now_at)), day_text);
	http_header(res, "Content-Disposition",
	            "attachment; filename=\"%s-%s.%s\"", list->name, day_text,
	            ending);
	res->content_type = formats[format].type;
	res->file = file;
	return HTTP_200;
}

/* ---- the page that offers it --------------------------------------------- */

static void
present_url(struct req *req, json_object *model, const char *name,
            const char *path, const char *ending)
{
	struct buf url = BUF_INIT;

	buf_appendf(&url, "%s.%s", path, ending);
	/* whatever page of it this is: the file begins with the first row */
	for (size_t i = 0; i < req->query.count; i++)
		http_add_query(&url, req->query.list[i].name,
		               req->query.list[i].value);
	present_str(model, name, url.data);
	buf_finish(&url);
}

void
export_present(struct req *req, json_object *model, const char *path)
{
	present_url(req, model, "csv_url", path, "csv");
	present_url(req, model, "xlsx_url", path, "xlsx");
}
