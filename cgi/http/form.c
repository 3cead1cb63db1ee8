/* form.c: a form's fields by a table: read, checked, drawn again */
#include "http/form.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/money.h"
#include "base/text.h"

#define NONCE_BYTES 16
/* whoever types another has mistyped; and what is added to it stays a day */
#define FIRST_YEAR 1900
#define LAST_YEAR 2199

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
form_set_money(struct form *f, const char *name, int64_t amount)
{
	char text[MONEY_TEXT_SIZE];

	money_plain(amount, f->currency == NULL ? "INR" : f->currency, text);
	form_set(f, name, arena_strdup(f->req->arena, text));
}

/* ---- reading ------------------------------------------------------------- */

static bool
is_control(const char *s, const char *but)
{
	for (; *s != '\0'; s++) {
		if (((unsigned char)*s < 0x20 || *s == 0x7f) &&
		    strchr(but, *s) == NULL)
			return true;
	}
	return false;
}

static int64_t
count_characters(const char *s)
{
	int64_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static enum word
check_length(const char *s, const struct form_field *field)
{
	int64_t n = count_characters(s);

	if (n > field->most)
		return WORD_TOO_LONG;
	return n < field->least ? WORD_TOO_SHORT : WORD_NONE;
}

static enum word
read_text(const char *s, const struct form_field *field, void *value)
{
	*(const char **)value = s;
	if (is_control(s, field->type == FORM_LINES ? "\r\n\t" : ""))
		return WORD_UNREADABLE;
	return check_length(s, field);
}

static enum word
read_word(const char *s, const struct form_field *field, void *value)
{
	*(const char **)value = s;
	if (!text_is_word(s, strlen(s), field->also == NULL ? "" : field->also))
		return WORD_UNREADABLE;
	return check_length(s, field);
}

static enum word
read_int(const char *s, const struct form_field *field, void *value)
{
	if (!text_to_int(s, INT64_MIN, INT64_MAX, value))
		return WORD_NOT_A_NUMBER;
	return *(int64_t *)value < field->least ||
		*(int64_t *)value > field->most ? WORD_OUT_OF_BOUNDS
		: WORD_NONE;
}

/* One or two digits, or just four; moves `s` behind them. */
static bool
take_number(const char **s, size_t least, size_t most, int *value)
{
	size_t n = 0;

	for (*value = 0; n < most && **s >= '0' && **s <= '9'; n++)
		*value = *value * 10 + (*(*s)++ - '0');
	return n >= least;
}

static bool
take_one(const char **s, const char *of)
{
	return **s != '\0' && strchr(of, *(*s)++) != NULL;
}

/* "2026-12-31", as a browser's own field sends it. */
static bool
take_iso(const char **s, struct clock_date *d)
{
	return take_number(s, 4, 4, &d->year) && take_one(s, "-") &&
	       take_number(s, 2, 2, &d->month) && take_one(s, "-") &&
	       take_number(s, 2, 2, &d->day);
}

/* "31-12-2026", "1/2/2026", as people write it here. */
static bool
take_written(const char **s, struct clock_date *d)
{
	return take_number(s, 1, 2, &d->day) && take_one(s, "-/.") &&
	       take_number(s, 1, 2, &d->month) && take_one(s, "-/.") &&
	       take_number(s, 4, 4, &d->year);
}

/* A day in front of `s`; what follows it begins at `*end`. */
static bool
scan_day(const char *s, int32_t *day, size_t *end)
{
	struct clock_date d = { 0 };
	const char *iso = s, *written = s;
	bool is_iso = take_iso(&iso, &d);
	int64_t local;

	if (!is_iso && !take_written(&written, &d))
		return false;
	*end = (size_t)((is_iso ? iso : written) - s);
	if (d.year < 1000 || !clock_join(&d, &local))
		return false;
	*day = clock_day(local);
	return true;
}

static enum word
check_year(int64_t local)
{
	int year = clock_split(local).year;

	return year < FIRST_YEAR || year > LAST_YEAR ? WORD_OUT_OF_BOUNDS
		: WORD_NONE;
}

static enum word
read_day(const char *s, const struct form_field *field, void *value)
{
	size_t end;

	(void)field;
	if (!scan_day(s, value, &end) || s[end] != '\0')
		return WORD_NOT_A_DAY;
	return check_year((int64_t)*(int32_t *)value * CLOCK_DAY_SECONDS);
}

static enum word
read_local(const char *s, const struct form_field *field, void *value)
{
	char iso[CLOCK_TEXT_SIZE + 8];
	char day_text[CLOCK_DAY_TEXT_SIZE];
	bool has_offset;
	int offset_s;
	int32_t day;
	size_t end;

	(void)field;
	if (!scan_day(s, &day, &end) || (s[end] != ' ' && s[end] != 'T') ||
	    strlen(s + end) > strlen(" 18:30:00"))
		return WORD_NOT_A_TIME;
	clock_format_day(day, day_text);
	snprintf(iso, sizeof iso, "%s %.8s%s", day_text, s + end + 1,
	         strlen(s + end + 1) == 5 ? ":00" : "");
	if (!clock_parse(iso, value, &has_offset, &offset_s) || has_offset)
		return WORD_NOT_A_TIME;
	return check_year(*(int64_t *)value);
}

static enum word
read_choice(const char *s, const struct form_field *field, void *value)
{
	for (const char *const *c = field->choices; *c != NULL; c++) {
		if (strcmp(*c, s) == 0) {
			*(const char **)value = *c;
			return WORD_NONE;
		}
	}
	return WORD_NOT_A_CHOICE;
}

static enum word
read_value(struct form *f, const struct form_field *field, const char *s,
           void *value)
{
	switch (field->type) {
	case FORM_LINE:
	case FORM_LINES:
	case FORM_SECRET:
		return read_text(s, field, value);
	case FORM_WORD:
		return read_word(s, field, value);
	case FORM_INT:
		return read_int(s, field, value);
	case FORM_DAY:
		return read_day(s, field, value);
	case FORM_LOCAL:
		return read_local(s, field, value);
	case FORM_MONEY:
		return money_parse(s, f->currency == NULL ? "INR"
		                   : f->currency, value) ? WORD_NONE
			: WORD_NOT_MONEY;
	case FORM_CHOICE:
		return read_choice(s, field, value);
	case FORM_BOOL:
		break;
	}
	return WORD_NONE;
}

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
	return read_value(f, field, f->typed[i], value);
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

	return pair != NULL && pair->value_len == 2 * NONCE_BYTES &&
		strspn(pair->value, "0123456789abcdef") == 2 * NONCE_BYTES
		? pair->value : NULL;
}

void
form_renew(struct form *f)
{
	f->is_renewed = true;
}

/* ---- drawing ------------------------------------------------------------- */

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
	unsigned char bytes[NONCE_BYTES];
	char text[2 * NONCE_BYTES + 1];

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
	const char *typed = f->typed[place_of(f, name)];
	json_object *choices = json_object_new_array();
	char key[80];

	for (size_t i = 0; i < count; i++) {
		json_object *one = json_object_new_object();
		bool is_chosen = typed != NULL &&
			strcmp(typed, list[i].value) == 0;

		put_str(one, "value", list[i].value);
		put_str(one, "text", list[i].text);
		json_object_object_add(one, "is_chosen",
		                       json_object_new_boolean(is_chosen));
		json_object_array_add(choices, one);
	}
	snprintf(key, sizeof key, "%s_choices", name);
	json_object_object_add(model, key, choices);
}
