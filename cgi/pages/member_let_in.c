/* member_let_in.c: may a member enter now; and let in for today */
#include "gym/override.h"

#include <inttypes.h>

#include "base/clock.h"
#include "gym/attendance.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/about_member.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct typed {
	const char *note;
};

static const struct form_field fields[] = {
	{ .name = "note", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = OVERRIDE_NOTE_MAX, .offset = offsetof(struct typed, note) },
};

static enum status
judge(struct req *req, const struct member *m, int64_t local,
      struct admit_decision *out)
{
	const struct attendance_subject subject = {
		req->caller.company, m->id, m->branch_id, local,
	};
	struct admit_facts facts;
	struct admit_rules rules;
	enum status status = asked_found(attendance_facts(req->db, req->arena,
		&subject, &facts, &rules));

	if (status == HTTP_200)
		*out = admit(&facts, &rules, (struct admit_moment){
			.local = local });
	return status;
}

static enum status
present_override(struct req *req, const struct member *m, const char *zone,
                 int32_t day, json_object *model)
{
	struct override o;
	enum db_result rc = override_find(req->db, req->arena,
		req->caller.company, m->id, day, &o);

	if (rc != DB_OK && rc != DB_NONE)
		return HTTP_503;
	present_bool(model, "is_let_in", rc == DB_OK);
	present_str(model, "let_in_note", o.note);
	present_str(model, "let_in_by", o.user);
	present_instant(model, "let_in_at", rc == DB_OK ? o.at : CLOCK_NO_TIME,
	                zone);
	return HTTP_200;
}

/* By the clock of the member's own branch. */
enum status
about_door(struct req *req, const struct member *m, json_object *model)
{
	const char *zone = "UTC";
	struct admit_decision decision;
	int64_t local;
	enum status status = asked_found(branch_zone(req->db, req->arena,
		req->caller.company, m->branch_id, &zone));

	if (status != HTTP_200)
		return status;
	local = clock_local(zone, req->now_at);
	status = judge(req, m, local, &decision);
	if (status != HTTP_200)
		return status;
	present_bool(model, "may_enter", decision.refusal == ADMIT_ALLOWED);
	present_str(model, "refusal_text", admit_reason(decision.refusal));
	present_str(model, "warning_text", admit_reason(decision.warning));
	return present_override(req, m, zone, clock_day(local), model);
}

static enum status
draw(struct res *res, struct form *f, const struct member *m)
{
	struct req *req = f->req;
	enum status status = about_door(req, m, res->model);

	if (status != HTTP_200)
		return status;
	present_str(res->model, "member_url", arena_printf(req->arena,
		"/members/%" PRId64, m->id));
	present_str(res->model, "name_text", m->name);
	form_present(f, res->model);
	return view_page(res, "member_let_in");
}

/* GET /members/:id/let-in -- asks why. */
enum status
page_member_let_in(struct req *req, struct res *res)
{
	struct member member;
	struct form form;
	enum status status = asked_living_member(req, &member);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	return draw(res, &form, &member);
}

/*
 * POST /members/:id/let-in {note, nonce} -- for the day that it is at the
 * member's branch; 303 to the member's page.  Posted twice it is one.
 */
enum status
do_member_let_in(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct typed typed = { 0 };
	struct member member;
	struct form form;
	int32_t today;
	enum status status = asked_living_member(req, &member);

	if (status == HTTP_200)
		status = asked_today(req, member.branch_id, &today);
	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	if (!form_read(&form, &typed)) {
		status = draw(res, &form, &member);
		return status == HTTP_200 ? HTTP_422 : status;
	}
	status = asked_found(override_add(req->db, &actor, member.id, today,
	                                  typed.note, form_nonce(req)));
	if (status != HTTP_200)
		return status;
	feed_wake(req->caller.company);
	return http_redirect(res, arena_printf(req->arena,
		"/members/%" PRId64, member.id));
}
