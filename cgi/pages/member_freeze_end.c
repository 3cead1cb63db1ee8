/* member_freeze_end.c: from which day on a member comes again */
#include <inttypes.h>

#include "base/clock.h"
#include "gym/feed.h"
#include "gym/freeze.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct typed {
	int32_t day;
};

static const struct form_field fields[] = {
	{ .name = "day", .type = FORM_DAY,
	  .offset = offsetof(struct typed, day) },
};

/* Which one an address is about. */
struct subject {
	struct member member;
	struct freeze_row freeze;
	int32_t today;
};

static enum status
find(struct req *req, struct subject *s)
{
	int64_t id = http_find_id(&req->segments, "freeze");
	enum status status = asked_living_member(req, &s->member);

	if (status == HTTP_200)
		status = asked_today(req, s->member.branch_id, &s->today);
	if (status != HTTP_200)
		return status;
	return asked_found(freeze_find(req->db, req->arena, req->caller.company,
		s->member.id, id, &s->freeze));
}

static enum status
draw(struct req *req, struct res *res, const struct subject *s, struct form *f)
{
	const struct freeze_row *row = &s->freeze;
	json_object *model = res->model;

	present_str(model, "member_url", arena_printf(req->arena,
		"/members/%" PRId64, s->member.id));
	present_str(model, "end_url", req->path);
	present_str(model, "name_text", s->member.name);
	present_bool(model, "is_inactive", row->is_inactive);
	present_bool(model, "is_future", row->from_day > s->today);
	present_day(model, "from_text", row->from_day);
	present_day(model, "to_text", row->to_day);
	present_str(model, "note_text", row->note);
	form_present(f, model);
	return view_page(res, "member_freeze_end");
}

/* GET /members/:id/freezes/:freeze/end -- which day it is to be. */
enum status
page_member_freeze_end(struct req *req, struct res *res)
{
	struct subject s;
	struct form form;
	enum status status = find(req, &s);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_set_day(&form, "day", s.today);
	return draw(req, res, &s, &form);
}

/* One that runs is taken back by its own first day, not by a typing error. */
static bool
take(struct form *f, const struct subject *s, int32_t *day)
{
	struct typed typed = { .day = s->today };

	if (form_read(f, &typed) && typed.day < s->freeze.from_day &&
	    s->freeze.from_day <= s->today)
		form_refuse(f, "day", WORD_END_BEFORE_START);
	*day = typed.day;
	return !f->is_refused;
}

/*
 * POST /members/:id/freezes/:freeze/end {day} -- that day, or today where none
 * is said, the door is open again: 303 to the member's page.
 */
enum status
do_member_freeze_end(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct subject s;
	struct form form;
	int32_t day;
	enum db_result rc = DB_NONE;
	enum status status = find(req, &s);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	if (take(&form, &s, &day))
		rc = freeze_end(req->db, req->arena, &actor, s.member.id,
		                s.freeze.id, day);
	if (rc == DB_OK) {
		feed_wake(req->caller.company);
		return http_redirect(res, arena_printf(req->arena,
			"/members/%" PRId64, s.member.id));
	}
	if (rc != DB_NONE)
		return HTTP_503;
	form_refuse(&form, "day", WORD_FREEZE_SHORTER);
	status = draw(req, res, &s, &form);
	return status == HTTP_200 ? HTTP_422 : status;
}
