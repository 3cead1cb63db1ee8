/* sale.c: plan, price and payment, as three pages ask for them */
#include "pages/sale.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "pages/asked.h"
#include "pages/present.h"

#define START_AHEAD_DAYS 3660
#define START_BACK_DAYS 366	/* a sale may be written down late */

const char *const sale_methods[] = { "CASH", "UPI", "CARD", "BANK", NULL };

void
sale_suggest(struct form *f, const struct plan *plan, int32_t start_day)
{
	form_set(f, "method", "CASH");
	form_set_day(f, "start", start_day);
	if (plan == NULL)
		return;
	form_set_int(f, "plan", plan->id);
	form_set_money(f, "price", plan->price);
	form_set_money(f, "paid", plan->price);
}

bool
sale_check(struct form *f, const struct sale_typed *typed)
{
	int32_t now = clock_day(f->req->now_at / 1000);

	if (typed->method != NULL && strcmp(typed->method, "UPI") == 0 &&
	    typed->reference == NULL && typed->paid > 0)
		form_refuse(f, "reference", WORD_NO_REFERENCE);
	if (typed->start < now - START_BACK_DAYS ||
	    typed->start > now + START_AHEAD_DAYS)
		form_refuse(f, "start", WORD_OUT_OF_BOUNDS);
	return !f->is_refused;
}

void
sale_take(struct req *req, const struct sale_typed *typed, int32_t today,
          struct renewal *out)
{
	*out = (struct renewal){
		.paid = {
			.actor = asked_actor(req),
			.branch_id = req->caller.branch_id,
			.amount = typed->paid, .method = typed->method,
			.reference = typed->reference == NULL ? ""
				: typed->reference,
			.note = "", .day = today,
		},
		.plan_id = typed->plan, .start_day = typed->start,
		.amount = typed->price, .nonce = form_nonce(req),
	};
}

void
sale_refuse(struct form *f, enum renewal_fault fault)
{
	static const struct {
		enum renewal_fault fault;
		const char *field;
		enum word word;
	} why[] = {
		{ RENEWAL_NO_PLAN, "plan", WORD_CLOSED_PLAN },
		{ RENEWAL_OVERLAPS, "start", WORD_OVERLAPS },
		{ RENEWAL_DEARER, "price", WORD_DEARER },
		{ RENEWAL_PAID_TOO_MUCH, "paid", WORD_PAID_TOO_MUCH },
	};

	for (size_t i = 0; i < sizeof why / sizeof *why; i++) {
		if (why[i].fault == fault)
			form_refuse(f, why[i].field, why[i].word);
	}
}

enum status
sale_present_plans(struct form *f, json_object *model, int64_t branch_id)
{
	struct req *req = f->req;
	struct form_choice *choices;
	struct plan_list list;
	char price[MONEY_TEXT_SIZE];

	if (plan_list(req->db, req->arena, req->caller.company, branch_id,
	              false, &list) != DB_OK)
		return HTTP_503;
	choices = arena_alloc(req->arena, (list.count + 1) * sizeof *choices);
	for (size_t i = 0; i < list.count; i++) {
		const struct plan *p = &list.rows[i];

		choices[i].value = arena_printf(req->arena, "%" PRId64, p->id);
		choices[i].text = arena_printf(req->arena, "%s, %s", p->name,
			money_text(p->price, req->caller.currency, price));
	}
	form_present_choices(f, model, "plan", choices, list.count);
	present_bool(model, "has_plans", list.count > 0);
	return HTTP_200;
}
