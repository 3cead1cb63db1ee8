/* follow_up.c: whom to call: memberships that end, members who stay away */
#include "gym/follow_up.h"

#include <json-c/json.h>

#include "base/clock.h"

#define LOOKED_AT (FOLLOW_UP_COUNTED + 1)	/* mostly this is all there is to do */
#define MOVED_MOST 250		/* of one round, where much is not known yet */
#define ROUNDS 400		/* 100,000 members */

static struct follow_up_list
empty_list(struct arena *a)
{
	return (struct follow_up_list){
		.rows = arena_alloc(a, FOLLOW_UP_SHOWN *
		                    sizeof(struct follow_up)),
	};
}

static void
add(struct follow_up_list *list, const struct follow_up *row)
{
	if (list->count < FOLLOW_UP_SHOWN)
		list->rows[list->count++] = *row;
	if (list->total < FOLLOW_UP_COUNTED)
		list->total++;
	else
		list->has_more = true;
}

static void
in_branch(struct db_stmt *st, int64_t branch_id)
{
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
}

static void
in_days(struct db_stmt *st, const char *company, int32_t today, int64_t days,
        int64_t branch_id)
{
	db_in_str(st, company);
	db_in_day(st, today);
	db_in_day(st, today + (int32_t)days);
	in_branch(st, branch_id);
}

/* The list holds all that it shows; are there more? */
static enum db_result
count_expiring(struct db *db, const char *company, int64_t branch_id,
               int32_t today, int64_t days, struct follow_up_list *list)
{
	struct db_stmt *st = db_begin(db, STMT_FOLLOW_UP_EXPIRING_COUNT);
	enum db_result rc;

	in_days(st, company, today, days, branch_id);
	db_in_int(st, FOLLOW_UP_COUNTED + 1);
	db_out_int(st, &list->total);
	rc = db_one(st);
	list->has_more = list->total > FOLLOW_UP_COUNTED;
	if (list->has_more)
		list->total = FOLLOW_UP_COUNTED;
	return rc;
}

enum db_result
follow_up_expiring(struct db *db, struct arena *a, const char *company,
                   int64_t branch_id, int32_t today, int64_t days,
                   struct follow_up_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_FOLLOW_UP_EXPIRING);
	struct follow_up row = { .last_day = CLOCK_NO_DAY };
	enum db_result rc;

	*out = empty_list(a);
	in_days(st, company, today, days, branch_id);
	db_in_int(st, FOLLOW_UP_SHOWN);
	db_out_int(st, &row.id);
	db_out_str(st, a, &row.name);
	db_out_str(st, a, &row.phone);
	db_out_day(st, &row.until_day);
	db_out_str(st, a, &row.plan);
	while ((rc = db_next(st)) == DB_OK)
		add(out, &row);
	if (rc == DB_NONE && out->count == FOLLOW_UP_SHOWN)
		rc = count_expiring(db, company, branch_id, today, days, out);
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- who stays away ------------------------------------------------------ */

/* The day of the last visit, else that on which they joined. */
static int32_t
seen(int32_t joined_day, int64_t last_local)
{
	int32_t last_day = last_local == CLOCK_NO_TIME ? CLOCK_NO_DAY
		: clock_day(last_local);

	return last_day > joined_day ? last_day : joined_day;
}

/* One who was found, as mbr_seen_date will have it. */
static void
add_moved(json_object *moved, int64_t id, int32_t day)
{
	json_object *row = json_object_new_array();
	char text[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(day, text);
	json_object_array_add(row, json_object_new_int64(id));
	json_object_array_add(row, json_object_new_string(text));
	json_object_array_add(moved, row);
}

/*
 * The first in the order of what is kept; those of whom it is kept too early
 * go into `moved`, and the list is the truth where there are none.
 */
static enum db_result
read_absent(struct db *db, struct arena *a, const char *company,
            int64_t branch_id, int32_t since_day, int64_t most,
            struct follow_up_list *out, json_object *moved)
{
	struct db_stmt *st = db_begin(db, STMT_FOLLOW_UP_ABSENT);
	struct follow_up row = { .until_day = CLOCK_NO_DAY };
	int32_t kept_day, joined_day, seen_day;
	int64_t last_local;
	enum db_result rc;

	*out = empty_list(a);
	db_in_str(st, company);
	db_in_day(st, since_day);
	in_branch(st, branch_id);
	db_in_int(st, most);
	db_out_int(st, &row.id);
	db_out_str(st, a, &row.name);
	db_out_str(st, a, &row.phone);
	db_out_day(st, &joined_day);
	db_out_day(st, &kept_day);
	db_out_local(st, &last_local);
	while ((rc = db_next(st)) == DB_OK) {
		row.last_day = last_local == CLOCK_NO_TIME ? CLOCK_NO_DAY
			: clock_day(last_local);
		seen_day = seen(joined_day, last_local);
		if (seen_day != kept_day)
			add_moved(moved, row.id, seen_day);
		add(out, &row);
	}
	return rc == DB_NONE ? DB_OK : rc;
}

/* Another that keeps at the same time keeps the same, or a little less. */
static enum db_result
keep(struct db *db, const char *company, json_object *moved)
{
	struct db_stmt *st = db_begin(db, STMT_FOLLOW_UP_KEEP);
	enum db_result rc;

	db_in_str(st, json_object_to_json_string_ext(moved,
	                                             JSON_C_TO_STRING_PLAIN));
	db_in_str(st, company);
	rc = db_run(st);
	return rc == DB_NONE || rc == DB_AGAIN ? DB_OK : rc;
}

enum db_result
follow_up_absent(struct db *db, struct arena *a, const char *company,
                 int64_t branch_id, int32_t today, int64_t days,
                 struct follow_up_list *out)
{
	enum db_result rc = DB_OK;
	bool is_true = false;

	for (int i = 0; i < ROUNDS && rc == DB_OK && !is_true; i++) {
		json_object *moved = json_object_new_array();

		rc = read_absent(db, a, company, branch_id,
		                 today - (int32_t)days,
		                 i == 0 ? LOOKED_AT : MOVED_MOST, out, moved);
		is_true = json_object_array_length(moved) == 0;
		if (rc == DB_OK && !is_true)
			rc = keep(db, company, moved);
		json_object_put(moved);
	}
	return rc;
}

/* ---- of all ---------------------------------------------------------------- */

/* A member in the order of what is kept. */
struct place {
	int32_t kept_day;
	int64_t branch_id, id;
};

#define SEEN_BATCH 500

/* Those behind `at`, which is moved to the last of them. */
static enum db_result
read_seen(struct db *db, const char *company, int32_t day, struct place *at,
          json_object *moved, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_FOLLOW_UP_SEEN);
	struct place after = *at;
	int32_t joined_day, seen_day;
	int64_t last_local;
	enum db_result rc;

	db_in_str(st, company);
	db_in_day(st, day);
	db_in_day(st, after.kept_day);
	db_in_day(st, after.kept_day);
	db_in_int(st, after.branch_id);
	db_in_int(st, after.branch_id);
	db_in_int(st, after.id);
	db_out_int(st, &at->id);
	db_out_int(st, &at->branch_id);
	db_out_day(st, &joined_day);
	db_out_day(st, &at->kept_day);
	db_out_local(st, &last_local);
	for (*count = 0; (rc = db_next(st)) == DB_OK; ++*count) {
		seen_day = seen(joined_day, last_local);
		if (seen_day != at->kept_day)
			add_moved(moved, at->id, seen_day);
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
follow_up_keep_seen(struct db *db, const char *company, int32_t day)
{
	struct place at = { .branch_id = 0 };
	size_t count = SEEN_BATCH;
	enum db_result rc = DB_OK;

	clock_parse_day("1000-01-01", &at.kept_day);
	while (rc == DB_OK && count == SEEN_BATCH) {
		json_object *moved = json_object_new_array();

		rc = read_seen(db, company, day, &at, moved, &count);
		if (rc == DB_OK && json_object_array_length(moved) > 0)
			rc = keep(db, company, moved);
		json_object_put(moved);
	}
	return rc;
}
