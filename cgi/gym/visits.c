/* visits.c: when a member came, or was refused */
#include "gym/visits.h"

#include <string.h>

#include "base/clock.h"

#define AFTER_ALL "9999-12-31"

static int64_t
start_of(int32_t day)
{
	return (int64_t)day * CLOCK_DAY_SECONDS;
}

static int64_t
after_all(void)
{
	int32_t day = 0;

	clock_parse_day(AFTER_ALL, &day);
	return start_of(day);
}

/* A correction may have no note; then it is "". */
static struct visit
finished(struct visit v, const char *corrected)
{
	v.now = corrected == NULL ? v.was : corrected;
	if (corrected == NULL)
		v.note = NULL;
	else if (v.note == NULL)
		v.note = "";
	return v;
}

enum db_result
visits_list(struct db *db, struct arena *a, const char *company,
            int64_t member_id, int64_t before_local, struct visit_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_VISITS_LIST);
	struct visit v = { 0 };
	const char *corrected;
	enum db_result rc;

	*out = (struct visit_list){
		arena_alloc(a, VISITS_PAGE * sizeof *out->rows), 0, false,
	};
	db_in_str(st, company);
	db_in_int(st, member_id);
	db_in_local(st, before_local == CLOCK_NO_TIME ? after_all()
	            : before_local);
	db_out_int(st, &v.id);
	db_out_local(st, &v.punch_local);
	db_out_str(st, a, &v.terminal);
	db_out_bool(st, &v.is_by_hand);
	db_out_bool(st, &v.is_late);
	db_out_str(st, a, &v.was);
	db_out_str(st, a, &v.reason);
	db_out_str(st, a, &v.warning);
	db_out_str(st, a, &corrected);
	db_out_str(st, a, &v.note);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count < VISITS_PAGE)
			out->rows[out->count++] = finished(v, corrected);
		else
			out->has_more = true;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
visits_days(struct db *db, const char *company, int64_t member_id,
            int32_t first_day, size_t count, struct visit_day *out)
{
	struct db_stmt *st = db_begin(db, STMT_VISITS_DAYS);
	struct visit_day one = { 0 };
	int32_t day;
	enum db_result rc;

	memset(out, 0, count * sizeof *out);
	db_in_str(st, company);
	db_in_int(st, member_id);
	db_in_local(st, start_of(first_day));
	db_in_local(st, start_of(first_day + (int32_t)count));
	db_out_day(st, &day);
	db_out_int(st, &one.allowed);
	db_out_int(st, &one.denied);
	while ((rc = db_next(st)) == DB_OK) {
		if (day >= first_day && day < first_day + (int32_t)count)
			out[day - first_day] = one;
	}
	return rc == DB_NONE ? DB_OK : rc;
}
