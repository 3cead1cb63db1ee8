/* fields.c: values of a JSON object or of a form, checked by a table */
#include "api/fields.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define DEPTH_MAX 8
/*
 * Of 10,000 users with all their fields it is 140,000.  Without a limit, a body
 * of 1 MB that is "[{},{},..." is 270 MB in memory.
 */
#define COST_MAX 200000
#define COST_OF_OBJECT 10	/* beside a value in a list */

static void
put_json(void *json)
{
	json_object_put(json);
}

/* Does what it would be parsed into fit?  (Strict JSON: strings have a `"`.) */
static bool
is_affordable(const char *body, size_t len)
{
	bool is_text = false;
	size_t cost = 0;

	for (size_t i = 0; i < len && cost <= COST_MAX; i++) {
		if (body[i] == '"')
			is_text = !is_text;
		else if (is_text)
			i += body[i] == '\\';
		else if (body[i] == '{' || body[i] == '[')
			cost += COST_OF_OBJECT;
		else
			cost += body[i] == ',';
	}
	return cost <= COST_MAX;
}

json_object *
fields_parse_json(struct arena *a, const char *body, size_t len)
{
	json_tokener *tokener;
	json_object *json;

	if (len == 0 || len > INT32_MAX || !text_is_utf8(body, len) ||
	    !is_affordable(body, len))
		return NULL;
	tokener = json_tokener_new_ex(DEPTH_MAX);
	if (tokener == NULL)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
	                       JSON_TOKENER_VALIDATE_UTF8);
	/* the NUL behind the body ends a number that stands alone */
	json = json_tokener_parse_ex(tokener, body, (int)len + 1);
	if (json_tokener_get_error(tokener) != json_tokener_success) {
		json_object_put(json);
		json = NULL;
	}
	json_tokener_free(tokener);
	if (json != NULL)
		arena_cleanup(a, put_json, json);
	return json;
}

/* How a value came: not at all, as text, as a number, as else. */
enum shape {
	SHAPE_NONE, SHAPE_TEXT, SHAPE_WHOLE, SHAPE_FRACTION, SHAPE_BOOL,
	SHAPE_OTHER,
};

static enum shape
find_in_form(const struct http_pairs *form, const char *name,
             const char **text)
{
	for (size_t i = 0; i < form->count; i++) {
		const struct http_pair *pair = &form->list[i];

		if (strcmp(pair->name, name) != 0)
			continue;
		*text = pair->value;
		return text_is_utf8(pair->value, pair->value_len)
			? SHAPE_TEXT : SHAPE_OTHER;
	}
	return SHAPE_NONE;
}

/* json-c makes the nearest number it has of one that does not fit 64 bits. */
static bool
is_clamped(json_object *number)
{
	return json_object_get_int64(number) == INT64_MIN ||
	       json_object_get_uint64(number) == UINT64_MAX;
}

static enum shape
find_in_json(struct arena *a, json_object *object, const char *name,
             const char **text)
{
	json_object *value;
	size_t len;

	if (!json_object_object_get_ex(object, name, &value) || value == NULL)
		return SHAPE_NONE;
	switch (json_object_get_type(value)) {
	case json_type_string:
		*text = json_object_get_string(value);
		len = (size_t)json_object_get_string_len(value);
		return strlen(*text) == len ? SHAPE_TEXT : SHAPE_OTHER;
	case json_type_int:
		if (is_clamped(value))
			return SHAPE_OTHER;
		*text = arena_strdup(a, json_object_to_json_string(value));
		return SHAPE_WHOLE;
	case json_type_double:
		*text = arena_strdup(a, json_object_to_json_string(value));
		return SHAPE_FRACTION;
	case json_type_boolean:
		*text = json_object_get_boolean(value) ? "true" : "false";
		return SHAPE_BOOL;
	default:
		return SHAPE_OTHER;
	}
}

static bool
is_line(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	}
	return true;
}

/* So many characters of `text`, or all of them. */
static const char *
cut(struct arena *a, const char *text, int64_t most)
{
	const char *end = text;

	for (; *end != '\0'; end++) {
		if (((unsigned char)*end & 0xc0) != 0x80 && most-- == 0)
			break;
	}
	return arena_printf(a, "%.*s", (int)(end - text), text);
}

/* Stores one value; returns what is wrong with it, or NULL. */
static const char *
take(struct arena *a, const struct fields_key *key, enum shape shape,
     const char *text, void *to)
{
	bool has_offset;
	int offset_s;

	if (shape == SHAPE_OTHER ||
	    (shape == SHAPE_BOOL) != (key->type == FIELDS_BOOL))
		return "has the wrong type";
	switch (key->type) {
	case FIELDS_WORD:
		if (shape == SHAPE_FRACTION)	/* 1e3 reads like letters */
			return "is not a whole number";
		if (strlen(text) > (size_t)key->most)
			return "is too long";
		if (!text_is_word(text, (size_t)key->most, key->also))
			return *text == '\0' ? "is empty"
				: "may only hold letters and digits";
		break;
	case FIELDS_TEXT:
		if (strlen(text) > (size_t)key->most)
			return "is too long";
		break;
	case FIELDS_LINE:
		if (strlen(text) > (size_t)key->most)
			return "is too long";
		if (!is_line(text))
			return "may not hold control characters";
		break;
	case FIELDS_CUT:
		if (!is_line(text))
			return "may not hold control characters";
		text = cut(a, text, key->most);
		break;
	case FIELDS_BOOL:
		*(bool *)to = strcmp(text, "true") == 0;
		return NULL;
	case FIELDS_INT:
		return text_to_int(text, key->least, key->most, to) ? NULL
			: "is not a whole number within its bounds";
	case FIELDS_LOCAL:
		return clock_parse(text, to, &has_offset, &offset_s) &&
			!has_offset ? NULL : "is not a time";
	}
	*(const char **)to = arena_strdup(a, text);
	return NULL;
}

bool
fields_read(struct arena *a, const struct fields_source *source,
            const struct fields_key *keys, size_t count, void *values,
            struct fields_error *error)
{
	for (size_t i = 0; i < count; i++) {
		const struct fields_key *key = &keys[i];
		const char *text = "", *wrong;
		enum shape shape = source->json != NULL
			? find_in_json(a, source->json, key->name, &text)
			: find_in_form(source->form, key->name, &text);

		if (shape == SHAPE_NONE)
			wrong = key->is_required ? "is missing" : NULL;
		else
			wrong = take(a, key, shape, text,
			             (char *)values + key->offset);
		if (wrong == NULL)
			continue;
		error->field = key->name;
		error->message = arena_printf(a, "%s %s", key->name, wrong);
		return false;
	}
	return true;
}
