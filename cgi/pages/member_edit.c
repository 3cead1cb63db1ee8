/* member_edit.c: what is known of a member, changed */
#include "gym/member_edit.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/phone.h"
#include "gym/company.h"
#include "gym/user.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

#define PHONE_TYPED_MAX 40
#define FIRST_JOINED "1950-01-01"	/* a typing error, before that ... */
#define JOINED_AHEAD_DAYS 366		/* ... or after so many days from now */

struct typed {
	const char *name, *code, *phone, *email, *notes;
	int64_t branch;
	int32_t joined, birth;
};

static const struct form_field fields[] = {
	{ .name = "birth", .type = FORM_DAY,
	  .offset = offsetof(struct typed, birth) },
	{ .name = "branch", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct typed, branch) },
	{ .name = "code", .type = FORM_WORD, .is_required = true, .least = 1,
	  .most = MEMBER_CODE_MAX, .also = MEMBER_CODE_ALSO,
	  .offset = offsetof(struct typed, code) },
	{ .name = "email", .type = FORM_LINE, .most = MEMBER_EMAIL_MAX,
	  .offset = offsetof(struct typed, email) },
	{ .name = "joined", .type = FORM_DAY, .is_required = true,
	  .offset = offsetof(struct typed, joined) },
	{ .name = "name", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = MEMBER_NAME_MAX, .offset = offsetof(struct typed, name) },
	{ .name = "notes", .type = FORM_LINES, .most = MEMBER_NOTES_MAX,
	  .offset = offsetof(struct typed, notes) },
	{ .name = "phone", .type = FORM_LINE, .most = PHONE_TYPED_MAX,
	  .offset = offsetof(struct typed, phone) },
};

/* One edit on its way. */
struct edit {
	struct req *req;
	struct member member;	/* as stored; then as it is to be */
	struct branch_list branches;	/* to choose from; none: no choice */
	struct form form;
	int64_t version;	/* the one that the form was made from */
	bool is_stale;
};

/* ---- reading ------------------------------------------------------------- */

/* Who sees one branch alone would lose a member who is moved to another. */
static enum status
find(struct edit *e)
{
	struct req *req = e->req;
	enum status status = asked_living_member(req, &e->member);

	e->branches = (struct branch_list){ 0 };
	if (status != HTTP_200 || req->caller.branch_id != 0)
		return status;
	if (branch_list(req->db, req->arena, req->caller.company,
	                &e->branches) != DB_OK)
		return HTTP_503;
	if (e->branches.count < 2)
		e->branches.count = 0;
	return HTTP_200;
}

/* What the fields show of a member. */
static void
set_fields(struct form *f, struct req *req, const struct member *m)
{
	char phone[PHONE_TEXT_SIZE];

	form_begin(f, req, fields, FORM_COUNT(fields));
	form_set_day(f, "birth", m->birth_day);
	form_set_int(f, "branch", m->branch_id);
	form_set(f, "code", m->code);
	form_set(f, "email", m->email);
	form_set_day(f, "joined", m->joined_day);
	form_set(f, "name", m->name);
	form_set(f, "notes", m->notes);
	if (m->phone != NULL)
		form_set(f, "phone", arena_strdup(req->arena, phone_text(
			m->phone, req->caller.phone_code, phone)));
}

static void
take_phone(struct edit *e, const char *typed)
{
	char phone[PHONE_SIZE];

	e->member.phone = NULL;
	if (typed == NULL)
		return;
	if (phone_parse(typed, e->req->caller.phone_code, phone))
		e->member.phone = arena_strdup(e->req->arena, phone);
	else
		form_refuse(&e->form, "phone", WORD_BAD_PHONE);
}

static void
take_joined(struct edit *e, int32_t day)
{
	int32_t least = 0, most = clock_day(e->req->now_at / 1000) +
		JOINED_AHEAD_DAYS;

	clock_parse_day(FIRST_JOINED, &least);
	e->member.joined_day = day;
	if (day < least || day > most)
		form_refuse(&e->form, "joined", WORD_OUT_OF_BOUNDS);
}

static enum status
take_birth(struct edit *e, int32_t day)
{
	int32_t today;
	enum status status = asked_today(e->req, e->member.branch_id, &today);

	e->member.birth_day = day;
	if (status == HTTP_200 && day != CLOCK_NO_DAY &&
	    !member_birth_may_be(day, today))
		form_refuse(&e->form, "birth", WORD_BAD_BIRTH);
	return status;
}

static void
take_branch(struct edit *e, int64_t id)
{
	if (e->branches.count == 0)
		return;
	for (size_t i = 0; i < e->branches.count; i++) {
		if (e->branches.rows[i].id == id) {
			e->member.branch_id = id;
			return;
		}
	}
	form_refuse(&e->form, "branch", WORD_NOT_A_CHOICE);
}

/* Puts what was typed into the member; HTTP_422: some of it is refused. */
static enum status
take(struct edit *e)
{
	struct typed typed = { .birth = CLOCK_NO_DAY };
	enum status status;

	form_begin(&e->form, e->req, fields, FORM_COUNT(fields));
	form_read(&e->form, &typed);
	take_phone(e, typed.phone);
	take_joined(e, typed.joined);
	status = take_birth(e, typed.birth);
	take_branch(e, typed.branch);
	if (typed.email != NULL && !user_email_valid(typed.email))
		form_refuse(&e->form, "email", WORD_BAD_EMAIL);
	e->member.name = typed.name;
	e->member.code = typed.code;
	e->member.email = typed.email;
	e->member.notes = typed.notes;
	e->version = http_find_id(&e->req->form, "version");
	return status == HTTP_200 && e->form.is_refused ? HTTP_422 : status;
}

/* ---- drawing ------------------------------------------------------------- */

static void
present_branches(struct edit *e, json_object *model)
{
	size_t count = e->branches.count;
	struct form_choice *list = arena_alloc(e->req->arena,
	                                       (count + 1) * sizeof *list);

	for (size_t i = 0; i < count; i++)
		list[i] = (struct form_choice){
			arena_printf(e->req->arena, "%" PRId64,
			             e->branches.rows[i].id),
			e->branches.rows[i].name,
		};
	form_present_choices(&e->form, model, "branch", list, count);
	present_bool(model, "has_branches", count > 0);
}

/* Beside each field what somebody else has stored there meanwhile. */
static void
present_now(struct edit *e, const struct member *now, json_object *model)
{
	struct form stored;
	char day[VIEW_TEXT_SIZE];

	set_fields(&stored, e->req, now);
	for (size_t i = 0; i < FORM_COUNT(fields); i++) {
		const char *name = fields[i].name;
		const char *text = form_typed(&stored, name);
		bool differs = e->is_stale &&
			strcmp(text, form_typed(&e->form, name)) != 0;

		if (strcmp(name, "joined") == 0)
			text = view_day_text(now->joined_day, day);
		if (strcmp(name, "birth") == 0 && *text != '\0')
			text = view_day_text(now->birth_day, day);
		if (strcmp(name, "branch") == 0)
			text = now->branch;
		name = arena_printf(e->req->arena, "%s_now", name);
		present_str(model, name, !differs ? NULL
		            : *text == '\0' ? "-" : text);
	}
}

static enum status
draw(struct edit *e, struct res *res, const struct member *now)
{
	json_object *model = res->model;

	present_str(model, "member_url", arena_printf(e->req->arena,
		"/members/%" PRId64, now->id));
	present_str(model, "name_text", now->name);
	present_str(model, "row_version", arena_printf(e->req->arena, "%" PRId64,
	                                           e->version));
	form_present(&e->form, model);
	present_branches(e, model);
	present_bool(model, "is_stale", e->is_stale);
	present_now(e, now, model);
	return view_page(res, "member_edit");
}

static enum status
draw_again(struct edit *e, struct res *res)
{
	struct member now;
	enum status status = asked_living_member(e->req, &now);

	if (status != HTTP_200)
		return status;
	if (e->is_stale)
		e->version = now.version;
	status = draw(e, res, &now);
	return status == HTTP_200 ? HTTP_422 : status;
}

/* GET /members/:id/edit -- the form, as stored. */
enum status
page_member_edit(struct req *req, struct res *res)
{
	struct edit e = { .req = req };
	enum status status = find(&e);

	if (status != HTTP_200)
		return status;
	set_fields(&e.form, req, &e.member);
	e.version = e.member.version;
	return draw(&e, res, &e.member);
}

/*
 * POST /members/:id/edit {version, name, code, phone, email, branch, joined,
 * birth, notes} -- 303 to the member's page.  Where somebody has changed the member
 * since the form was drawn, nothing is stored, and both are shown.
 */
enum status
do_member_edit(struct req *req, struct res *res)
{
	struct edit e = { .req = req };
	const struct actor actor = asked_actor(req);
	enum status status = find(&e);

	if (status == HTTP_200)
		status = take(&e);
	if (status != HTTP_200)
		return status == HTTP_422 ? draw_again(&e, res) : status;
	e.member.version = e.version;
	switch (member_edit(req->db, req->arena, &actor, &e.member)) {
	case DB_OK:
		return http_redirect(res, arena_printf(req->arena,
			"/members/%" PRId64, e.member.id));
	case DB_NONE:
		e.is_stale = true;
		return draw_again(&e, res);
	case DB_DUPLICATE:
		form_refuse(&e.form, "code", WORD_CODE_TAKEN);
		return draw_again(&e, res);
	default:
		return HTTP_503;
	}
}
