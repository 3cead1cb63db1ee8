/* fuzz_sender.c: answers of the message service: status, line end, body */
#include <assert.h>

#include "base/text.h"
#include "gym/sender_inside.h"
#include "tests/fuzz/fuzz.h"

/* Whoever has not said that it is accepted, or that it is not, is not believed. */
static void
check(int status, const struct sender_answer *out)
{
	size_t digits = 0;

	assert(out->outcome != SENDER_ACCEPTED ||
	       (*out->wamid != '\0' && status >= 200 && status < 300));
	assert(out->outcome != SENDER_REFUSED || out->code >= 0);
	assert(out->outcome != SENDER_NOT_SENT || (status >= 300 && status < 500));
	assert(text_is_utf8(out->words, strlen(out->words)));
	for (const char *c = out->words; *c != '\0'; c++) {
		digits = *c >= '0' && *c <= '9' ? digits + 1 : 0;
		assert((unsigned char)*c >= ' ' && digits < 7);
	}
	assert(strstr(out->words, "EAAtoken") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t line = fuzz_line(data, size), skip = line + (line < size);
	char *status = fuzz_text(data, line);
	char *body = fuzz_text(data + skip, size - skip);
	struct fetch_answer a = FETCH_ANSWER_INIT;
	struct sender_answer out;
	int64_t number = 200;

	text_to_int(status, 100, 599, &number);
	a.outcome = FETCH_ANSWERED;
	a.is_sent = true;
	a.status = (int)number;
	buf_append(&a.body, body, size - skip);
	sender_cloud_judge(&a, "EAAtoken", &out);
	check(a.status, &out);
	fetch_answer_finish(&a);
	free(status);
	free(body);
	return 0;
}
