/* dues.c: who still has to pay */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gym/payment_book.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/present.h"

static const char *const orders[] = { "largest", "oldest", NULL };

struct asked {
	const char *order;
	int64_t after_id, after_amount;
	int32_t after_day;
};

static const struct form_field fields[] = {
	{ .name = "after_amount", .type = FORM_INT, .least = 1,
	  .most = INT64_MAX, .offset = offsetof(struct asked, after_amount) },
	{ .name = "after_day", .type = FORM_DAY,
	  .offset = offsetof(struct asked, after_day) },
	{ .name = "after_id", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, after_id) },
	{ .name = "order", .type = FORM_CHOICE, .choices = orders,
	  .offset = offsetof(struct asked, order) },
};

static json_object *
present_row(struct req *req, const struct due *due)
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

/* The same list, from behind its last row on. */
static const char *
next_url(struct req *req, const struct due_query *q, const struct due *last)
{
	char day[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(last->since_day, day);
	return q->is_by_age
		? arena_printf(req->arena, "/payments/dues?order=oldest"
		               "&after_day=%s&after_id=%" PRId64, day,
		               last->subscription_id)
		: arena_printf(req->arena, "/payments/dues?order=largest"
		               "&after_amount=%" PRId64 "&after_id=%" PRId64,
		               last->amount, last->subscription_id);
}

static void
present_list(struct req *req, json_object *model, const struct due_query *q,
             const struct due_list *list)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(rows, present_row(req, &list->rows[i]));
	json_object_object_add(model, "rows", rows);
	present_bool(model, "has_rows", list->count > 0);
	present_number(model, "count_text", list->total_count);
	present_bool(model, "is_one", list->total_count == 1);
	present_money(model, "total_text", list->total, req->caller.currency);
	present_str(model, "next_url", !list->has_more ? NULL
	            : next_url(req, q, &list->rows[list->count - 1]));
	present_str(model, "first_url", q->after_id == 0 ? NULL
	            : q->is_by_age ? "/payments/dues?order=oldest"
	            : "/payments/dues?order=largest");
}

/* What the address asks for: from its row on, or from the first. */
static void
read_query(struct form *f, size_t limit, struct due_query *out)
{
	struct asked asked = { .order = "largest", .after_day = CLOCK_NO_DAY };

	form_read_query(f, &asked);
	form_set(f, "order", asked.order);
	*out = (struct due_query){
		.company = f->req->caller.company,
		.branch_id = f->req->caller.branch_id,
		.is_by_age = strcmp(asked.order, "oldest") == 0,
		.limit = limit, .after_amount = asked.after_amount,
		.after_day = asked.after_day,
	};
	if (out->is_by_age ? asked.after_day != CLOCK_NO_DAY
	    : asked.after_amount != 0)
		out->after_id = asked.after_id;
}

/*
 * GET /payments/dues?order=&after_amount=&after_day=&after_id= -- the largest
 * or the oldest first, page by page.
 */
enum status
page_dues(struct req *req, struct res *res)
{
	struct due_query q;
	struct due_list list;
	struct form f;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	read_query(&f, PAYMENT_PAGE, &q);
	if (due_list(req->db, req->arena, &q, &list) != DB_OK)
		return HTTP_503;
	form_present(&f, res->model);
	present_list(req, res->model, &q, &list);
	export_present(req, res->model, "/payments/dues");
	return view_page(res, "dues");
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_MEMBER, SHEET_TEXT }, { WORD_TITLE_PHONE, SHEET_TEXT },
	{ WORD_TITLE_PLAN, SHEET_TEXT }, { WORD_TITLE_SINCE, SHEET_DAY },
	{ WORD_TITLE_DUE, SHEET_MONEY },
};

static enum db_result
export_chunk(struct export *x)
{
	struct due_query *q = x->asked;
	struct due_list list;
	enum db_result rc = due_list(x->req->db, x->arena, q, &list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++) {
		const struct due *due = &list.rows[i];

		sheet_text(x->sheet, due->member);
		export_phone(x, due->phone);
		sheet_text(x->sheet, due->plan);
		sheet_day(x->sheet, due->since_day);
		sheet_money(x->sheet, due->amount);
		q->after_id = due->subscription_id;
		q->after_amount = due->amount;
		q->after_day = due->since_day;
	}
	x->has_more = list.has_more;
	return DB_OK;
}

/* GET /payments/dues.csv, .xlsx?order= -- the list of the page. */
enum status
export_dues(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"dues", "trn_member_subscriptions", columns,
		FORM_COUNT(columns), export_chunk,
	};
	struct due_query q;
	struct form f;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	read_query(&f, EXPORT_CHUNK, &q);
	q.after_id = 0;
	return export_send(req, res, &list, &q);
}
