/* account.c: one's own password, sessions, and gyms */
#include <string.h>

#include "base/text.h"
#include "gym/alert_wanted.h"
#include "gym/company.h"
#include "gym/role.h"
#include "gym/secret.h"
#include "gym/session.h"
#include "gym/user.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

struct typed {
	const char *old, *new, *again;
};

static const struct form_field fields[] = {
	{ .name = "again", .type = FORM_SECRET, .is_required = true,
	  .least = 1, .most = SECRET_PASSWORD_MAX,
	  .offset = offsetof(struct typed, again) },
	{ .name = "new", .type = FORM_SECRET, .is_required = true,
	  .least = SECRET_PASSWORD_MIN, .most = SECRET_PASSWORD_MAX,
	  .offset = offsetof(struct typed, new) },
	{ .name = "old", .type = FORM_SECRET, .is_required = true, .least = 1,
	  .most = SECRET_PASSWORD_MAX, .offset = offsetof(struct typed, old) },
};

static enum status
present_companies(struct req *req, json_object *model)
{
	json_object *list = json_object_new_array();
	struct role_company *rows;
	size_t count;

	json_object_object_add(model, "companies", list);
	if (role_companies(req->db, req->arena, req->caller.user_id, &rows,
	                   &count) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < count; i++) {
		json_object *row = json_object_new_object();

		present_str(row, "code", rows[i].code);
		present_str(row, "name_text", rows[i].name);
		present_bool(row, "is_owner_role", rows[i].is_owner);
		present_bool(row, "is_here", strcmp(rows[i].code,
		             req->caller.company) == 0);
		json_object_array_add(list, row);
	}
	present_bool(model, "has_companies", count > 1);
	return HTTP_200;
}

static enum status
present_alerts(struct req *req, json_object *model)
{
	bool is_wanted;

	if (alert_wanted_find(req->db, req->caller.company,
	                      req->caller.user_id, &is_wanted) != DB_OK)
		return HTTP_503;
	present_bool(model, "wants_alerts", is_wanted);
	present_bool(model, "is_stored", req->method == HTTP_GET &&
	             http_find(&req->query, "stored") != NULL);
	return HTTP_200;
}

static enum status
draw(struct form *f, struct res *res, const struct user *user,
     enum status status)
{
	struct req *req = f->req;
	const char *done = http_find(&req->query, "done");

	present_str(res->model, "name_text", user->name);
	present_str(res->model, "email", user->email);
	present_bool(res->model, "is_done", done != NULL);
	form_present(f, res->model);
	if (present_companies(req, res->model) != HTTP_200 ||
	    present_alerts(req, res->model) != HTTP_200)
		return HTTP_503;
	return view_page(res, "account") == HTTP_200 ? status : HTTP_500;
}

static enum status
find(struct req *req, struct form *f, struct user *user)
{
	form_begin(f, req, fields, FORM_COUNT(fields));
	return user_find_id(req->db, req->arena, req->caller.user_id, user) ==
		DB_OK ? HTTP_200 : HTTP_503;
}

/*
 * GET /account?done=1&stored=1 -- who one is; with `done`, the password is new;
 * with `stored`, something else is.
 */
enum status
page_account(struct req *req, struct res *res)
{
	struct user user;
	struct form form;
	enum status status = find(req, &form, &user);

	return status == HTTP_200 ? draw(&form, res, &user, HTTP_200) : status;
}

/*
 * The old one is guessed no faster here than where one signs in: who found an
 * open browser must not try them all.
 */
static enum status
check_old(struct form *f, const struct user *user, const char *old)
{
	struct req *req = f->req;
	const struct user_from from = { req->address,
		                        http_cookie(req, USER_BROWSER_COOKIE) };
	int64_t wait_s;

	switch (user_signin_try(req->db, user->email, &from, req->now_at,
	                        &wait_s)) {
	case DB_OK:
		break;
	case DB_NONE:
		form_refuse(f, "old", WORD_TOO_OFTEN);
		return HTTP_429;
	default:
		return HTTP_503;
	}
	if (!secret_password_matches(user->password_hash, old)) {
		form_refuse(f, "old", WORD_WRONG_PASSWORD);
		return HTTP_422;
	}
	user_signin_done(req->db, user->email, &from, req->now_at);
	return HTTP_200;
}

/* Every session has ended; this browser gets another one. */
static enum status
begin_anew(struct req *req, struct res *res)
{
	char secret[SECRET_HASH_SIZE];

	if (session_add(req->db, req->caller.user_id, req->caller.company,
	                req->now_at, secret) != DB_OK)
		return HTTP_503;
	http_set_cookie(req, res, SESSION_COOKIE, secret, SESSION_LIFE_S);
	return http_redirect(res, "/account?done=1");
}

/*
 * POST /account {old, new, again} -- another password; all other sessions end:
 * 303 to the page.
 */
enum status
do_account(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct typed typed = { 0 };
	struct user user;
	struct form form;
	enum status status = find(req, &form, &user);

	if (status != HTTP_200)
		return status;
	form_read(&form, &typed);
	choose_password(&form, "new", typed.new, user.email, user.name);
	if (typed.new != NULL && typed.again != NULL &&
	    strcmp(typed.new, typed.again) != 0)
		form_refuse(&form, "again", WORD_NOT_THE_SAME);
	status = form.is_refused ? HTTP_422
		: check_old(&form, &user, typed.old);
	if (status != HTTP_200)
		return status == HTTP_503 ? status
			: draw(&form, res, &user, status);
	if (user_renew_password(req->db, &actor, user.id, typed.new) != DB_OK)
		return HTTP_503;
	return begin_anew(req, res);
}

static enum db_result
add_audit(struct req *req, const char *company, const char *action)
{
	struct actor actor = asked_actor(req);

	actor.company = company;
	return audit_row(req->db, &actor, action, "mst_users",
	                 req->caller.user_id, "");
}

/* POST /account/sign-out-everywhere -- 303 to the sign-in. */
enum status
do_sign_out_everywhere(struct req *req, struct res *res)
{
	if (session_end_all(req->db, req->caller.user_id) == DB_FAIL ||
	    add_audit(req, req->caller.company, "sign out") != DB_OK)
		return HTTP_503;
	http_set_cookie(req, res, SESSION_COOKIE, "", 0);
	return http_redirect(res, "/login?out=1");
}

/*
 * POST /account/company {company} -- this session sees another gym from now
 * on: 303 to its dashboard.
 */
enum status
do_account_company(struct req *req, struct res *res)
{
	const char *company = http_find(&req->form, "company");

	if (company == NULL || !text_is_word(company, COMPANY_CODE_MAX, "-_"))
		return HTTP_404;
	if (strcmp(company, req->caller.company) == 0)
		return http_redirect(res, "/");
	switch (session_switch(req->db, req->caller.session_hash, company)) {
	case DB_OK:
		break;
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
	return add_audit(req, company, "sign in") == DB_OK
		? http_redirect(res, "/") : HTTP_503;
}

/* POST /account/alerts {alerts} -- are the mails wanted?  303 to the page. */
enum status
do_account_alerts(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	bool is_wanted = http_find(&req->form, "alerts") != NULL;

	return alert_wanted_set(req->db, &actor, is_wanted) == DB_OK
		? http_redirect(res, "/account?stored=1") : HTTP_503;
}
