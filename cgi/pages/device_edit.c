/* device_edit.c: a terminal is added, changed, given up */
#include "gym/device_edit.h"

#include "base/clock.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

#define START_AHEAD_DAYS 366	/* after so many, it is a typing error */

struct typed {
	const char *sn, *name;
	int64_t branch, version;
	int32_t start;
};

static const struct form_field fields[] = {
	{ .name = "branch", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct typed, branch) },
	{ .name = "name", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = COMPANY_NAME_MAX, .offset = offsetof(struct typed, name) },
	{ .name = "sn", .type = FORM_WORD, .least = 1, .most = DEVICE_SN_MAX,
	  .also = "-_.", .offset = offsetof(struct typed, sn) },
	{ .name = "start", .type = FORM_DAY, .is_required = true,
	  .offset = offsetof(struct typed, start) },
};

/* One form on its way. */
struct edit {
	struct req *req;
	const char *sn;		/* NULL: of a new one */
	struct device device;	/* as stored; of a new one, nothing */
	struct branch_list branches;
	struct form form;
	int64_t version;
	bool is_stale;
};

static void
begin(struct edit *e, struct req *req)
{
	*e = (struct edit){ .req = req };
	form_begin(&e->form, req, fields, FORM_COUNT(fields));
}

/* What a new one is first said to be. */
static enum status
set_new(struct edit *e)
{
	int32_t today;
	int64_t branch_id = e->req->caller.branch_id;
	enum status status = asked_today(e->req, branch_id, &today);

	if (status == HTTP_200)
		form_set_day(&e->form, "start", today);
	return status;
}

static void
set_stored(struct form *f, const struct device *device)
{
	form_set_int(f, "branch", device->branch_id);
	form_set(f, "name", device->name);
	form_set_day(f, "start", device->start_day);
}

static void
check_start(struct edit *e, int32_t day)
{
	int year = clock_split((int64_t)day * CLOCK_DAY_SECONDS).year;

	if (year < CLOCK_FIRST_YEAR || day > START_AHEAD_DAYS +
	    clock_day(e->req->now_at / 1000))
		form_refuse(&e->form, "start", WORD_OUT_OF_BOUNDS);
}

/* False when some of it is refused. */
static bool
take(struct edit *e, struct device_typed *out)
{
	struct typed typed = { .start = CLOCK_NO_DAY };

	form_read(&e->form, &typed);
	if (e->sn == NULL && typed.sn == NULL)
		form_refuse(&e->form, "sn", WORD_REQUIRED);
	if (typed.start != CLOCK_NO_DAY)
		check_start(e, typed.start);
	e->version = http_find_id(&e->req->form, "version");
	*out = (struct device_typed){
		.sn = e->sn == NULL ? typed.sn : e->sn, .name = typed.name,
		.branch_id = choose_branch(&e->form, &e->branches,
		                           typed.branch),
		.start_day = typed.start, .nonce = form_nonce(e->req),
		.version = e->version,
	};
	return !e->form.is_refused;
}

/* Beside each field what somebody else has stored there meanwhile. */
static void
present_now(struct edit *e, json_object *model)
{
	struct form stored;

	form_begin(&stored, e->req, fields, FORM_COUNT(fields));
	set_stored(&stored, &e->device);
	form_present_now(&e->form, e->is_stale ? &stored : NULL, model);
	if (json_object_object_get(model, "branch_now") != NULL)
		present_str(model, "branch_now", e->device.branch);
}

static enum status
draw(struct edit *e, struct res *res, enum status status)
{
	json_object *model = res->model;

	present_bool(model, "is_new", e->sn == NULL);
	present_str(model, "device_sn", e->sn);
	present_str(model, "name_text", e->device.name);
	present_str(model, "form_url", e->sn == NULL ? "/devices/new"
	            : arena_printf(e->req->arena, "/devices/%s/edit", e->sn));
	present_str(model, "row_version", choose_id_text(e->req, e->version));
	present_bool(model, "is_stale", e->is_stale);
	form_present(&e->form, model);
	choose_present_branches(&e->form, model, &e->branches);
	present_now(e, model);
	return view_page(res, "device_edit") == HTTP_200 ? status : HTTP_500;
}

static enum status
finish(struct req *req, struct res *res)
{
	feed_wake(req->caller.company);
	return http_redirect(res, "/devices");
}

/* GET /devices/new -- the form; without a branch there is no place for one. */
enum status
page_device_new(struct req *req, struct res *res)
{
	struct edit e;
	enum status status;

	begin(&e, req);
	status = asked_branches(req, &e.branches);
	if (status == HTTP_200 && e.branches.count == 0)
		return http_redirect(res, "/devices");
	if (status == HTTP_200)
		status = set_new(&e);
	return status == HTTP_200 ? draw(&e, res, HTTP_200) : status;
}

/* POST /devices/new {sn, name, branch, start, nonce} -- 303 to the list. */
enum status
do_device_new(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct device_typed typed;
	struct edit e;

	begin(&e, req);
	if (asked_branches(req, &e.branches) != HTTP_200)
		return HTTP_503;
	if (!take(&e, &typed))
		return draw(&e, res, HTTP_422);
	switch (device_open(req->db, req->arena, &actor, &typed)) {
	case DB_OK:
		return finish(req, res);
	case DB_DUPLICATE:
		form_refuse(&e.form, "sn", WORD_TERMINAL_TAKEN);
		return draw(&e, res, HTTP_422);
	default:
		return HTTP_503;
	}
}

static enum status
find(struct edit *e)
{
	enum status status = asked_device(e->req, &e->device, &e->sn);

	return status == HTTP_200 ? asked_branches(e->req, &e->branches)
		: status;
}

/* GET /devices/:sn/edit -- the form, as stored. */
enum status
page_device_edit(struct req *req, struct res *res)
{
	struct edit e;
	enum status status;

	begin(&e, req);
	status = find(&e);
	if (status != HTTP_200)
		return status;
	set_stored(&e.form, &e.device);
	e.version = e.device.version;
	return draw(&e, res, HTTP_200);
}

/*
 * POST /devices/:sn/edit {version, name, branch, start} -- 303 to the list.
 * Where somebody has changed it meanwhile, nothing is, and both are shown.
 */
enum status
do_device_edit(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct device_typed typed;
	struct edit e;
	enum status status;

	begin(&e, req);
	status = find(&e);
	if (status != HTTP_200)
		return status;
	if (!take(&e, &typed))
		return draw(&e, res, HTTP_422);
	switch (device_edit(req->db, req->arena, &actor, &typed)) {
	case DB_OK:
		return finish(req, res);
	case DB_NONE:
		break;
	default:
		return HTTP_503;
	}
	status = find(&e);
	if (status != HTTP_200)
		return status;
	e.is_stale = true;
	e.version = e.device.version;
	return draw(&e, res, HTTP_422);
}

/* GET /devices/:sn/close -- is it meant? */
enum status
page_device_close(struct req *req, struct res *res)
{
	struct device device;
	const char *sn;
	enum status status = asked_device(req, &device, &sn);

	if (status != HTTP_200)
		return status;
	present_str(res->model, "name_text", device.name);
	present_str(res->model, "device_sn", sn);
	return view_page(res, "device_close");
}

/* POST /devices/:sn/close -- the company gives it up: 303 to the list. */
enum status
do_device_close(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct device device;
	const char *sn;
	enum status status = asked_device(req, &device, &sn);

	if (status != HTTP_200)
		return status;
	switch (device_give_up(req->db, req->arena, &actor, sn)) {
	case DB_OK:
	case DB_NONE:	/* somebody else has, a moment ago */
		return finish(req, res);
	default:
		return HTTP_503;
	}
}
