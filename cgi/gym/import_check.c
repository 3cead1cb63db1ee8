/* import_check.c: rows of values, compared with what the company has */
#include "gym/import_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gym/import_json.h"

enum db_result
import_each_chunk(struct db *db, struct import *im, import_step *step)
{
	enum db_result rc = DB_OK;

	for (size_t i = 0; i < im->count && rc == DB_OK; i += IMPORT_CHUNK) {
		size_t left = im->count - i;
		size_t count = left < IMPORT_CHUNK ? left : IMPORT_CHUNK;

		rc = step(db, im, im->rows + i, count);
		im->done += count;
		if (rc == DB_OK && im->progress != NULL)
			im->progress(im->progress_arg, im->done);
	}
	return rc;
}

static enum db_result
read_lists(struct db *db, struct import *im)
{
	const char *company = im->actor->company;
	int64_t local;
	enum db_result rc = branch_list(db, im->arena, company, &im->branches);

	if (rc == DB_OK)
		rc = branch_local(db, im->arena, company, 0,
		                  im->actor->now_at, &local);
	if (rc == DB_NONE)
		local = 0;	/* a gym without a branch: each row says so */
	else if (rc != DB_OK)
		return rc;
	im->today = clock_day(local);
	rc = plan_list(db, im->arena, company, 0, true, &im->plans);
	return rc != DB_OK ? rc : device_list(db, im->arena, company, 0,
		&im->terminals, &im->terminal_count);
}

/* ---- held until the end -------------------------------------------------- */

static enum db_result
hold_terminals(struct db *db, struct import *im)
{
	enum db_result rc = DB_OK;

	for (size_t i = 0; i < im->terminal_count && rc == DB_OK; i++)
		rc = device_lock(db, im->actor->company, im->terminals[i].sn);
	return rc;
}

static enum db_result
hold_members(struct db *db, struct import *im, struct import_row *rows,
             size_t count)
{
	struct db_stmt *st = db_begin(db, STMT_IMPORT_LOCK);
	json_object *list = json_object_new_array();
	enum db_result rc;
	int64_t id;

	for (size_t i = 0; i < count; i++) {
		json_object *row = import_json_row(list);

		import_json_int(row, (int64_t)i);
		import_json_str(row, rows[i].code);
	}
	db_in_str(st, import_json_text(list));
	db_in_str(st, im->actor->company);
	db_out_int(st, &id);
	while ((rc = db_next(st)) == DB_OK)
		continue;
	json_object_put(list);
	return rc == DB_NONE ? DB_OK : rc;
}

/* Terminals first, as everybody does who changes mappings. */
static enum db_result
hold(struct db *db, struct import *im)
{
	enum db_result rc = DB_OK;

	if (im->kind == IMPORT_MAPPINGS)
		rc = hold_terminals(db, im);
	for (size_t i = 0; i < im->count && rc == DB_OK; i += IMPORT_CHUNK) {
		size_t left = im->count - i;

		rc = hold_members(db, im, im->rows + i,
		                  left < IMPORT_CHUNK ? left : IMPORT_CHUNK);
	}
	return rc;
}

/* ---- all of it ----------------------------------------------------------- */

static int
by_line(const void *a, const void *b)
{
	const struct import_problem *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->fault != y->fault)
		return x->fault < y->fault ? -1 : 1;
	return strcmp(x->column, y->column);
}

static enum db_result
check_chunk(struct db *db, struct import *im, struct import_row *rows,
            size_t count)
{
	enum db_result rc = import_check_members(db, im, rows, count);

	if (rc == DB_OK && im->kind == IMPORT_SUBSCRIPTIONS)
		rc = import_check_subscriptions(db, im, rows, count);
	if (rc == DB_OK && im->kind == IMPORT_MAPPINGS)
		rc = import_check_mappings(db, im, rows, count);
	return rc;
}

enum db_result
import_check(struct db *db, struct import *im, const struct csv *table,
             bool to_write)
{
	enum db_result rc;

	im->table = table;
	rc = read_lists(db, im);
	if (rc == DB_OK)
		import_read(im);
	if (rc == DB_OK && to_write)
		rc = hold(db, im);
	if (rc == DB_OK)
		rc = import_each_chunk(db, im, check_chunk);
	if (rc != DB_OK)
		return rc;
	import_check_twice(im);
	if (im->problem_count > 0)
		qsort(im->problems, im->problem_count, sizeof *im->problems,
		      by_line);
	for (size_t i = 0; i < im->count; i++) {
		if (!im->rows[i].is_refused)
			im->effects[im->rows[i].effect]++;
	}
	return DB_OK;
}
