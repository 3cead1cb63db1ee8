/* multipart.c: a form with a file (multipart/form-data, RFC 7578) into parts */
#include "http/multipart.h"

#include <strings.h>

#include "base/text.h"

#define BOUNDARY_MAX 70		/* RFC 2046 */
#define BLANKS " \t"

/* What is left to be read. */
struct cursor {
	const char *at, *end;
};

/* One part, as its headers tell it. */
struct part {
	char *name;		/* NULL: not told */
	bool is_file;
	const char *file_name;	/* "": none */
};

static size_t
left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static bool
skip(struct cursor *c, const char *text, size_t len)
{
	if (left(c) < len || memcmp(c->at, text, len) != 0)
		return false;
	c->at += len;
	return true;
}

static void
skip_blanks(struct cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
		c->at++;
}

/* ---- parameters: ; name="value" ------------------------------------------ */

/*
 * A value, quoted or not.  Within quotes a backslash is one, as browsers write
 * it: they send a quote of a name as %22.
 */
static bool
take_value(struct cursor *c, const char **value, size_t *len)
{
	bool is_quoted = skip(c, "\"", 1);
	const char *stop = is_quoted ? "\"" : "; \t";

	*value = c->at;
	while (c->at < c->end && strchr(stop, *c->at) == NULL)
		c->at++;
	*len = (size_t)(c->at - *value);
	return !is_quoted || skip(c, "\"", 1);
}

enum taken {
	TAKEN,
	TAKEN_ALL,	/* before: there are no more */
	TAKEN_NONE,	/* what comes is no parameter */
};

static enum taken
take_param(struct cursor *c, const char **name, size_t *name_len,
           const char **value, size_t *value_len)
{
	skip_blanks(c);
	if (c->at == c->end)
		return TAKEN_ALL;
	if (!skip(c, ";", 1))
		return TAKEN_NONE;
	skip_blanks(c);
	*name = c->at;
	while (c->at < c->end && *c->at != '=' && *c->at != ';')
		c->at++;
	*name_len = (size_t)(c->at - *name);
	if (!skip(c, "=", 1) || !take_value(c, value, value_len))
		return TAKEN_NONE;
	return TAKEN;
}

static bool
is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

/* CR LF, two dashes and the boundary: what stands before each part. */
static char *
read_delimiter(struct arena *a, const char *content_type)
{
	struct cursor c = { content_type,
		            content_type + strlen(content_type) };
	const char *name, *value;
	size_t name_len, value_len, type_len = strcspn(c.at, ";" BLANKS);

	if (!is_word(c.at, type_len, "multipart/form-data"))
		return NULL;
	c.at += type_len;
	while (take_param(&c, &name, &name_len, &value, &value_len) == TAKEN) {
		if (!is_word(name, name_len, "boundary"))
			continue;
		if (value_len == 0 || value_len > BOUNDARY_MAX)
			return NULL;
		return arena_printf(a, "\r\n--%.*s", (int)value_len, value);
	}
	return NULL;
}

/* ---- headers of a part --------------------------------------------------- */

/* `form-data; name="photo"; filename="IMG 1.jpg"`. */
static bool
read_disposition(struct arena *a, struct cursor c, struct part *part)
{
	const char *name, *value;
	size_t name_len, value_len;
	enum taken taken;

	skip_blanks(&c);
	if (!skip(&c, "form-data", 9))
		return false;
	while ((taken = take_param(&c, &name, &name_len, &value,
	                           &value_len)) == TAKEN) {
		if (is_word(name, name_len, "filename")) {
			part->is_file = true;
			part->file_name = arena_strndup(a, value, value_len);
		}
		if (!is_word(name, name_len, "name"))
			continue;
		if (part->name != NULL || value_len == 0 ||
		    !text_is_utf8(value, value_len))
			return false;
		part->name = arena_strndup(a, value, value_len);
	}
	return taken == TAKEN_ALL;
}

static bool
read_header(struct arena *a, struct cursor line, struct part *part)
{
	const char *colon = memchr(line.at, ':', left(&line));

	if (colon == NULL)
		return false;
	if (!is_word(line.at, (size_t)(colon - line.at),
	             "content-disposition"))
		return true;	/* what type it says it is does not count */
	line.at = colon + 1;
	return read_disposition(a, line, part);
}

/* Up to and with the empty line. */
static bool
read_head(struct arena *a, struct cursor *c, struct part *part)
{
	size_t most = left(c) < MULTIPART_HEAD_MAX ? left(c)
		: MULTIPART_HEAD_MAX;
	const char *end = memmem(c->at, most, "\r\n\r\n", 4);

	if (end == NULL)
		return false;
	while (c->at < end) {
		const char *stop = memmem(c->at, (size_t)(end + 2 - c->at),
		                          "\r\n", 2);

		if (!read_header(a, (struct cursor){ c->at, stop }, part))
			return false;
		c->at = stop + 2;
	}
	c->at = end + 4;
	return part->name != NULL;
}

/* ---- parts --------------------------------------------------------------- */

static bool
keep(struct arena *a, const struct part *part, const char *data, size_t len,
     struct http_pairs *form, struct http_file *file)
{
	if (part->is_file) {
		if (len == 0 && *part->file_name == '\0')
			return true;	/* none was chosen */
		if (file->name != NULL)
			return true;	/* the first one counts */
		*file = (struct http_file){ part->name, part->file_name, data,
		                            len };
		return true;
	}
	if (len > MULTIPART_FIELD_MAX)
		return false;
	form->list[form->count++] = (struct http_pair){
		.name = part->name, .value = arena_strndup(a, data, len),
		.value_len = len,
	};
	return true;
}

/* One part, from its headers to the delimiter behind it. */
static bool
read_part(struct arena *a, struct cursor *c, const char *delimiter,
          struct http_pairs *form, struct http_file *file)
{
	struct part part = { NULL, false, "" };
	const char *data, *end;

	if (!read_head(a, c, &part))
		return false;
	data = c->at;
	end = memmem(data, left(c), delimiter, strlen(delimiter));
	if (end == NULL)
		return false;
	c->at = end + strlen(delimiter);
	return keep(a, &part, data, (size_t)(end - data), form, file);
}

bool
multipart_parse(struct arena *a, const char *content_type, const char *body,
                size_t len, struct http_pairs *form, struct http_file *file)
{
	struct cursor c = { body, body + len };
	const char *delimiter = read_delimiter(a, content_type);

	*file = (struct http_file){ NULL, NULL, NULL, 0 };
	form->count = 0;
	form->list = arena_alloc(a, MULTIPART_PARTS_MAX * sizeof *form->list);
	/* no line ends before the first */
	if (delimiter == NULL ||
	    !skip(&c, delimiter + 2, strlen(delimiter) - 2))
		return false;
	for (int i = 0; i < MULTIPART_PARTS_MAX && skip(&c, "\r\n", 2); i++) {
		if (!read_part(a, &c, delimiter, form, file))
			return false;
	}
	if (!skip(&c, "--", 2))
		return false;
	skip(&c, "\r\n", 2);
	return left(&c) == 0;
}
