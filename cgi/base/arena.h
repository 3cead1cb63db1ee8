/* arena.h: memory that lives as long as one request */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena;

/* Out of memory ends the process, so nothing here returns NULL. */
struct arena *arena_create(void);
/* Runs the cleanups, last one first, and frees all; takes NULL. */
void arena_destroy(struct arena *a);
/* As destroy, but `a` stays usable, with one block kept for the next use. */
void arena_reset(struct arena *a);

/* Zeroed and aligned for any type; gone with reset or destroy. */
void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *s);
/* Copies `len` bytes and puts a NUL behind them. */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Calls `fn(arg)` at reset or destroy: for what is not memory of the arena. */
void arena_cleanup(struct arena *a, void (*fn)(void *arg), void *arg);

#endif
