/* device_replace.c: a terminal is replaced, or takes over numbers of another */
#include "gym/device_replace.h"

#include <string.h>

#include "gym/device_edit.h"
#include "gym/feed.h"
#include "gym/inbox.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

/* What either of the forms holds. */
struct typed {
	const char *sn;
	int64_t copied;
};

/* ---- replace ------------------------------------------------------------- */

static const struct form_field replace_fields[] = {
	{ .name = "sn", .type = FORM_WORD, .is_required = true, .least = 1,
	  .most = DEVICE_SN_MAX, .also = "-_.",
	  .offset = offsetof(struct typed, sn) },
};

static enum status
draw_replace(struct form *f, struct res *res, const struct device *device,
             const char *sn, enum status status)
{
	present_str(res->model, "name_text", device->name);
	present_str(res->model, "device_sn", sn);
	form_present(f, res->model);
	return view_page(res, "device_replace") == HTTP_200 ? status
		: HTTP_500;
}

/* GET /devices/:sn/replace -- which one takes its place? */
enum status
page_device_replace(struct req *req, struct res *res)
{
	struct device device;
	struct form form;
	const char *sn;
	enum status status = asked_device(req, &device, &sn);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, replace_fields, FORM_COUNT(replace_fields));
	return draw_replace(&form, res, &device, sn, HTTP_200);
}

/* Has this form replaced it already?  Then it is not there any more. */
static bool
is_done(struct req *req)
{
	const char *made;

	return device_find_nonce(req->db, req->arena, req->caller.company,
	                         form_nonce(req), &made) == DB_OK;
}

/* POST /devices/:sn/replace {sn, nonce} -- 303 to the list. */
enum status
do_device_replace(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct typed typed = { 0 };
	struct device device;
	struct form form;
	const char *sn;
	enum status status = asked_device(req, &device, &sn);

	if (status == HTTP_404 && is_done(req))
		return http_redirect(res, "/devices");
	if (status != HTTP_200)
		return status;
	form_begin(&form, req, replace_fields, FORM_COUNT(replace_fields));
	if (!form_read(&form, &typed))
		return draw_replace(&form, res, &device, sn, HTTP_422);
	switch (device_replace(req->db, req->arena, &actor, sn, typed.sn,
	                       form_nonce(req))) {
	case DB_OK:
		feed_wake(req->caller.company);
		return http_redirect(res, "/devices");
	case DB_NONE:
		return HTTP_404;
	case DB_DUPLICATE:
		form_refuse(&form, "sn", WORD_TERMINAL_TAKEN);
		return draw_replace(&form, res, &device, sn, HTTP_422);
	default:
		return HTTP_503;
	}
}

/* ---- copy ---------------------------------------------------------------- */

static const struct form_field copy_fields[] = {
	{ .name = "copied", .type = FORM_INT, .most = INT64_MAX,
	  .offset = offsetof(struct typed, copied) },
	{ .name = "terminal", .type = FORM_WORD, .is_required = true,
	  .least = 1, .most = DEVICE_SN_MAX, .also = "-_.",
	  .offset = offsetof(struct typed, sn) },
};

/* A copy on its way: to `sn`, from one of `others`. */
struct copy {
	struct req *req;
	struct device device;
	const char *sn;
	struct device_state *others;
	size_t count;
	struct form form;
	struct typed typed;
};

static enum status
find(struct copy *c, struct req *req)
{
	enum status status;
	size_t kept = 0;

	*c = (struct copy){ .req = req, .typed = { NULL, -1 } };
	form_begin(&c->form, req, copy_fields, FORM_COUNT(copy_fields));
	status = asked_device(req, &c->device, &c->sn);
	if (status != HTTP_200)
		return status;
	if (device_list(req->db, req->arena, req->caller.company,
	                req->caller.branch_id, &c->others, &c->count) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->others[i].sn, c->sn) != 0)
			c->others[kept++] = c->others[i];
	}
	c->count = kept;
	return HTTP_200;
}

static bool
is_known(const struct copy *c)
{
	return c->typed.sn != NULL &&
		choose_has_terminal(c->others, c->count, c->typed.sn);
}

/* What was left out, because it is somebody else's. */
static enum status
present_held(struct copy *c, json_object *model)
{
	json_object *rows = json_object_new_array();
	struct device_held *list = NULL;
	size_t count = 0;

	if (is_known(c) && c->typed.copied >= 0 &&
	    device_list_held(c->req->db, c->req->arena,
	                     c->req->caller.company, c->typed.sn, c->sn,
	                     &list, &count) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < count; i++) {
		json_object *row = json_object_new_object();

		present_str(row, "user_text", list[i].user_id);
		present_str(row, "from_text", list[i].member_from);
		present_str(row, "to_text", list[i].member_to);
		json_object_array_add(rows, row);
	}
	json_object_object_add(model, "held", rows);
	present_bool(model, "has_held", count > 0);
	present_bool(model, "has_more_held", count == DEVICE_HELD_MAX);
	return HTTP_200;
}

static enum status
draw_copy(struct copy *c, struct res *res, enum status status)
{
	bool is_done = is_known(c) && c->typed.copied >= 0;
	json_object *model = res->model;

	present_str(model, "name_text", c->device.name);
	present_str(model, "device_sn", c->sn);
	present_bool(model, "is_done", is_done);
	present_number(model, "copied_text", is_done ? c->typed.copied : 0);
	present_bool(model, "is_one", c->typed.copied == 1);
	present_bool(model, "has_others", c->count > 0);
	form_present(&c->form, model);
	choose_present_terminals(&c->form, model, c->others, c->count);
	if (present_held(c, model) != HTTP_200)
		return HTTP_503;
	return view_page(res, "device_copy") == HTTP_200 ? status : HTTP_500;
}

/*
 * GET /devices/:sn/copy?terminal=&copied= -- from which one?  With `copied`:
 * so many were copied from it, and these were not.
 */
enum status
page_device_copy(struct req *req, struct res *res)
{
	struct copy c;
	enum status status = find(&c, req);

	if (status != HTTP_200)
		return status;
	form_read_query(&c.form, &c.typed);
	return draw_copy(&c, res, HTTP_200);
}

static enum status
finish_copy(struct copy *c, struct res *res, int64_t copied)
{
	struct req *req = c->req;
	struct buf url = BUF_INIT;
	enum status status;
	size_t taken;

	/* what waited for the numbers; what fails now, the next sweep does */
	inbox_sweep(req->db, req->caller.company, req->now_at, &taken);
	feed_wake(req->caller.company);
	buf_appendf(&url, "/devices/%s/copy", c->sn);
	http_add_query(&url, "terminal", c->typed.sn);
	http_add_query(&url, "copied", choose_id_text(req, copied));
	status = http_redirect(res, url.data);
	buf_finish(&url);
	return status;
}

/* POST /devices/:sn/copy {terminal} -- 303 to what came of it. */
enum status
do_device_copy(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct copy c;
	int64_t copied;
	enum status status = find(&c, req);

	if (status != HTTP_200)
		return status;
	form_read(&c.form, &c.typed);
	c.typed.copied = -1;
	if (c.typed.sn != NULL && !is_known(&c))
		form_refuse(&c.form, "terminal", WORD_NOT_A_CHOICE);
	if (c.form.is_refused)
		return draw_copy(&c, res, HTTP_422);
	switch (device_copy(req->db, req->arena, &actor, c.typed.sn, c.sn,
	                    &copied)) {
	case DB_OK:
		return finish_copy(&c, res, copied);
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
}
