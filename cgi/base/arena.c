/* arena.c: memory that lives as long as one request */
#include "base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define BLOCK_SIZE (16 * 1024)
#define ALIGN _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t used, size;
	max_align_t data[];
};

struct cleanup {
	struct cleanup *next;
	void (*fn)(void *arg);
	void *arg;
};

struct arena {
	struct block *blocks;	/* the newest first; the last one is kept */
	struct cleanup *cleanups;
};

static struct block *
block_create(struct block *next, size_t size)
{
	struct block *b = malloc(sizeof *b + size);

	if (b == NULL)
		log_die("out of memory");
	*b = (struct block){ .next = next, .size = size };
	return b;
}

struct arena *
arena_create(void)
{
	struct arena *a = calloc(1, sizeof *a);

	if (a == NULL)
		log_die("out of memory");
	a->blocks = block_create(NULL, BLOCK_SIZE);
	return a;
}

void
arena_reset(struct arena *a)
{
	/* the list itself lies in the blocks, so they go last */
	for (struct cleanup *c = a->cleanups; c != NULL; c = c->next)
		c->fn(c->arg);
	a->cleanups = NULL;
	while (a->blocks->next != NULL) {
		struct block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
	a->blocks->used = 0;
}

void
arena_destroy(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	free(a->blocks);
	free(a);
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct block *b = a->blocks;
	void *p;

	if (size > SIZE_MAX / 4)
		log_die("out of memory");
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	if (size > b->size - b->used) {
		b = block_create(b, size > BLOCK_SIZE ? size : BLOCK_SIZE);
		a->blocks = b;
	}
	p = (char *)b->data + b->used;
	b->used += size;
	return memset(p, 0, size);
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(copy, s, len);
	return copy;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char *text;
	int need;

	va_start(args, format);
	va_copy(again, args);
	need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (need < 0)
		log_die("cannot format '%s'", format);
	text = arena_alloc(a, (size_t)need + 1);
	vsnprintf(text, (size_t)need + 1, format, again);
	va_end(again);
	return text;
}

void
arena_cleanup(struct arena *a, void (*fn)(void *arg), void *arg)
{
	struct cleanup *c = arena_alloc(a, sizeof *c);

	*c = (struct cleanup){ a->cleanups, fn, arg };
	a->cleanups = c;
}
