/* buf.c: growing bytes */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

char *
buf_reserve(struct buf *b, size_t more)
{
	if (more > SIZE_MAX / 4 || b->len > SIZE_MAX / 4)
		log_die("out of memory");
	if (b->len + more + 1 > b->cap) {
		size_t cap = b->cap * 2 > 64 ? b->cap * 2 : 64;

		while (cap < b->len + more + 1)
			cap *= 2;
		b->data = realloc(b->data, cap);
		if (b->data == NULL)
			log_die("out of memory");
		b->cap = cap;
	}
	return b->data + b->len;
}

void
buf_append(struct buf *b, const void *data, size_t len)
{
	char *to = buf_reserve(b, len);

	if (len > 0)
		memcpy(to, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_append_str(struct buf *b, const char *s)
{
	buf_append(b, s, strlen(s));
}

void
buf_appendf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	int need;

	va_start(args, format);
	va_copy(again, args);
	need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (need < 0)
		log_die("cannot format '%s'", format);
	vsnprintf(buf_reserve(b, (size_t)need), (size_t)need + 1, format,
	          again);
	va_end(again);
	b->len += (size_t)need;
}

void
buf_consume(struct buf *b, size_t len)
{
	if (len > b->len)
		len = b->len;
	if (len == 0)
		return;
	memmove(b->data, b->data + len, b->len - len + 1);
	b->len -= len;
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	if (b->data != NULL)
		b->data[0] = '\0';
}

char *
buf_steal(struct buf *b)
{
	char *data;

	buf_reserve(b, 0);
	data = b->data;
	data[b->len] = '\0';
	*b = (struct buf)BUF_INIT;
	return data;
}

void
buf_finish(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT;
}
