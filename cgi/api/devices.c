/* devices.c: what a bridge reports of a terminal */
#include <json-c/json.h>
#include <stdio.h>

#include "api/fields.h"
#include "api/device_call.h"
#include "base/clock.h"
#include "gym/device_mac.h"
#include "gym/feed.h"
#include "pages/handlers.h"

#define AT(name) offsetof(struct device_report, name)
#define COUNT_MAX 4000000000	/* of INT UNSIGNED */
#define AGO_MAX_S 4000000000	/* more than a century */

static const struct fields_key report_keys[] = {
	{ "firmware", FIELDS_TEXT, false, AT(firmware), 0, 64, NULL },
	{ "platform", FIELDS_TEXT, false, AT(platform), 0, 64, NULL },
	{ "mac", FIELDS_TEXT, false, AT(mac), 0, 32, NULL },
	{ "log_count", FIELDS_INT, false, AT(log_count), 0, COUNT_MAX, NULL },
	{ "log_capacity", FIELDS_INT, false, AT(log_capacity), 0, COUNT_MAX,
	  NULL },
	{ "user_count", FIELDS_INT, false, AT(user_count), 0, COUNT_MAX,
	  NULL },
	{ "clock_offset", FIELDS_INT, false, AT(clock_offset_s), -2000000000,
	  2000000000, NULL },
	{ "waiting", FIELDS_INT, false, AT(waiting), 0, COUNT_MAX, NULL },
	{ "parked", FIELDS_INT, false, AT(parked), 0, COUNT_MAX, NULL },
	{ "set_aside", FIELDS_INT, false, AT(set_aside), 0, COUNT_MAX, NULL },
	{ "reached_ago", FIELDS_INT, false, AT(reached_ago_s), 0, AGO_MAX_S,
	  NULL },
	{ "last_punch", FIELDS_LOCAL, false, AT(last_punch_local), 0, 0,
	  NULL },
	{ "last_error", FIELDS_TEXT, false, AT(last_error), 0, 200, NULL },
	{ "bridge_version", FIELDS_TEXT, false, AT(bridge_version), 0, 32,
	  NULL },
};

/* Reads the list "days" into `out`; false when it is not one of days. */
static bool
read_days(struct req *req, json_object *json, struct device_day **out,
          size_t *count)
{
	json_object *list;

	*count = 0;
	if (!json_object_object_get_ex(json, "days", &list))
		return true;
	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > DEVICE_DAYS_MAX)
		return false;
	*count = json_object_array_length(list);
	*out = arena_alloc(req->arena, *count * sizeof **out);
	for (size_t i = 0; i < *count; i++) {
		json_object *day = json_object_array_get_idx(list, i);

		if (!json_object_is_type(day, json_type_string) ||
		    !clock_parse_day(json_object_get_string(day),
		                     &(*out)[i].day))
			return false;
	}
	return true;
}

static json_object *
days_json(const struct device_day *days, size_t count)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		json_object *day = json_object_new_object();
		char text[CLOCK_DAY_TEXT_SIZE], checksum[16];

		clock_format_day(days[i].day, text);
		snprintf(checksum, sizeof checksum, "%08x",
		         (unsigned)days[i].checksum);
		json_object_object_add(day, "day",
		                       json_object_new_string(text));
		json_object_object_add(day, "count",
		                       json_object_new_int64(days[i].count));
		json_object_object_add(day, "checksum",
		                       json_object_new_string(checksum));
		json_object_array_add(list, day);
	}
	return list;
}

/* What a bridge may want to know of a terminal whenever it reports. */
static json_object *
answer_json(const struct device *device, int64_t now_at,
            const struct device_day *days, size_t count)
{
	json_object *json = json_object_new_object();
	char start[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(device->start_day, start);
	json_object_object_add(json, "status", json_object_new_boolean(1));
	json_object_object_add(json, "zone",
	                       json_object_new_string(device->zone));
	json_object_object_add(json, "start", json_object_new_string(start));
	json_object_object_add(json, "mac", device->mac == NULL ? NULL
	                       : json_object_new_string(device->mac));
	json_object_object_add(json, "now_at", json_object_new_int64(now_at));
	if (count > 0)
		json_object_object_add(json, "days", days_json(days, count));
	return json;
}

static enum status
store(struct req *req, struct res *res, const char *sn,
      const struct device_report *report, struct device_day *days,
      size_t count)
{
	const char *company = req->caller.company;
	const struct device_mac_call mac = {
		.company = company, .sn = sn, .mac = report->mac,
		.address = req->address, .now_at = req->now_at,
	};
	struct device device;
	enum db_result rc = device_store_report(req->db, company, sn,
	                                        req->now_at, report);

	if (rc == DB_OK)
		rc = device_find(req->db, req->arena, company, sn, &device);
	if (rc == DB_OK)
		rc = device_mac_report(req->db, req->arena, &mac, &device);
	if (rc == DB_NONE)
		return device_call_refuse(res);
	if (rc == DB_OK)
		rc = device_count_days(req->db, req->arena, company, sn, days,
		                       count);
	if (rc != DB_OK)
		return HTTP_503;
	feed_wake(company);
	return http_json(res, HTTP_200, answer_json(&device, req->now_at,
	                                            days, count));
}

/*
 * PUT /api/devices/:sn/status -- the report of a bridge, all fields optional;
 * `"days": ["2026-03-12", ...]` asks for count and checksum of the punches
 * held of each.  The answer tells the zone of the branch, the day from which
 * punches count, the MAC address that is accepted, and the server's clock.
 */
enum status
api_device_status(struct req *req, struct res *res)
{
	const char *sn = device_call_sn(req);
	struct fields_source source = { .json = NULL };
	struct device_report report = {
		.log_count = DEVICE_NO_NUMBER,
		.log_capacity = DEVICE_NO_NUMBER,
		.user_count = DEVICE_NO_NUMBER,
		.clock_offset_s = DEVICE_NO_NUMBER,
		.waiting = DEVICE_NO_NUMBER, .parked = DEVICE_NO_NUMBER,
		.set_aside = DEVICE_NO_NUMBER,
		.reached_ago_s = DEVICE_NO_NUMBER,
		.last_punch_local = CLOCK_NO_TIME,
	};
	struct fields_error error;
	struct device_day *days = NULL;
	enum status status;
	size_t count;

	if (sn == NULL)
		return device_call_refuse(res);
	status = device_call_body(req, res, &source.json);
	if (status != HTTP_200)
		return status;
	if (!fields_read(req->arena, &source, report_keys,
	                 sizeof report_keys / sizeof *report_keys, &report,
	                 &error))
		return http_json_error(res, HTTP_422, error.message,
		                       error.field);
	if (report.last_error != NULL && *report.last_error == '\0')
		report.last_error = NULL;
	if (!read_days(req, source.json, &days, &count))
		return http_json_error(res, HTTP_422,
		                       "days must be a list of days", "days");
	return store(req, res, sn, &report, days, count);
}
