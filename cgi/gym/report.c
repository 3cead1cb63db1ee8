/* report.c: visits and money of a gym, by day, hour and month */
#include "gym/report.h"

#include <string.h>

#include "base/clock.h"

const char *const report_methods[REPORT_METHODS] = {
	"CASH", "UPI", "CARD", "BANK",
};

static void
in_branch(struct db_stmt *st, const struct report_scope *scope)
{
	db_in_id(st, scope->branch_id);
	db_in_id(st, scope->branch_id);
}

enum db_result
report_visits(struct db *db, const struct report_scope *scope,
              int32_t first_day, size_t count, int64_t (*out)[REPORT_HOURS])
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_READ);
	int32_t last_day = first_day + (int32_t)count - 1, day;
	int64_t hour, visits;
	enum db_result rc;

	memset(out, 0, count * sizeof *out);
	db_in_str(st, scope->company);
	db_in_day(st, first_day);
	db_in_day(st, last_day);
	in_branch(st, scope);
	db_out_day(st, &day);
	db_out_int(st, &hour);
	db_out_int(st, &visits);
	while ((rc = db_next(st)) == DB_OK) {
		if (day >= first_day && day <= last_day && hour >= 0 &&
		    hour < REPORT_HOURS)
			out[day - first_day][hour] = visits;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

static struct report_collection *
find_month(struct report_collection *list, int64_t year, int64_t month)
{
	for (int i = 0; i < REPORT_MONTHS; i++) {
		struct clock_date d = clock_split(
			(int64_t)list[i].month.first_day * CLOCK_DAY_SECONDS);

		if (d.year == year && d.month == month)
			return &list[i];
	}
	return NULL;
}

static void
add_amount(struct report_collection *c, const char *method, bool is_back,
           int64_t amount)
{
	for (int i = 0; i < REPORT_METHODS; i++) {
		if (strcmp(report_methods[i], method) != 0)
			continue;
		*(is_back ? &c->taken_back[i] : &c->paid[i]) += amount;
		c->total += amount;
	}
}

enum db_result
report_collection(struct db *db, const struct report_scope *scope,
                  int32_t today, struct report_collection out[REPORT_MONTHS])
{
	struct db_stmt *st = db_begin(db, STMT_REPORT_COLLECTION);
	struct arena *scratch = arena_create();
	int64_t year, month, amount;
	const char *method;
	bool is_back;
	enum db_result rc;

	memset(out, 0, REPORT_MONTHS * sizeof *out);
	for (int i = 0; i < REPORT_MONTHS; i++)
		out[i].month = month_ago(today, REPORT_MONTHS - 1 - i);
	db_in_str(st, scope->company);
	db_in_day(st, out[0].month.first_day);
	db_in_day(st, out[REPORT_MONTHS - 1].month.last_day);
	in_branch(st, scope);
	db_out_int(st, &year);
	db_out_int(st, &month);
	db_out_str(st, scratch, &method);
	db_out_bool(st, &is_back);
	db_out_int(st, &amount);
	while ((rc = db_next(st)) == DB_OK) {
		struct report_collection *c = find_month(out, year, month);

		if (c != NULL)
			add_amount(c, method, is_back, amount);
	}
	arena_destroy(scratch);
	return rc == DB_NONE ? DB_OK : rc;
}
