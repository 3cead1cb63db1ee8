/* tmpl.h: logic-less mustache: parse once, render a json_object */
#ifndef TMPL_H
#define TMPL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct json_object;
struct tmpl;

/*
 * What there is of mustache, and it behaves as its specification says:
 *   {{name}}  {{a.b}}  {{.}}    a value, with & < > " ' escaped: safe in text
 *                               and in double-quoted attributes, only there
 *   {{#name}} ... {{/name}}     for each of an array; once for what is true
 *   {{^name}} ... {{/name}}     for what is false or empty
 *   {{> part}}                  another template, indented as its tag is
 *   {{! words }}                a comment
 * False are null, false, 0, "" and []; all else, {} too, is true.  There is
 * no way to print unescaped ({{{x}}} and {{&x}} do not parse), no change of
 * delimiters, no lambda.
 */
#define TMPL_DEPTH_MAX 64	/* sections and partials within each other */
#define TMPL_SIZE_MAX (1024 * 1024)	/* bytes of one template */

/*
 * Parses `len` bytes, which are copied.  `file` and `line` (of the first
 * byte) are for messages.  NULL, with "FILE:LINE: what is wrong" in `error`,
 * for anything broken, bytes that are not UTF-8, or over the limits.  Caller
 * frees with tmpl_destroy().
 */
struct tmpl *tmpl_parse(const char *file, int line, const char *text,
                        size_t len, char *error, size_t size);
void tmpl_destroy(struct tmpl *t);

/* Gives the template of a {{> name}}, or NULL. */
typedef const struct tmpl *tmpl_find(void *arg, const char *name);

/*
 * Ties each {{> name}} of `t` to what `find` gives, which must live as long
 * as `t` is rendered; a partial may come back to itself.  False, with a
 * message as above, at the first name that `find` does not know.  Until it is
 * tied, a partial renders as nothing.
 */
bool tmpl_link(struct tmpl *t, tmpl_find *find, void *arg, char *error,
               size_t size);

/* Names that a template asked for in vain. */
struct tmpl_missing {
	unsigned count;
	char first[160];	/* "FILE:LINE: name", "" while count is 0 */
};

/*
 * Appends `t`, filled from `model`, to `out`.  A name that the model does not
 * have (null is had), or that is no text or number where one is printed,
 * prints nothing and is noted in `missing`, which may be NULL and is not
 * reset.  False when it went too deep or grew too long; `out` then holds a
 * part of it.
 */
bool tmpl_render(const struct tmpl *t, struct json_object *model,
                 struct buf *out, struct tmpl_missing *missing);

#endif
