/* devices.c: the terminals, and what can be done with each */
#include "base/clock.h"
#include "base/clock.h"
#include "gym/alert_list.h"
#include "http/view.h"
#include "pages/alert_text.h"
#include "pages/asked.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/present_terminals.h"

static void
present_links(struct req *req, json_object *model,
              const struct device_state *d, bool has_branches)
{
	json_object *links = json_object_new_object();

	present_str(links, "url", arena_printf(req->arena, "/devices/%s",
	                                       d->sn));
	present_str(links, "branch_text", has_branches ? d->branch : NULL);
	present_day(links, "start_text", d->start_day);
	json_object_object_add(model, "links", links);
}

/* What became of the mails: exactly one is true. */
static void
present_mail(json_object *row, const struct alert_row *a, bool is_owner)
{
	bool is_waiting = !a->is_planned || a->waiting > 0;
	bool is_failed = a->refused > 0, is_told = a->sent > 0;

	present_bool(row, "is_failed", is_failed);
	present_bool(row, "is_waiting", !is_failed && is_waiting);
	present_bool(row, "is_told", !is_failed && !is_waiting && is_told);
	present_bool(row, "is_nobody", !is_failed && !is_waiting && !is_told);
	/* a mail server may say an address in it */
	present_str(row, "reason_text", is_owner ? a->error : NULL);
}

static json_object *
present_alert(const struct alert_row *a, bool has_branches, bool is_owner)
{
	json_object *row = json_object_new_object();

	present_str(row, "terminal_text", a->terminal);
	present_str(row, "device_sn", a->sn);
	present_str(row, "branch_text", has_branches ? a->branch : NULL);
	present_str(row, "what_text", alert_text_kind(a->kind));
	present_instant(row, "since_text", a->since_at, a->zone);
	present_instant(row, "until_text", a->until_at, a->zone);
	present_mail(row, a, is_owner);
	return row;
}

/* Those that are open before those that are over. */
static enum status
present_alerts(struct req *req, json_object *model, bool has_branches)
{
	json_object *rows = json_object_new_array();

	json_object_object_add(model, "alerts", rows);
	for (int is_open = 1; is_open >= 0; is_open--) {
		struct alert_row *list;
		size_t count;

		if (alert_list(req->db, req->arena, req->caller.company,
		               req->caller.branch_id, is_open, &list,
		               &count) != DB_OK)
			return HTTP_503;
		for (size_t i = 0; i < count; i++)
			json_object_array_add(rows, present_alert(&list[i],
				has_branches, req->caller.is_owner));
	}
	present_bool(model, "has_alerts", json_object_array_length(rows) > 0);
	return HTTP_200;
}

/* GET /devices -- the state of each, as its bridge reports it, and alerts. */
enum status
page_devices(struct req *req, struct res *res)
{
	struct present_today today = { .now_at = req->now_at };
	struct branch_list branches;
	json_object *list;

	if (asked_branches(req, &branches) != HTTP_200 ||
	    device_list(req->db, req->arena, req->caller.company,
	                req->caller.branch_id, &today.devices,
	                &today.device_count) != DB_OK ||
	    present_alerts(req, res->model, branches.count > 1) != HTTP_200)
		return HTTP_503;
	present_terminals(res->model, &today);
	list = json_object_object_get(res->model, "terminals");
	for (size_t i = 0; i < today.device_count; i++)
		present_links(req, json_object_array_get_idx(list, i),
		              &today.devices[i], branches.count > 1);
	present_bool(res->model, "may_add", branches.count > 0);
	export_present(req, res->model, "/devices");
	return view_page(res, "devices");
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_TERMINAL, SHEET_TEXT }, { WORD_TITLE_SERIAL, SHEET_TEXT },
	{ WORD_TITLE_BRANCH, SHEET_TEXT }, { WORD_TITLE_START, SHEET_DAY },
	{ WORD_TITLE_HEARD, SHEET_MOMENT },
	{ WORD_TITLE_LAST_PUNCH, SHEET_MOMENT },
	{ WORD_TITLE_LOG_COUNT, SHEET_NUMBER },
	{ WORD_TITLE_LOG_ROOM, SHEET_NUMBER },
	{ WORD_TITLE_CLOCK_AHEAD, SHEET_NUMBER },
	{ WORD_TITLE_WAITING, SHEET_NUMBER },
	{ WORD_TITLE_PARKED, SHEET_NUMBER }, { WORD_TITLE_ERROR, SHEET_TEXT },
};

/* A number that is known only where `is_known`. */
static void
export_known(struct export *x, bool is_known, int64_t number)
{
	if (is_known)
		sheet_number(x->sheet, number);
	else
		sheet_empty(x->sheet);
}

static void
export_row(struct export *x, const struct device_state *d)
{
	bool is_heard = d->seen_at != CLOCK_NO_TIME;

	sheet_text(x->sheet, d->name);
	sheet_text(x->sheet, d->sn);
	sheet_text(x->sheet, d->branch);
	sheet_day(x->sheet, d->start_day);
	sheet_moment(x->sheet, !is_heard ? CLOCK_NO_TIME
	             : clock_local(d->zone, d->seen_at));
	sheet_moment(x->sheet, d->last_punch_local);
	export_known(x, d->log_capacity > 0, d->log_count);
	export_known(x, d->log_capacity > 0, d->log_capacity);
	export_known(x, d->has_clock, d->clock_offset_s);
	export_known(x, is_heard, d->waiting);
	export_known(x, is_heard, d->parked);
	sheet_text(x->sheet, d->last_error);
}

static enum db_result
export_chunk(struct export *x)
{
	const struct device_state **last = x->asked;
	struct device_state *list;
	size_t count;
	enum db_result rc = device_list_after(x->req->db, x->arena,
		x->req->caller.company, x->req->caller.branch_id, *last, &list,
		&count);

	for (size_t i = 0; rc == DB_OK && i < count; i++) {
		export_row(x, &list[i]);
		*last = &list[i];
	}
	x->has_more = rc == DB_OK && count == DEVICE_LIST_MAX;
	return rc;
}

/* GET /devices.csv, .xlsx */
enum status
export_devices(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"terminals", "mst_devices", columns,
		sizeof columns / sizeof *columns, export_chunk,
	};
	const struct device_state *last = NULL;

	return export_send(req, res, &list, &last);
}
