/* message_words.h: a message to a member, as people read it */
#ifndef MESSAGE_WORDS_H
#define MESSAGE_WORDS_H

#include "base/arena.h"
#include "gym/message_judge.h"
#include "gym/message_text.h"

/*
 * What the fields of a text stand for, of a member and a rule of so many days,
 * about a day ("25 Nov 2026").  The values are such as a parameter may hold,
 * in the arena.
 */
struct message_values {
	const char *list[MESSAGE_FIELD__COUNT];
};
void message_words_values(struct arena *a, const struct message_facts *facts,
                          int64_t days, int32_t anchor_day,
                          struct message_values *out);
/* The text of a rule, filled. */
const char *message_words_text(struct arena *a, const char *text,
                               const struct message_values *values);
/* "7 days before the end", "On the last day", "14 days without a visit". */
const char *message_words_rule(struct arena *a, enum message_kind kind,
                               int64_t days);

#endif
