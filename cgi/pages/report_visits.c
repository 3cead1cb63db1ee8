/* report_visits.c: visits a day, and when it is busy */
#include "base/clock.h"
#include "base/month.h"
#include "gym/hours.h"
#include "http/view.h"
#include "http/words.h"
#include "pages/chart.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/reports.h"

#define DAYS 90			/* that are drawn */
#define MEAN_DAYS 7
#define READ_DAYS (DAYS + MEAN_DAYS - 1)
#define HEAT_DAYS (12 * 7)	/* up to yesterday: 12 of each weekday */
#define WEEK 7
#define A_MONDAY 4		/* 1970-01-05 */
#define BUSIEST 3
#define STALE_MS (10 * 60 * 1000)

/* What was read; the last day is today. */
struct visits {
	int32_t first_day;
	int64_t hours[READ_DAYS][REPORT_HOURS];
	int64_t days[READ_DAYS];
	int began;		/* the first day with a visit; READ_DAYS: none */
	/* how often each weekday was in the heat map, and the mean visits of
	   its hours, in tenths */
	int64_t weekdays[WEEK];
	int64_t means[REPORT_HOURS][WEEK];
	int first_hour, last_hour;	/* with a visit; first > last: none */
};

static const char *
print_number(const void *arg, int64_t value, char out[CHART_TEXT_SIZE])
{
	(void)arg;
	return view_number_text(value, out);
}

static const char *
print_tenths(const void *arg, int64_t value, char out[CHART_TEXT_SIZE])
{
	(void)arg;
	return view_tenths_text(value, out);
}

/* ---- reckoning ----------------------------------------------------------- */

static void
sum_days(struct visits *v)
{
	v->began = READ_DAYS;
	for (int i = READ_DAYS - 1; i >= 0; i--) {
		for (int hour = 0; hour < REPORT_HOURS; hour++)
			v->days[i] += v->hours[i][hour];
		if (v->days[i] > 0)
			v->began = i;
	}
}

static void
sum_heat(struct visits *v)
{
	int first = READ_DAYS - 1 - HEAT_DAYS;

	for (int i = first > v->began ? first : v->began; i < READ_DAYS - 1;
	     i++) {
		int weekday = month_weekday(v->first_day + i);

		v->weekdays[weekday]++;
		for (int hour = 0; hour < REPORT_HOURS; hour++)
			v->means[hour][weekday] += v->hours[i][hour];
	}
	v->first_hour = REPORT_HOURS;
	v->last_hour = -1;
	for (int hour = 0; hour < REPORT_HOURS; hour++) {
		for (int day = 0; day < WEEK; day++) {
			int64_t n = v->weekdays[day];
			int64_t *mean = &v->means[hour][day];

			if (*mean == 0)
				continue;
			*mean = (*mean * 10 + n / 2) / n;
			v->last_hour = hour;
			if (hour < v->first_hour)
				v->first_hour = hour;
		}
	}
}

/* Of the days up to `i`, since the first visit; below 0: before it. */
static double
mean_at(const struct visits *v, int i)
{
	int from = i - MEAN_DAYS + 1 > v->began ? i - MEAN_DAYS + 1 : v->began;
	int64_t sum = 0;

	for (int k = from; k <= i; k++)
		sum += v->days[k];
	return i < v->began ? -1 : (double)sum / (i - from + 1);
}

static int64_t
tenths_of(double mean)
{
	return (int64_t)(mean * 10 + 0.5);
}

/* ---- visits a day -------------------------------------------------------- */

static void
present_day_rows(json_object *model, const struct visits *v)
{
	json_object *rows = json_object_new_array();
	char text[VIEW_TEXT_SIZE];

	for (int i = READ_DAYS - 1; i >= MEAN_DAYS - 1; i--) {
		json_object *row = json_object_new_object();
		double mean = mean_at(v, i);

		present_str(row, "day_text", view_weekday_text(v->first_day +
			i, text));
		present_number(row, "visits_text", v->days[i]);
		present_str(row, "mean_text", mean < 0 ? NULL
		            : view_tenths_text(tenths_of(mean), text));
		json_object_array_add(rows, row);
	}
	json_object_object_add(model, "days", rows);
}

static void
present_days(struct arena *a, json_object *model, const struct visits *v)
{
	struct chart_series series = { words(WORD_VISITS), 0 };
	const char *names[DAYS], *ticks[DAYS];
	double line[DAYS];
	char text[VIEW_TEXT_SIZE];
	struct chart_bars chart = {
		.series = &series, .series_count = 1, .columns = DAYS,
		.values = v->days + MEAN_DAYS - 1, .names = names,
		.ticks = ticks, .line = line, .print = print_number,
	};
	int most = MEAN_DAYS - 1;
	int64_t total = 0;

	for (int i = 0; i < DAYS; i++) {
		int at = i + MEAN_DAYS - 1;
		int32_t day = v->first_day + at;
		int date = clock_split((int64_t)day * CLOCK_DAY_SECONDS).day;

		names[i] = arena_strdup(a, view_weekday_text(day, text));
		/* "1 Mar": behind "Sun " */
		ticks[i] = date == 1 || date == 15 ? names[i] + 4 : NULL;
		line[i] = mean_at(v, at);
		total += v->days[at];
		most = v->days[at] > v->days[most] ? at : most;
	}
	json_object_object_add(model, "days_chart", chart_bars(a, &chart));
	present_day(model, "from_text", v->first_day + MEAN_DAYS - 1);
	present_day(model, "to_text", v->first_day + READ_DAYS - 1);
	present_number(model, "total_text", total);
	present_number(model, "most_text", v->days[most]);
	present_day(model, "most_day_text", v->first_day + most);
	present_day_rows(model, v);
}

/* ---- weekday and hour ---------------------------------------------------- */

static void
present_busiest(json_object *model, const struct visits *v)
{
	json_object *list = json_object_new_array();
	bool taken[REPORT_HOURS][WEEK] = { { false } };
	char text[VIEW_TEXT_SIZE];

	for (int n = 0; n < BUSIEST; n++) {
		json_object *row;
		int hour = -1, day = -1;

		for (int i = 0; i < REPORT_HOURS * WEEK; i++) {
			int h = i % REPORT_HOURS, d = i / REPORT_HOURS;

			if (!taken[h][d] && v->means[h][d] > (hour < 0 ? 0
			    : v->means[hour][day])) {
				hour = h;
				day = d;
			}
		}
		if (hour < 0)
			break;
		taken[hour][day] = true;
		row = json_object_new_object();
		present_str(row, "weekday_text", view_weekday_name(A_MONDAY +
			day));
		present_str(row, "hour_text", view_hour_text(hour, text));
		present_str(row, "mean_text", view_tenths_text(
			v->means[hour][day], text));
		json_object_array_add(list, row);
	}
	json_object_object_add(model, "busiest", list);
}

static void
present_heat_rows(json_object *model, const struct visits *v)
{
	json_object *rows = json_object_new_array();
	char text[VIEW_TEXT_SIZE];

	for (int hour = v->first_hour; hour <= v->last_hour; hour++) {
		json_object *row = json_object_new_object();
		json_object *cells = json_object_new_array();

		present_str(row, "hour_text", view_hour_text(hour, text));
		for (int day = 0; day < WEEK; day++)
			json_object_array_add(cells, json_object_new_string(
				view_tenths_text(v->means[hour][day], text)));
		json_object_object_add(row, "cells", cells);
		json_object_array_add(rows, row);
	}
	json_object_object_add(model, "hours", rows);
}

static void
present_heat(struct arena *a, json_object *model, const struct visits *v)
{
	const char *hours[REPORT_HOURS], *days[WEEK], *heads[WEEK];
	char text[VIEW_TEXT_SIZE];
	struct chart_heat chart = {
		.rows = (size_t)(v->last_hour - v->first_hour + 1),
		.columns = WEEK, .values = v->means[v->first_hour],
		.row_names = hours, .column_names = days,
		.column_heads = heads, .print = print_tenths,
	};

	for (int i = 0; i < WEEK; i++) {
		days[i] = view_weekday_name(A_MONDAY + i);
		heads[i] = arena_strndup(a, days[i], 3);
	}
	for (int i = v->first_hour; i <= v->last_hour; i++)
		hours[i - v->first_hour] = arena_strdup(a,
			view_hour_text(i, text));
	json_object_object_add(model, "heat_chart", chart_heat(a, &chart));
	present_day(model, "heat_from_text", v->first_day + (v->began >
		READ_DAYS - 1 - HEAT_DAYS ? v->began : READ_DAYS - 1 -
		HEAT_DAYS));
	present_day(model, "heat_to_text", v->first_day + READ_DAYS - 2);
	present_busiest(model, v);
	present_heat_rows(model, v);
}

/* ---- the page ------------------------------------------------------------ */

/* "7:31 am" of today, else with the day. */
static void
present_as_of(struct req *req, json_object *model, int64_t at,
              const struct reports_asked *asked)
{
	bool is_made = at != CLOCK_NO_TIME;
	int64_t local = is_made ? clock_local(asked->zone, at) : 0;
	char text[VIEW_TEXT_SIZE];

	present_bool(model, "is_made", is_made);
	present_bool(model, "is_stale", is_made && at < req->now_at - STALE_MS);
	if (!is_made || clock_day(local) == asked->today)
		present_str(model, "as_of_text", is_made
		            ? view_time_text(local, text) : NULL);
	else
		present_moment(model, "as_of_text", local);
}

/* GET /reports?branch= -- visits a day, and by weekday and hour. */
enum status
page_reports(struct req *req, struct res *res)
{
	struct visits *v = arena_alloc(req->arena, sizeof *v);
	struct reports_asked asked;
	enum status status = reports_begin(req, res, &asked);
	int64_t as_of_at;

	if (status != HTTP_200)
		return status;
	v->first_day = asked.today - READ_DAYS + 1;
	if (hours_as_of(req->db, req->caller.company, &as_of_at) != DB_OK ||
	    report_visits(req->db, &asked.scope, v->first_day, READ_DAYS,
	                  v->hours) != DB_OK)
		return HTTP_503;
	sum_days(v);
	sum_heat(v);
	present_as_of(req, res->model, as_of_at, &asked);
	present_bool(res->model, "has_visits", v->began < READ_DAYS);
	if (v->began < READ_DAYS)
		present_days(req->arena, res->model, v);
	present_bool(res->model, "has_heat", v->first_hour <= v->last_hour);
	present_bool(res->model, "is_first_day", v->began == READ_DAYS - 1);
	if (v->first_hour <= v->last_hour)
		present_heat(req->arena, res->model, v);
	return view_page(res, "reports");
}
