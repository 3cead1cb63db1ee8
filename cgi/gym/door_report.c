/* door_report.c: how the door of a terminal stands, as its bridge tells */
#include "gym/door_report.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/device.h"

/* A user of the report before. */
struct before {
	struct door_user user;
	int64_t since_at;
	bool is_agreed;		/* to be closed for good */
};

/* What a transaction is about. */
struct work {
	struct arena *arena;
	const char *company, *sn;
	int64_t now_at;
	struct door_report *report;
	struct before *before;	/* in the order of the numbers */
	size_t before_count;
};

/* ---- the users of the report --------------------------------------------- */

/* Of equal numbers, the one that was told later comes first. */
static int
compare_told(const void *x, const void *y)
{
	const struct door_user *const *a = x, *const *b = y;
	int order = strcmp((*a)->user_id, (*b)->user_id);

	if (order != 0)
		return order;
	return *a < *b ? 1 : -1;
}

static void
sort_users(struct arena *a, struct door_report *r)
{
	const struct door_user **told = arena_alloc(a, (r->count + 1) *
	                                            sizeof *told);
	struct door_user *users = arena_alloc(a, (r->count + 1) *
	                                      sizeof *users);
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		told[i] = &r->users[i];
	qsort(told, r->count, sizeof *told, compare_told);
	for (size_t i = 0; i < r->count; i++) {
		if (n == 0 || strcmp(users[n - 1].user_id,
		                     told[i]->user_id) != 0)
			users[n++] = *told[i];
	}
	r->users = users;
	r->count = n;
}

static int
compare_user(const void *key, const void *item)
{
	const struct door_user *user = item;

	return strcmp(key, user->user_id);
}

static int
compare_before(const void *key, const void *item)
{
	const struct before *before = item;

	return strcmp(key, before->user.user_id);
}

/* ---- the report before --------------------------------------------------- */

static enum db_result
read_before(struct db *db, struct work *w)
{
	struct db_stmt *st = db_begin(db, STMT_DOOR_REPORT_BEFORE);
	struct before row = { .is_agreed = false };
	enum db_result rc;

	w->before = arena_alloc(w->arena, DOOR_REPORT_USERS_MAX *
	                        sizeof *w->before);
	w->before_count = 0;
	db_in_str(st, w->company);
	db_in_str(st, w->sn);
	db_out_str(st, w->arena, &row.user.user_id);
	db_out_str(st, w->arena, &row.user.state);
	db_out_str(st, w->arena, &row.user.kind);
	db_out_at(st, &row.since_at);
	db_out_bool(st, &row.is_agreed);
	while ((rc = db_next(st)) == DB_OK) {
		if (w->before_count < DOOR_REPORT_USERS_MAX)
			w->before[w->before_count++] = row;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
forget_one(struct db *db, const struct work *w, const char *user_id)
{
	struct db_stmt *st = db_begin(db, STMT_DOOR_REPORT_FORGET);
	enum db_result rc;

	db_in_str(st, w->company);
	db_in_str(st, w->sn);
	db_in_str(st, user_id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

/* Whoever was closed and is not any more: the next time, it is asked again. */
static enum db_result
forget_approvals(struct db *db, const struct work *w)
{
	const struct door_report *r = w->report;
	enum db_result rc = DB_OK;

	for (size_t i = 0; i < w->before_count && rc == DB_OK; i++) {
		const struct before *b = &w->before[i];

		if (b->is_agreed && strcmp(b->user.state, "BLOCKED") == 0 &&
		    bsearch(b->user.user_id, r->users, r->count,
		            sizeof *r->users, compare_user) == NULL)
			rc = forget_one(db, w, b->user.user_id);
	}
	return rc;
}

/* ---- storing ------------------------------------------------------------- */

static int64_t
since_of(const struct work *w, const struct door_user *user)
{
	const struct before *b = bsearch(user->user_id, w->before,
	                                 w->before_count, sizeof *w->before,
	                                 compare_before);

	return b != NULL && strcmp(b->user.state, user->state) == 0 &&
		strcmp(b->user.kind, user->kind) == 0 ? b->since_at
		: w->now_at;
}

static void
add_text(json_object *row, const char *text)
{
	json_object_array_add(row, json_object_new_string(text));
}

static void
add_instant(json_object *row, int64_t at)
{
	char day[CLOCK_TEXT_SIZE], text[CLOCK_TEXT_SIZE + 8];

	clock_format(at / 1000, day);
	snprintf(text, sizeof text, "%s.%03d", day, (int)(at % 1000));
	add_text(row, text);
}

/* In the order of the columns of door_report_add. */
static json_object *
rows_json(const struct work *w)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < w->report->count; i++) {
		const struct door_user *user = &w->report->users[i];
		json_object *row = json_object_new_array();

		add_text(row, user->user_id);
		add_text(row, user->state);
		add_text(row, user->kind);
		add_text(row, user->words);
		add_instant(row, since_of(w, user));
		json_object_array_add(rows, row);
	}
	return rows;
}

static enum db_result
clear(struct db *db, const struct work *w)
{
	struct db_stmt *st = db_begin(db, STMT_DOOR_REPORT_CLEAR);
	enum db_result rc;

	db_in_str(st, w->company);
	db_in_str(st, w->sn);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;	/* there were none */
}

static enum db_result
add(struct db *db, const struct work *w)
{
	json_object *rows = rows_json(w);
	struct db_stmt *st = db_begin(db, STMT_DOOR_REPORT_ADD);
	enum db_result rc;

	db_in_str(st, w->company);
	db_in_str(st, w->sn);
	db_in_str(st, json_object_to_json_string_ext(rows,
	                                             JSON_C_TO_STRING_PLAIN));
	rc = db_run(st);
	json_object_put(rows);
	return rc == DB_NONE ? DB_OK : rc;	/* there are none */
}

static enum db_result
store_device(struct db *db, const struct work *w)
{
	struct db_stmt *st = db_begin(db, STMT_DOOR_REPORT_DEVICE);
	const struct door_report *r = w->report;
	enum db_result rc;

	db_in_at(st, w->now_at);
	db_in_at(st, r->list_ago_s == DOOR_REPORT_NO_NUMBER ? CLOCK_NO_TIME
	         : w->now_at - r->list_ago_s * 1000);
	if (r->differing == DOOR_REPORT_NO_NUMBER)
		db_in_null(st);
	else
		db_in_int(st, r->differing);
	db_in_str(st, r->trouble);
	db_in_str(st, w->company);
	db_in_str(st, w->sn);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;	/* it is all the same */
}

/* With the terminal's row held: two reports at once would be a mixture. */
static enum db_result
replace(struct db *db, void *arg)
{
	struct work *w = arg;
	enum db_result rc = device_lock(db, w->company, w->sn);

	if (rc == DB_OK)
		rc = read_before(db, w);
	if (rc == DB_OK)
		rc = forget_approvals(db, w);
	if (rc == DB_OK)
		rc = clear(db, w);
	if (rc == DB_OK)
		rc = add(db, w);
	return rc == DB_OK ? store_device(db, w) : rc;
}

enum db_result
door_report_store(struct db *db, struct arena *a, const char *company,
                  const char *sn, int64_t now_at, struct door_report *report)
{
	struct work w = { .arena = a, .company = company, .sn = sn,
		.now_at = now_at, .report = report };

	sort_users(a, report);
	return tx_run(db, replace, &w);
}
