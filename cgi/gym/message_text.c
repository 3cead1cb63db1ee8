/* message_text.c: the words of a message: "Hello {{first_name}}, ..." */
#include "gym/message_text.h"

#include <string.h>

static const char *const field_words[MESSAGE_FIELD__COUNT] = {
	[MESSAGE_FIRST_NAME] = "first_name",
	[MESSAGE_NAME] = "name",
	[MESSAGE_GYM] = "gym",
	[MESSAGE_BRANCH] = "branch",
	[MESSAGE_PLAN] = "plan",
	[MESSAGE_DATE] = "date",
	[MESSAGE_DAYS] = "days",
};

const char *
message_field_word(enum message_field field)
{
	return field_words[field];
}

/* ---- one piece after the other ------------------------------------------- */

/* What stands at one place of a text: plain words, or a field. */
struct piece {
	const char *words;
	size_t len;
	bool is_field;
	enum message_field field;
};

static enum message_field
find_field(const char *name, size_t len)
{
	int f = 0;

	while (f < MESSAGE_FIELD__COUNT && (strlen(field_words[f]) != len ||
	       memcmp(field_words[f], name, len) != 0))
		f++;
	return (enum message_field)f;
}

/* Behind "{{". */
static enum message_text_fault
read_field(const char **at, struct piece *p)
{
	const char *name = *at + strspn(*at, " ");
	size_t len = strcspn(name, " {}");
	const char *end = name + len + strspn(name + len, " ");

	p->is_field = true;
	p->field = find_field(name, len);
	if (strncmp(end, "}}", 2) != 0)
		return MESSAGE_TEXT_OPEN;
	*at = end + 2;
	return p->field == MESSAGE_FIELD__COUNT ? MESSAGE_TEXT_UNKNOWN
		: MESSAGE_TEXT_FINE;
}

/* The next piece of what is not at its end. */
static enum message_text_fault
next_piece(const char **at, struct piece *p)
{
	const char *open = strstr(*at, "{{"), *close = strstr(*at, "}}");

	if (open == *at) {
		*at += 2;
		return read_field(at, p);
	}
	*p = (struct piece){ .words = *at };
	p->len = open == NULL ? strlen(*at) : (size_t)(open - *at);
	if (close != NULL && close < *at + p->len)
		return MESSAGE_TEXT_OPEN;
	*at += p->len;
	return MESSAGE_TEXT_FINE;
}

/* ---- fields, and what is put in their place ------------------------------ */

/* Its place among the fields; their count where it is none of them. */
static size_t
place_of(const struct message_fields *fields, enum message_field field)
{
	size_t i = 0;

	while (i < fields->count && fields->list[i] != field)
		i++;
	return i;
}

enum message_text_fault
message_text_fields(const char *text, struct message_fields *out)
{
	enum message_text_fault fault = MESSAGE_TEXT_FINE;
	struct piece p;

	*out = (struct message_fields){ .count = 0 };
	while (*text != '\0' && fault == MESSAGE_TEXT_FINE) {
		fault = next_piece(&text, &p);
		if (fault == MESSAGE_TEXT_FINE && p.is_field &&
		    place_of(out, p.field) == out->count)
			out->list[out->count++] = p.field;
	}
	if (fault != MESSAGE_TEXT_FINE)
		out->count = 0;
	return fault;
}

void
message_text_fill(const char *text,
                  const char *const values[MESSAGE_FIELD__COUNT],
                  struct buf *out)
{
	struct piece p;

	while (*text != '\0' && next_piece(&text, &p) == MESSAGE_TEXT_FINE) {
		if (p.is_field)
			buf_append_str(out, values[p.field]);
		else
			buf_append(out, p.words, p.len);
	}
}

void
message_text_template(const char *text, bool is_named, struct buf *out)
{
	struct message_fields fields;
	struct piece p;

	message_text_fields(text, &fields);
	while (*text != '\0' && next_piece(&text, &p) == MESSAGE_TEXT_FINE) {
		if (!p.is_field)
			buf_append(out, p.words, p.len);
		else if (is_named)
			buf_appendf(out, "{{%s}}", field_words[p.field]);
		else
			buf_appendf(out, "{{%zu}}",
			            place_of(&fields, p.field) + 1);
	}
}

void
message_text_value(const char *value, struct buf *out)
{
	size_t at = out->len;
	bool is_blank = false;	/* one is due before the next character */

	for (; *value != '\0'; value++) {
		if ((unsigned char)*value <= ' ' || *value == 0x7f) {
			is_blank = out->len > at;
			continue;
		}
		if (is_blank)
			buf_append_str(out, " ");
		buf_append(out, value, 1);
		is_blank = false;
	}
	if (out->len == at)
		buf_append_str(out, "-");
}
