/* whatsapp_words.h: what the service says, as it may be kept and shown */
#ifndef WHATSAPP_WORDS_H
#define WHATSAPP_WORDS_H

#include "gym/message.h"

/*
 * On one line, cut between characters, without `token` (NULL: there is none)
 * and without what may be a telephone number, but for its last digits.  Pure.
 */
void whatsapp_words(const char *words, const char *token,
                    char out[MESSAGE_ERROR_MAX + 1]);

#endif
