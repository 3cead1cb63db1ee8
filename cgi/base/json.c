/* json.c: reading and writing JSON strictly, by names of members */
#include "base/json.h"

#include "base/log.h"
#include "base/text.h"

void
json_put(struct json_object *to, const char *name, struct json_object *value)
{
	if (value == NULL || json_object_object_add(to, name, value) != 0)
		log_die("out of memory");
}

void
json_put_text(struct json_object *to, const char *name, const char *text)
{
	if (text[0] != '\0' && text_is_utf8(text, strlen(text)))
		json_put(to, name, json_object_new_string(text));
}

void
json_put_number(struct json_object *to, const char *name, int64_t number)
{
	if (number != INT64_MIN)
		json_put(to, name, json_object_new_int64(number));
}

void
json_put_words(struct json_object *to, const char *name, const char *words,
               size_t most)
{
	size_t len = strnlen(words, most);

	while (len > 0 && !text_is_utf8(words, len))
		len--;
	json_put(to, name, json_object_new_string_len(words, (int)len));
}

void
json_write(struct buf *to, struct json_object *object)
{
	buf_append_str(to, json_object_to_json_string_ext(object,
	               JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

struct json_object *
json_read(const struct buf *body)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *root;

	if (tokener == NULL)
		log_die("out of memory");
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	root = body->len == 0 || body->len > INT32_MAX ? NULL :
		json_tokener_parse_ex(tokener, body->data, (int)body->len);
	json_tokener_free(tokener);
	if (!json_object_is_type(root, json_type_object)) {
		json_object_put(root);
		return NULL;
	}
	return root;
}

/* A member of a type, or NULL. */
static struct json_object *
member(struct json_object *object, const char *name, json_type type)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) &&
	       json_object_is_type(value, type) ? value : NULL;
}

const char *
json_text(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name, json_type_string);

	return value == NULL ? NULL : json_object_get_string(value);
}

int64_t
json_number(struct json_object *object, const char *name, int64_t fallback)
{
	struct json_object *value = member(object, name, json_type_int);

	return value == NULL ? fallback : json_object_get_int64(value);
}

bool
json_says(struct json_object *object, const char *name, bool wanted)
{
	struct json_object *value = member(object, name, json_type_boolean);

	return value != NULL && json_object_get_boolean(value) == wanted;
}

struct json_object *
json_list(struct json_object *object, const char *name)
{
	return member(object, name, json_type_array);
}
