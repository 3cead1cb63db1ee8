/* fuzz_whatsapp_notice.c: the body of an event of the message service */
#include <assert.h>

#include "base/clock.h"
#include "base/text.h"
#include "gym/messaging.h"
#include "gym/whatsapp_notice.h"
#include "tests/fuzz/fuzz.h"

static void
check_number(const char *phone)
{
	size_t len = strlen(phone);

	assert(len < PHONE_SIZE);
	assert(len == 0 || (phone[0] == '+' &&
	                    strspn(phone + 1, "0123456789") == len - 1));
}

static void
check_moment(int64_t at)
{
	assert(at == CLOCK_NO_TIME || (at > 0 && at % 1000 == 0));
}

/* What is kept in columns of ASCII, and what is shown. */
static void
check_status(const struct whatsapp_status *s)
{
	assert(s->state == MESSAGE_ACCEPTED || s->state == MESSAGE_FAILED ||
	       s->state == MESSAGE_DELIVERED || s->state == MESSAGE_READ);
	assert(s->wamid == NULL || (*s->wamid != '\0' &&
	                            strlen(s->wamid) <= MESSAGE_WAMID_MAX));
	for (const char *c = s->wamid; c != NULL && *c != '\0'; c++)
		assert(*c > ' ' && *c <= '~');
	assert(s->ref == NULL || strlen(s->ref) < MESSAGE_REF_SIZE);
	assert(!s->has_code || (s->code >= 0 && s->code <= INT32_MAX));
	assert(s->state == MESSAGE_FAILED || (!s->has_code &&
	                                      s->words == NULL));
	if (s->words != NULL) {
		assert(strlen(s->words) <= MESSAGE_ERROR_MAX);
		assert(text_is_utf8(s->words, strlen(s->words)));
	}
	for (const char *c = s->words; c != NULL && *c != '\0'; c++)
		assert((unsigned char)*c >= ' ' && *c != 0x7f);
	check_number(s->to);
	check_moment(s->at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	struct whatsapp_notices all;
	char *body = fuzz_text(data, size);
	bool is_read = whatsapp_notice_read(a, body, size, &all);

	assert(is_read || all.count == 0);
	assert(all.count <= WHATSAPP_NOTICE_MAX);
	for (size_t i = 0; i < all.count; i++) {
		const struct whatsapp_notice *n = &all.list[i];

		assert(text_is_word(n->phone_id, MESSAGING_PHONE_ID_MAX, ""));
		assert(n->status_count <= WHATSAPP_NOTICE_MAX);
		for (size_t k = 0; k < n->status_count; k++)
			check_status(&n->statuses[k]);
		for (size_t k = 0; k < n->word_count; k++) {
			check_number(n->words[k].from);
			assert(n->words[k].from[0] == '+');
			check_moment(n->words[k].at);
		}
	}
	free(body);
	arena_destroy(a);
	return 0;
}
