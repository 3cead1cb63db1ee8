/* admission.c: a new member on one page: person, plan, payment, finger */
#include "gym/admission.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/phone.h"
#include "gym/feed.h"
#include "gym/member_edit.h"
#include "gym/user.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/sale.h"

#define PHONE_TYPED_MAX 40

struct typed {
	const char *name, *code, *code_was, *phone, *email, *terminal;
	int64_t branch;
	int32_t birth;
	bool biometrics;
	struct sale_typed sale;
};

static const struct form_field fields[] = {
	{ .name = "biometrics", .type = FORM_BOOL,
	  .offset = offsetof(struct typed, biometrics) },
	{ .name = "birth", .type = FORM_DAY,
	  .offset = offsetof(struct typed, birth) },
	{ .name = "branch", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct typed, branch) },
	{ .name = "code", .type = FORM_WORD, .is_required = true, .least = 1,
	  .most = MEMBER_CODE_MAX, .also = MEMBER_CODE_ALSO,
	  .offset = offsetof(struct typed, code) },
	{ .name = "code_was", .type = FORM_WORD, .most = MEMBER_CODE_MAX,
	  .also = MEMBER_CODE_ALSO, .offset = offsetof(struct typed, code_was) },
	{ .name = "email", .type = FORM_LINE, .most = MEMBER_EMAIL_MAX,
	  .offset = offsetof(struct typed, email) },
	{ .name = "name", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = MEMBER_NAME_MAX, .offset = offsetof(struct typed, name) },
	{ .name = "phone", .type = FORM_LINE, .is_required = true,
	  .most = PHONE_TYPED_MAX, .offset = offsetof(struct typed, phone) },
	{ .name = "terminal", .type = FORM_WORD, .most = DEVICE_SN_MAX,
	  .also = "-_.", .offset = offsetof(struct typed, terminal) },
	SALE_FIELDS
};

/* One admission on its way, and what there is to choose from. */
struct visit {
	struct req *req;
	struct form form;
	struct branch_list branches;
	struct device_state *terminals;
	size_t terminal_count;
	struct admission admission;
};

static enum status
begin(struct visit *v, struct req *req)
{
	enum status status;

	*v = (struct visit){ .req = req };
	form_begin(&v->form, req, fields, FORM_COUNT(fields));
	v->form.currency = req->caller.currency;
	status = asked_branches(req, &v->branches);
	if (status == HTTP_200 &&
	    device_list(req->db, req->arena, req->caller.company,
	                req->caller.branch_id, &v->terminals,
	                &v->terminal_count) != DB_OK)
		status = HTTP_503;
	return status;
}

/* ---- drawing ------------------------------------------------------------- */

static enum status
draw(struct visit *v, struct res *res, enum status status)
{
	json_object *model = res->model;

	form_present(&v->form, model);
	choose_present_branches(&v->form, model, &v->branches);
	choose_present_terminals(&v->form, model, v->terminals,
	                         v->terminal_count);
	present_bool(model, "has_terminals", v->terminal_count > 0);
	if (sale_present_plans(&v->form, model, v->req->caller.branch_id) !=
	    HTTP_200)
		return HTTP_503;
	return view_page(res, "admission") == HTTP_200 ? status : HTTP_500;
}

static enum status
suggest_sale(struct visit *v)
{
	struct req *req = v->req;
	struct plan_list plans;
	int32_t today;

	if (plan_list(req->db, req->arena, req->caller.company,
	              req->caller.branch_id, false, &plans) != DB_OK ||
	    asked_today(req, v->branches.rows[0].id, &today) != HTTP_200)
		return HTTP_503;
	sale_suggest(&v->form, plans.count == 0 ? NULL : &plans.rows[0],
	             today);
	return HTTP_200;
}

/* GET /members/new -- with the next code, the first plan, from today on. */
enum status
page_admission(struct req *req, struct res *res)
{
	struct visit v;
	const char *code;
	enum status status = begin(&v, req);

	if (status == HTTP_200 && v.branches.count == 0)
		return http_redirect(res, "/members");
	if (status == HTTP_200)
		status = suggest_sale(&v);
	if (status == HTTP_200 && admission_suggest_code(req->db, req->arena,
	    req->caller.company, &code) != DB_OK)
		status = HTTP_503;
	if (status != HTTP_200)
		return status;
	form_set(&v.form, "code", code);
	form_set(&v.form, "code_was", code);
	form_set_int(&v.form, "branch", v.branches.rows[0].id);
	if (v.terminal_count > 0)
		form_set(&v.form, "terminal", v.terminals[0].sn);
	return draw(&v, res, HTTP_200);
}

/* ---- reading ------------------------------------------------------------- */

static void
take_person(struct visit *v, const struct typed *typed)
{
	struct member *m = &v->admission.member;
	char phone[PHONE_SIZE];

	*m = (struct member){
		.name = typed->name, .code = typed->code,
		.email = typed->email, .birth_day = typed->birth,
		.branch_id = choose_branch(&v->form, &v->branches,
		                           typed->branch),
	};
	v->admission.is_code_suggested = typed->code != NULL &&
		typed->code_was != NULL &&
		strcmp(typed->code, typed->code_was) == 0;
	if (typed->email != NULL && !user_email_valid(typed->email))
		form_refuse(&v->form, "email", WORD_BAD_EMAIL);
	if (typed->phone != NULL && !phone_parse(typed->phone,
	    v->req->caller.phone_code, phone))
		form_refuse(&v->form, "phone", WORD_BAD_PHONE);
	else if (typed->phone != NULL)
		m->phone = arena_strdup(v->req->arena, phone);
}

/* The finger is taken at a terminal of the member's branch, or not now. */
static enum status
take_finger(struct visit *v, const struct typed *typed)
{
	struct req *req = v->req;
	struct device device;

	v->admission.is_consenting = typed->biometrics;
	if (typed->terminal == NULL)
		return HTTP_200;
	if (!typed->biometrics)
		form_refuse(&v->form, "biometrics", WORD_NO_FINGER);
	if (!choose_has_terminal(v->terminals, v->terminal_count,
	                         typed->terminal)) {
		form_refuse(&v->form, "terminal", WORD_NOT_A_CHOICE);
		return HTTP_200;
	}
	if (device_find(req->db, req->arena, req->caller.company,
	                typed->terminal, &device) != DB_OK)
		return HTTP_503;
	if (v->admission.member.branch_id != 0 &&
	    device.branch_id != v->admission.member.branch_id)
		form_refuse(&v->form, "terminal", WORD_OTHER_BRANCH);
	return HTTP_200;
}

/* A plan that is sold at the member's branch. */
static enum status
take_plan(struct visit *v, int64_t id)
{
	struct req *req = v->req;
	struct plan plan;

	switch (plan_find(req->db, req->arena, req->caller.company,
	                  req->caller.branch_id, id, &plan)) {
	case DB_OK:
		break;
	case DB_NONE:
		form_refuse(&v->form, "plan", WORD_NOT_A_CHOICE);
		return HTTP_200;
	default:
		return HTTP_503;
	}
	if (plan.branch_id != 0 && v->admission.member.branch_id != 0 &&
	    plan.branch_id != v->admission.member.branch_id)
		form_refuse(&v->form, "plan", WORD_OTHER_BRANCH);
	return HTTP_200;
}

static enum status
take_sale(struct visit *v, const struct typed *typed)
{
	int64_t branch_id = v->admission.member.branch_id;
	struct renewal *sale = &v->admission.sale;
	int32_t today;
	enum status status = asked_today(v->req, branch_id, &today);

	if (status == HTTP_200 && typed->sale.plan != 0)
		status = take_plan(v, typed->sale.plan);
	if (status == HTTP_200)
		status = sale_follow_plan(&v->form, &typed->sale);
	if (status != HTTP_200)
		return status;
	if (typed->birth != CLOCK_NO_DAY &&
	    !member_birth_may_be(typed->birth, today))
		form_refuse(&v->form, "birth", WORD_BAD_BIRTH);
	sale_check(&v->form, &typed->sale);
	sale_take(v->req, &typed->sale, today, sale);
	sale->paid.branch_id = branch_id;
	v->admission.member.joined_day = today;
	return HTTP_200;
}

static enum status
finish(struct visit *v, struct res *res, const char *terminal)
{
	struct req *req = v->req;
	int64_t id = v->admission.member.id;

	feed_wake(req->caller.company);
	return http_redirect(res, terminal == NULL
		? arena_printf(req->arena, "/members/%" PRId64, id)
		: arena_printf(req->arena, "/members/%" PRId64
		               "/finger?terminal=%s&since=%" PRId64, id,
		               terminal, req->now_at));
}

/*
 * POST /members/new {name, code, code_was, phone, email, birth, branch, plan,
 * start, price, paid, method, reference, biometrics, terminal, nonce} -- 303 to where
 * the finger is taken, or to the member.  A `code` that is still `code_was` was
 * only suggested: when it is taken meanwhile, the next one is.
 */
enum status
do_admission(struct req *req, struct res *res)
{
	struct typed typed = { .birth = CLOCK_NO_DAY };
	struct visit v;
	enum status status = begin(&v, req);

	if (status != HTTP_200)
		return status;
	if (v.branches.count == 0)
		return http_redirect(res, "/members");
	form_read(&v.form, &typed);
	take_person(&v, &typed);
	status = take_finger(&v, &typed);
	if (status == HTTP_200)
		status = take_sale(&v, &typed);
	if (status != HTTP_200)
		return status;
	if (v.form.is_refused)
		return draw(&v, res, HTTP_422);
	switch (admission_add(req->db, req->arena, &v.admission)) {
	case DB_OK:
		return finish(&v, res, typed.terminal);
	case DB_DUPLICATE:
		form_refuse(&v.form, "code", WORD_CODE_TAKEN);
		break;
	case DB_NONE:
		sale_refuse(&v.form, v.admission.sale.fault);
		break;
	default:
		return HTTP_503;
	}
	return draw(&v, res, HTTP_422);
}
