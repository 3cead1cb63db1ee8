/* report_members.c: members who came and went, a month; members by plan */
#include "http/view.h"
#include "http/words.h"
#include "pages/chart.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/reports.h"

#define SERIES 4	/* new, renewed, returned; lost hangs below the axis */

/* Both above and below the axis they are members. */
static const char *
print_members(const void *arg, int64_t value, char out[CHART_TEXT_SIZE])
{
	(void)arg;
	return view_number_text(value < 0 ? -value : value, out);
}

static void
present_months(struct arena *a, json_object *model,
               const struct report_month *months)
{
	struct chart_series series[SERIES] = {
		{ words(WORD_NEW), 0 }, { words(WORD_RENEWED), 1 },
		{ words(WORD_RETURNED), 2 }, { words(WORD_LOST), 3 },
	};
	const char *names[REPORT_MONTHS], *ticks[REPORT_MONTHS];
	int64_t values[REPORT_MONTHS][SERIES];
	char text[VIEW_TEXT_SIZE];
	struct chart_bars chart = {
		.series = series, .series_count = SERIES,
		.columns = REPORT_MONTHS, .values = values[0], .names = names,
		.ticks = ticks, .print = print_members,
	};

	for (int i = 0; i < REPORT_MONTHS; i++) {
		const struct report_month *m = &months[i];

		names[i] = arena_strdup(a, view_month_text(
			m->month.first_day, text));
		ticks[i] = arena_strdup(a, view_month_short_text(
			m->month.first_day, text));
		values[i][0] = m->begun;
		values[i][1] = m->renewed;
		values[i][2] = m->returned;
		values[i][3] = -m->lost;
	}
	json_object_object_add(model, "months_chart", chart_bars(a, &chart));
}

static bool
has_changes(const struct report_month *months)
{
	for (int i = 0; i < REPORT_MONTHS; i++) {
		const struct report_month *m = &months[i];

		if (m->begun + m->renewed + m->returned + m->lost > 0)
			return true;
	}
	return false;
}

/* The newest first. */
static void
present_month_rows(json_object *model, const struct report_month *months)
{
	json_object *rows = json_object_new_array();
	char text[VIEW_TEXT_SIZE];

	for (int i = REPORT_MONTHS - 1; i >= 0; i--) {
		const struct report_month *m = &months[i];
		json_object *row = json_object_new_object();

		present_str(row, "month_text", view_month_text(
			m->month.first_day, text));
		present_bool(row, "is_running", i == REPORT_MONTHS - 1);
		present_number(row, "new_text", m->begun);
		present_number(row, "renewed_text", m->renewed);
		present_number(row, "returned_text", m->returned);
		present_number(row, "lost_text", m->lost);
		json_object_array_add(rows, row);
	}
	json_object_object_add(model, "months", rows);
}

static void
present_plans(struct arena *a, json_object *model,
              const struct report_members *members)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < members->plan_count; i++) {
		const struct report_plan *p = &members->plans[i];
		json_object *row = json_object_new_object();

		present_str(row, "plan_text", p->name);
		present_number(row, "members_text", p->members);
		/* of the largest, which is the first */
		present_str(row, "width", arena_printf(a, "%.1f%%", 100.0 *
			(double)p->members / (double)members->plans->members));
		json_object_array_add(rows, row);
	}
	json_object_object_add(model, "plans", rows);
	present_number(model, "active_text", members->active);
	present_bool(model, "has_active", members->active > 0);
}

/* GET /reports/members?branch= */
enum status
page_report_members(struct req *req, struct res *res)
{
	struct reports_asked asked;
	struct report_members members;
	enum status status = reports_begin(req, res, &asked);

	if (status != HTTP_200)
		return status;
	if (report_members(req->db, req->arena, &asked.scope, asked.today,
	                   &members) != DB_OK)
		return HTTP_503;
	present_bool(res->model, "has_members", !members.is_empty);
	present_bool(res->model, "has_changes", has_changes(members.months));
	present_number(res->model, "renewal_days_text", REPORT_RENEWAL_DAYS);
	present_months(req->arena, res->model, members.months);
	present_month_rows(res->model, members.months);
	present_plans(req->arena, res->model, &members);
	return view_page(res, "report_members");
}
