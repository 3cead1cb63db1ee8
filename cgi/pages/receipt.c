/* receipt.c: the receipt of a payment, and taking it back */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gym/company.h"
#include "gym/feed.h"
#include "gym/payment.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct typed {
	const char *reason;
};

static const struct form_field fields[] = {
	{ .name = "reason", .type = FORM_LINE, .is_required = true, .least = 3,
	  .most = PAYMENT_NOTE_MAX, .offset = offsetof(struct typed, reason) },
};

static enum status
find(struct req *req, struct payment *payment)
{
	int64_t id = http_find_id(&req->segments, "id");

	if (id == 0)
		return HTTP_404;
	return asked_found(payment_find(req->db, req->arena,
		req->caller.company, req->caller.branch_id, id, payment));
}

/* ---- drawing ------------------------------------------------------------- */

/* Half of the tax is the country's, half the state's. */
static void
present_tax(json_object *model, const struct payment *p, const char *currency)
{
	int64_t half = payment_half_tax(p->amount, p->tax_rate);
	bool has_tax = p->gstin != NULL && p->tax_rate > 0;
	char rate[VIEW_TEXT_SIZE];

	snprintf(rate, sizeof rate, "%" PRId64 ".%02" PRId64 "%%",
	         p->tax_rate / 200, p->tax_rate / 2 % 100);
	present_str(model, "gstin", p->gstin);
	present_bool(model, "has_tax", has_tax);
	present_str(model, "half_rate_text", rate);
	present_money(model, "net_text", p->amount - 2 * half, currency);
	present_money(model, "cgst_text", half, currency);
	present_money(model, "sgst_text", half, currency);
}

static void
present_payment(struct req *req, json_object *model, const struct payment *p,
                const struct company *company)
{
	const char *currency = req->caller.currency;
	char text[PAYMENT_RECEIPT_SIZE];

	present_str(model, "receipt_text", payment_receipt_text(
		company->receipt_prefix, p->year, p->no, text));
	present_day(model, "day_text", p->day);
	present_str(model, "member_url", arena_printf(req->arena,
		"/members/%" PRId64, p->member_id));
	present_str(model, "member_text", p->member);
	present_str(model, "code", p->code);
	present_phone(model, "phone_text", p->phone, req->caller.phone_code);
	present_str(model, "plan_text", p->plan);
	present_day(model, "from_text", p->start_day);
	present_day(model, "to_text", p->end_day);
	present_money(model, "amount_text", p->amount, currency);
	present_money(model, "due_text", p->due, currency);
	present_bool(model, "has_due", p->due > 0);
	present_str(model, "reference_text", p->reference);
	present_str(model, "note_text", p->note);
	present_str(model, "taker_text", p->user);
	present_method(model, p->method);
	present_tax(model, p, currency);
}

static const char *
payment_url(struct req *req, int64_t id)
{
	return id == 0 ? NULL : arena_printf(req->arena, "/payments/%" PRId64,
	                                     id);
}

static enum status
draw(struct req *req, struct res *res, struct form *f, const struct payment *p)
{
	json_object *model = res->model;
	struct company company;

	if (company_find(req->db, req->arena, req->caller.company,
	                 &company) != DB_OK)
		return HTTP_503;
	present_str(model, "url", payment_url(req, p->id));
	present_str(model, "reverses_url", payment_url(req, p->reverses_id));
	present_str(model, "reversed_url", payment_url(req, p->reversed_by));
	present_bool(model, "may_reverse", req->caller.is_owner &&
	             p->reverses_id == 0 && p->reversed_by == 0);
	present_str(model, "address_text", company.address);
	present_str(model, "receipt_note_text", company.receipt_note);
	present_payment(req, model, p, &company);
	form_present(f, model);
	return view_page(res, "receipt");
}

/* GET /payments/:id -- as it was taken, to be printed on one sheet. */
enum status
page_receipt(struct req *req, struct res *res)
{
	struct payment payment;
	struct form f;
	enum status status = find(req, &payment);

	if (status != HTTP_200)
		return status;
	form_begin(&f, req, fields, FORM_COUNT(fields));
	return draw(req, res, &f, &payment);
}

/* ---- taking back --------------------------------------------------------- */

static enum db_result
take_back(struct req *req, const struct payment *p, const char *reason,
          struct payment_call *call)
{
	*call = (struct payment_call){
		.actor = asked_actor(req), .branch_id = req->caller.branch_id,
		.member_id = p->member_id,
		.subscription_id = p->subscription_id, .reverses_id = p->id,
		.note = reason, .nonce = form_nonce(req),
	};
	if (asked_today(req, p->branch_id, &call->day) != HTTP_200)
		return DB_FAIL;
	return payment_reverse(req->db, req->arena, call);
}

/* POST /payments/:id/void {reason, nonce} -- 303 to the receipt of that. */
enum status
do_payment_void(struct req *req, struct res *res)
{
	struct typed typed = { 0 };
	struct payment_call call;
	struct payment payment;
	struct form f;
	enum status status = find(req, &payment);

	if (status != HTTP_200)
		return status;
	form_begin(&f, req, fields, FORM_COUNT(fields));
	if (form_read(&f, &typed)) {
		switch (take_back(req, &payment, typed.reason, &call)) {
		case DB_OK:
			feed_wake(req->caller.company);
			return http_redirect(res, payment_url(req, call.id));
		case DB_NONE:
			form_refuse(&f, "reason", WORD_TAKEN_BACK);
			break;
		default:
			return HTTP_503;
		}
	}
	if (find(req, &payment) != HTTP_200)
		return HTTP_503;
	status = draw(req, res, &f, &payment);
	return status == HTTP_200 ? HTTP_422 : status;
}
