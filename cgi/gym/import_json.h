/* import_json.h: rows as statements take them: a JSON array of arrays */
#ifndef IMPORT_JSON_H
#define IMPORT_JSON_H

#include <json-c/json.h>
#include <stdint.h>

/* Begins a row of a list; the list owns it. */
json_object *import_json_row(json_object *list);
void import_json_int(json_object *row, int64_t value);
void import_json_str(json_object *row, const char *value);	/* NULL: null */
/* CLOCK_NO_DAY: null */
void import_json_day(json_object *row, int32_t day);
void import_json_local(json_object *row, int64_t local);
/* The list as a text, which lives as long as the list. */
const char *import_json_text(json_object *list);

#endif
