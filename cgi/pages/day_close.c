/* day_close.c: what a day has brought, by method and by staff; for owners */
#include <inttypes.h>
#include <string.h>

#include "gym/company.h"
#include "gym/payment_book.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/sale.h"

struct asked {
	int32_t day;
};

static const struct form_field fields[] = {
	{ .name = "day", .type = FORM_DAY,
	  .offset = offsetof(struct asked, day) },
};

static json_object *
present_taking(struct req *req, const struct day_taking *t)
{
	json_object *row = json_object_new_object();

	present_str(row, "taker_text", t->user);
	present_method(row, t->method);
	present_number(row, "count_text", t->count);
	present_money(row, "amount_text", t->amount, req->caller.currency);
	present_bool(row, "has_taken_back", t->taken_back < 0);
	present_money(row, "taken_back_text", t->taken_back,
	              req->caller.currency);
	return row;
}

static json_object *
present_reversal(struct req *req, const struct day_reversal *r,
                 const char *prefix)
{
	json_object *row = json_object_new_object();
	char text[PAYMENT_RECEIPT_SIZE];

	present_str(row, "url", arena_printf(req->arena, "/payments/%" PRId64,
	                                     r->id));
	present_str(row, "receipt_text", payment_receipt_text(prefix, r->year,
	                                                      r->no, text));
	present_str(row, "member_url", arena_printf(req->arena,
		"/members/%" PRId64, r->member_id));
	present_str(row, "member_text", r->member);
	present_str(row, "taker_text", r->user);
	present_str(row, "reason_text", r->reason);
	present_money(row, "amount_text", r->amount, req->caller.currency);
	present_method(row, r->method);
	return row;
}

/* What came in by each method, and all of it. */
static void
present_sums(struct req *req, json_object *model, const struct day_book *book)
{
	json_object *sums = json_object_new_array();
	int64_t total = 0;

	for (const char *const *m = sale_methods; *m != NULL; m++) {
		json_object *row = json_object_new_object();
		int64_t sum = 0;

		for (size_t i = 0; i < book->taking_count; i++)
			sum += strcmp(book->takings[i].method, *m) == 0
				? book->takings[i].amount : 0;
		present_method(row, *m);
		present_money(row, "sum_text", sum, req->caller.currency);
		json_object_array_add(sums, row);
		total += sum;
	}
	json_object_object_add(model, "sums", sums);
	present_money(model, "total_text", total, req->caller.currency);
}

static void
present_book(struct req *req, json_object *model, const struct day_book *book,
             const char *prefix)
{
	json_object *rows = json_object_new_array();
	json_object *reversals = json_object_new_array();

	for (size_t i = 0; i < book->taking_count; i++)
		json_object_array_add(rows, present_taking(req,
			&book->takings[i]));
	for (size_t i = 0; i < book->reversal_count; i++)
		json_object_array_add(reversals, present_reversal(req,
			&book->reversals[i], prefix));
	json_object_object_add(model, "rows", rows);
	present_bool(model, "has_rows", book->taking_count > 0);
	json_object_object_add(model, "reversals", reversals);
	present_bool(model, "has_reversals", book->reversal_count > 0);
	present_sums(req, model, book);
}

/* The day of the address; today, where it names none. */
static enum status
read_asked(struct form *f, struct asked *asked)
{
	enum status status = asked_today(f->req, f->req->caller.branch_id,
	                                 &asked->day);

	if (status == HTTP_200)
		form_read_query(f, asked);
	return status;
}

/* GET /payments/day?day= -- of today, where no day is asked for. */
enum status
page_day_close(struct req *req, struct res *res)
{
	struct asked asked;
	struct day_book book;
	struct company company;
	struct form f;
	enum status status;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	status = read_asked(&f, &asked);
	if (status != HTTP_200)
		return status;
	form_set_day(&f, "day", asked.day);
	if (company_find(req->db, req->arena, req->caller.company, &company) !=
	    DB_OK || day_close(req->db, req->arena, req->caller.company,
	                       req->caller.branch_id, asked.day, &book) !=
	    DB_OK)
		return HTTP_503;
	form_present(&f, res->model);
	present_day(res->model, "day_text", asked.day);
	present_book(req, res->model, &book, company.receipt_prefix);
	export_present(req, res->model, "/payments/day");
	return view_page(res, "day_close");
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_DAY, SHEET_DAY }, { WORD_TITLE_TAKEN_BY, SHEET_TEXT },
	{ WORD_TITLE_METHOD, SHEET_TEXT },
	{ WORD_TITLE_PAYMENTS, SHEET_NUMBER },
	{ WORD_TITLE_AMOUNT, SHEET_MONEY },
	{ WORD_TITLE_TAKEN_BACK, SHEET_MONEY },
};

static enum db_result
export_chunk(struct export *x)
{
	const struct asked *asked = x->asked;
	struct day_book book;
	enum db_result rc = day_close(x->req->db, x->arena,
		x->req->caller.company, x->req->caller.branch_id, asked->day,
		&book);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < book.taking_count; i++) {
		const struct day_taking *t = &book.takings[i];

		sheet_day(x->sheet, asked->day);
		sheet_text(x->sheet, t->user);
		export_method(x, t->method);
		sheet_number(x->sheet, t->count);
		sheet_money(x->sheet, t->amount);
		sheet_money(x->sheet, t->taken_back);
	}
	return DB_OK;
}

/* GET /payments/day.csv, .xlsx?day= -- by staff and method. */
enum status
export_day_close(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"day-close", "trn_payments", columns, FORM_COUNT(columns),
		export_chunk,
	};
	struct asked asked;
	struct form f;
	enum status status;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	status = read_asked(&f, &asked);
	return status == HTTP_200 ? export_send(req, res, &list, &asked)
		: status;
}
