/* member_visits.c: when a member came: a month of days, and a list */
#include <string.h>

#include "base/clock.h"
#include "base/month.h"
#include "gym/visits.h"
#include "http/view.h"
#include "pages/about_member.h"
#include "pages/asked.h"
#include "pages/present.h"

#define WEEK 7
#define DAYS_MOST 31

/* ---- the calendar -------------------------------------------------------- */

static json_object *
present_cell(int32_t day, int32_t today, const struct visit_day *v)
{
	json_object *cell = json_object_new_object();

	present_str(cell, "day_text", NULL);
	if (v != NULL) {
		struct clock_date date = clock_split((int64_t)day *
		                                     CLOCK_DAY_SECONDS);

		present_number(cell, "day_text", date.day);
	}
	present_bool(cell, "is_today", v != NULL && day == today);
	json_object_object_add(cell, "came", json_object_new_int64(
		v == NULL ? 0 : v->allowed));
	json_object_object_add(cell, "refused", json_object_new_int64(
		v == NULL ? 0 : v->denied));
	return cell;
}

/* Rows of seven, blank where the days are those of another month. */
static json_object *
present_weeks(const struct month *m, int32_t today,
              const struct visit_day *visits)
{
	json_object *weeks = json_object_new_array();
	int32_t day = m->first_day - m->lead;

	for (int i = 0; i < m->weeks; i++) {
		json_object *week = json_object_new_object();
		json_object *cells = json_object_new_array();

		for (int j = 0; j < WEEK; j++, day++) {
			bool is_in = day >= m->first_day && day <= m->last_day;

			json_object_array_add(cells, present_cell(day, today,
				is_in ? &visits[day - m->first_day] : NULL));
		}
		json_object_object_add(week, "cells", cells);
		json_object_array_add(weeks, week);
	}
	return weeks;
}

/* "?month=2026-03"; null for a month that cannot be asked for. */
static void
present_month_url(struct req *req, json_object *model, const char *name,
                  const struct month *m, bool is_there)
{
	char text[MONTH_TEXT_SIZE];
	struct month readable;

	month_format(m, text);
	present_str(model, name, is_there && month_parse(text, &readable)
	            ? arena_printf(req->arena, "%s?month=%s#attendance",
	                           req->path, text) : NULL);
}

static void
present_month(struct req *req, json_object *model, const struct month *m,
              int32_t today, const struct visit_day *visits)
{
	struct month before = month_before(m), after = month_after(m);
	char text[VIEW_TEXT_SIZE];
	int64_t allowed = 0, denied = 0;

	for (int32_t i = 0; i <= m->last_day - m->first_day; i++) {
		allowed += visits[i].allowed;
		denied += visits[i].denied;
	}
	/* "1 Mar 2026", without its day */
	present_str(model, "month_text", strchr(view_day_text(m->first_day,
		text), ' ') + 1);
	present_number(model, "month_came_text", allowed);
	present_number(model, "month_refused_text", denied);
	present_month_url(req, model, "previous_url", &before, true);
	present_month_url(req, model, "next_url", &after,
	                  after.first_day <= today);
	json_object_object_add(model, "weeks", present_weeks(m, today,
	                                                     visits));
}

static enum status
about_month(struct req *req, const struct member *m, json_object *model)
{
	const char *asked = http_find(&req->query, "month");
	struct visit_day visits[DAYS_MOST];
	struct month month;
	int32_t today;
	enum status status = asked_today(req, m->branch_id, &today);

	if (status != HTTP_200)
		return status;
	if (asked == NULL || !month_parse(asked, &month))
		month = month_of(today);
	if (visits_days(req->db, req->caller.company, m->id, month.first_day,
	                (size_t)(month.last_day - month.first_day + 1),
	                visits) != DB_OK)
		return HTTP_503;
	present_month(req, model, &month, today, visits);
	return HTTP_200;
}

/* ---- the list ------------------------------------------------------------ */

static json_object *
present_visit(const struct visit *v)
{
	json_object *row = json_object_new_object();
	bool is_corrected = v->note != NULL;

	present_moment(row, "time_text", v->punch_local);
	present_str(row, "terminal_text", v->is_by_hand ? NULL : v->terminal);
	present_bool(row, "is_late", v->is_late);
	present_bool(row, "was_allowed", strcmp(v->was, "ALLOWED") == 0);
	present_str(row, "reason_text", v->reason);
	present_str(row, "warning_text", v->warning);
	present_bool(row, "is_corrected", is_corrected);
	present_bool(row, "now_allowed", is_corrected &&
	             strcmp(v->now, "ALLOWED") == 0);
	present_bool(row, "now_denied", is_corrected &&
	             strcmp(v->now, "DENIED") == 0);
	present_bool(row, "now_void", is_corrected &&
	             strcmp(v->now, "VOID") == 0);
	present_str(row, "correction_text", v->note);
	return row;
}

/* A moment of the address, as older_url says it; CLOCK_NO_TIME: none. */
static int64_t
asked_before(const struct req *req)
{
	const char *text = http_find(&req->query, "before");
	bool has_offset;
	int offset_s;
	int64_t local;

	return text != NULL && clock_parse(text, &local, &has_offset,
	                                   &offset_s) && !has_offset
		? local : CLOCK_NO_TIME;
}

/* From the minute of the last one shown: there is one punch a minute. */
static void
present_older(struct req *req, json_object *model,
              const struct visit_list *list)
{
	struct buf url = BUF_INIT;
	char text[CLOCK_TEXT_SIZE];

	if (list->has_more) {
		int64_t last = list->rows[list->count - 1].punch_local;

		clock_format(last - last % 60, text);
		buf_append_str(&url, req->path);
		http_add_query(&url, "before", text);
		buf_append_str(&url, "#visits");
	}
	present_str(model, "older_url", url.data);
	buf_finish(&url);
}

static enum status
about_last(struct req *req, const struct member *m, json_object *model)
{
	int64_t before = asked_before(req);
	struct visit_list list;
	json_object *rows;

	if (visits_list(req->db, req->arena, req->caller.company, m->id,
	                before, &list) != DB_OK)
		return HTTP_503;
	rows = json_object_new_array();
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_visit(&list.rows[i]));
	json_object_object_add(model, "visits", rows);
	present_bool(model, "has_visits", list.count > 0);
	present_bool(model, "is_older", before != CLOCK_NO_TIME);
	present_older(req, model, &list);
	return HTTP_200;
}

enum status
about_visits(struct req *req, const struct member *m, json_object *model)
{
	enum status status = about_month(req, m, model);

	return status == HTTP_200 ? about_last(req, m, model) : status;
}
