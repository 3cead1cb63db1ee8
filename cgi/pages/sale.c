/* sale.c: plan, price and payment, as three pages ask for them */
#include "pages/sale.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "pages/asked.h"
#include "pages/plan_terms.h"
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
	form_set_int(f, "plan_was", plan->id);
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

static enum db_result
find_plan(struct req *req, int64_t id, struct plan *out)
{
	return plan_find(req->db, req->arena, req->caller.company,
	                 req->caller.branch_id, id, out);
}

enum status
sale_follow_plan(struct form *f, const struct sale_typed *typed)
{
	struct plan was, plan;
	enum db_result rc;

	if (typed->plan_was == 0 || typed->plan == typed->plan_was)
		return HTTP_200;
	rc = find_plan(f->req, typed->plan_was, &was);
	if (rc == DB_OK)
		rc = find_plan(f->req, typed->plan, &plan);
	if (rc == DB_NONE)
		return HTTP_200;
	if (rc != DB_OK)
		return HTTP_503;
	if (plan.is_closed || plan.price == was.price ||
	    typed->price != was.price)
		return HTTP_200;
	form_set_int(f, "plan_was", plan.id);
	form_set_money(f, "price", plan.price);
	if (typed->paid == was.price)
		form_set_money(f, "paid", plan.price);
	form_refuse(f, "price", WORD_OTHER_PLAN);
	return HTTP_200;
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

/* "Mornings, 30 days, Mon–Fri 06:00–10:00, ₹1,500", and a branch, if any. */
static const char *
plan_text(struct req *req, const struct plan *p)
{
	char price[MONEY_TEXT_SIZE];

	return arena_printf(req->arena, "%s, %" PRId64 " %s%s, %s%s%s", p->name,
	                    p->days, p->days == 1 ? "day" : "days",
	                    plan_terms_tail(req->arena, p->visits, p->hours),
	                    money_text(p->price, req->caller.currency, price),
	                    p->branch == NULL ? "" : ", ",
	                    p->branch == NULL ? "" : p->branch);
}

/* For the script that puts in the price of another plan. */
static void
present_prices(struct req *req, json_object *choices,
               const struct plan_list *list)
{
	char price[MONEY_TEXT_SIZE];

	for (size_t i = 0; i < list->count; i++)
		present_str(json_object_array_get_idx(choices, i), "price",
		            money_plain(list->rows[i].price,
		                        req->caller.currency, price));
}

enum status
sale_present_plans(struct form *f, json_object *model, int64_t branch_id)
{
	struct req *req = f->req;
	struct form_choice *choices;
	struct plan_list list;

	if (plan_list(req->db, req->arena, req->caller.company, branch_id,
	              false, &list) != DB_OK)
		return HTTP_503;
	choices = arena_alloc(req->arena, (list.count + 1) * sizeof *choices);
	for (size_t i = 0; i < list.count; i++)
		choices[i] = (struct form_choice){
			arena_printf(req->arena, "%" PRId64, list.rows[i].id),
			plan_text(req, &list.rows[i]),
		};
	form_present_choices(f, model, "plan", choices, list.count);
	present_prices(req, json_object_object_get(model, "plan_choices"),
	               &list);
	present_bool(model, "has_plans", list.count > 0);
	return HTTP_200;
}
