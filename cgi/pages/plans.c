/* plans.c: what the gym sells: listed, added, changed, closed */
#include <inttypes.h>

#include "gym/company.h"
#include "gym/plan.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/plan_terms.h"
#include "pages/plan_windows.h"
#include "pages/present.h"

struct typed {
	const char *name;
	int64_t days, price, branch, visits;
	struct plan_windows_typed windows;
};

static const struct form_field fields[] = {
	{ .name = "branch", .type = FORM_INT, .least = 0, .most = INT64_MAX,
	  .offset = offsetof(struct typed, branch) },
	{ .name = "days", .type = FORM_INT, .is_required = true, .least = 1,
	  .most = PLAN_DAYS_MAX, .offset = offsetof(struct typed, days) },
	{ .name = "name", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = PLAN_NAME_MAX, .offset = offsetof(struct typed, name) },
	{ .name = "price", .type = FORM_MONEY, .is_required = true,
	  .offset = offsetof(struct typed, price) },
	{ .name = "visits", .type = FORM_INT, .least = 1,
	  .most = PLAN_VISITS_MAX, .offset = offsetof(struct typed, visits) },
	PLAN_WINDOW_FIELDS,
};

/* ---- the list ------------------------------------------------------------ */

static json_object *
present_row(struct req *req, const struct plan *p)
{
	json_object *row = json_object_new_object();

	present_str(row, "url", arena_printf(req->arena, "/plans/%" PRId64,
	                                     p->id));
	present_str(row, "plan_text", p->name);
	present_number(row, "days_text", p->days);
	present_str(row, "visits_text", p->visits == 0 ? NULL
	            : arena_printf(req->arena, "%" PRId64, p->visits));
	present_str(row, "hours_text", plan_terms_hours(req->arena, p->hours));
	present_money(row, "price_text", p->price, req->caller.currency);
	present_str(row, "branch_text", p->branch);
	present_bool(row, "is_closed", p->is_closed);
	return row;
}

/* GET /plans -- those on sale, then those that were. */
enum status
page_plans(struct req *req, struct res *res)
{
	struct plan_list list;
	json_object *rows;

	if (plan_list(req->db, req->arena, req->caller.company,
	              req->caller.branch_id, true, &list) != DB_OK)
		return HTTP_503;
	rows = json_object_new_array();
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_row(req, &list.rows[i]));
	json_object_object_add(res->model, "rows", rows);
	present_bool(res->model, "has_rows", list.count > 0);
	export_present(req, res->model, "/plans");
	return view_page(res, "plans");
}

static const struct export_column columns[] = {
	{ WORD_TITLE_PLAN, SHEET_TEXT }, { WORD_TITLE_DAYS, SHEET_NUMBER },
	{ WORD_TITLE_VISITS, SHEET_TEXT }, { WORD_TITLE_HOURS, SHEET_TEXT },
	{ WORD_TITLE_PRICE, SHEET_MONEY }, { WORD_TITLE_BRANCH, SHEET_TEXT },
	{ WORD_TITLE_ON_SALE, SHEET_TEXT },
};

static enum db_result
export_chunk(struct export *x)
{
	const struct plan **last = x->asked;
	struct plan_list list;
	enum db_result rc = plan_list_after(x->req->db, x->arena,
		x->req->caller.company, x->req->caller.branch_id, true, *last,
		&list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++) {
		const struct plan *p = &list.rows[i];

		sheet_text(x->sheet, p->name);
		sheet_number(x->sheet, p->days);
		sheet_text(x->sheet, p->visits == 0 ? NULL
		           : arena_printf(x->arena, "%" PRId64, p->visits));
		sheet_text(x->sheet, plan_terms_hours(x->arena, p->hours));
		sheet_money(x->sheet, p->price);
		sheet_text(x->sheet, p->branch != NULL ? p->branch
		           : words(WORD_CELL_ALL_BRANCHES));
		export_word(x, p->is_closed ? WORD_CELL_NO : WORD_CELL_YES);
		*last = p;
	}
	x->has_more = list.count == PLAN_LIST_MAX;
	return DB_OK;
}

/* GET /plans.csv, .xlsx */
enum status
export_plans(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"plans", "mst_membership_plans", columns, FORM_COUNT(columns),
		export_chunk,
	};
	const struct plan *last = NULL;

	return export_send(req, res, &list, &last);
}

/* ---- one ----------------------------------------------------------------- */

/* The plan of the address; a branch's owner changes those of the branch. */
static enum status
find(struct req *req, struct plan *plan)
{
	int64_t id = http_find_id(&req->segments, "id");

	if (id == 0)
		return HTTP_404;
	switch (plan_find(req->db, req->arena, req->caller.company,
	                  req->caller.branch_id, id, plan)) {
	case DB_OK:
		break;
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
	return req->caller.branch_id == 0 || plan->branch_id != 0 ? HTTP_200
		: HTTP_403;
}

/* Where it may be sold: one's own branch, or one of all, or all. */
static enum status
read_branches(struct req *req, struct branch_list *out)
{
	*out = (struct branch_list){ 0 };
	if (req->caller.branch_id != 0)
		return HTTP_200;
	return branch_list(req->db, req->arena, req->caller.company, out) ==
		DB_OK ? HTTP_200 : HTTP_503;
}

static void
present_branches(struct form *f, json_object *model,
                 const struct branch_list *branches)
{
	struct arena *a = f->req->arena;
	size_t count = branches->count > 1 ? branches->count : 0;
	struct form_choice *list = arena_alloc(a, (count + 1) * sizeof *list);

	for (size_t i = 0; i < count; i++)
		list[i] = (struct form_choice){
			arena_printf(a, "%" PRId64, branches->rows[i].id),
			branches->rows[i].name,
		};
	form_present_choices(f, model, "branch", list, count);
	present_bool(model, "has_branches", count > 0);
}

/* What the fields show of a plan. */
static void
set_fields(struct form *f, struct req *req, const struct plan *plan)
{
	form_begin(f, req, fields, FORM_COUNT(fields));
	f->currency = req->caller.currency;
	form_set_int(f, "branch", plan->branch_id);
	form_set_int(f, "days", plan->days);
	form_set(f, "name", plan->name);
	form_set_money(f, "price", plan->price);
	if (plan->visits != 0)
		form_set_int(f, "visits", plan->visits);
	plan_windows_set(f, plan->hours);
}

/* Beside each field what somebody else has stored there meanwhile. */
static void
present_now(struct form *f, json_object *model, const struct plan *now,
            bool is_stale)
{
	struct form stored;

	if (is_stale)
		set_fields(&stored, f->req, now);
	form_present_now(f, is_stale ? &stored : NULL, model);
	if (json_object_object_get(model, "branch_now") != NULL)
		present_str(model, "branch_now", now->branch == NULL ? "All"
		            : now->branch);
	present_str(model, "hours_now", NULL);
	if (is_stale && plan_windows_differ(model))
		present_str(model, "hours_now", now->hours == NULL
		            ? words(WORD_ANY_TIME)
		            : plan_terms_hours(f->req->arena, now->hours));
}

/* `plan` NULL: a new one; else as it is stored. */
static enum status
draw(struct form *f, struct res *res, const struct plan *plan,
     int64_t version, bool is_stale)
{
	json_object *model = res->model;
	struct branch_list branches;
	enum status status = read_branches(f->req, &branches);

	if (status != HTTP_200)
		return status;
	form_present(f, model);
	plan_windows_present(f, model);
	present_branches(f, model, &branches);
	present_now(f, model, plan, is_stale);
	present_bool(model, "is_new", plan == NULL);
	present_bool(model, "is_stale", is_stale);
	present_str(model, "row_version", arena_printf(f->req->arena,
	            "%" PRId64, version));
	present_str(model, "plan_text", plan == NULL ? NULL : plan->name);
	present_str(model, "form_url", plan == NULL ? "/plans/new"
	            : arena_printf(f->req->arena, "/plans/%" PRId64 "/edit",
	                           plan->id));
	status = view_page(res, "plan");
	return status == HTTP_200 && (f->is_refused || is_stale) ? HTTP_422
		: status;
}

/* GET /plans/new */
enum status
page_plan_new(struct req *req, struct res *res)
{
	struct form f;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	form_set(&f, "days", "30");
	return draw(&f, res, NULL, 0, false);
}

/* GET /plans/:id/edit */
enum status
page_plan_edit(struct req *req, struct res *res)
{
	struct plan plan;
	struct form f;
	enum status status = find(req, &plan);

	if (status != HTTP_200)
		return status;
	set_fields(&f, req, &plan);
	return draw(&f, res, &plan, plan.version, false);
}

/* What was typed, as a plan; a branch that is not the company's is refused. */
static enum status
take(struct form *f, struct plan *plan)
{
	struct req *req = f->req;
	struct typed typed = { .windows = PLAN_WINDOWS_NONE };
	struct branch_list branches;
	enum status status = read_branches(req, &branches);
	bool is_known;

	if (status != HTTP_200)
		return status;
	form_read(f, &typed);
	is_known = typed.branch == 0;
	for (size_t i = 0; i < branches.count; i++)
		is_known = is_known || branches.rows[i].id == typed.branch;
	if (req->caller.branch_id != 0)
		typed.branch = req->caller.branch_id;
	else if (!is_known)
		form_refuse(f, "branch", WORD_NOT_A_CHOICE);
	plan->branch_id = typed.branch;
	plan->name = typed.name;
	plan->days = typed.days;
	plan->price = typed.price;
	plan->visits = typed.visits;
	plan->hours = plan_windows_take(f, &typed.windows);
	if (typed.days > 0 && typed.visits > typed.days)
		form_refuse(f, "visits", WORD_MORE_VISITS);
	return HTTP_200;
}

static enum status
answer(struct res *res, enum db_result rc)
{
	return rc == DB_OK ? http_redirect(res, "/plans") : HTTP_503;
}

/* POST /plans/new {name, days, visits, price, branch, windows, nonce} -- 303 to the list. */
enum status
do_plan_new(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct plan plan = { 0 };
	struct form f;
	enum status status;

	form_begin(&f, req, fields, FORM_COUNT(fields));
	f.currency = req->caller.currency;
	status = take(&f, &plan);
	if (status != HTTP_200)
		return status;
	if (f.is_refused)
		return draw(&f, res, NULL, 0, false);
	return answer(res, plan_add(req->db, &actor, &plan, form_nonce(req)));
}

/*
 * POST /plans/:id/edit {version, name, days, visits, price, branch, windows} --
 * 303 to the list.  Where somebody has changed it meanwhile, nothing is, and both are shown.
 */
enum status
do_plan_edit(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct plan plan, was;
	struct form f;
	enum status status = find(req, &was);
	enum db_result rc;

	if (status != HTTP_200)
		return status;
	form_begin(&f, req, fields, FORM_COUNT(fields));
	f.currency = req->caller.currency;
	plan = was;
	plan.version = http_find_id(&req->form, "version");
	status = take(&f, &plan);
	if (status != HTTP_200)
		return status;
	if (f.is_refused)
		return draw(&f, res, &was, plan.version, false);
	rc = plan_edit(req->db, &actor, &plan, &was);
	if (rc != DB_NONE)
		return answer(res, rc);
	status = find(req, &was);
	return status == HTTP_200 ? draw(&f, res, &was, was.version, true)
		: status;
}

static enum status
close_plan(struct req *req, struct res *res, bool is_closed)
{
	const struct actor actor = asked_actor(req);
	struct plan plan;
	enum status status = find(req, &plan);

	return status != HTTP_200 ? status : answer(res,
		plan_close(req->db, &actor, plan.id, is_closed));
}

/* POST /plans/:id/close -- it is not sold any more; 303 to the list. */
enum status
do_plan_close(struct req *req, struct res *res)
{
	return close_plan(req, res, true);
}

/* POST /plans/:id/open -- it is sold again; 303 to the list. */
enum status
do_plan_open(struct req *req, struct res *res)
{
	return close_plan(req, res, false);
}
