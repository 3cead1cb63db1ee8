/* guess.h: passwords that are guessed first */
#ifndef GUESS_H
#define GUESS_H

#include <stdbool.h>

#define GUESS_LONG 15	/* characters from which the shape is no clue */

/*
 * Is it among what is tried first?  That is: hardly any different characters;
 * little more than words that half the world uses, rows of keys, runs of
 * digits, and `own` (texts that say whose password it is, NULL at the end,
 * empty ones allowed); or, below GUESS_LONG characters, at most one word, with
 * whatever digits and signs around it.  `password` is UTF-8.
 */
bool guess_is_likely(const char *password, const char *const *own);

#endif
