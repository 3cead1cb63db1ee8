/* tmpl.c: logic-less mustache: renders a json_object; see tmpl_parse.c too */
#include "http/tmpl.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "http/tmpl_node.h"

#define STEPS_MAX 10000000	/* nodes of one rendering */
#define OUTPUT_MAX (64u * 1024 * 1024)

const char *
tmpl_name(const struct tmpl_node *n, char *out, size_t size)
{
	const char *part = n->text;
	size_t used = 0;

	snprintf(out, size, "%s", n->len == 0 ? "." : "");
	for (size_t i = 0; i < n->len; i++, part += strlen(part) + 1) {
		int more = snprintf(out + used, size - used, "%s%s",
		                    i > 0 ? "." : "", part);

		if (more < 0 || (size_t)more >= size - used)
			break;
		used += (size_t)more;
	}
	return out;
}

struct frame {
	struct json_object *value;
	const struct frame *up;
};

struct render {
	struct buf *out;
	struct buf indent;	/* before each line of a partial */
	struct tmpl_missing *missing;
	unsigned depth;
	size_t steps;
	bool is_over;		/* a limit was met; nothing more is done */
};

static void render_nodes(struct render *r, const struct tmpl *t, size_t from,
                         size_t to, const struct frame *frame);

static void
note_missing(struct render *r, const struct tmpl *t, const struct tmpl_node *n)
{
	struct tmpl_missing *m = r->missing;
	char name[100];

	if (m != NULL && m->count++ == 0)
		snprintf(m->first, sizeof m->first, "%.50s:%d: %s", t->file,
		         n->line, tmpl_name(n, name, sizeof name));
}

/* The nearest value of the first part, then down from there, never back. */
static bool
look_up(const struct tmpl_node *n, const struct frame *frame,
        struct json_object **value)
{
	const char *part = n->text;

	*value = frame->value;
	for (; n->len > 0 && frame != NULL; frame = frame->up) {
		if (json_object_is_type(frame->value, json_type_object) &&
		    json_object_object_get_ex(frame->value, part, value))
			break;
	}
	for (size_t i = 1; frame != NULL && i < n->len; i++) {
		part += strlen(part) + 1;
		if (!json_object_is_type(*value, json_type_object) ||
		    !json_object_object_get_ex(*value, part, value))
			return false;
	}
	return frame != NULL;
}

static const char *
escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\0':
		return "\xef\xbf\xbd";	/* no NUL is valid in HTML */
	default:
		return NULL;
	}
}

static void
put_escaped(struct buf *out, const char *s, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		const char *escape = escape_of(s[i]);

		if (escape == NULL)
			continue;
		buf_append(out, s + from, i - from);
		buf_append_str(out, escape);
		from = i + 1;
	}
	buf_append(out, s + from, len - from);
}

static void
put_value(struct render *r, const struct tmpl *t, const struct tmpl_node *n,
          const struct frame *frame)
{
	struct json_object *value;
	const char *text;

	if (!look_up(n, frame, &value) ||
	    json_object_is_type(value, json_type_array) ||
	    json_object_is_type(value, json_type_object)) {
		note_missing(r, t, n);
		return;
	}
	if (value == NULL)
		return;
	text = json_object_get_string(value);
	put_escaped(r->out, text,
	            json_object_is_type(value, json_type_string) ?
	            (size_t)json_object_get_string_len(value) : strlen(text));
}

static void
put_text(struct render *r, const struct tmpl_node *n)
{
	const char *c = n->text, *end = c + n->len;
	bool starts_line = n->starts_line;

	if (r->indent.len == 0) {
		buf_append(r->out, c, n->len);
		return;
	}
	while (c < end) {
		const char *newline = memchr(c, '\n', (size_t)(end - c));
		const char *next = newline != NULL ? newline + 1 : end;

		if (starts_line && *c != '\n' && *c != '\r')
			buf_append(r->out, r->indent.data, r->indent.len);
		buf_append(r->out, c, (size_t)(next - c));
		starts_line = true;
		c = next;
	}
}

static bool
is_true(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return false;
	case json_type_boolean:
		return json_object_get_boolean(value);
	case json_type_int:
		return json_object_get_int64(value) != 0;
	case json_type_double:
		return json_object_get_double(value) != 0;
	case json_type_string:
		return json_object_get_string_len(value) > 0;
	case json_type_array:
		return json_object_array_length(value) > 0;
	default:
		return true;
	}
}

/* The inside of the section at `i`, as often as its value says. */
static void
put_section(struct render *r, const struct tmpl *t, size_t i,
            const struct frame *frame)
{
	const struct tmpl_node *n = tmpl_node(t, i);
	struct frame inner = { .up = frame };
	struct json_object *value = NULL;
	size_t count = 1;

	if (!look_up(n, frame, &value)) {
		note_missing(r, t, n);
		value = NULL;
	}
	if (is_true(value) != (n->kind == TMPL_SECTION))
		return;
	if (n->kind == TMPL_INVERTED) {
		render_nodes(r, t, i + 1, n->end, frame);
		return;
	}
	if (json_object_is_type(value, json_type_array))
		count = json_object_array_length(value);
	for (size_t k = 0; k < count && !r->is_over; k++) {
		inner.value = !json_object_is_type(value, json_type_array) ?
			value : json_object_array_get_idx(value, k);
		render_nodes(r, t, i + 1, n->end, &inner);
	}
}

static void
put_partial(struct render *r, const struct tmpl_node *n,
            const struct frame *frame)
{
	struct buf outer = r->indent;

	if (n->partial == NULL)
		return;
	r->indent = (struct buf)BUF_INIT;
	if (n->is_alone && outer.len + n->indent_len > 0) {
		buf_append(&r->indent, outer.data, outer.len);
		buf_append(&r->indent, n->indent, n->indent_len);
	}
	render_nodes(r, n->partial, 0, tmpl_count(n->partial), frame);
	buf_finish(&r->indent);
	r->indent = outer;
}

static void
render_nodes(struct render *r, const struct tmpl *t, size_t from, size_t to,
             const struct frame *frame)
{
	if (++r->depth > TMPL_DEPTH_MAX)
		r->is_over = true;
	for (size_t i = from; i < to && !r->is_over; i++) {
		const struct tmpl_node *n = tmpl_node(t, i);

		if (++r->steps > STEPS_MAX || r->out->len > OUTPUT_MAX) {
			r->is_over = true;
		} else if (n->kind == TMPL_TEXT) {
			put_text(r, n);
		} else if (n->kind == TMPL_MARGIN) {
			buf_append(r->out, r->indent.data, r->indent.len);
		} else if (n->kind == TMPL_VALUE) {
			put_value(r, t, n, frame);
		} else if (n->kind == TMPL_PARTIAL) {
			put_partial(r, n, frame);
		} else if (n->kind != TMPL_END) {
			put_section(r, t, i, frame);
			i = n->end;
		}
	}
	r->depth--;
}

bool
tmpl_render(const struct tmpl *t, struct json_object *model, struct buf *out,
            struct tmpl_missing *missing)
{
	struct render r = { .out = out, .missing = missing };
	struct frame frame = { .value = model };

	render_nodes(&r, t, 0, tmpl_count(t), &frame);
	return !r.is_over;
}
