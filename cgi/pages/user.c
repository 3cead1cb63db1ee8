/* user.c: somebody who works here: role, password, farewell */
#include "gym/role.h"
#include "gym/secret.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

static const char *const roles[] = { "STAFF", "OWNER", NULL };

struct typed {
	const char *password, *role;
	int64_t branch;
};

static const struct form_field role_fields[] = {
	{ .name = "branch", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct typed, branch) },
	{ .name = "role", .type = FORM_CHOICE, .is_required = true,
	  .choices = roles, .offset = offsetof(struct typed, role) },
};

static const struct form_field password_fields[] = {
	{ .name = "password", .type = FORM_SECRET, .is_required = true,
	  .least = SECRET_PASSWORD_MIN, .most = SECRET_PASSWORD_MAX,
	  .offset = offsetof(struct typed, password) },
};

/* The page on its way. */
struct user_page {
	struct req *req;
	struct role role;	/* as stored */
	struct branch_list branches;
	struct form form, password;
	enum role_fault fault;	/* of what was tried */
	bool is_reset;		/* the password was, a moment ago */
};

static enum status
find(struct user_page *p, struct req *req)
{
	int64_t id = http_find_id(&req->segments, "id");

	*p = (struct user_page){ .req = req };
	form_begin(&p->form, req, role_fields, FORM_COUNT(role_fields));
	form_begin(&p->password, req, password_fields,
	           FORM_COUNT(password_fields));
	switch (role_find(req->db, req->arena, req->caller.company, id,
	                  &p->role)) {
	case DB_OK:
		return asked_branches(req, &p->branches);
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
}

static void
set_role(struct user_page *p)
{
	form_set(&p->form, "role", p->role.is_owner ? "OWNER" : "STAFF");
	if (p->role.branch_id != 0)
		form_set_int(&p->form, "branch", p->role.branch_id);
}

static void
present_role(const struct user_page *p, json_object *model)
{
	const struct role *role = &p->role;
	bool is_me = role->user_id == p->req->caller.user_id;

	present_str(model, "user_url", arena_printf(p->req->arena,
		"/settings/users/%s", choose_id_text(p->req, role->id)));
	present_str(model, "name_text", role->name);
	present_str(model, "email", role->email);
	present_bool(model, "is_owner_role", role->is_owner);
	present_str(model, "branch_text", role->branch);
	present_bool(model, "is_me", is_me);
	present_bool(model, "is_elsewhere", role->is_elsewhere && !is_me);
	present_bool(model, "may_reset", !role->is_elsewhere && !is_me);
}

static enum status
draw(struct user_page *p, struct res *res, enum status status)
{
	json_object *model = res->model;

	present_role(p, model);
	present_str(model, "row_version",
	            choose_id_text(p->req, p->role.version));
	form_present(&p->password, model);
	form_present(&p->form, model);
	choose_present_branches(&p->form, model, &p->branches);
	/* who is limited to the only one stays so */
	present_bool(model, "has_branches", p->branches.count > 1 ||
	             p->role.branch_id != 0);
	present_bool(model, "is_stale", p->fault == ROLE_STALE);
	present_bool(model, "is_last_owner", p->fault == ROLE_LAST_OWNER);
	present_bool(model, "is_reset", p->is_reset);
	return view_page(res, "user") == HTTP_200 ? status : HTTP_500;
}

/* GET /settings/users/:id?reset=1 -- who it is, and what can be changed. */
enum status
page_user(struct req *req, struct res *res)
{
	struct user_page p;
	enum status status = find(&p, req);

	if (status != HTTP_200)
		return status;
	p.is_reset = http_find(&req->query, "reset") != NULL;
	set_role(&p);
	return draw(&p, res, HTTP_200);
}

static struct role_call
begin_call(const struct user_page *p)
{
	return (struct role_call){
		.actor = asked_actor(p->req), .id = p->role.id,
		.version = http_find_id(&p->req->form, "version"),
	};
}

/* What came of a call that was not done; the page as it is now. */
static enum status
draw_fault(struct user_page *p, struct res *res, const struct role_call *call)
{
	struct user_page now;
	enum status status = find(&now, p->req);

	if (call->fault == ROLE_GONE || status != HTTP_200)
		return status == HTTP_200 ? HTTP_404 : status;
	now.fault = call->fault;
	set_role(&now);
	if (call->fault == ROLE_KNOWN)
		form_refuse(&now.form, "branch", WORD_ROLE_KNOWN);
	if (call->fault == ROLE_OWN_PASSWORD)
		form_refuse(&now.password, "password", WORD_OWN_PASSWORD);
	return draw(&now, res, HTTP_422);
}

/* POST /settings/users/:id/role {version, role, branch} -- 303 to the list. */
enum status
do_user_role(struct req *req, struct res *res)
{
	struct typed typed = { .role = "" };
	struct role_call call;
	struct user_page p;
	enum status status = find(&p, req);

	if (status != HTTP_200)
		return status;
	form_read(&p.form, &typed);
	if (typed.branch != 0)
		choose_branch(&p.form, &p.branches, typed.branch);
	if (p.form.is_refused)
		return draw(&p, res, HTTP_422);
	call = begin_call(&p);
	call.is_owner = *typed.role == 'O';
	call.branch_id = typed.branch;
	switch (role_change(req->db, req->arena, &call)) {
	case DB_OK:
		return http_redirect(res, "/settings/users");
	case DB_NONE:
		return draw_fault(&p, res, &call);
	default:
		return HTTP_503;
	}
}

/* GET /settings/users/:id/remove -- is it meant? */
enum status
page_user_remove(struct req *req, struct res *res)
{
	struct user_page p;
	enum status status = find(&p, req);

	if (status != HTTP_200)
		return status;
	present_role(&p, res->model);
	return view_page(res, "user_remove");
}

/* POST /settings/users/:id/remove -- the role is gone: 303 to the list. */
enum status
do_user_remove(struct req *req, struct res *res)
{
	struct role_call call;
	struct user_page p;
	enum status status = find(&p, req);

	if (status != HTTP_200)
		return status;
	call = begin_call(&p);
	switch (role_take(req->db, req->arena, &call)) {
	case DB_OK:
		return http_redirect(res, "/settings/users");
	case DB_NONE:
		return draw_fault(&p, res, &call);
	default:
		return HTTP_503;
	}
}

static bool
take_password(struct user_page *p, struct typed *typed)
{
	form_read(&p->password, typed);
	choose_password(&p->password, "password", typed->password,
	                p->role.email, p->role.name);
	if (p->role.user_id == p->req->caller.user_id)
		form_refuse(&p->password, "password", WORD_OWN_PASSWORD);
	return !p->password.is_refused;
}

/*
 * POST /settings/users/:id/password {password} -- a new one, which ends all
 * their sessions; only of somebody who works nowhere else: 303 to their page.
 */
enum status
do_user_password(struct req *req, struct res *res)
{
	struct typed typed = { 0 };
	struct role_call call;
	struct user_page p;
	enum status status = find(&p, req);

	if (status != HTTP_200)
		return status;
	set_role(&p);
	if (!take_password(&p, &typed))
		return draw(&p, res, HTTP_422);
	call = begin_call(&p);
	call.password = typed.password;
	switch (role_reset(req->db, req->arena, &call)) {
	case DB_OK:
		return http_redirect(res, arena_printf(req->arena,
			"/settings/users/%s?reset=1",
			choose_id_text(req, p.role.id)));
	case DB_NONE:
		return draw_fault(&p, res, &call);
	default:
		return HTTP_503;
	}
}
