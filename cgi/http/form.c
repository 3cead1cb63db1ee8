/* form.c: a form's fields by a table: read, checked, drawn again */
#include "http/form.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/money.h"
#include "base/text.h"
#include "http/form_value.h"

/* ---- what is typed ------------------------------------------------------- */

static size_t
place_of(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->fields[i].name, name) == 0)
			return i;
	}
	log_die("a form has no field '%s'", name);
}

static const char *
currency_of(const struct form *f)
{
	return f->currency == NULL ? "INR" : f->currency;
}

void
form_begin(struct form *f, struct req *req, const struct form_field *fields,
           size_t count)
{
	*f = (struct form){
		.req = req, .fields = fields, .count = count,
		.typed = arena_alloc(req->arena, count * sizeof *f->typed),
		.errors = arena_alloc(req->arena, count * sizeof *f->errors),
	};
}

void
form_set(struct form *f, const char *name, const char *text)
{
	f->typed[place_of(f, name)] = text;
}

void
form_set_int(struct form *f, const char *name, int64_t value)
{
	form_set(f, name, arena_printf(f->req->arena, "%" PRId64, value));
}

void
form_set_day(struct form *f, const char *name, int32_t day)
{
	char text[CLOCK_DAY_TEXT_SIZE];

	if (day == CLOCK_NO_DAY)
		return;
	clock_format_day(day, text);
	form_set(f, name, arena_strdup(f->req->arena, text));
}

void
form_set_time(struct form *f, const char *name, int64_t minute)
{
	form_set(f, name, arena_printf(f->req->arena, "%02d:%02d",
	                               (int)(minute / 60), (int)(minute % 60)));
}

void
form_set_money(struct form *f, const char *name, int64_t amount)
{
	char text[MONEY_TEXT_SIZE];

	money_plain(amount, currency_of(f), text);
	form_set(f, name, arena_strdup(f->req->arena, text));
}

/* ---- reading ------------------------------------------------------------- */

/* Without the blanks around it, which nobody means; a secret as it is. */
static const char *
trim(struct arena *a, const struct form_field *field, const char *s)
{
	size_t len;

	if (field->type == FORM_SECRET)
		return s;
	s += strspn(s, " \t\r\n");
	len = strlen(s);
	while (len > 0 && strchr(" \t\r\n", s[len - 1]) != NULL)
		len--;
	return arena_strndup(a, s, len);
}

static const struct http_pair *
find_pair(const struct http_pairs *pairs, const char *name)
{
	for (size_t i = 0; i < pairs->count; i++) {
		if (strcmp(pairs->list[i].name, name) == 0)
			return &pairs->list[i];
	}
	return NULL;
}

static enum word
read_field(struct form *f, size_t i, const struct http_pairs *from,
           void *values)
{
	const struct form_field *field = &f->fields[i];
	const struct http_pair *pair = find_pair(from, field->name);
	void *value = (char *)values + field->offset;

	if (field->type == FORM_BOOL) {
		*(bool *)value = pair != NULL;
		f->typed[i] = pair == NULL ? NULL : "on";
		return WORD_NONE;
	}
	f->typed[i] = "";
	if (pair != NULL && !text_is_utf8(pair->value, pair->value_len))
		return WORD_UNREADABLE;
	if (pair != NULL)
		f->typed[i] = trim(f->req->arena, field, pair->value);
	if (*f->typed[i] == '\0')
		return field->is_required ? WORD_REQUIRED : WORD_NONE;
	return form_value_read(field, currency_of(f), f->typed[i], value);
}

bool
form_read(struct form *f, void *values)
{
	for (size_t i = 0; i < f->count; i++) {
		f->errors[i] = read_field(f, i, &f->req->form, values);
		f->is_refused = f->is_refused || f->errors[i] != WORD_NONE;
	}
	return !f->is_refused;
}

/* A field as large as any value may be. */
union value {
	const char *text;
	int64_t number;
	int32_t day;
	bool flag;
};

void
form_read_query(struct form *f, void *values)
{
	for (size_t i = 0; i < f->count; i++) {
		union value scratch = { 0 };
		struct form_field at_zero = f->fields[i];
		struct form one = *f;

		at_zero.offset = 0;
		one.fields = &at_zero;
		one.typed = &f->typed[i];
		one.errors = &f->errors[i];
		if (read_field(&one, 0, &f->req->query, &scratch) == WORD_NONE)
			read_field(f, i, &f->req->query, values);
		else
			f->typed[i] = "";
	}
}

const char *
form_typed(const struct form *f, const char *name)
{
	const char *typed = f->typed[place_of(f, name)];

	return typed == NULL ? "" : typed;
}

void
form_refuse(struct form *f, const char *name, enum word why)
{
	enum word *error = &f->errors[place_of(f, name)];

	if (*error == WORD_NONE)
		*error = why;
	f->is_refused = true;
}

const char *
form_nonce(struct req *req)
{
	const struct http_pair *pair = find_pair(&req->form, "nonce");

	return pair != NULL && pair->value_len == FORM_NONCE_DIGITS &&
		strspn(pair->value, "0123456789abcdef") == FORM_NONCE_DIGITS
		? pair->value : NULL;
}

void
form_renew(struct form *f)
{
	f->is_renewed = true;
}
