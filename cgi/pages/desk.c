/* desk.c: the front desk: a screen that shows who comes in */
#include <inttypes.h>

#include "base/log.h"
#include "base/network.h"
#include "gym/delay.h"
#include "gym/display.h"
#include "gym/member_photo.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/present_desk.h"

/* GET /desk -- the last who came, large, and the ten before; a whole screen. */
enum status
page_desk(struct req *req, struct res *res)
{
	enum status status = present_desk(req, res->model);

	if (status != HTTP_200) {
		http_header(res, "Refresh", "15");
		return status;
	}
	http_set_cookie(req, res, DISPLAY_COOKIE,
	                http_cookie(req, DISPLAY_COOKIE), DISPLAY_LIFE_S);
	present_bool(res->model, "is_bare", true);
	return view_page(res, "desk");
}

/* GET /desk/feed -- the part of it that moves, for desk.js. */
enum status
part_desk_feed(struct req *req, struct res *res)
{
	enum status status = present_desk(req, res->model);

	return status == HTTP_200 ? view_fragment(res, "desk_feed") : status;
}

/* GET /desk/photos/:id/large.jpg -- of who has come to this desk today. */
enum status
image_desk(struct req *req, struct res *res)
{
	const char *company = req->caller.company;
	struct feed_scope scope = { company, req->caller.branch_id };
	int64_t id = http_find_id(&req->segments, "id");
	struct photo_file file;
	enum status status;
	int32_t day;

	if (id == 0)
		return HTTP_404;
	if (!present_find_day(req->db, req->arena, &scope, req->now_at, &day))
		return HTTP_503;
	status = asked_found(feed_has_member(req->db, &scope, day, id));
	if (status == HTTP_200)
		status = asked_found(member_photo_load(req->db, req->arena,
			company, 0, id, true, &file));
	if (status != HTTP_200)
		return status;
	res->content_type = "image/jpeg";
	http_header(res, "Cross-Origin-Resource-Policy", "same-origin");
	buf_append(&res->body, file.data, file.len);
	return HTTP_200;
}

/* ---- pairing ------------------------------------------------------------- */

static enum status
draw(struct res *res, bool is_wrong, int64_t wait_s, enum status status)
{
	char wait[VIEW_TEXT_SIZE];

	present_bool(res->model, "is_wrong", is_wrong);
	present_str(res->model, "wait_text", wait_s == 0 ? NULL
	            : view_span_text(wait_s, wait));
	return view_page(res, "desk_pair") == HTTP_200 ? status : HTTP_500;
}

/* GET /desk/pair -- where the code of a display is typed. */
enum status
page_desk_pair(struct req *req, struct res *res)
{
	(void)req;
	return draw(res, false, 0, HTTP_200);
}

/* POST /desk/pair {code} -- 303 to the desk, with a cookie of its own. */
enum status
do_desk_pair(struct req *req, struct res *res)
{
	const char *typed = http_find(&req->form, "code");
	char code[SECRET_CODE_SIZE], secret[SECRET_HASH_SIZE];
	char network[NETWORK_SIZE];
	int64_t wait_s = 0;
	enum db_result rc;

	if (typed == NULL || !secret_read_code(typed, code))
		return draw(res, true, 0, HTTP_422);
	network_of(req->address, network);
	rc = delay_try(req->db, DELAY_PAIRING, network, req->now_at, &wait_s);
	if (rc == DB_NONE) {
		http_header(res, "Retry-After", "%" PRId64, wait_s);
		return draw(res, false, wait_s, HTTP_429);
	}
	if (rc == DB_OK)
		rc = display_pair(req->db, req->arena, code, req->address,
		                  req->now_at, secret);
	if (rc == DB_NONE) {
		log_warn("a display's code refused from %s", req->address);
		return draw(res, true, 0, HTTP_422);
	}
	if (rc != DB_OK)
		return HTTP_503;
	delay_clear(req->db, DELAY_PAIRING, network);
	http_set_cookie(req, res, DISPLAY_COOKIE, secret, DISPLAY_LIFE_S);
	return http_redirect(res, "/desk");
}
