/* tmpl_node.h: a parsed template, as parser and renderer share it */
#ifndef TMPL_NODE_H
#define TMPL_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct arena;

enum tmpl_kind {
	TMPL_TEXT,
	TMPL_MARGIN,	/* where a line begins with a tag: indent here */
	TMPL_VALUE,
	TMPL_SECTION,
	TMPL_INVERTED,
	TMPL_END,
	TMPL_PARTIAL,
	TMPL_COMMENT,	/* parsed, never kept */
};

/* A template is a flat list of these; a section knows where it ends. */
struct tmpl_node {
	enum tmpl_kind kind;
	bool starts_line;	/* TEXT: from the line's first byte on */
	bool is_alone;		/* PARTIAL: has its line for itself */
	int line;
	const char *text;	/* TEXT; or a name, a NUL after each part */
	size_t len;		/* TEXT: bytes; else parts, 0 is {{.}} */
	const char *indent;	/* PARTIAL: what stands before it */
	size_t indent_len;
	size_t end;		/* SECTION, INVERTED: index of its END */
	const struct tmpl *partial;
};

struct tmpl {
	struct arena *arena;
	const char *file;
	struct buf nodes;
};

static inline struct tmpl_node *
tmpl_node(const struct tmpl *t, size_t i)
{
	return (struct tmpl_node *)(void *)t->nodes.data + i;
}

static inline size_t
tmpl_count(const struct tmpl *t)
{
	return t->nodes.len / sizeof(struct tmpl_node);
}

/* The name of a node as it was written, for messages; returns `out`. */
const char *tmpl_name(const struct tmpl_node *n, char *out, size_t size);

#endif
