/* inbox_words.h: what pin_state holds */
#ifndef INBOX_WORDS_H
#define INBOX_WORDS_H

#include "gym/inbox.h"

extern const char *const inbox_words[INBOX_STATE__COUNT];

#endif
