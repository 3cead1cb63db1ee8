/* login.c: signing in and out */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "gym/audit.h"
#include "gym/delay.h"
#include "gym/secret.h"
#include "gym/session.h"
#include "gym/user.h"
#include "http/view.h"
#include "pages/handlers.h"
#include "pages/present.h"

/* What the form shows, at first and when it is drawn again. */
struct login_form {
	const char *email;
	bool is_email_bad, is_password_bad, is_wrong, is_slow, is_signed_out;
	int64_t wait_s;
};

static enum status
draw(struct res *res, const struct login_form *form, enum status status)
{
	char wait[VIEW_TEXT_SIZE];

	present_str(res->model, "email", form->email);
	present_bool(res->model, "is_email_bad", form->is_email_bad);
	present_bool(res->model, "is_password_bad", form->is_password_bad);
	present_bool(res->model, "is_wrong", form->is_wrong);
	present_bool(res->model, "is_slow", form->is_slow);
	present_bool(res->model, "is_signed_out", form->is_signed_out);
	present_str(res->model, "wait_text", view_span_text(form->wait_s,
	                                                    wait));
	return view_page(res, "login") == HTTP_200 ? status : HTTP_500;
}

/* GET /login?out=1 -- the form; with `out`, somebody has just signed out. */
enum status
page_login(struct req *req, struct res *res)
{
	struct login_form form = {
		.email = "",
		.is_signed_out = http_find(&req->query, "out") != NULL,
	};

	return draw(res, &form, HTTP_200);
}

static bool
read_form(struct req *req, struct login_form *form, const char **password)
{
	const char *email = http_find(&req->form, "email");

	form->email = email == NULL ? "" : email;
	*password = http_find(&req->form, "password");
	form->is_email_bad = !user_email_valid(form->email);
	form->is_password_bad = *password == NULL || **password == '\0' ||
		strlen(*password) > SECRET_PASSWORD_MAX;
	if (!text_is_utf8(form->email, strlen(form->email)))
		form->email = "";
	return !form->is_email_bad && !form->is_password_bad;
}

/* Whose password it is, and the company they see first; DB_NONE: nobody's. */
static enum db_result
check_password(struct req *req, const char *email, const char *password,
               struct user *user, const char **company)
{
	enum db_result rc = user_find(req->db, req->arena, email, user);
	bool known = rc == DB_OK && strcmp(user->status, "ACTIVE") == 0;

	if (rc != DB_OK && rc != DB_NONE)
		return rc;
	/* as slow for an unknown address as for a wrong password */
	if (!secret_password_matches(known ? user->password_hash : NULL,
	                             password))
		return DB_NONE;
	return role_first(req->db, req->arena, user->id, company);
}

/* Whoever signs in again has no use for the session before. */
static enum db_result
end_session_before(struct req *req)
{
	const char *secret = http_cookie(req, SESSION_COOKIE);
	char hash[SECRET_HASH_SIZE];

	if (secret == NULL)
		return DB_OK;
	secret_hash(secret, hash);
	return session_end(req->db, hash);
}

static enum status
start_session(struct req *req, struct res *res, const struct user *user,
              const char *company)
{
	char secret[SECRET_HASH_SIZE];
	struct audit line = {
		.company = company, .user_id = user->id, .action = "sign in",
		.table = "mst_users", .fields = "", .address = req->address,
		.row = arena_printf(req->arena, "%lld", (long long)user->id),
	};

	if (end_session_before(req) == DB_FAIL ||
	    session_add(req->db, user->id, company, req->now_at, secret) !=
	    DB_OK || audit_add(req->db, &line, req->now_at) != DB_OK)
		return HTTP_503;
	http_set_cookie(req, res, SESSION_COOKIE, secret, SESSION_LIFE_S);
	return http_redirect(res, "/");
}

/* Where they got in, nobody who guesses elsewhere holds them up. */
static enum status
let_in(struct req *req, struct res *res, const char *email,
       struct user_from from, const struct user *user, const char *company)
{
	char fresh[SECRET_HASH_SIZE];
	enum status status;

	from.browser = user_browser(from.browser, fresh);
	user_signin_done(req->db, email, &from, req->now_at);
	status = start_session(req, res, user, company);
	if (status == HTTP_303)
		http_set_cookie(req, res, USER_BROWSER_COOKIE, from.browser,
		                DELAY_REMEMBER_S);
	return status;
}

/* POST /login {email, password} -- 303 to the dashboard. */
enum status
do_login(struct req *req, struct res *res)
{
	struct login_form form = { 0 };
	const struct user_from from = { req->address,
		                        http_cookie(req, USER_BROWSER_COOKIE) };
	const char *password, *company;
	struct user user;
	enum db_result rc;

	if (!read_form(req, &form, &password))
		return draw(res, &form, HTTP_422);
	rc = user_signin_try(req->db, form.email, &from, req->now_at,
	                     &form.wait_s);
	if (rc == DB_NONE) {
		form.is_slow = true;
		http_header(res, "Retry-After", "%lld",
		            (long long)form.wait_s);
		return draw(res, &form, HTTP_429);
	}
	if (rc == DB_OK)
		rc = check_password(req, form.email, password, &user,
		                    &company);
	if (rc == DB_NONE) {
		log_warn("sign-in refused from %s", req->address);
		form.is_wrong = true;
		return draw(res, &form, HTTP_422);
	}
	if (rc != DB_OK)
		return HTTP_503;
	return let_in(req, res, form.email, from, &user, company);
}

/* POST /logout -- 303 to the form. */
enum status
do_logout(struct req *req, struct res *res)
{
	if (session_end(req->db, req->caller.session_hash) == DB_FAIL)
		return HTTP_503;
	http_set_cookie(req, res, SESSION_COOKIE, "", 0);
	return http_redirect(res, "/login?out=1");
}
