/* members.c: find a member, or a page of a list */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/member_state.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/people.h"
#include "pages/present.h"

#define FOUND_MOST 5000		/* in a file; there is no second page of it */

static const char *const filters[] = {
	[MEMBER_ALL] = "all", [MEMBER_ACTIVE] = "active",
	[MEMBER_EXPIRING] = "expiring", [MEMBER_EXPIRED] = "expired",
	[MEMBER_NONE] = "none", [MEMBER_FROZEN] = "frozen",
	[MEMBER_INACTIVE] = "inactive", [MEMBER_ABSENT] = "absent",
	[MEMBER_NO_NUMBER] = "unreachable",
	[MEMBER_NOT_AGREED] = "unasked",
	[MEMBER_FILTER__COUNT] = NULL,
};

static const char *const sorts[] = {
	[MEMBER_BY_NAME] = "name", [MEMBER_BY_UNTIL] = "until",
	[MEMBER_BY_JOINED] = "joined", [MEMBER_SORT__COUNT] = NULL,
};

/* What the address asks for; and what that is of today. */
struct asked {
	const char *q, *filter, *sort, *after;
	int64_t days, after_id, branch;
	int64_t branch_id;	/* what `branch` comes to; 0: all */
	int32_t today;
	int64_t expiring_days;
};

static const struct form_field fields[] = {
	{ .name = "after", .type = FORM_LINE, .most = MEMBER_NAME_MAX,
	  .offset = offsetof(struct asked, after) },
	{ .name = "after_id", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, after_id) },
	{ .name = "branch", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, branch) },
	{ .name = "days", .type = FORM_INT, .least = 1, .most = 365,
	  .offset = offsetof(struct asked, days) },
	{ .name = "filter", .type = FORM_CHOICE, .choices = filters,
	  .offset = offsetof(struct asked, filter) },
	{ .name = "q", .type = FORM_LINE, .most = MEMBER_SEARCH_MAX,
	  .offset = offsetof(struct asked, q) },
	{ .name = "sort", .type = FORM_CHOICE, .choices = sorts,
	  .offset = offsetof(struct asked, sort) },
};

/* ---- reading ------------------------------------------------------------- */

static enum db_result
read_page(struct req *req, struct arena *a, const struct asked *asked,
          size_t limit, struct member_list *list)
{
	struct member_query q = {
		.company = req->caller.company,
		.branch_id = asked->branch_id, .today = asked->today,
		.filter = (enum member_filter)choose_place(filters, asked->filter),
		.sort = (enum member_sort)choose_place(sorts, asked->sort),
		.after_id = asked->after_id, .after_name = asked->after,
		.limit = limit,
	};

	q.days = q.filter == MEMBER_ABSENT ? asked->days
		: asked->expiring_days;
	if (q.sort != MEMBER_BY_NAME && (asked->after == NULL ||
	    !clock_parse_day(asked->after, &q.after_day)))
		q.after_id = 0;
	if (asked->after == NULL)
		q.after_id = 0;
	return member_list(req->db, a, &q, list);
}

/* By a search, which has no pages, or from behind the last row on. */
static enum db_result
read_list(struct req *req, struct arena *a, const struct asked *asked,
          size_t limit, struct member_list *list)
{
	if (asked->q != NULL)
		return member_search(req->db, a, req->caller.company,
		                     asked->branch_id, asked->q,
		                     people_phone_prefix(req, asked->q), limit,
		                     list);
	return read_page(req, a, asked, limit, list);
}

/*
 * Reads the address, and judges the states of all by the day it is.  Where it
 * was not said for how long, absent is what the gym calls so.
 */
static enum status
begin_list(struct form *form, struct asked *asked)
{
	struct req *req = form->req;
	struct company company;
	int64_t branch_id;
	enum status status = asked_branch(req, &branch_id);

	if (status != HTTP_200)
		return status;
	*asked = (struct asked){ .filter = "all", .sort = "name" };
	form_read_query(form, asked);
	asked->branch_id = branch_id;
	if (company_find(req->db, req->arena, req->caller.company, &company) !=
	    DB_OK)
		return HTTP_503;
	if (asked->days == 0)
		asked->days = company.absent_days;
	asked->today = clock_day(clock_local(company.zone == NULL ? "UTC"
		: company.zone, req->now_at));
	asked->expiring_days = company.expiring_days;
	return member_state_refresh(req->db, req->caller.company,
	                            asked->today) == DB_OK ? HTTP_200
		: HTTP_503;
}

/* By what the list goes on behind this one. */
static const char *
after_text(struct arena *a, const struct asked *asked, const struct member *m)
{
	int sort = choose_place(sorts, asked->sort);
	char day[CLOCK_DAY_TEXT_SIZE];

	if (sort == MEMBER_BY_NAME)
		return m->name;
	clock_format_day(sort == MEMBER_BY_UNTIL ? m->until_day : m->joined_day,
	                 day);
	return arena_strdup(a, day);
}

/* ---- drawing ------------------------------------------------------------- */

static json_object *
present_row(struct req *req, const struct member *m)
{
	json_object *row = json_object_new_object();

	present_str(row, "url", arena_printf(req->arena, "/members/%" PRId64,
	                                     m->id));
	present_str(row, "name_text", m->name);
	present_str(row, "code", m->code);
	present_phone(row, "phone_text", m->phone, req->caller.phone_code);
	present_day(row, "joined_text", m->joined_day);
	present_state(row, m);
	return row;
}

/* The same list, from behind the last row on. */
static void
present_pager(struct req *req, json_object *model, const struct asked *asked,
              const struct member_list *list)
{
	struct buf url = BUF_INIT;
	bool has_next = list->has_more && asked->q == NULL;

	buf_append_str(&url, "/members");
	http_add_query(&url, "filter", asked->filter);
	http_add_query(&url, "sort", asked->sort);
	http_add_query(&url, "days", arena_printf(req->arena, "%" PRId64,
	                                          asked->days));
	if (asked->branch_id != req->caller.branch_id)
		http_add_query(&url, "branch",
		               choose_id_text(req, asked->branch_id));
	present_str(model, "first_url", asked->after_id == 0 ? NULL : url.data);
	if (has_next) {
		const struct member *last = &list->rows[list->count - 1];

		http_add_query(&url, "after", after_text(req->arena, asked,
		                                         last));
		http_add_query(&url, "after_id",
		               arena_printf(req->arena, "%" PRId64, last->id));
	}
	present_str(model, "next_url", has_next ? url.data : NULL);
	buf_finish(&url);
}

static void
present_list(struct req *req, json_object *model, const struct asked *asked,
             const struct member_list *list)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(rows, present_row(req, &list->rows[i]));
	json_object_object_add(model, "rows", rows);
	present_bool(model, "has_rows", list->count > 0);
	present_bool(model, "is_search", asked->q != NULL);
	present_bool(model, "is_filtered",
	             choose_place(filters, asked->filter) != MEMBER_ALL);
	present_pager(req, model, asked, list);
}

/*
 * GET /members?q=&filter=&days=&branch=&sort=&after=&after_id= -- by a search,
 * or a page of a list; what cannot be read is as if it had not been said.
 */
enum status
page_members(struct req *req, struct res *res)
{
	struct member_list list;
	struct asked asked;
	struct branch_list branches;
	struct form form;
	enum status status;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	status = begin_list(&form, &asked);
	if (status != HTTP_200)
		return status;
	if (read_list(req, req->arena, &asked, MEMBER_PAGE, &list) != DB_OK ||
	    asked_branches(req, &branches) != HTTP_200)
		return HTTP_503;
	form_set_int(&form, "days", asked.days);
	form_present(&form, res->model);
	choose_present_branches(&form, res->model, &branches);
	present_list(req, res->model, &asked, &list);
	export_present(req, res->model, "/members");
	return view_page(res, "members");
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_NAME, SHEET_TEXT }, { WORD_TITLE_CODE, SHEET_TEXT },
	{ WORD_TITLE_PHONE, SHEET_TEXT }, { WORD_TITLE_STATE, SHEET_TEXT },
	{ WORD_TITLE_UNTIL, SHEET_DAY }, { WORD_TITLE_JOINED, SHEET_DAY },
	{ WORD_TITLE_BIRTH, SHEET_DAY },
};

static void
export_row(struct export *x, const struct member *m)
{
	static const enum word states[ADMIT_STANDINGS] = {
		[ADMIT_ALLOWED] = WORD_CELL_ACTIVE,
		[ADMIT_NONE] = WORD_CELL_NO_SUBSCRIPTION,
		[ADMIT_EXPIRED] = WORD_CELL_EXPIRED,
		[ADMIT_NOT_STARTED] = WORD_CELL_NOT_STARTED,
		[ADMIT_FROZEN] = WORD_CELL_FROZEN,
		[ADMIT_INACTIVE] = WORD_CELL_INACTIVE,
	};

	sheet_text(x->sheet, m->name);
	sheet_text(x->sheet, m->code);
	export_phone(x, m->phone);
	export_word(x, states[m->state]);
	sheet_day(x->sheet, m->until_day);
	sheet_day(x->sheet, m->joined_day);
	sheet_day(x->sheet, m->birth_day);
}

static enum db_result
export_chunk(struct export *x)
{
	struct asked *asked = x->asked;
	bool is_search = asked->q != NULL;
	struct member_list list;
	enum db_result rc = read_list(x->req, x->arena, asked,
		is_search ? FOUND_MOST : EXPORT_CHUNK, &list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++)
		export_row(x, &list.rows[i]);
	x->has_more = list.has_more && !is_search;
	x->is_cut = list.has_more && is_search;
	if (x->has_more) {
		const struct member *last = &list.rows[list.count - 1];

		asked->after = after_text(x->arena, asked, last);
		asked->after_id = last->id;
	}
	return DB_OK;
}

/* GET /members.csv, .xlsx?q=&filter=&days=&sort= -- the list of the page. */
enum status
export_members(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"members", "mst_members_lists", columns, FORM_COUNT(columns),
		export_chunk,
	};
	struct asked asked;
	struct form form;
	enum status status;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	status = begin_list(&form, &asked);
	if (status != HTTP_200)
		return status;
	asked.after_id = 0;
	return export_send(req, res, &list, &asked);
}
