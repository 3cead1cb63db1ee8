/* users.c: who works here, and as what: the list, and somebody new */
#include "gym/user.h"

#include "gym/role.h"
#include "gym/secret.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/present.h"

static const char *const roles[] = { "STAFF", "OWNER", NULL };

struct typed {
	const char *email, *name, *password, *role;
	int64_t branch;
};

static const struct form_field fields[] = {
	{ .name = "branch", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct typed, branch) },
	{ .name = "email", .type = FORM_LINE, .is_required = true, .least = 3,
	  .most = USER_EMAIL_MAX, .offset = offsetof(struct typed, email) },
	{ .name = "name", .type = FORM_LINE, .least = 1, .most = USER_NAME_MAX,
	  .offset = offsetof(struct typed, name) },
	{ .name = "password", .type = FORM_SECRET,
	  .least = SECRET_PASSWORD_MIN, .most = SECRET_PASSWORD_MAX,
	  .offset = offsetof(struct typed, password) },
	{ .name = "role", .type = FORM_CHOICE, .is_required = true,
	  .choices = roles, .offset = offsetof(struct typed, role) },
};

/* ---- the list ------------------------------------------------------------ */

static json_object *
present_row(struct req *req, const struct role *role)
{
	json_object *model = json_object_new_object();

	present_str(model, "url", arena_printf(req->arena,
		"/settings/users/%s", choose_id_text(req, role->id)));
	present_str(model, "name_text", role->name);
	present_str(model, "email", role->email);
	present_bool(model, "is_owner_role", role->is_owner);
	present_str(model, "branch_text", role->branch);
	present_bool(model, "is_me", role->user_id == req->caller.user_id);
	return model;
}

/* GET /settings/users -- a line for each role. */
enum status
page_users(struct req *req, struct res *res)
{
	json_object *rows = json_object_new_array();
	struct branch_list branches;
	struct role_list list;

	json_object_object_add(res->model, "users", rows);
	if (asked_branches(req, &branches) != HTTP_200 ||
	    role_list(req->db, req->arena, req->caller.company, &list) !=
	    DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_row(req, &list.rows[i]));
	present_bool(res->model, "has_branches", branches.count > 1);
	export_present(req, res->model, "/settings/users");
	return view_page(res, "users");
}

static const struct export_column columns[] = {
	{ WORD_TITLE_NAME, SHEET_TEXT }, { WORD_TITLE_EMAIL, SHEET_TEXT },
	{ WORD_TITLE_ROLE, SHEET_TEXT }, { WORD_TITLE_BRANCH, SHEET_TEXT },
};

static enum db_result
export_chunk(struct export *x)
{
	struct role_list list;
	enum db_result rc = role_list(x->req->db, x->arena,
	                              x->req->caller.company, &list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++) {
		const struct role *role = &list.rows[i];

		sheet_text(x->sheet, role->name);
		sheet_text(x->sheet, role->email);
		export_word(x, role->is_owner ? WORD_CELL_OWNER
		            : WORD_CELL_STAFF);
		sheet_text(x->sheet, role->branch != NULL ? role->branch
		           : words(WORD_CELL_ALL_BRANCHES));
	}
	return DB_OK;
}

/* GET /settings/users.csv, .xlsx */
enum status
export_users(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"users", "trn_user_roles", columns, FORM_COUNT(columns),
		export_chunk,
	};

	return export_send(req, res, &list, NULL);
}

/* ---- somebody new -------------------------------------------------------- */

static enum status
draw(struct form *f, struct res *res, const struct branch_list *branches,
     enum status status)
{
	form_present(f, res->model);
	choose_present_branches(f, res->model, branches);
	return view_page(res, "user_new") == HTTP_200 ? status : HTTP_500;
}

/* GET /settings/users/new -- the form. */
enum status
page_user_new(struct req *req, struct res *res)
{
	struct branch_list branches;
	struct form form;

	if (asked_branches(req, &branches) != HTTP_200)
		return HTTP_503;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_set(&form, "role", "STAFF");
	return draw(&form, res, &branches, HTTP_200);
}

static bool
take(struct form *f, const struct branch_list *branches, struct role_call *out)
{
	struct typed typed = { .role = "" };

	form_read(f, &typed);
	if (typed.email != NULL && !user_email_valid(typed.email))
		form_refuse(f, "email", WORD_BAD_EMAIL);
	choose_password(f, "password", typed.password,
	                typed.email == NULL ? "" : typed.email,
	                typed.name == NULL ? "" : typed.name);
	if (typed.branch != 0)
		choose_branch(f, branches, typed.branch);
	*out = (struct role_call){
		.actor = asked_actor(f->req), .is_owner = *typed.role == 'O',
		.branch_id = typed.branch, .email = typed.email,
		.name = typed.name, .password = typed.password,
		.nonce = form_nonce(f->req),
	};
	return !f->is_refused;
}

static void
refuse(struct form *f, const struct role_call *call)
{
	if (call->fault == ROLE_KNOWN)
		form_refuse(f, "email", WORD_ROLE_KNOWN);
	if (call->fault == ROLE_ELSEWHERE)
		form_refuse(f, "email", WORD_ROLE_ELSEWHERE);
	if (call->fault == ROLE_OWN_PASSWORD)
		form_refuse(f, "password", WORD_OWN_PASSWORD);
	if (call->fault != ROLE_NEW_PERSON)
		return;
	if (call->name == NULL)
		form_refuse(f, "name", WORD_REQUIRED);
	if (call->password == NULL)
		form_refuse(f, "password", WORD_REQUIRED);
}

/*
 * POST /settings/users/new {email, name, password, role, branch, nonce} -- 303
 * to the list.  Who works here already keeps name and password.
 */
enum status
do_user_new(struct req *req, struct res *res)
{
	struct branch_list branches;
	struct role_call call;
	struct form form;

	if (asked_branches(req, &branches) != HTTP_200)
		return HTTP_503;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	if (!take(&form, &branches, &call))
		return draw(&form, res, &branches, HTTP_422);
	switch (role_give(req->db, req->arena, &call)) {
	case DB_OK:
		return http_redirect(res, "/settings/users");
	case DB_NONE:
		refuse(&form, &call);
		return draw(&form, res, &branches, HTTP_422);
	default:
		return HTTP_503;
	}
}
