/* present_lists.c: whom to call, ready to print */
#include "pages/present_lists.h"

#include <inttypes.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/follow_up.h"
#include "gym/member_state.h"
#include "pages/asked.h"
#include "pages/present.h"

static json_object *
present_row(struct req *req, const struct follow_up *f)
{
	json_object *row = json_object_new_object();
	const char *url = arena_printf(req->arena, "/members/%" PRId64, f->id);

	present_str(row, "url", url);
	present_str(row, "renew_url", arena_printf(req->arena, "%s/renew",
	                                           url));
	present_str(row, "name_text", f->name);
	present_phone(row, "phone_text", f->phone, req->caller.phone_code);
	present_str(row, "phone_url", f->phone == NULL ? NULL
	            : arena_printf(req->arena, "tel:%s", f->phone));
	present_day(row, "until_text", f->until_day);
	present_str(row, "plan_text", f->plan);
	present_day(row, "last_text", f->last_day);
	return row;
}

/* The same on the page of members. */
static const char *
all_url(struct req *req, const char *filter, int64_t branch_id)
{
	return branch_id == req->caller.branch_id
		? arena_printf(req->arena, "/members?filter=%s", filter)
		: arena_printf(req->arena, "/members?filter=%s&branch=%" PRId64,
		               filter, branch_id);
}

static json_object *
present_list(struct req *req, const struct follow_up_list *list, int64_t days,
             const char *url)
{
	json_object *model = json_object_new_object();
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(rows, present_row(req, &list->rows[i]));
	json_object_object_add(model, "rows", rows);
	present_bool(model, "has_rows", list->count > 0);
	present_number(model, "days_text", days);
	present_bool(model, "is_one_day", days == 1);
	present_number(model, "total_text", list->total);
	present_bool(model, "has_more", list->has_more);
	present_bool(model, "has_others", list->total > FOLLOW_UP_SHOWN);
	present_str(model, "all_url", url);
	return model;
}

static enum db_result
read_lists(struct req *req, const struct company *c, int64_t branch_id,
           struct follow_up_list *expiring, struct follow_up_list *absent)
{
	const char *company = req->caller.company;
	int32_t day = clock_day(clock_local(c->zone, req->now_at));
	enum db_result rc = member_state_refresh(req->db, company, day);

	if (rc == DB_OK)
		rc = follow_up_expiring(req->db, req->arena, company, branch_id,
		                        day, c->expiring_days, expiring);
	if (rc == DB_OK)
		rc = follow_up_absent(req->db, req->arena, company, branch_id,
		                      day, c->absent_days, absent);
	return rc;
}

enum status
present_lists(struct req *req, json_object *model, int64_t branch_id,
              int64_t active)
{
	struct follow_up_list expiring, absent;
	struct company company;
	json_object *lists;

	json_object_object_add(model, "lists", NULL);
	if (company_find(req->db, req->arena, req->caller.company, &company) !=
	    DB_OK)
		return HTTP_503;
	if (company.zone == NULL || active == 0)
		return HTTP_200;
	if (read_lists(req, &company, branch_id, &expiring, &absent) != DB_OK)
		return HTTP_503;
	lists = json_object_new_object();
	json_object_object_add(model, "lists", lists);
	json_object_object_add(lists, "expiring", present_list(req, &expiring,
		company.expiring_days, all_url(req, "expiring&sort=until",
		                               branch_id)));
	json_object_object_add(lists, "absent", present_list(req, &absent,
		company.absent_days, all_url(req, "absent", branch_id)));
	return HTTP_200;
}
