/* settings_access.c: what the owner wants done about each reason to refuse */
#include <stdio.h>
#include <string.h>

#include "gym/access_edit.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/present.h"

#define MODE_SIZE 24

static const char *const mode_names[] = {
	[ADMIT_REFUSE] = "REFUSE", [ADMIT_WARN] = "WARN",
	[ADMIT_IGNORE] = "IGNORE", NULL,
};

struct typed {
	const char *modes[ADMIT_REASONS];
	int64_t grace_days, overdue_amount, overdue_days;
	int64_t day_visits, visit_minutes;
};

#define MODE(name_, verdict_) \
	{ .name = "mode_" name_, .type = FORM_CHOICE, .is_required = true, \
	  .choices = mode_names, \
	  .offset = offsetof(struct typed, modes[verdict_]) }
#define NUMBER(field_, least_, most_) \
	{ .name = #field_, .type = FORM_INT, .is_required = true, \
	  .least = least_, .most = most_, \
	  .offset = offsetof(struct typed, field_) }

/* The modes first, in the order of their verdicts. */
static const struct form_field fields[] = {
	MODE("none", ADMIT_NONE), MODE("expired", ADMIT_EXPIRED),
	MODE("future", ADMIT_NOT_STARTED), MODE("frozen", ADMIT_FROZEN),
	MODE("inactive", ADMIT_INACTIVE), MODE("overdue", ADMIT_OVERDUE),
	MODE("visits", ADMIT_VISITS), MODE("hours", ADMIT_HOURS),
	MODE("limit", ADMIT_DAY_LIMIT),
	NUMBER(day_visits, 0, ACCESS_DAY_VISITS_MAX),
	NUMBER(grace_days, 0, ACCESS_GRACE_MAX),
	{ .name = "overdue_amount", .type = FORM_MONEY, .is_required = true,
	  .offset = offsetof(struct typed, overdue_amount) },
	NUMBER(overdue_days, 0, ACCESS_OVERDUE_DAYS_MAX),
	NUMBER(visit_minutes, ACCESS_VISIT_MINUTES_LEAST,
	       ACCESS_VISIT_MINUTES_MAX),
};

static enum status
find(struct req *req, struct form *f, struct admit_rules *rules,
     int64_t *version)
{
	form_begin(f, req, fields, FORM_COUNT(fields));
	f->currency = req->caller.currency;
	return asked_found(access_edit_find(req->db, req->arena,
		req->caller.company, rules, version));
}

static void
set_stored(struct form *f, const struct admit_rules *r)
{
	for (int v = ADMIT_NONE; v < ADMIT_REASONS; v++)
		form_set(f, fields[v - ADMIT_NONE].name,
		         mode_names[r->modes[v]]);
	form_set_int(f, "day_visits", r->day_visits);
	form_set_int(f, "grace_days", r->grace_days);
	form_set_money(f, "overdue_amount", r->overdue_amount);
	form_set_int(f, "overdue_days", r->overdue_days);
	form_set_int(f, "visit_minutes", r->visit_minutes);
}

static enum admit_mode
mode_of(const char *word)
{
	int mode = ADMIT_REFUSE;

	while (strcmp(mode_names[mode], word) != 0)
		mode++;
	return (enum admit_mode)mode;
}

/* False when some of it is refused. */
static bool
take(struct form *f, struct admit_rules *out)
{
	struct typed typed = { 0 };

	if (!form_read(f, &typed))
		return false;
	*out = (struct admit_rules){
		.grace_days = (int32_t)typed.grace_days,
		.overdue_amount = typed.overdue_amount,
		.overdue_days = (int32_t)typed.overdue_days,
		.day_visits = typed.day_visits,
		.visit_minutes = typed.visit_minutes,
	};
	for (int v = ADMIT_NONE; v < ADMIT_REASONS; v++)
		out->modes[v] = mode_of(typed.modes[v]);
	return true;
}

/* ---- drawing ------------------------------------------------------------- */

/* A line a reason: see the page. */
static void
present_modes(struct form *f, json_object *model)
{
	json_object *rows = json_object_new_array();

	for (int v = ADMIT_NONE; v < ADMIT_REASONS; v++) {
		const char *name = fields[v - ADMIT_NONE].name;
		const char *typed = form_typed(f, name);
		json_object *row = json_object_new_object();
		char key[MODE_SIZE + 8];

		present_str(row, "name", name);
		present_str(row, "reason_text", admit_reason(
			(enum admit_verdict)v));
		for (int m = ADMIT_REFUSE; m <= ADMIT_IGNORE; m++) {
			snprintf(key, sizeof key, "is_%s", mode_names[m]);
			present_bool(row, key, strcmp(typed, mode_names[m]) ==
			             0);
		}
		for (int i = ADMIT_NONE; i < ADMIT_REASONS; i++)
			present_bool(row, fields[i - ADMIT_NONE].name, i == v);
		snprintf(key, sizeof key, "%s_error", name);
		present_str(row, "error_text", json_object_get_string(
			json_object_object_get(model, key)));
		json_object_array_add(rows, row);
	}
	json_object_object_add(model, "modes", rows);
}

static enum status
draw(struct form *f, struct res *res, int64_t version, bool is_stale)
{
	json_object *model = res->model;
	enum status status;

	form_present(f, model);
	present_modes(f, model);
	present_str(model, "row_version", choose_id_text(f->req, version));
	present_bool(model, "is_stale", is_stale);
	present_bool(model, "is_done", f->req->method == HTTP_GET &&
	             http_find(&f->req->query, "done") != NULL);
	status = view_page(res, "settings_access");
	return status == HTTP_200 && (f->is_refused || is_stale) ? HTTP_422
		: status;
}

/* GET /settings/access?done=1 -- as stored; with `done`, a moment ago. */
enum status
page_access_rules(struct req *req, struct res *res)
{
	struct admit_rules rules;
	struct form f;
	int64_t version = 0;
	enum status status = find(req, &f, &rules, &version);

	if (status != HTTP_200)
		return status;
	set_stored(&f, &rules);
	return draw(&f, res, version, false);
}

/*
 * POST /settings/access {version, mode_none ... mode_limit, grace_days,
 * overdue_amount, overdue_days, day_visits, visit_minutes} -- 303 to the page.
 * Where somebody has changed them meanwhile, nothing is stored, and what is
 * stored now is shown.
 */
enum status
do_access_rules(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	struct admit_rules rules, typed;
	struct form f;
	int64_t version = 0, seen = http_find_id(&req->form, "version");
	enum status status = find(req, &f, &rules, &version);

	if (status != HTTP_200)
		return status;
	if (!take(&f, &typed))
		return draw(&f, res, seen, false);
	switch (access_edit_store(req->db, req->arena, &actor, &typed, seen)) {
	case DB_OK:
		feed_wake(req->caller.company);
		return http_redirect(res, "/settings/access?done=1");
	case DB_NONE:
		break;
	default:
		return HTTP_503;
	}
	status = find(req, &f, &rules, &version);
	if (status != HTTP_200)
		return status;
	set_stored(&f, &rules);
	return draw(&f, res, version, true);
}
