/* hours.c: the hourly summary of punches, which reports are made of */
#include "gym/hours.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/tx.h"
#include "gym/chore.h"
#include "gym/company.h"

#define OVERLAP_MS 60000	/* rows become visible out of order */
#define CHUNK_DAYS 14		/* in one transaction */
#define COMPANIES 1000		/* in one look */
#define TOUCHED_MAX 100000	/* days; more than a calendar has for us */
#define LAST_DAY 2932896	/* 9999-12-31 */

/* A span of days of a company, both included. */
struct span {
	const char *company;
	int32_t first_day, last_day;
};

/* ---- some days anew ------------------------------------------------------ */

/* In the order of the columns of hours_add. */
static json_object *
hour_row(int64_t branch, int32_t day, const int64_t numbers[4])
{
	json_object *row = json_object_new_array();
	char text[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(day, text);
	json_object_array_add(row, json_object_new_int64(branch));
	json_object_array_add(row, json_object_new_string(text));
	for (int i = 0; i < 4; i++)
		json_object_array_add(row, json_object_new_int64(numbers[i]));
	return row;
}

static enum db_result
count_days(struct db *db, const struct span *s, json_object *rows)
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_COUNT);
	int64_t branch, numbers[4];	/* hour, allowed, denied, visits */
	int32_t day;
	enum db_result rc;

	db_in_str(st, s->company);
	db_in_day(st, s->first_day);
	db_in_day(st, s->last_day);
	db_out_int(st, &branch);
	db_out_day(st, &day);
	for (int i = 0; i < 4; i++)
		db_out_int(st, &numbers[i]);
	while ((rc = db_next(st)) == DB_OK)
		json_object_array_add(rows, hour_row(branch, day, numbers));
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
replace_days(struct db *db, const struct span *s, json_object *rows)
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_CLEAR);
	enum db_result rc;

	db_in_str(st, s->company);
	db_in_day(st, s->first_day);
	db_in_day(st, s->last_day);
	rc = db_run(st);
	if ((rc != DB_OK && rc != DB_NONE) ||
	    json_object_array_length(rows) == 0)
		return rc == DB_NONE ? DB_OK : rc;
	st = db_begin(db, STMT_HOURS_ADD);
	db_in_str(st, s->company);
	db_in_str(st, json_object_to_json_string_ext(rows,
	                                             JSON_C_TO_STRING_PLAIN));
	return db_run(st);
}

/* Of two at once the second waits, then counts what is there by then. */
static enum db_result
lock_mark(struct db *db, const char *company)
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_MARK_LOCK);
	int64_t arrived_at;

	db_in_str(st, company);
	db_out_at(st, &arrived_at);
	return db_one(st);
}

static enum db_result
redo_step(struct db *db, void *arg)
{
	const struct span *s = arg;
	json_object *rows = json_object_new_array();
	enum db_result rc = lock_mark(db, s->company);

	if (rc == DB_OK)
		rc = count_days(db, s, rows);
	if (rc == DB_OK)
		rc = replace_days(db, s, rows);
	json_object_put(rows);
	return rc;
}

/* ---- all days ------------------------------------------------------------ */

static enum db_result
add_mark(struct db *db, const char *company)
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_MARK_ADD);
	enum db_result rc;

	db_in_str(st, company);
	rc = db_run(st);
	return rc == DB_DUPLICATE ? DB_OK : rc;
}

static enum db_result
set_mark(struct db *db, const char *company, int64_t arrived_at)
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_MARK_SET);
	enum db_result rc;

	db_in_at(st, arrived_at);
	db_in_str(st, company);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

/* The first day with a punch from `day` on; the last of all where none is. */
static enum db_result
next_day(struct db *db, const char *company, int32_t day, int32_t *next)
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_NEXT_DAY);
	enum db_result rc;

	db_in_str(st, company);
	db_in_day(st, day);
	db_out_day(st, next);
	rc = db_one(st);
	if (rc == DB_OK && *next == CLOCK_NO_DAY)
		*next = LAST_DAY;
	return rc;
}

/* Every span begins where the one before ended: no day is passed over. */
static enum db_result
redo_all(struct db *db, const char *company,
         void (*each)(int32_t first, int32_t last))
{
	struct span s = { .company = company };
	int32_t punched = 0;
	enum db_result rc = DB_OK;

	clock_parse_day("1000-01-01", &s.first_day);
	while (rc == DB_OK && s.first_day <= LAST_DAY) {
		rc = next_day(db, company, s.first_day, &punched);
		s.last_day = punched < LAST_DAY - CHUNK_DAYS
			? punched + CHUNK_DAYS - 1 : LAST_DAY;
		if (rc == DB_OK)
			rc = tx_run(db, redo_step, &s);
		if (rc == DB_OK && each != NULL && punched < LAST_DAY)
			each(punched, s.last_day);
		s.first_day = s.last_day + 1;
	}
	return rc;
}

enum db_result
hours_rebuild(struct db *db, const char *company, int64_t now_at,
              void (*each)(int32_t first, int32_t last))
{
	struct arena *scratch = arena_create();
	struct company found;
	enum db_result rc = company_find(db, scratch, company, &found);

	arena_destroy(scratch);
	if (rc == DB_OK)
		rc = add_mark(db, company);
	if (rc == DB_OK)
		rc = redo_all(db, company, each);
	return rc != DB_OK ? rc : set_mark(db, company, now_at);
}

/* ---- what is new --------------------------------------------------------- */

static enum db_result
read_touched(struct db *db, const char *company, int64_t since_at,
             int32_t *days, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_TOUCHED);
	int32_t day;
	enum db_result rc;

	*count = 0;
	for (int part = 0; part < 3; part++) {
		db_in_str(st, company);
		db_in_at(st, since_at);
	}
	db_out_day(st, &day);
	while ((rc = db_next(st)) == DB_OK && *count < TOUCHED_MAX)
		days[(*count)++] = day;
	return rc == DB_NONE ? DB_OK : rc;
}

/* Days that follow one another are done together. */
static enum db_result
redo_touched(struct db *db, const char *company, int64_t since_at)
{
	struct arena *scratch = arena_create();
	int32_t *days = arena_alloc(scratch, TOUCHED_MAX * sizeof *days);
	size_t count;
	enum db_result rc = read_touched(db, company, since_at, days, &count);

	for (size_t i = 0, n; rc == DB_OK && i < count; i += n) {
		struct span s = { company, days[i], days[i] };

		for (n = 1; i + n < count && n < CHUNK_DAYS &&
		            days[i + n] == s.last_day + 1; n++)
			s.last_day++;
		rc = tx_run(db, redo_step, &s);
	}
	arena_destroy(scratch);
	return rc;
}

/* A company as a look at all of them has found it. */
struct found {
	const char *company;
	int64_t mark_at, newest_at;	/* CLOCK_NO_TIME: none */
};

/*
 * The mark is moved where something was new only: the others cost no write.
 * A clock that was set back takes the mark with it.
 */
static enum db_result
keep_one(struct db *db, const struct found *f, int64_t now_at)
{
	int64_t since_at;
	enum db_result rc;

	if (f->mark_at == CLOCK_NO_TIME)
		return hours_rebuild(db, f->company, now_at, NULL);
	since_at = (f->mark_at < now_at ? f->mark_at : now_at) - OVERLAP_MS;
	if (f->newest_at == CLOCK_NO_TIME || f->newest_at < since_at)
		return DB_OK;
	rc = redo_touched(db, f->company, since_at);
	return rc != DB_OK ? rc : set_mark(db, f->company, now_at);
}

/* The companies behind `after`, which is moved on to the last of them. */
static enum db_result
look(struct db *db, struct arena *a, const char **after, struct found *list,
     size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_COMPANIES);
	struct found f;
	enum db_result rc;

	*count = 0;
	db_in_str(st, *after);
	db_out_str(st, a, &f.company);
	db_out_at(st, &f.mark_at);
	db_out_at(st, &f.newest_at);
	while ((rc = db_next(st)) == DB_OK && *count < COMPANIES)
		list[(*count)++] = f;
	if (*count > 0)
		*after = list[*count - 1].company;
	return rc == DB_NONE ? DB_OK : rc;
}

bool
hours_keep(struct site *site, struct db *db)
{
	struct arena *a = arena_create();
	struct found *list = arena_alloc(a, COMPANIES * sizeof *list);
	const char *after = "";
	int64_t began_at = clock_now_ms();
	size_t count = COMPANIES;
	bool fine = true;

	(void)site;
	while (count == COMPANIES) {
		if (look(db, a, &after, list, &count) != DB_OK) {
			fine = false;
			break;
		}
		for (size_t i = 0; i < count; i++) {
			if (keep_one(db, &list[i], began_at) == DB_OK)
				continue;
			log_error("hours: company %s was not done",
			          list[i].company);
			fine = false;
		}
	}
	arena_destroy(a);
	return fine && chore_ran(db, "hours", began_at) == DB_OK;
}

enum db_result
hours_as_of(struct db *db, const char *company, int64_t *at)
{
	struct db_stmt *st = db_begin(db, STMT_HOURS_MARK_FIND);
	int64_t ran_at;
	enum db_result rc;

	*at = CLOCK_NO_TIME;
	db_in_str(st, company);
	db_out_at(st, at);
	rc = db_one(st);
	if (rc == DB_NONE || (rc == DB_OK && *at == CLOCK_NO_TIME))
		return DB_OK;
	if (rc == DB_OK)
		rc = chore_find(db, "hours", &ran_at);
	if (rc == DB_OK && ran_at > *at)
		*at = ran_at;
	return rc;
}
