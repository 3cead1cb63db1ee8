/* pay.c: some of what is due is paid */
#include <inttypes.h>
#include <string.h>

#include "gym/feed.h"
#include "gym/subscription_list.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/sale.h"

struct typed {
	int64_t amount;
	const char *method, *reference;
};

static const struct form_field fields[] = {
	{ .name = "amount", .type = FORM_MONEY, .is_required = true,
	  .offset = offsetof(struct typed, amount) },
	{ .name = "method", .type = FORM_CHOICE, .is_required = true,
	  .choices = sale_methods, .offset = offsetof(struct typed, method) },
	{ .name = "reference", .type = FORM_LINE,
	  .most = PAYMENT_REFERENCE_MAX,
	  .offset = offsetof(struct typed, reference) },
};

/* The member and the subscription, :sid, that is paid for. */
static enum status
find(struct req *req, struct member *member, struct subscription_row *row)
{
	int64_t id = http_find_id(&req->segments, "sid");
	struct subscription_list list;
	enum status status = asked_living_member(req, member);

	if (status != HTTP_200)
		return status;
	if (subscription_list(req->db, req->arena, req->caller.company,
	                      member->id, &list) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < list.count; i++) {
		if (list.rows[i].id == id && !list.rows[i].is_void) {
			*row = list.rows[i];
			return HTTP_200;
		}
	}
	return HTTP_404;
}

static enum status
draw(struct req *req, struct res *res, struct form *f,
     const struct member *member, const struct subscription_row *row,
     bool is_void_refused)
{
	json_object *model = res->model;
	const char *url = arena_printf(req->arena, "/members/%" PRId64,
	                               member->id);

	present_str(model, "member_url", url);
	present_str(model, "form_url", arena_printf(req->arena,
		"%s/subscriptions/%" PRId64 "/pay", url, row->id));
	present_str(model, "name_text", member->name);
	present_str(model, "plan_text", row->plan);
	present_day(model, "from_text", row->start_day);
	present_day(model, "to_text", row->end_day);
	present_money(model, "price_text", row->amount, req->caller.currency);
	present_money(model, "paid_text", row->paid, req->caller.currency);
	present_money(model, "due_text", row->due, req->caller.currency);
	present_bool(model, "has_due", row->due > 0);
	present_bool(model, "has_paid", row->paid > 0);
	present_str(model, "subscription_id", arena_printf(req->arena,
		"%" PRId64, row->id));
	present_bool(model, "is_void_refused", is_void_refused);
	form_present(f, model);
	return view_page(res, "pay");
}

static enum status
draw_first(struct req *req, struct res *res, const struct member *member,
           const struct subscription_row *row, bool is_void_refused)
{
	struct form f;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	f.currency = req->caller.currency;
	form_set_money(&f, "amount", row->due);
	form_set(&f, "method", "CASH");
	return draw(req, res, &f, member, row, is_void_refused);
}

/* GET /members/:id/subscriptions/:sid/pay -- all that is due, at first. */
enum status
page_pay(struct req *req, struct res *res)
{
	struct subscription_row row;
	struct member member;
	enum status status = find(req, &member, &row);

	return status == HTTP_200 ? draw_first(req, res, &member, &row, false)
		: status;
}

static bool
read_form(struct form *f, struct typed *typed)
{
	form_read(f, typed);
	if (typed->method != NULL && strcmp(typed->method, "UPI") == 0 &&
	    typed->reference == NULL)
		form_refuse(f, "reference", WORD_NO_REFERENCE);
	if (!f->is_refused && typed->amount == 0)
		form_refuse(f, "amount", WORD_OUT_OF_BOUNDS);
	return !f->is_refused;
}

static enum db_result
pay(struct req *req, const struct member *member,
    const struct subscription_row *row, const struct typed *typed,
    struct payment_call *call)
{
	*call = (struct payment_call){
		.actor = asked_actor(req), .branch_id = req->caller.branch_id,
		.member_id = member->id, .subscription_id = row->id,
		.amount = typed->amount, .method = typed->method,
		.reference = typed->reference == NULL ? "" : typed->reference,
		.note = "", .nonce = form_nonce(req),
	};
	if (asked_today(req, member->branch_id, &call->day) != HTTP_200)
		return DB_FAIL;
	return payment_add(req->db, call);
}

/*
 * POST /members/:id/subscriptions/:sid/pay {amount, method, reference, nonce}
 * -- 303 to the receipt.
 */
enum status
do_pay(struct req *req, struct res *res)
{
	struct typed typed = { 0 };
	struct subscription_row row;
	struct payment_call call;
	struct member member;
	struct form f;
	enum status status = find(req, &member, &row);

	if (status != HTTP_200)
		return status;
	form_begin(&f, req, fields, FORM_COUNT(fields));
	f.currency = req->caller.currency;
	if (read_form(&f, &typed)) {
		switch (pay(req, &member, &row, &typed, &call)) {
		case DB_OK:
			feed_wake(req->caller.company);
			return http_redirect(res, arena_printf(req->arena,
				"/payments/%" PRId64, call.id));
		case DB_NONE:
			form_refuse(&f, "amount", WORD_PAID_TOO_MUCH);
			break;
		default:
			return HTTP_503;
		}
	}
	status = draw(req, res, &f, &member, &row, false);
	return status == HTTP_200 ? HTTP_422 : status;
}

/*
 * POST /members/:id/subscriptions/:sid/void -- a sale by mistake, of which
 * nothing is paid any more: 303 to the member.
 */
enum status
do_subscription_void(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct subscription_row row;
	struct member member;
	enum status status = find(req, &member, &row);

	if (status != HTTP_200)
		return status;
	switch (renewal_void(req->db, &actor, member.id, row.id)) {
	case DB_OK:
		feed_wake(req->caller.company);
		return http_redirect(res, arena_printf(req->arena,
			"/members/%" PRId64, member.id));
	case DB_NONE:	/* something was paid, or somebody was faster */
		break;
	default:
		return HTTP_503;
	}
	status = find(req, &member, &row);
	if (status != HTTP_200)
		return status;
	status = draw_first(req, res, &member, &row, true);
	return status == HTTP_200 ? HTTP_422 : status;
}
