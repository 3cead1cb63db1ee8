/* form_present.c: a form into the model of its page */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/text.h"
#include "http/form.h"

static void
put_str(json_object *model, const char *name, const char *text)
{
	json_object_object_add(model, name, text == NULL ? NULL
	                       : json_object_new_string(text));
}

static void
put_choices(json_object *model, const struct form_field *field,
            const char *typed)
{
	char name[80];

	for (const char *const *c = field->choices; *c != NULL; c++) {
		snprintf(name, sizeof name, "%s_is_%s", field->name, *c);
		json_object_object_add(model, name, json_object_new_boolean(
			strcmp(*c, typed) == 0));
	}
}

static void
put_field(const struct form *f, size_t i, json_object *model)
{
	const struct form_field *field = &f->fields[i];
	const char *typed = f->typed[i] == NULL ? "" : f->typed[i];
	char name[80];

	if (field->type == FORM_BOOL)
		json_object_object_add(model, field->name,
		                       json_object_new_boolean(*typed != '\0'));
	else if (field->type == FORM_CHOICE)
		put_choices(model, field, typed);
	else if (field->type != FORM_SECRET)
		put_str(model, field->name, typed);
	snprintf(name, sizeof name, "%s_error", field->name);
	put_str(model, name, words(f->errors[i]));
}

static void
put_nonce(const struct form *f, json_object *model)
{
	const char *nonce = f->is_renewed ? NULL : form_nonce(f->req);
	unsigned char bytes[FORM_NONCE_DIGITS / 2];
	char text[FORM_NONCE_DIGITS + 1];

	if (nonce == NULL) {
		if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
			log_die("there is no randomness");
		text_to_hex(text, bytes, sizeof bytes);
		nonce = text;
	}
	put_str(model, "nonce", nonce);
}

void
form_present(struct form *f, json_object *model)
{
	for (size_t i = 0; i < f->count; i++)
		put_field(f, i, model);
	json_object_object_add(model, "is_refused",
	                       json_object_new_boolean(f->is_refused));
	put_nonce(f, model);
}

void
form_present_now(struct form *f, const struct form *stored, json_object *model)
{
	for (size_t i = 0; i < f->count; i++) {
		const char *name = f->fields[i].name, *now = NULL;
		char key[80];

		if (f->fields[i].type == FORM_SECRET)
			continue;
		if (stored != NULL)
			now = form_typed(stored, name);
		if (now != NULL && strcmp(now, form_typed(f, name)) == 0)
			now = NULL;
		snprintf(key, sizeof key, "%s_now", name);
		put_str(model, key, now != NULL && *now == '\0' ? "-" : now);
	}
}

void
form_present_choices(struct form *f, json_object *model, const char *name,
                     const struct form_choice *list, size_t count)
{
	const char *typed = form_typed(f, name);
	json_object *choices = json_object_new_array();
	char key[80];

	for (size_t i = 0; i < count; i++) {
		json_object *one = json_object_new_object();
		bool is_chosen = strcmp(typed, list[i].value) == 0;

		put_str(one, "value", list[i].value);
		put_str(one, "text", list[i].text);
		json_object_object_add(one, "is_chosen",
		                       json_object_new_boolean(is_chosen));
		json_object_array_add(choices, one);
	}
	snprintf(key, sizeof key, "%s_choices", name);
	json_object_object_add(model, key, choices);
}
