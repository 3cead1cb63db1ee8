/* member_freeze.c: a membership rests from a day on */
#include "gym/freeze.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

#define BEGINS_WITHIN_DAYS 366	/* of today; else it is a typing error */
#define LASTS_MOST_DAYS 3660

struct typed {
	const char *kind, *note;
	int32_t from, to;
};

static const char *const kinds[] = { "FREEZE", "INACTIVE", NULL };

static const struct form_field fields[] = {
	{ .name = "from", .type = FORM_DAY, .is_required = true,
	  .offset = offsetof(struct typed, from) },
	{ .name = "kind", .type = FORM_CHOICE, .is_required = true,
	  .choices = kinds, .offset = offsetof(struct typed, kind) },
	{ .name = "note", .type = FORM_LINE, .most = FREEZE_NOTE_MAX,
	  .offset = offsetof(struct typed, note) },
	{ .name = "to", .type = FORM_DAY,
	  .offset = offsetof(struct typed, to) },
};

static enum status
draw(struct req *req, struct res *res, const struct member *m, struct form *f)
{
	present_str(res->model, "member_url", arena_printf(req->arena,
		"/members/%" PRId64, m->id));
	present_str(res->model, "name_text", m->name);
	form_present(f, res->model);
	return view_page(res, "member_freeze");
}

/* GET /members/:id/freeze -- from today on, until further notice. */
enum status
page_member_freeze(struct req *req, struct res *res)
{
	struct member member;
	struct form form;
	int32_t today;
	enum status status = asked_living_member(req, &member);

	if (status == HTTP_200)
		status = asked_today(req, member.branch_id, &today);
	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_set(&form, "kind", kinds[0]);
	form_set_day(&form, "from", today);
	return draw(req, res, &member, &form);
}

/* Reads what was typed; false when some of it is refused. */
static bool
take(struct form *f, int32_t today, struct freeze_row *row)
{
	struct typed typed = { .to = CLOCK_NO_DAY };

	if (!form_read(f, &typed))
		return false;
	if (typed.from < today - BEGINS_WITHIN_DAYS ||
	    typed.from > today + BEGINS_WITHIN_DAYS)
		form_refuse(f, "from", WORD_OUT_OF_BOUNDS);
	if (typed.to != CLOCK_NO_DAY && typed.to < typed.from)
		form_refuse(f, "to", WORD_END_BEFORE_START);
	if (typed.to != CLOCK_NO_DAY &&
	    typed.to - typed.from > LASTS_MOST_DAYS)
		form_refuse(f, "to", WORD_OUT_OF_BOUNDS);
	*row = (struct freeze_row){
		.is_inactive = strcmp(typed.kind, "INACTIVE") == 0,
		.from_day = typed.from, .to_day = typed.to, .note = typed.note,
	};
	return !f->is_refused;
}

/*
 * POST /members/:id/freeze {kind, from, to, note, nonce} -- 303 to the
 * member's page; posted twice it is one.
 */
enum status
do_member_freeze(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct member member;
	struct freeze_row row;
	struct form form;
	int32_t today;
	enum db_result rc = DB_DUPLICATE;
	enum status status = asked_living_member(req, &member);

	if (status == HTTP_200)
		status = asked_today(req, member.branch_id, &today);
	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	if (take(&form, today, &row)) {
		rc = freeze_add(req->db, &actor, member.id, &row,
		                form_nonce(req));
		if (rc == DB_DUPLICATE)
			form_refuse(&form, "from", WORD_FREEZE_OVERLAPS);
	}
	if (rc == DB_OK) {
		feed_wake(req->caller.company);
		return http_redirect(res, arena_printf(req->arena,
			"/members/%" PRId64, member.id));
	}
	if (rc != DB_DUPLICATE)
		return rc == DB_NONE ? HTTP_404 : HTTP_503;
	status = draw(req, res, &member, &form);
	return status == HTTP_200 ? HTTP_422 : status;
}
