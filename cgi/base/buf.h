/* buf.h: growing bytes */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>

/*
 * `data` is NULL while nothing was reserved; after any append it is followed
 * by a NUL that `len` does not count.  Running out of memory ends the
 * process, so no call here can fail.
 */
struct buf {
	char *data;
	size_t len;
	size_t cap;
};

#define BUF_INIT { NULL, 0, 0 }

/* Makes room for `more` bytes behind `len`; returns where they begin. */
char *buf_reserve(struct buf *b, size_t more);
void buf_append(struct buf *b, const void *data, size_t len);
void buf_append_str(struct buf *b, const char *s);
void buf_appendf(struct buf *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Drops the first `len` bytes (at most all). */
void buf_consume(struct buf *b, size_t len);
/* Empties it and keeps the memory. */
void buf_reset(struct buf *b);
/* Hands the bytes to the caller, who frees them; `b` is empty after it. */
char *buf_steal(struct buf *b);
/* Frees; takes a zeroed or finished buf too. */
void buf_finish(struct buf *b);

#endif
