/* fuzz.h: what every fuzz_<parser>.c offers, and what it may use */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Feeds one input to the parser; called by libFuzzer (`make fuzz`), or by
 * driver.c for each seed (`make test`).  What must hold of any input is
 * asserted; the rest is the sanitizers' to see.  Returns 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A copy that is exactly as long as it must be, with a NUL behind it, so that
 * a sanitizer sees the first byte too far.  Caller frees.
 */
static inline char *
fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Where the first line ends: what precedes is one part, what follows another. */
static inline size_t
fuzz_line(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);

	return end == NULL ? size : (size_t)(end - data);
}

#endif
