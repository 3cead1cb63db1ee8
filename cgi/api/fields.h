/* fields.h: values of a JSON object or of a form, checked by a table */
#ifndef FIELDS_H
#define FIELDS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "http/http.h"

enum fields_type {
	FIELDS_WORD,	/* const char *: letters, digits and `also` */
	FIELDS_TEXT,	/* const char *: any text; a number is taken as one */
	FIELDS_LINE,	/* the same, without control characters */
	FIELDS_CUT,	/* a line; of more than `most` characters, the first */
	FIELDS_BOOL,	/* bool: JSON only */
	FIELDS_INT,	/* int64_t between `least` and `most` */
	FIELDS_LOCAL,	/* int64_t: "YYYY-MM-DD HH:MM:SS" */
};

/* One field.  One that is absent or null leaves its value as it was. */
struct fields_key {
	const char *name;
	enum fields_type type;
	bool is_required;
	size_t offset;		/* of the value in its struct */
	int64_t least, most;	/* of a word, text or line: its bytes */
	const char *also;	/* FIELDS_WORD: what else may stand in it */
};

/* Where values come from: one of the two is set. */
struct fields_source {
	json_object *json;	/* an object */
	const struct http_pairs *form;
};

/* What is wrong, ready for http_json_error. */
struct fields_error {
	const char *message, *field;
};

/*
 * Fills `values` from the source; texts live in `a`.  Names that are not in
 * the table are passed over, so that clients may be newer than we are.
 * False, with `error` set, at the first field that does not fit.
 */
bool fields_read(struct arena *a, const struct fields_source *source,
                 const struct fields_key *keys, size_t count, void *values,
                 struct fields_error *error);

/*
 * Parses a JSON body strictly: UTF-8 without NUL, nothing behind it, at most
 * 8 levels deep, at most 20,000 objects or 200,000 values.  NULL when it is
 * not; freed with the arena.
 */
json_object *fields_parse_json(struct arena *a, const char *body, size_t len);

#endif
