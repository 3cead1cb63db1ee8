/* member_erase.c: a member is forgotten: the question, and the deed */
#include "gym/member_erase.h"

#include <inttypes.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct typed {
	bool sure;
};

static const struct form_field fields[] = {
	{ .name = "sure", .type = FORM_BOOL,
	  .offset = offsetof(struct typed, sure) },
};

static const char *
page_url(struct req *req, const struct member *m)
{
	return arena_printf(req->arena, "/members/%" PRId64, m->id);
}

static enum status
draw(struct req *req, struct res *res, const struct member *m, struct form *f)
{
	present_str(res->model, "member_url", page_url(req, m));
	present_str(res->model, "name_text", m->name);
	present_str(res->model, "code", m->code);
	form_present(f, res->model);
	return view_page(res, "member_erase");
}

/* GET /members/:id/erase -- what goes and what stays, and the question. */
enum status
page_member_erase(struct req *req, struct res *res)
{
	struct member member;
	struct form form;
	enum status status = asked_living_member(req, &member);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	return draw(req, res, &member, &form);
}

static enum db_result
erase(struct req *req, const struct member *m)
{
	const struct actor actor = asked_actor(req);
	int64_t local;
	enum db_result rc = branch_local(req->db, req->arena, actor.company,
	                                 m->branch_id, req->now_at, &local);

	if (rc == DB_OK)
		rc = member_erase(req->db, req->arena, &actor, m->id,
		                  words(WORD_ERASED_MEMBER), local);
	return rc == DB_NONE ? DB_OK : rc;	/* somebody else has */
}

/*
 * POST /members/:id/erase {sure} -- 303 to what is left of the member's page;
 * also when nothing was left to erase.
 */
enum status
do_member_erase(struct req *req, struct res *res)
{
	struct typed typed = { false };
	struct member member;
	struct form form;
	enum status status = asked_member(req, &member);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read(&form, &typed);
	if (member.erased_at == CLOCK_NO_TIME && !typed.sure) {
		form_refuse(&form, "sure", WORD_TICK_THIS);
		status = draw(req, res, &member, &form);
		return status == HTTP_200 ? HTTP_422 : status;
	}
	if (erase(req, &member) != DB_OK)
		return HTTP_503;
	feed_wake(req->caller.company);
	return http_redirect(res, page_url(req, &member));
}
