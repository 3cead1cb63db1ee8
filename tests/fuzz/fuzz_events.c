/* fuzz_events.c: an event stream, whole and in pieces; and one of ours */
#include <assert.h>

#include "events.h"
#include "http/stream.h"
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

static void
note_data(void *arg, const char *event, const char *data)
{
	assert(strcmp(event, "punch") == 0);
	buf_append_str(arg, data);
	buf_append_str(arg, ";");
}

/* What the hub sends is one event to the bridge, with the same lines in it. */
static void
send_and_read(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *to = text;
	struct buf sent = BUF_INIT, got = BUF_INIT;
	struct events e;

	stream_encode(&sent, "punch", text);
	events_init(&e);
	events_feed(&e, sent.data, sent.len, note_data, &got);
	events_finish(&e);
	for (const char *from = text; *from != '\0'; from++) {
		from += from[0] == '\r' && from[1] == '\n';
		*to++ = *from == '\r' ? '\n' : *from;
	}
	*to = '\0';
	assert(got.len == strlen(text) + 1 &&
	       memcmp(got.data, text, got.len - 1) == 0);
	buf_finish(&sent);
	buf_finish(&got);
	free(text);
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
	send_and_read(data + 1, size - 1);
	return 0;
}
