/* renew.c: the next subscription of a member, in two clicks */
#include <inttypes.h>

#include "base/clock.h"
#include "gym/feed.h"
#include "gym/subscription.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/sale.h"

struct typed {
	struct sale_typed sale;
};

static const struct form_field fields[] = { SALE_FIELDS };

/* Who renews, and on which day. */
static enum status
find(struct req *req, struct member *member, int32_t *today)
{
	enum status status = asked_states(req);

	if (status == HTTP_200)
		status = asked_living_member(req, member);
	return status == HTTP_200 ? asked_today(req, member->branch_id, today)
		: status;
}

static enum status
draw(struct req *req, struct res *res, struct form *f,
     const struct member *member)
{
	present_str(res->model, "member_url", arena_printf(req->arena,
		"/members/%" PRId64, member->id));
	present_str(res->model, "name_text", member->name);
	present_state(res->model, member);
	form_present(f, res->model);
	if (sale_present_plans(f, res->model, member->branch_id) != HTTP_200)
		return HTTP_503;
	return view_page(res, "renew");
}

/* The plan that was bought last, if it is still sold; else the first. */
static enum db_result
choose_plan(struct req *req, const struct member *member,
            const struct subscription_list *bought, struct plan *plan)
{
	struct plan_list list;
	enum db_result rc = DB_NONE;

	for (size_t i = 0; i < bought->count && rc == DB_NONE; i++) {
		if (bought->rows[i].is_void || bought->rows[i].plan_id == 0)
			continue;
		rc = plan_find(req->db, req->arena, req->caller.company,
		               member->branch_id, bought->rows[i].plan_id,
		               plan);
		if (rc == DB_OK && plan->is_closed)
			rc = DB_NONE;
	}
	if (rc != DB_NONE)
		return rc;
	rc = plan_list(req->db, req->arena, req->caller.company,
	               member->branch_id, false, &list);
	if (rc == DB_OK && list.count == 0)
		return DB_NONE;
	if (rc == DB_OK)
		*plan = list.rows[0];
	return rc;
}

static enum db_result
suggest(struct req *req, const struct member *member, int32_t today,
        struct form *f)
{
	struct subscription_list bought;
	struct admit_facts facts;
	struct plan plan;
	enum db_result rc = subscription_list(req->db, req->arena,
		req->caller.company, member->id, &bought);

	if (rc == DB_OK)
		rc = subscription_facts_of(req->db, req->arena,
			req->caller.company, member->id, &facts);
	if (rc != DB_OK)
		return rc;
	rc = choose_plan(req, member, &bought, &plan);
	if (rc == DB_OK || rc == DB_NONE)
		sale_suggest(f, rc == DB_OK ? &plan : NULL,
		             renewal_start(req->arena, &bought, &facts, today));
	return rc == DB_NONE ? DB_OK : rc;
}

/* GET /members/:id/renew -- the same plan again, from the next day on. */
enum status
page_renew(struct req *req, struct res *res)
{
	struct member member;
	struct form f;
	int32_t today;
	enum status status = find(req, &member, &today);

	if (status != HTTP_200)
		return status;
	form_begin(&f, req, fields, FORM_COUNT(fields));
	f.currency = req->caller.currency;
	if (suggest(req, &member, today, &f) != DB_OK)
		return HTTP_503;
	return draw(req, res, &f, &member);
}

/*
 * POST /members/:id/renew {plan, start, price, paid, method, reference, nonce}
 * -- 303 to the member.
 */
enum status
do_renew(struct req *req, struct res *res)
{
	struct typed typed = { 0 };
	struct renewal renewal;
	struct member member;
	struct form f;
	int32_t today;
	enum status status = find(req, &member, &today);

	if (status != HTTP_200)
		return status;
	form_begin(&f, req, fields, FORM_COUNT(fields));
	f.currency = req->caller.currency;
	form_read(&f, &typed);
	if (sale_follow_plan(&f, &typed.sale) != HTTP_200)
		return HTTP_503;
	if (sale_check(&f, &typed.sale)) {
		sale_take(req, &typed.sale, today, &renewal);
		renewal.paid.member_id = member.id;
		switch (renewal_sell(req->db, req->arena, &renewal)) {
		case DB_OK:
			feed_wake(req->caller.company);
			return http_redirect(res, arena_printf(req->arena,
				"/members/%" PRId64, member.id));
		case DB_NONE:
			sale_refuse(&f, renewal.fault);
			break;
		default:
			return HTTP_503;
		}
	}
	status = draw(req, res, &f, &member);
	return status == HTTP_200 ? HTTP_422 : status;
}
