/* fuzz_fields.c: a JSON body or a form through a table of fields */
#include <assert.h>

#include "api/fields.h"
#include "base/text.h"
#include "gym/intake.h"
#include "tests/fuzz/fuzz.h"

/* As the API's items, and every type there is. */
struct values {
	const char *compcode, *user_id, *timestamp, *time_raw, *words;
	int64_t clock_offset, last_punch;
	bool enabled;
};

#define AT(name) offsetof(struct values, name)

static const struct fields_key keys[] = {
	{ "compcode", FIELDS_WORD, true, AT(compcode), 1, 16, "-_" },
	{ "user_id", FIELDS_WORD, true, AT(user_id), 1, INTAKE_USER_ID_MAX,
	  "" },
	{ "timestamp", FIELDS_TEXT, false, AT(timestamp), 0, INTAKE_RAW_MAX,
	  NULL },
	{ "clock_offset", FIELDS_INT, false, AT(clock_offset), -2000000000,
	  2000000000, NULL },
	{ "time_raw", FIELDS_LINE, false, AT(time_raw), 0, INTAKE_RAW_MAX,
	  NULL },
	{ "words", FIELDS_CUT, false, AT(words), 0, 5, NULL },
	{ "enabled", FIELDS_BOOL, false, AT(enabled), 0, 0, NULL },
	{ "last_punch", FIELDS_LOCAL, false, AT(last_punch), 0, 0, NULL },
};

static void
read_one(struct arena *a, const struct fields_source *source)
{
	struct values v = { .timestamp = "", .time_raw = "", .words = "" };
	struct fields_error error = { NULL, NULL };
	struct punch punch = { 0 };

	if (!fields_read(a, source, keys, sizeof keys / sizeof *keys, &v,
	                 &error)) {
		assert(error.message != NULL && error.field != NULL);
		return;
	}
	assert(text_is_word(v.compcode, 16, "-_"));
	assert(text_is_word(v.user_id, INTAKE_USER_ID_MAX, ""));
	assert(strlen(v.timestamp) <= INTAKE_RAW_MAX);
	assert(text_is_utf8(v.timestamp, strlen(v.timestamp)));
	assert(strlen(v.time_raw) <= INTAKE_RAW_MAX);
	assert(strpbrk(v.time_raw, "\n\r\t\x1b\x7f") == NULL);
	assert(strlen(v.words) <= 5 * 4);
	assert(text_is_utf8(v.words, strlen(v.words)));
	assert(v.clock_offset >= -2000000000 && v.clock_offset <= 2000000000);
	intake_read_time(&punch, v.timestamp);
}

static void
read_json(struct arena *a, const char *body, size_t len)
{
	struct fields_source source = { .json = fields_parse_json(a, body,
	                                                          len) };
	json_object *list = source.json;

	if (json_object_is_type(list, json_type_object)) {
		read_one(a, &source);
		return;
	}
	for (size_t i = 0; json_object_is_type(list, json_type_array) &&
	     i < json_object_array_length(list); i++) {
		source.json = json_object_array_get_idx(list, i);
		if (json_object_is_type(source.json, json_type_object))
			read_one(a, &source);
	}
}

/* As a form and as JSON: most bytes are neither. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	struct http_pairs pairs;
	struct fields_source source = { .form = &pairs };
	char *body = fuzz_text(data, size);

	read_json(a, body, size);
	if (http_parse_pairs(a, body, size, &pairs))
		read_one(a, &source);
	free(body);
	arena_destroy(a);
	return 0;
}
