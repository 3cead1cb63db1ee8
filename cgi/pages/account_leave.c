/* account_leave.c: who works at several gyms leaves one of them */
#include "gym/role.h"
#include "gym/session.h"
#include "gym/user.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

static enum status
draw(struct res *res, bool is_only, bool is_last_owner, enum status status)
{
	present_bool(res->model, "is_only", is_only);
	present_bool(res->model, "is_last_owner", is_last_owner);
	return view_page(res, "account_leave") == HTTP_200 ? status : HTTP_500;
}

/* GET /account/leave -- is it meant?  Only where there is another gym. */
enum status
page_account_leave(struct req *req, struct res *res)
{
	struct role_company *rows;
	size_t count;

	if (role_companies(req->db, req->arena, req->caller.user_id, &rows,
	                   &count) != DB_OK)
		return HTTP_503;
	return draw(res, count < 2, false, HTTP_200);
}

/* This browser goes on at another gym; the others are signed out there. */
static enum status
go_on(struct req *req, struct res *res)
{
	const char *company;
	enum db_result rc = role_first(req->db, req->arena,
	                               req->caller.user_id, &company);

	if (rc == DB_OK)
		rc = session_switch(req->db, req->caller.session_hash,
		                    company);
	/* without one they are signed out, and led to the form */
	return rc == DB_OK || rc == DB_NONE ? http_redirect(res, "/")
		: HTTP_503;
}

/* POST /account/leave -- the roles here are gone: 303 to another gym. */
enum status
do_account_leave(struct req *req, struct res *res)
{
	struct role_call call = { .actor = asked_actor(req) };

	switch (role_leave(req->db, req->arena, &call)) {
	case DB_OK:
		return go_on(req, res);
	case DB_NONE:
		return draw(res, call.fault == ROLE_GONE,
		            call.fault == ROLE_LAST_OWNER, HTTP_422);
	default:
		return HTTP_503;
	}
}
