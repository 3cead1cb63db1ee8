/* import_json.c: rows as statements take them: a JSON array of arrays */
#include "gym/import_json.h"

#include "base/clock.h"

json_object *
import_json_row(json_object *list)
{
	json_object *row = json_object_new_array();

	json_object_array_add(list, row);
	return row;
}

void
import_json_int(json_object *row, int64_t value)
{
	json_object_array_add(row, json_object_new_int64(value));
}

void
import_json_str(json_object *row, const char *value)
{
	json_object_array_add(row, value == NULL ? NULL
	                      : json_object_new_string(value));
}

void
import_json_day(json_object *row, int32_t day)
{
	char text[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(day, text);
	import_json_str(row, day == CLOCK_NO_DAY ? NULL : text);
}

void
import_json_local(json_object *row, int64_t local)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(local, text);
	import_json_str(row, text);
}

const char *
import_json_text(json_object *list)
{
	return json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN);
}
