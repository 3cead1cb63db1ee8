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
#include "pages/handlers.h"
#include "pages/people.h"
#include "pages/present.h"

static const char *const filters[] = {
	[MEMBER_ALL] = "all", [MEMBER_ACTIVE] = "active",
	[MEMBER_EXPIRING] = "expiring", [MEMBER_EXPIRED] = "expired",
	[MEMBER_NONE] = "none", [MEMBER_FROZEN] = "frozen",
	[MEMBER_INACTIVE] = "inactive", [MEMBER_ABSENT] = "absent",
	[MEMBER_FILTER__COUNT] = NULL,
};

static const char *const sorts[] = {
	[MEMBER_BY_NAME] = "name", [MEMBER_BY_UNTIL] = "until",
	[MEMBER_BY_JOINED] = "joined", [MEMBER_SORT__COUNT] = NULL,
};

/* What the address asks for. */
struct asked {
	const char *q, *filter, *sort, *after;
	int64_t days, after_id, branch;
	int64_t branch_id;	/* what `branch` comes to; 0: all */
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

/* The place of a word in its list; 0 where none was said. */
static int
place_of(const char *const *list, const char *word)
{
	int i = 0;

	while (word != NULL && list[i] != NULL && strcmp(list[i], word) != 0)
		i++;
	return word == NULL || list[i] == NULL ? 0 : i;
}

/* ---- reading ------------------------------------------------------------- */

static enum db_result
read_page(struct req *req, const struct asked *asked, int32_t today,
          int64_t expiring_days, struct member_list *list)
{
	struct member_query q = {
		.company = req->caller.company,
		.branch_id = asked->branch_id, .today = today,
		.filter = (enum member_filter)place_of(filters, asked->filter),
		.sort = (enum member_sort)place_of(sorts, asked->sort),
		.after_id = asked->after_id, .after_name = asked->after,
	};

	q.days = q.filter == MEMBER_ABSENT ? asked->days : expiring_days;
	if (q.sort != MEMBER_BY_NAME && (asked->after == NULL ||
	    !clock_parse_day(asked->after, &q.after_day)))
		q.after_id = 0;
	if (asked->after == NULL)
		q.after_id = 0;
	return member_list(req->db, req->arena, &q, list);
}

/* Where it was not said for how long, absent is what the gym calls so. */
static enum db_result
read_list(struct req *req, struct asked *asked, struct member_list *list)
{
	const char *company = req->caller.company;
	struct company found;
	int64_t local;
	enum db_result rc = company_find(req->db, req->arena, company, &found);

	if (asked->days == 0)
		asked->days = found.absent_days;
	if (rc != DB_OK || found.zone == NULL)
		return rc;
	local = clock_local(found.zone, req->now_at);
	rc = member_state_refresh(req->db, company, clock_day(local));
	if (rc != DB_OK)
		return rc;
	if (asked->q != NULL)
		return member_search(req->db, req->arena, company,
		                     asked->branch_id, asked->q,
		                     people_phone_prefix(req, asked->q), list);
	return read_page(req, asked, clock_day(local), found.expiring_days,
	                 list);
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
	const struct member *last = &list->rows[list->count - 1];
	char day[CLOCK_DAY_TEXT_SIZE];
	int sort = place_of(sorts, asked->sort);

	buf_append_str(&url, "/members");
	http_add_query(&url, "filter", asked->filter);
	http_add_query(&url, "sort", asked->sort);
	http_add_query(&url, "days", arena_printf(req->arena, "%" PRId64,
	                                          asked->days));
	if (asked->branch_id != req->caller.branch_id)
		http_add_query(&url, "branch",
		               choose_id_text(req, asked->branch_id));
	present_str(model, "first_url", asked->after_id == 0 ? NULL : url.data);
	if (list->has_more) {
		clock_format_day(sort == MEMBER_BY_UNTIL ? last->until_day
		                 : last->joined_day, day);
		http_add_query(&url, "after", sort == MEMBER_BY_NAME
		               ? last->name : day);
		http_add_query(&url, "after_id",
		               arena_printf(req->arena, "%" PRId64, last->id));
	}
	present_str(model, "next_url", list->has_more ? url.data : NULL);
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
	             place_of(filters, asked->filter) != MEMBER_ALL);
	present_pager(req, model, asked, list);
}

/*
 * GET /members?q=&filter=&days=&branch=&sort=&after=&after_id= -- by a search,
 * or a page of a list; what cannot be read is as if it had not been said.
 */
enum status
page_members(struct req *req, struct res *res)
{
	struct asked asked = { .filter = "all", .sort = "name" };
	struct member_list list = { 0 };
	struct branch_list branches;
	struct form form;
	enum status status = asked_branch(req, &asked.branch_id);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read_query(&form, &asked);
	if (read_list(req, &asked, &list) == DB_FAIL ||
	    asked_branches(req, &branches) != HTTP_200)
		return HTTP_503;
	form_set_int(&form, "days", asked.days);
	form_present(&form, res->model);
	choose_present_branches(&form, res->model, &branches);
	present_list(req, res->model, &asked, &list);
	return view_page(res, "members");
}
