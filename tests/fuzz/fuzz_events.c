/* fuzz_events.c: an event stream, whole and in pieces */
#include <assert.h>

#include "events.h"
#include "tests/fuzz/fuzz.h"

static void
note(void *arg, const char *event, const char *data)
{
	assert(event[0] != '\0' && strlen(event) <= EVENTS_NAME_MAX);
	assert(strlen(data) < EVENTS_DATA_MAX);
	assert(strpbrk(event, "\r\n") == NULL && strchr(data, '\r') == NULL);
	buf_appendf(arg, "%s|%s;", event, data);
}

/* Appends the events of a stream that comes in pieces of `piece`. */
static void
read_all(const uint8_t *data, size_t size, size_t piece, struct buf *to)
{
	struct events e;

	events_init(&e);
	for (size_t at = 0; at < size; at += piece) {
		size_t len = size - at < piece ? size - at : piece;
		char *copy = fuzz_text(data + at, len);

		events_feed(&e, copy, len, note, to);
		assert(e.line.len <= EVENTS_LINE_MAX);
		assert(e.data.len <= EVENTS_DATA_MAX);
		free(copy);
	}
	events_finish(&e);
}

/* The length of pieces from the first byte, then the stream. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT, cut = BUF_INIT;

	if (size < 2)
		return 0;
	read_all(data + 1, size - 1, size, &whole);
	read_all(data + 1, size - 1, 1 + data[0], &cut);
	assert(whole.len == cut.len &&
	       (whole.len == 0 || memcmp(whole.data, cut.data, cut.len) == 0));
	buf_finish(&whole);
	buf_finish(&cut);
	return 0;
}
