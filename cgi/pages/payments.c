/* payments.c: payments by day, dues, and the close of a day */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/payment_book.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/sale.h"

#define DAYS_SHOWN 31		/* of payments, where no day is asked for */

struct asked {
	int32_t from, to, after_day;
	const char *method;
	int64_t after_id, after_amount;
};

static const struct form_field fields[] = {
	{ .name = "after_day", .type = FORM_DAY,
	  .offset = offsetof(struct asked, after_day) },
	{ .name = "after_id", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, after_id) },
	{ .name = "after_amount", .type = FORM_INT, .least = 1,
	  .most = INT64_MAX, .offset = offsetof(struct asked, after_amount) },
	{ .name = "from", .type = FORM_DAY,
	  .offset = offsetof(struct asked, from) },
	{ .name = "method", .type = FORM_CHOICE, .choices = sale_methods,
	  .offset = offsetof(struct asked, method) },
	{ .name = "to", .type = FORM_DAY,
	  .offset = offsetof(struct asked, to) },
};

static const char *
number(struct req *req, int64_t value)
{
	return arena_printf(req->arena, "%" PRId64, value);
}

static void
add_day(struct buf *url, const char *name, int32_t day)
{
	char text[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(day, text);
	http_add_query(url, name, text);
}

/* ---- payments ------------------------------------------------------------ */

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
	present_method(row, p->method);
	return row;
}

static void
present_more(struct req *req, json_object *model, const struct asked *asked,
             const struct book_page *list)
{
	struct buf url = BUF_INIT;
	const struct book_row *last = &list->rows[list->count - 1];

	if (list->has_more) {
		buf_append_str(&url, "/payments");
		add_day(&url, "from", asked->from);
		add_day(&url, "to", asked->to);
		if (asked->method != NULL)
			http_add_query(&url, "method", asked->method);
		add_day(&url, "after_day", last->day);
		http_add_query(&url, "after_id", number(req, last->id));
	}
	present_str(model, "next_url", list->has_more ? url.data : NULL);
	buf_finish(&url);
}

/* GET /payments?from=&to=&method=&after_day=&after_id= -- newest first. */
enum status
page_payments(struct req *req, struct res *res)
{
	struct asked asked = { 0 };
	struct book_page list;
	struct company company;
	struct form f;
	json_object *rows;
	enum status status = asked_today(req, req->caller.branch_id, &asked.to);

	if (status != HTTP_200)
		return status;
	asked.from = asked.to - DAYS_SHOWN;
	form_begin(&f, req, fields, FORM_COUNT(fields));
	form_read_query(&f, &asked);
	form_set_day(&f, "from", asked.from);
	form_set_day(&f, "to", asked.to);
	struct book_query q = {
		req->caller.company, req->caller.branch_id, asked.from,
		asked.to, asked.method, asked.after_id, asked.after_day,
	};
	if (company_find(req->db, req->arena, req->caller.company,
	                 &company) != DB_OK ||
	    book_read(req->db, req->arena, &q, &list) != DB_OK)
		return HTTP_503;
	form_present(&f, res->model);
	rows = json_object_new_array();
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_row(req, &list.rows[i],
			company.receipt_prefix));
	json_object_object_add(res->model, "rows", rows);
	present_bool(res->model, "has_rows", list.count > 0);
	present_more(req, res->model, &asked, &list);
	return view_page(res, "payments");
}

/* ---- dues ---------------------------------------------------------------- */

static json_object *
present_due(struct req *req, const struct due *due)
{
	json_object *row = json_object_new_object();
	const char *url = arena_printf(req->arena, "/members/%" PRId64,
	                               due->member_id);

	present_str(row, "member_url", url);
	present_str(row, "member_text", due->member);
	present_str(row, "phone", due->phone);
	present_phone(row, "phone_text", due->phone, req->caller.phone_code);
	present_str(row, "plan_text", due->plan);
	present_day(row, "since_text", due->since_day);
	present_money(row, "amount_text", due->amount, req->caller.currency);
	present_str(row, "pay_url", arena_printf(req->arena,
		"%s/subscriptions/%" PRId64 "/pay", url, due->subscription_id));
	return row;
}

/* GET /payments/dues?after_amount=&after_id= -- the largest first. */
enum status
page_dues(struct req *req, struct res *res)
{
	struct asked asked = { 0 };
	struct due_list list;
	struct form f;
	struct buf url = BUF_INIT;
	json_object *rows;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	form_read_query(&f, &asked);
	if (due_list(req->db, req->arena, req->caller.company,
	             req->caller.branch_id, asked.after_amount,
	             asked.after_amount == 0 ? 0 : asked.after_id, &list) !=
	    DB_OK)
		return HTTP_503;
	rows = json_object_new_array();
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_due(req, &list.rows[i]));
	json_object_object_add(res->model, "rows", rows);
	present_bool(res->model, "has_rows", list.count > 0);
	present_number(res->model, "count_text", list.total_count);
	present_money(res->model, "total_text", list.total,
	              req->caller.currency);
	if (list.has_more) {
		const struct due *last = &list.rows[list.count - 1];

		buf_append_str(&url, "/payments/dues");
		http_add_query(&url, "after_amount", number(req, last->amount));
		http_add_query(&url, "after_id",
		               number(req, last->subscription_id));
	}
	present_str(res->model, "next_url", list.has_more ? url.data : NULL);
	buf_finish(&url);
	return view_page(res, "dues");
}

/* ---- a day --------------------------------------------------------------- */

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

/* What came in by each method, and all of it. */
static void
present_sums(struct req *req, json_object *model,
             const struct day_taking *takings, size_t count)
{
	json_object *sums = json_object_new_array();
	int64_t total = 0;

	for (const char *const *m = sale_methods; *m != NULL; m++) {
		json_object *row = json_object_new_object();
		int64_t sum = 0;

		for (size_t i = 0; i < count; i++)
			sum += strcmp(takings[i].method, *m) == 0
				? takings[i].amount : 0;
		present_method(row, *m);
		present_money(row, "sum_text", sum, req->caller.currency);
		json_object_array_add(sums, row);
		total += sum;
	}
	json_object_object_add(model, "sums", sums);
	present_money(model, "total_text", total, req->caller.currency);
}

/* GET /payments/day?from= -- what a day has brought, by method and by staff. */
enum status
page_day_close(struct req *req, struct res *res)
{
	struct asked asked = { 0 };
	struct day_taking *takings;
	size_t count;
	struct form f;
	json_object *rows;
	enum status status = asked_today(req, req->caller.branch_id,
	                                 &asked.from);

	if (status != HTTP_200)
		return status;
	form_begin(&f, req, fields, FORM_COUNT(fields));
	form_read_query(&f, &asked);
	form_set_day(&f, "from", asked.from);
	if (day_close(req->db, req->arena, req->caller.company,
	              req->caller.branch_id, asked.from, &takings, &count) !=
	    DB_OK)
		return HTTP_503;
	form_present(&f, res->model);
	present_day(res->model, "day_text", asked.from);
	rows = json_object_new_array();
	for (size_t i = 0; i < count; i++)
		json_object_array_add(rows, present_taking(req, &takings[i]));
	json_object_object_add(res->model, "rows", rows);
	present_bool(res->model, "has_rows", count > 0);
	present_sums(req, res->model, takings, count);
	return view_page(res, "day_close");
}
