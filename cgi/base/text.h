/* text.h: bounded copies, strict numbers, encodings */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/banned.h"

/* Copies with the NUL; false, and an empty `to`, when it does not fit. */
bool text_copy(char *to, size_t size, const char *from);

/*
 * A whole decimal number and nothing else: no blanks, no plus sign, no
 * leading zeros but "0" itself, between `least` and `most`.
 */
bool text_to_int(const char *s, int64_t least, int64_t most, int64_t *out);

/* Well-formed UTF-8 (RFC 3629) without a NUL? */
bool text_is_utf8(const char *data, size_t len);
/* One or more of A-Z a-z 0-9 and the bytes of `also`, at most `most` long? */
bool text_is_word(const char *s, size_t most, const char *also);

/* Lower-case hex digits of `len` bytes; `to` holds 2 * len + 1. */
void text_to_hex(char *to, const void *data, size_t len);

/* Equal, found out in a time that depends on the lengths alone. */
bool text_same_secret(const char *a, const char *b);

/* Does `s` begin with `head`?  Returns what follows it, or NULL. */
const char *text_after(const char *s, const char *head);

/*
 * Reads a whole file of at most `most` bytes into a string that the caller
 * frees, with a NUL behind it; NULL, with errno set, when it cannot (EFBIG
 * when it is longer).  `len` may be NULL.
 */
char *text_read_file(const char *path, size_t most, size_t *len);

#endif
