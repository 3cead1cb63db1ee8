/* device_users.c: whom a terminal knows */
#include "gym/device_users.h"

#include <json-c/json.h>

#include "db/tx.h"
#include "gym/device.h"

/* The list that takes the place of the one before, as JSON. */
struct replacement {
	const char *company, *sn, *rows;
};

/* In the order of the columns of device_users_add. */
static json_object *
rows_json(const struct device_user *list, size_t count)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		json_object *row = json_object_new_array();

		json_object_array_add(row,
		                      json_object_new_string(list[i].user_id));
		json_object_array_add(row,
		                      json_object_new_string(list[i].name));
		json_object_array_add(row,
		                      json_object_new_int64(list[i].privilege));
		json_object_array_add(row,
		                      json_object_new_int(list[i].is_enabled));
		json_object_array_add(rows, row);
	}
	return rows;
}

static enum db_result
clear(struct db *db, const char *company, const char *sn)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_USERS_CLEAR);
	enum db_result rc;

	db_in_str(st, company);
	db_in_str(st, sn);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;	/* there were none */
}

static enum db_result
add(struct db *db, const char *company, const char *sn, const char *rows)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_USERS_ADD);
	enum db_result rc;

	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_str(st, rows);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;	/* there are none */
}

/* With the terminal's row held: two lists at once would become a mixture. */
static enum db_result
replace(struct db *db, void *arg)
{
	const struct replacement *r = arg;
	enum db_result rc = device_lock(db, r->company, r->sn);

	if (rc == DB_OK)
		rc = clear(db, r->company, r->sn);
	return rc == DB_OK ? add(db, r->company, r->sn, r->rows) : rc;
}

enum db_result
device_users_replace(struct db *db, const char *company, const char *sn,
                     const struct device_user *list, size_t count)
{
	json_object *rows = rows_json(list, count);
	struct replacement r = { company, sn,
		json_object_to_json_string_ext(rows, JSON_C_TO_STRING_PLAIN) };
	enum db_result rc = tx_run(db, replace, &r);

	json_object_put(rows);
	return rc;
}
