/* message_words.c: a message to a member, as people read it */
#include "pages/message_words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "http/view.h"

static const char *
clean(struct arena *a, const char *value)
{
	struct buf b = BUF_INIT;
	const char *copy;

	message_text_value(value == NULL ? "" : value, &b);
	copy = arena_strdup(a, b.data);
	buf_finish(&b);
	return copy;
}

void
message_words_values(struct arena *a, const struct message_facts *f,
                     int64_t days, int32_t anchor_day,
                     struct message_values *out)
{
	char date[VIEW_TEXT_SIZE];
	const char *name = clean(a, f->name);
	const char *values[MESSAGE_FIELD__COUNT] = {
		[MESSAGE_FIRST_NAME] = arena_strndup(a, name,
		                                     strcspn(name, " ")),
		[MESSAGE_NAME] = name,
		[MESSAGE_GYM] = clean(a, f->gym),
		[MESSAGE_BRANCH] = clean(a, f->branch),
		[MESSAGE_PLAN] = clean(a, f->plan),
		[MESSAGE_DATE] = arena_strdup(a, view_day_text(anchor_day,
		                                               date)),
		[MESSAGE_DAYS] = arena_printf(a, "%" PRId64, days),
	};

	memcpy(out->list, values, sizeof values);
}

const char *
message_words_text(struct arena *a, const char *text,
                   const struct message_values *values)
{
	struct buf b = BUF_INIT;
	const char *copy;

	message_text_fill(text, values->list, &b);
	copy = arena_strdup(a, b.len == 0 ? "" : b.data);
	buf_finish(&b);
	return copy;
}

const char *
message_words_rule(struct arena *a, enum message_kind kind, int64_t days)
{
	static const char *const words[MESSAGE_KIND__COUNT] = {
		[MESSAGE_BEFORE] = "before the end",
		[MESSAGE_AFTER] = "after the end",
		[MESSAGE_ABSENT] = "without a visit",
	};

	if (kind == MESSAGE_ON)
		return "On the last day";
	return arena_printf(a, "%" PRId64 " %s %s", days,
	                    days == 1 ? "day" : "days", words[kind]);
}
