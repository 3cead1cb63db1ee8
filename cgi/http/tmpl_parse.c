/* tmpl_parse.c: mustache text into the nodes of a template */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "http/tmpl.h"
#include "http/tmpl_node.h"

struct parser {
	struct tmpl *t;
	char *at;		/* what is not yet a node begins here */
	char *line_begin;	/* of the line that `at` is in */
	char *counted;		/* `line` is the number of the line of this */
	int line;
	size_t open[TMPL_DEPTH_MAX];	/* sections not yet closed */
	size_t depth;
	char *error;
	size_t size;
};

static const struct {
	char sign;
	enum tmpl_kind kind;
	bool can_be_alone;	/* a line with nothing else is left out */
} tags[] = {
	{ '#', TMPL_SECTION, true },
	{ '^', TMPL_INVERTED, true },
	{ '/', TMPL_END, true },
	{ '>', TMPL_PARTIAL, true },
	{ '!', TMPL_COMMENT, true },
	{ '\0', TMPL_VALUE, false },
};

/* Advances the count of lines to `where`, which never goes back. */
static int
line_of(struct parser *p, char *where)
{
	for (; p->counted < where; p->counted++)
		p->line += *p->counted == '\n';
	return p->line;
}

__attribute__((format(printf, 3, 4)))
static bool
fail(struct parser *p, int line, const char *format, ...)
{
	va_list args;
	int head = snprintf(p->error, p->size, "%s:%d: ", p->t->file, line);

	va_start(args, format);
	if (head > 0 && (size_t)head < p->size)
		vsnprintf(p->error + head, p->size - (size_t)head, format,
		          args);
	va_end(args);
	return false;
}

static struct tmpl_node *
add(struct parser *p, enum tmpl_kind kind)
{
	struct tmpl_node blank = { .kind = kind, .line = p->line };

	buf_append(&p->t->nodes, &blank, sizeof blank);
	return tmpl_node(p->t, tmpl_count(p->t) - 1);
}

static void
add_text(struct parser *p, bool starts_line, const char *from, const char *to)
{
	struct tmpl_node *n;

	if (from >= to)
		return;
	n = add(p, TMPL_TEXT);
	n->starts_line = starts_line;
	n->text = from;
	n->len = (size_t)(to - from);
}

static char *
skip_blanks(char *c)
{
	while (*c == ' ' || *c == '\t')
		c++;
	return c;
}

/* The start of the next line when nothing stands beside the tag, or NULL. */
static char *
after_lone_tag(const struct parser *p, char *tag, char *after)
{
	if (skip_blanks(p->line_begin) != tag)
		return NULL;
	after = skip_blanks(after);
	if (after[0] == '\r' && after[1] == '\n')
		after++;
	if (*after == '\0')
		return after;
	return *after == '\n' ? after + 1 : NULL;
}

/*
 * Cuts "a.b" between `from` and `to`, blanks around it allowed, into parts
 * within the template's own copy; false for what is not a name.
 */
static bool
cut_name(char *from, char *to, struct tmpl_node *n)
{
	while (from < to && strchr(" \t\r\n", *from) != NULL)
		from++;
	while (to > from && strchr(" \t\r\n", to[-1]) != NULL)
		to--;
	*to = '\0';
	n->text = from;
	if (strcmp(from, ".") == 0)
		return n->kind != TMPL_PARTIAL;
	for (char *part = from; part < to; part += strlen(part) + 1) {
		char *dot = strchr(part, '.');

		if (dot != NULL && (n->kind == TMPL_PARTIAL || dot + 1 == to))
			return false;
		if (dot != NULL)
			*dot = '\0';
		if (!text_is_word(part, 64, "_-"))
			return false;
		n->len++;
	}
	return n->len > 0;
}

static bool
open_section(struct parser *p, size_t index)
{
	if (p->depth == TMPL_DEPTH_MAX)
		return fail(p, p->line, "more than %d sections in each other",
		            TMPL_DEPTH_MAX);
	p->open[p->depth++] = index;
	return true;
}

static bool
close_section(struct parser *p, size_t index)
{
	struct tmpl_node *end = tmpl_node(p->t, index), *begin;
	char closed[100], opened[100];

	tmpl_name(end, closed, sizeof closed);
	if (p->depth == 0)
		return fail(p, p->line, "{{/%s}} closes nothing", closed);
	begin = tmpl_node(p->t, p->open[--p->depth]);
	tmpl_name(begin, opened, sizeof opened);
	if (strcmp(opened, closed) != 0)
		return fail(p, p->line, "{{/%s}} closes {{%c%s}} of line %d",
		            closed, begin->kind == TMPL_SECTION ? '#' : '^',
		            opened, begin->line);
	begin->end = index;
	return true;
}

/* Makes a node of the tag whose inside, behind its sign, is [from, to). */
static bool
add_tag(struct parser *p, enum tmpl_kind kind, char *from, char *to,
        bool is_alone, char *tag)
{
	size_t index = tmpl_count(p->t);
	struct tmpl_node *n;

	if (kind == TMPL_COMMENT)
		return true;
	n = add(p, kind);
	if (!cut_name(from, to, n))
		return fail(p, p->line, "'%.40s' is not a name", n->text);
	n->is_alone = is_alone;
	if (kind == TMPL_PARTIAL && is_alone) {
		n->indent = p->line_begin;
		n->indent_len = (size_t)(tag - p->line_begin);
	}
	if (kind == TMPL_SECTION || kind == TMPL_INVERTED)
		return open_section(p, index);
	return kind != TMPL_END || close_section(p, index);
}

/* Which line of `tags`; false for a sign that mustache or we do not know. */
static bool
find_tag(struct parser *p, char sign, size_t *which)
{
	if (sign == '{' || sign == '&')
		return fail(p, p->line, "nothing is printed unescaped here");
	if (sign != '\0' && strchr("=$<*", sign) != NULL)
		return fail(p, p->line, "{{%c is not supported", sign);
	while (tags[*which].sign != '\0' && tags[*which].sign != sign)
		(*which)++;
	return true;
}

/* The text up to `tag`, and the tag. */
static bool
take_tag(struct parser *p, char *tag)
{
	char *close = strstr(tag + 2, "}}"), *next = NULL, *newline;
	bool starts_line = p->at == p->line_begin;
	size_t which = 0;

	line_of(p, tag);
	if (close == NULL)
		return fail(p, p->line, "{{ is not closed");
	if (!find_tag(p, tag[2], &which))
		return false;
	newline = memrchr(p->at, '\n', (size_t)(tag - p->at));
	if (newline != NULL)
		p->line_begin = newline + 1;
	if (tags[which].can_be_alone)
		next = after_lone_tag(p, tag, close + 2);
	add_text(p, starts_line, p->at, next != NULL ? p->line_begin : tag);
	if (next == NULL && tag == p->line_begin)
		add(p, TMPL_MARGIN);
	line_of(p, close);	/* before names are cut in */
	if (!add_tag(p, tags[which].kind,
	             tag + 2 + (tags[which].sign != '\0'), close,
	             next != NULL, tag))
		return false;
	p->at = next != NULL ? next : close + 2;
	if (next != NULL)
		p->line_begin = next;
	return true;
}

static bool
parse(struct parser *p, char *end)
{
	char *tag, name[100];
	const struct tmpl_node *n;

	while ((tag = strstr(p->at, "{{")) != NULL) {
		if (!take_tag(p, tag))
			return false;
	}
	add_text(p, p->at == p->line_begin, p->at, end);
	if (p->depth == 0)
		return true;
	n = tmpl_node(p->t, p->open[p->depth - 1]);
	return fail(p, n->line, "{{%c%s}} is not closed",
	            n->kind == TMPL_SECTION ? '#' : '^',
	            tmpl_name(n, name, sizeof name));
}

struct tmpl *
tmpl_parse(const char *file, int line, const char *text, size_t len,
           char *error, size_t size)
{
	struct arena *arena = arena_create();
	struct tmpl *t = arena_alloc(arena, sizeof *t);
	struct parser p = { .t = t, .line = line, .error = error,
		            .size = size };
	bool ok;

	t->arena = arena;
	t->file = arena_strdup(arena, file);
	if (len > TMPL_SIZE_MAX) {
		ok = fail(&p, line, "over %d bytes", TMPL_SIZE_MAX);
	} else if (!text_is_utf8(text, len)) {
		ok = fail(&p, line, "is not UTF-8, or holds a NUL");
	} else {
		p.at = arena_strndup(arena, text, len);
		p.line_begin = p.counted = p.at;
		ok = parse(&p, p.at + len);
	}
	if (ok)
		return t;
	tmpl_destroy(t);
	return NULL;
}

void
tmpl_destroy(struct tmpl *t)
{
	if (t == NULL)
		return;
	buf_finish(&t->nodes);
	arena_destroy(t->arena);
}

bool
tmpl_link(struct tmpl *t, tmpl_find *find, void *arg, char *error, size_t size)
{
	for (size_t i = 0; i < tmpl_count(t); i++) {
		struct tmpl_node *n = tmpl_node(t, i);

		if (n->kind != TMPL_PARTIAL)
			continue;
		n->partial = find(arg, n->text);
		if (n->partial == NULL) {
			snprintf(error, size, "%s:%d: there is no partial '%s'",
			         t->file, n->line, n->text);
			return false;
		}
	}
	return true;
}
