/* message_text.h: the words of a message: "Hello {{first_name}}, ..." */
#ifndef MESSAGE_TEXT_H
#define MESSAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* What may stand between {{ and }}. */
enum message_field {
	MESSAGE_FIRST_NAME,
	MESSAGE_NAME,
	MESSAGE_GYM,
	MESSAGE_BRANCH,
	MESSAGE_PLAN,
	MESSAGE_DATE,		/* that the message is about */
	MESSAGE_DAYS,		/* of its rule */
	MESSAGE_FIELD__COUNT
};

/* "first_name" and so on. */
const char *message_field_word(enum message_field field);

/*
 * The fields of a text, each once, in the order in which they first stand
 * there: the parameters of its template.
 */
struct message_fields {
	enum message_field list[MESSAGE_FIELD__COUNT];
	size_t count;
};

enum message_text_fault {
	MESSAGE_TEXT_FINE,
	MESSAGE_TEXT_UNKNOWN,	/* a field that there is not */
	MESSAGE_TEXT_OPEN,	/* "{{" without "}}" behind a field, or "}}" alone */
};

/*
 * Reads a text; blanks within the braces are let be.  With a fault `out` is
 * empty.  Pure, as all here.
 */
enum message_text_fault message_text_fields(const char *text,
                                            struct message_fields *out);

/*
 * Appends a text that is without fault, the fields filled with `values`, none of
 * which is NULL.
 */
void message_text_fill(const char *text,
                       const char *const values[MESSAGE_FIELD__COUNT],
                       struct buf *out);
/*
 * The same as the service wants its template written: "{{1}}", or with
 * `is_named` "{{first_name}}".
 */
void message_text_template(const char *text, bool is_named, struct buf *out);

/*
 * Appends a value as a parameter may hold it: on one line, without control
 * characters or many blanks in a row, never empty ("-").
 */
void message_text_value(const char *value, struct buf *out);

#endif
