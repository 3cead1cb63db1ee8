/* fuzz_message_text.c: the words of a message, filled, and as a template */
#include <assert.h>

#include "gym/message_text.h"
#include "tests/fuzz/fuzz.h"

/* A value of a parameter is one line, and not empty. */
static void
try_value(const char *text)
{
	struct buf b = BUF_INIT;

	message_text_value(text, &b);
	assert(b.len > 0 && b.len <= strlen(text) + 1);
	for (size_t i = 0; i < b.len; i++)
		assert((unsigned char)b.data[i] >= ' ' && b.data[i] != 0x7f);
	assert(strstr(b.data, "  ") == NULL);
	buf_finish(&b);
}

/* The template of a text with named fields is a text of the same fields. */
static void
try_text(const char *text)
{
	struct message_fields fields, again;
	struct buf b = BUF_INIT;

	if (message_text_fields(text, &fields) != MESSAGE_TEXT_FINE)
		return;
	assert(fields.count <= MESSAGE_FIELD__COUNT);
	message_text_template(text, true, &b);
	assert(message_text_fields(b.len == 0 ? "" : b.data, &again) ==
	       MESSAGE_TEXT_FINE);
	assert(again.count == fields.count);
	for (size_t i = 0; i < fields.count; i++)
		assert(again.list[i] == fields.list[i]);
	buf_finish(&b);
}

static void
try_filled(const char *text)
{
	static const char *const empty[MESSAGE_FIELD__COUNT] = {
		"", "", "", "", "", "", "",
	};
	struct buf b = BUF_INIT;

	message_text_fill(text, empty, &b);
	assert(b.len <= strlen(text));
	buf_finish(&b);
	message_text_template(text, false, &b);
	buf_finish(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	try_value(text);
	try_text(text);
	try_filled(text);
	free(text);
	return 0;
}
