/* member.c: all about one member */
#include <inttypes.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/freeze.h"
#include "gym/subscription_list.h"
#include "gym/used_visit.h"
#include "http/view.h"
#include "pages/about_member.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/plan_terms.h"
#include "pages/present.h"

static about_member_part *const parts[] = {
	about_contact, about_door, about_photo, about_subscriptions, about_visits,
	about_payments, about_freezes, about_mappings, about_consents,
	about_messages,
};

/* Where there is one branch, nobody sees the word. */
static enum status
present_branch(struct req *req, const struct member *m, json_object *model)
{
	struct branch_list list;

	if (branch_list(req->db, req->arena, req->caller.company,
	                &list) != DB_OK)
		return HTTP_503;
	present_str(model, "branch_text", list.count > 1 ? m->branch : NULL);
	return HTTP_200;
}

enum status
about_contact(struct req *req, const struct member *m, json_object *model)
{
	present_str(model, "url", arena_printf(req->arena, "/members/%" PRId64,
	                                       m->id));
	present_number(model, "member_id", m->id);
	present_bool(model, "is_erased", m->erased_at != CLOCK_NO_TIME);
	present_str(model, "name_text", m->name);
	present_str(model, "code", m->code);
	present_str(model, "phone", m->phone);
	present_phone(model, "phone_text", m->phone, req->caller.phone_code);
	present_str(model, "email", m->email);
	present_day(model, "birth_text", m->birth_day);
	present_day(model, "joined_text", m->joined_day);
	present_str(model, "notes_text", m->notes);
	present_state(model, m);
	return present_branch(req, m, model);
}

/* "3 of 10 visits left", and on which days the others were used. */
static void
present_visits(struct req *req, json_object *row,
               const struct subscription_row *s,
               const struct used_visit_list *used)
{
	json_object *days = json_object_new_array();
	int64_t left = s->used < s->visits ? s->visits - s->used : 0;

	for (size_t i = 0; i < used->count; i++) {
		json_object *day;

		if (used->rows[i].subscription_id != s->id)
			continue;
		day = json_object_new_object();
		present_day(day, "day_text", used->rows[i].day);
		json_object_array_add(days, day);
	}
	present_str(row, "visits_text", plan_terms_visits(req->arena,
	                                                  s->visits));
	present_number(row, "left_text", left);
	present_bool(row, "has_used", json_object_array_length(days) > 0);
	json_object_object_add(row, "used_days", days);
	present_str(row, "hours_text", plan_terms_hours(req->arena, s->hours));
}

static json_object *
present_subscription(struct req *req, const struct member *m,
                     const struct subscription_row *s,
                     const struct used_visit_list *used)
{
	const char *currency = req->caller.currency;
	json_object *row = json_object_new_object();

	present_str(row, "plan_text", s->plan);
	present_day(row, "from_text", s->start_day);
	present_day(row, "to_text", s->end_day);
	present_money(row, "price_text", s->amount, currency);
	present_money(row, "paid_text", s->paid, currency);
	present_money(row, "due_text", s->due, currency);
	present_bool(row, "has_due", s->due > 0);
	present_str(row, "pay_url", m->erased_at != CLOCK_NO_TIME ? NULL
	            : arena_printf(req->arena, "/members/%" PRId64
	                           "/subscriptions/%" PRId64 "/pay", m->id,
	                           s->id));
	present_bool(row, "is_void", s->is_void);
	present_visits(req, row, s, used);
	return row;
}

enum status
about_subscriptions(struct req *req, const struct member *m,
                    json_object *model)
{
	struct subscription_list list;
	struct used_visit_list used;
	json_object *rows;

	if (subscription_list(req->db, req->arena, req->caller.company, m->id,
	                      &list) != DB_OK ||
	    used_visit_list(req->db, req->arena, req->caller.company, m->id,
	                    &used) != DB_OK)
		return HTTP_503;
	rows = json_object_new_array();
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_subscription(req, m,
			&list.rows[i], &used));
	json_object_object_add(model, "subscriptions", rows);
	present_bool(model, "has_subscriptions", list.count > 0);
	return HTTP_200;
}

static json_object *
present_freeze(struct req *req, const struct member *m,
               const struct freeze_row *f, int32_t today)
{
	json_object *row = json_object_new_object();
	bool is_over = f->to_day != CLOCK_NO_DAY && f->to_day < today;

	present_bool(row, "is_inactive", f->is_inactive);
	present_bool(row, "is_running", !is_over && f->from_day <= today);
	present_day(row, "from_text", f->from_day);
	present_day(row, "to_text", f->to_day);
	present_str(row, "note_text", f->note);
	present_str(row, "end_url", is_over ? NULL : arena_printf(req->arena,
		"/members/%" PRId64 "/freezes/%" PRId64 "/end", m->id, f->id));
	return row;
}

enum status
about_freezes(struct req *req, const struct member *m, json_object *model)
{
	struct freeze_list list;
	json_object *rows;
	int32_t today;
	enum status status = asked_today(req, m->branch_id, &today);

	if (status != HTTP_200)
		return status;
	if (freeze_list(req->db, req->arena, req->caller.company, m->id,
	                &list) != DB_OK)
		return HTTP_503;
	rows = json_object_new_array();
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_freeze(req, m,
			&list.rows[i], today));
	json_object_object_add(model, "freezes", rows);
	present_bool(model, "has_freezes", list.count > 0);
	return HTTP_200;
}

/* GET /members/:id -- contact, history and what can be done. */
enum status
page_member(struct req *req, struct res *res)
{
	struct member member;
	enum status status = asked_states(req);

	if (status == HTTP_200)
		status = asked_member(req, &member);
	for (size_t i = 0; i < sizeof parts / sizeof *parts &&
	     status == HTTP_200; i++)
		status = parts[i](req, &member, res->model);
	return status == HTTP_200 ? view_page(res, "member") : status;
}
