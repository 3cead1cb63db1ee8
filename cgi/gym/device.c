/* device.c: terminals: whose they are, and what their bridges report */
#include "gym/device.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"

enum db_result
device_add(struct db *db, const char *company, const char *sn,
           int64_t branch_id, const char *name, int32_t start_day,
           const char *nonce, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_ADD);

	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_int(st, branch_id);
	db_in_str(st, name);
	db_in_day(st, start_day);
	db_in_at(st, now_at);
	db_in_str(st, nonce);
	return db_run(st);
}

enum db_result
device_close(struct db *db, const char *company, const char *sn,
             int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_CLOSE);

	db_in_at(st, now_at);
	db_in_str(st, company);
	db_in_str(st, sn);
	return db_run(st);
}

enum db_result
device_find(struct db *db, struct arena *a, const char *company,
            const char *sn, struct device *out)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_FIND);

	db_in_str(st, company);
	db_in_str(st, sn);
	db_out_int(st, &out->id);
	db_out_int(st, &out->branch_id);
	db_out_str(st, a, &out->name);
	db_out_day(st, &out->start_day);
	db_out_int(st, &out->version);
	db_out_str(st, a, &out->branch);
	db_out_str(st, a, &out->zone);
	db_out_str(st, a, &out->mac);
	db_out_str(st, a, &out->other_mac);
	db_out_at(st, &out->other_mac_at);
	return db_one(st);
}

enum db_result
device_signs(struct db *db, struct arena *a, const char *company,
             const char *sn, const char **out)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_SIGNS);

	db_in_str(st, company);
	db_in_str(st, sn);
	db_out_str(st, a, out);
	return db_one(st);
}

enum db_result
device_lock(struct db *db, const char *company, const char *sn)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_LOCK);
	int64_t id;

	db_in_str(st, company);
	db_in_str(st, sn);
	db_out_int(st, &id);
	return db_one(st);
}

static void
in_number(struct db_stmt *st, int64_t value)
{
	if (value == DEVICE_NO_NUMBER)
		db_in_null(st);
	else
		db_in_int(st, value);
}

enum db_result
device_store_report(struct db *db, const char *company, const char *sn,
                    int64_t now_at, const struct device_report *r)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_REPORT);

	db_in_at(st, now_at);
	db_in_at(st, r->reached_ago_s == DEVICE_NO_NUMBER ? CLOCK_NO_TIME
	         : now_at - r->reached_ago_s * 1000);
	db_in_str(st, r->firmware);
	db_in_str(st, r->platform);
	in_number(st, r->log_count);
	in_number(st, r->log_capacity);
	in_number(st, r->user_count);
	in_number(st, r->clock_offset_s);
	in_number(st, r->waiting);
	in_number(st, r->parked);
	in_number(st, r->set_aside);
	db_in_local(st, r->last_punch_local);
	db_in_str(st, r->last_error);
	db_in_str(st, r->bridge_version);
	db_in_str(st, company);
	db_in_str(st, sn);
	return db_run(st);
}

static const char *
days_json(struct arena *a, const struct device_day *days, size_t count,
          int32_t *first, int32_t *last)
{
	json_object *list = json_object_new_array();
	const char *text;

	*first = *last = days[0].day;
	for (size_t i = 0; i < count; i++) {
		char day[CLOCK_DAY_TEXT_SIZE];

		clock_format_day(days[i].day, day);
		json_object_array_add(list, json_object_new_string(day));
		*first = days[i].day < *first ? days[i].day : *first;
		*last = days[i].day > *last ? days[i].day : *last;
	}
	text = arena_strdup(a, json_object_to_json_string_ext(list,
	                                       JSON_C_TO_STRING_PLAIN));
	json_object_put(list);
	return text;
}

enum db_result
device_count_days(struct db *db, struct arena *a, const char *company,
                  const char *sn, struct device_day *days, size_t count)
{
	struct db_stmt *st;
	struct device_day row;
	int32_t first, last;
	const char *list;
	enum db_result rc = DB_NONE;

	if (count == 0)
		return DB_OK;
	list = days_json(a, days, count, &first, &last);
	st = db_begin(db, STMT_DEVICE_DAYS);
	db_in_str(st, list);
	db_in_str(st, company);
	db_in_day(st, first);
	db_in_day(st, last);
	db_in_str(st, sn);
	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_local(st, (int64_t)first * CLOCK_DAY_SECONDS);
	db_in_local(st, ((int64_t)last + 1) * CLOCK_DAY_SECONDS);
	db_out_day(st, &row.day);
	db_out_int(st, &row.count);
	db_out_int(st, &row.checksum);
	for (size_t i = 0; i < count && (rc = db_next(st)) == DB_OK; i++)
		days[i] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
device_list(struct db *db, struct arena *a, const char *company,
            int64_t branch_id, struct device_state **out, size_t *count)
{
	return device_list_after(db, a, company, branch_id, NULL, out, count);
}

enum db_result
device_list_after(struct db *db, struct arena *a, const char *company,
                  int64_t branch_id, const struct device_state *after,
                  struct device_state **out, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_LIST);
	struct device_state *list = arena_alloc(a, DEVICE_LIST_MAX *
	                                        sizeof *list);
	struct device_state d;
	enum db_result rc;

	db_in_str(st, company);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_str(st, after == NULL ? "" : after->name);
	db_in_int(st, after == NULL ? 0 : after->id);
	db_out_int(st, &d.id);
	db_out_str(st, a, &d.sn);
	db_out_str(st, a, &d.name);
	db_out_day(st, &d.start_day);
	db_out_at(st, &d.seen_at);
	db_out_at(st, &d.reached_at);
	db_out_int(st, &d.log_count);
	db_out_int(st, &d.log_capacity);
	db_out_bool(st, &d.has_clock);
	db_out_int(st, &d.clock_offset_s);
	db_out_int(st, &d.waiting);
	db_out_int(st, &d.parked);
	db_out_int(st, &d.set_aside);
	db_out_local(st, &d.last_punch_local);
	db_out_str(st, a, &d.last_error);
	db_out_str(st, a, &d.other_mac);
	db_out_str(st, a, &d.branch);
	db_out_str(st, a, &d.zone);
	db_out_bool(st, &d.has_relay);
	db_out_at(st, &d.enforced_at);
	db_out_at(st, &d.door_list_at);
	db_out_str(st, a, &d.door_trouble);
	db_out_int(st, &d.door_pending);
	*count = 0;
	*out = list;
	while ((rc = db_next(st)) == DB_OK && *count < DEVICE_LIST_MAX)
		list[(*count)++] = d;
	return rc == DB_NONE ? DB_OK : rc;
}
