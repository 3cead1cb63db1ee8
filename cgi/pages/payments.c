/* payments.c: payments by day, the newest first */
#include <inttypes.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/payment_book.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/sale.h"

#define DAYS_SHOWN 31		/* of payments, where no day is asked for */

struct asked {
	int32_t from, to, after_day;
	const char *method;
	int64_t after_id;
	const char *prefix;	/* of receipts: not of the address */
};

static const struct form_field fields[] = {
	{ .name = "after_day", .type = FORM_DAY,
	  .offset = offsetof(struct asked, after_day) },
	{ .name = "after_id", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, after_id) },
	{ .name = "from", .type = FORM_DAY,
	  .offset = offsetof(struct asked, from) },
	{ .name = "method", .type = FORM_CHOICE, .choices = sale_methods,
	  .offset = offsetof(struct asked, method) },
	{ .name = "to", .type = FORM_DAY,
	  .offset = offsetof(struct asked, to) },
};

static void
add_day(struct buf *url, const char *name, int32_t day)
{
	char text[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(day, text);
	http_add_query(url, name, text);
}

static json_object *
present_row(struct req *req, const struct book_row *p, const char *prefix)
{
	json_object *row = json_object_new_object();
	char text[PAYMENT_RECEIPT_SIZE];

	present_str(row, "url", arena_printf(req->arena, "/payments/%" PRId64,
	                                     p->id));
	present_str(row, "receipt_text", payment_receipt_text(prefix, p->year,
	                                                      p->no, text));
	present_day(row, "day_text", p->day);
	present_str(row, "member_url", arena_printf(req->arena,
		"/members/%" PRId64, p->member_id));
	present_str(row, "member_text", p->member);
	present_money(row, "amount_text", p->amount, req->caller.currency);
	present_str(row, "reference_text", p->reference);
	present_str(row, "taker_text", p->user);
	present_bool(row, "is_reversal", p->reverses_id != 0);
	present_bool(row, "is_reversed", p->is_reversed);
	present_method(row, p->method);
	return row;
}

/* The same list, from behind its last row on. */
static void
present_pager(struct req *req, json_object *model, const struct asked *asked,
              const struct book_page *list)
{
	struct buf url = BUF_INIT;

	buf_append_str(&url, "/payments");
	add_day(&url, "from", asked->from);
	add_day(&url, "to", asked->to);
	if (asked->method != NULL)
		http_add_query(&url, "method", asked->method);
	present_str(model, "first_url", asked->after_id == 0 ? NULL : url.data);
	if (list->has_more) {
		const struct book_row *last = &list->rows[list->count - 1];

		add_day(&url, "after_day", last->day);
		http_add_query(&url, "after_id", arena_printf(req->arena,
			"%" PRId64, last->id));
	}
	present_str(model, "next_url", list->has_more ? url.data : NULL);
	buf_finish(&url);
}

static void
present_list(struct req *req, json_object *model, const struct asked *asked,
             const struct book_page *list)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(rows, present_row(req, &list->rows[i],
		                                        asked->prefix));
	json_object_object_add(model, "rows", rows);
	present_bool(model, "has_rows", list->count > 0);
	present_pager(req, model, asked, list);
}

/* The address; the last weeks, where it names no days. */
static enum status
begin_list(struct form *f, struct asked *asked)
{
	struct req *req = f->req;
	struct company company;
	enum status status;

	*asked = (struct asked){ .after_day = CLOCK_NO_DAY };
	status = asked_today(req, req->caller.branch_id, &asked->to);
	if (status != HTTP_200)
		return status;
	asked->from = asked->to - DAYS_SHOWN;
	form_read_query(f, asked);
	if (asked->after_day == CLOCK_NO_DAY)
		asked->after_id = 0;
	if (company_find(req->db, req->arena, req->caller.company, &company) !=
	    DB_OK)
		return HTTP_503;
	asked->prefix = company.receipt_prefix;
	return HTTP_200;
}

static enum db_result
read_list(struct req *req, struct arena *a, const struct asked *asked,
          size_t limit, struct book_page *list)
{
	return book_read(req->db, a, &(struct book_query){
		req->caller.company, req->caller.branch_id, asked->from,
		asked->to, asked->method, limit, asked->after_id,
		asked->after_day }, list);
}

/* GET /payments?from=&to=&method=&after_day=&after_id= -- newest first. */
enum status
page_payments(struct req *req, struct res *res)
{
	struct book_page list;
	struct asked asked;
	struct form f;
	enum status status;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	status = begin_list(&f, &asked);
	if (status != HTTP_200)
		return status;
	if (read_list(req, req->arena, &asked, PAYMENT_PAGE, &list) != DB_OK)
		return HTTP_503;
	form_set_day(&f, "from", asked.from);
	form_set_day(&f, "to", asked.to);
	form_present(&f, res->model);
	present_list(req, res->model, &asked, &list);
	export_present(req, res->model, "/payments");
	return view_page(res, "payments");
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_RECEIPT, SHEET_TEXT }, { WORD_TITLE_DAY, SHEET_DAY },
	{ WORD_TITLE_MEMBER, SHEET_TEXT }, { WORD_TITLE_AMOUNT, SHEET_MONEY },
	{ WORD_TITLE_METHOD, SHEET_TEXT },
	{ WORD_TITLE_REFERENCE, SHEET_TEXT },
	{ WORD_TITLE_TAKEN_BY, SHEET_TEXT }, { WORD_TITLE_NOTE, SHEET_TEXT },
};

static void
export_row(struct export *x, const struct book_row *p, const char *prefix)
{
	char text[PAYMENT_RECEIPT_SIZE];

	sheet_text(x->sheet, payment_receipt_text(prefix, p->year, p->no,
	                                          text));
	sheet_day(x->sheet, p->day);
	sheet_text(x->sheet, p->member);
	sheet_money(x->sheet, p->amount);
	export_method(x, p->method);
	sheet_text(x->sheet, p->reference);
	sheet_text(x->sheet, p->user);
	export_word(x, p->reverses_id != 0 ? WORD_CELL_REVERSAL
	            : p->is_reversed ? WORD_CELL_TAKEN_BACK : WORD_NONE);
}

static enum db_result
export_chunk(struct export *x)
{
	struct asked *asked = x->asked;
	struct book_page list;
	enum db_result rc = read_list(x->req, x->arena, asked, EXPORT_CHUNK,
	                              &list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++)
		export_row(x, &list.rows[i], asked->prefix);
	x->has_more = list.has_more;
	if (list.has_more) {
		asked->after_day = list.rows[list.count - 1].day;
		asked->after_id = list.rows[list.count - 1].id;
	}
	return DB_OK;
}

/* GET /payments.csv, .xlsx?from=&to=&method= -- the list of the page. */
enum status
export_payments(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"payments", "trn_payments", columns, FORM_COUNT(columns),
		export_chunk,
	};
	struct asked asked;
	struct form f;
	enum status status;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	status = begin_list(&f, &asked);
	if (status != HTTP_200)
		return status;
	asked.after_id = 0;
	return export_send(req, res, &list, &asked);
}
