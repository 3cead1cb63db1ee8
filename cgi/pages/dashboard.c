/* dashboard.c: today at the gym */
#include "http/view.h"
#include "pages/handlers.h"
#include "pages/present.h"

static enum status
read_model(struct req *req, struct res *res)
{
	struct feed_scope scope = { req->caller.company,
		                    req->caller.branch_id };
	struct present_today today;
	enum status status = present_read_today(req->db, req->arena, &scope,
	                                        req->now_at, true, &today);

	if (status == HTTP_200)
		present_feed(res->model, &today);
	return status;
}

/* GET / -- who came today, how memberships stand, the terminals. */
enum status
page_dashboard(struct req *req, struct res *res)
{
	enum status status = read_model(req, res);

	return status == HTTP_200 ? view_page(res, "dashboard") : status;
}

/* GET /feed -- the part of it that moves, for live.js. */
enum status
part_feed(struct req *req, struct res *res)
{
	enum status status = read_model(req, res);

	return status == HTTP_200 ? view_fragment(res, "feed") : status;
}
