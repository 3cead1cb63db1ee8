/* zones.c: the names of all time zones, to choose from */
#include "base/zones.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define FILE_NAME "/usr/share/zoneinfo/zone.tab"
#define FILE_MAX (256 * 1024)
#define ZONES_MAX 1000

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The third column of "IN\t+2232+08822\tAsia/Kolkata\tcomments"; or NULL. */
static const char *
zone_of(struct arena *a, const char *line, size_t len)
{
	const char *end = line + len, *at = line;

	if (len == 0 || *line == '#')
		return NULL;
	for (int i = 0; i < 2; i++) {
		at = memchr(at, '\t', (size_t)(end - at));
		if (at == NULL)
			return NULL;
		at++;
	}
	len = (size_t)(end - at);
	if (memchr(at, '\t', len) != NULL)
		len = (size_t)((const char *)memchr(at, '\t', len) - at);
	at = arena_strndup(a, at, len);
	return clock_zone_valid(at) ? at : NULL;
}

size_t
zones_list(struct arena *a, const char ***out)
{
	char *text = text_read_file(FILE_NAME, FILE_MAX, NULL);
	size_t count = 0;

	*out = arena_alloc(a, ZONES_MAX * sizeof **out);
	for (char *line = text; line != NULL && *line != '\0';) {
		size_t len = strcspn(line, "\n");
		const char *zone = zone_of(a, line, len);

		if (zone != NULL && count < ZONES_MAX)
			(*out)[count++] = zone;
		line += len + (line[len] == '\n');
	}
	free(text);
	qsort(*out, count, sizeof **out, by_name);
	return count;
}
