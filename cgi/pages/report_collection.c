/* report_collection.c: what members have paid, a month */
#include "base/money.h"
#include "http/view.h"
#include "http/words.h"
#include "pages/chart.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/reports.h"

#define SERIES (2 * REPORT_METHODS)	/* paid, then taken back */

static const enum word method_words[REPORT_METHODS] = {
	WORD_CASH, WORD_UPI, WORD_CARD, WORD_BANK,
};

static const char *
print_money(const void *currency, int64_t value, char out[CHART_TEXT_SIZE])
{
	return money_text(value, currency, out);
}

static void
present_chart(struct req *req, json_object *model,
              const struct report_collection *months)
{
	struct chart_series series[SERIES];
	const char *names[REPORT_MONTHS], *ticks[REPORT_MONTHS];
	int64_t values[REPORT_MONTHS][SERIES];
	char text[VIEW_TEXT_SIZE];
	struct chart_bars chart = {
		.series = series, .series_count = SERIES,
		.columns = REPORT_MONTHS, .values = values[0], .names = names,
		.ticks = ticks, .print = print_money,
		.arg = req->caller.currency,
	};

	for (int k = 0; k < SERIES; k++)
		series[k] = (struct chart_series){
			words(method_words[k % REPORT_METHODS]),
			k % REPORT_METHODS,
		};
	for (int i = 0; i < REPORT_MONTHS; i++) {
		int32_t day = months[i].month.first_day;

		names[i] = arena_strdup(req->arena, view_month_text(day,
		                                                    text));
		ticks[i] = arena_strdup(req->arena, view_month_short_text(day,
			text));
		for (int k = 0; k < REPORT_METHODS; k++) {
			values[i][k] = months[i].paid[k];
			values[i][REPORT_METHODS + k] =
				months[i].taken_back[k];
		}
	}
	json_object_object_add(model, "chart", chart_bars(req->arena, &chart));
}

static json_object *
present_cell(struct req *req, const struct report_collection *c, int method)
{
	json_object *cell = json_object_new_object();

	present_str(cell, "name_text", words(method_words[method]));
	present_money(cell, "paid_text", c->paid[method],
	              req->caller.currency);
	present_bool(cell, "has_taken_back", c->taken_back[method] < 0);
	present_money(cell, "taken_back_text", c->taken_back[method],
	              req->caller.currency);
	return cell;
}

/* The newest first. */
static void
present_rows(struct req *req, json_object *model,
             const struct report_collection *months)
{
	json_object *rows = json_object_new_array();
	char text[VIEW_TEXT_SIZE];
	int64_t total = 0;

	for (int i = REPORT_MONTHS - 1; i >= 0; i--) {
		json_object *row = json_object_new_object();
		json_object *cells = json_object_new_array();

		present_str(row, "month_text", view_month_text(
			months[i].month.first_day, text));
		present_bool(row, "is_running", i == REPORT_MONTHS - 1);
		for (int k = 0; k < REPORT_METHODS; k++)
			json_object_array_add(cells, present_cell(req,
				&months[i], k));
		json_object_object_add(row, "methods", cells);
		present_money(row, "total_text", months[i].total,
		              req->caller.currency);
		json_object_array_add(rows, row);
		total += months[i].total;
	}
	json_object_object_add(model, "months", rows);
	present_money(model, "total_text", total, req->caller.currency);
}

static bool
has_any(const struct report_collection *months)
{
	for (int i = 0; i < REPORT_MONTHS; i++) {
		for (int k = 0; k < REPORT_METHODS; k++) {
			if (months[i].paid[k] != 0 ||
			    months[i].taken_back[k] != 0)
				return true;
		}
	}
	return false;
}

/* GET /reports/collection?branch= */
enum status
page_report_collection(struct req *req, struct res *res)
{
	struct report_collection months[REPORT_MONTHS];
	struct reports_asked asked;
	enum status status = reports_begin(req, res, &asked);

	if (status != HTTP_200)
		return status;
	if (report_collection(req->db, &asked.scope, asked.today, months) !=
	    DB_OK)
		return HTTP_503;
	present_bool(res->model, "has_payments", has_any(months));
	present_chart(req, res->model, months);
	present_rows(req, res->model, months);
	return view_page(res, "report_collection");
}
