/* fuzz.h: what every fuzz_<parser>.c offers, and what it may use */
#ifndef FUZZ_H
#define FUZZ_H

/*
 * Whose bytes go to which of them:
 *
 * terminals     zk_packet (frames, options, sizes, times), zk_session (tables
 *               and answers over TCP and UDP), zk_record (logs, users, events),
 *               lever (users written back), names (their code pages)
 * browsers      http (paths, cookies, media types, forms), guard (tokens), form
 *               (fields), multipart, typed (phones, money, rates, days, codes,
 *               addresses), photo_head and photo (images, through libgd),
 *               request (all of it, through every route and its handler)
 * bridges       fields (JSON and forms of the API), request (each call)
 * the service   whatsapp_notice (events), sender (answers), request (signature)
 * servers       fetch (HTTP and SMTP), entry (who may enter), report and
 *               post_judge (answers), events (the stream), order (commands)
 * owners' files csv (encodings, cells), import (columns, values), conf (the
 *               format), setup (both configurations), tmpl (templates),
 *               message_text (words of a message)
 * a bad disk    spool (the bridge's file)
 * all           clock (times), sheet (any text, exported and read again)
 *
 * FastCGI itself is libfcgi's, HTTP of the live hub libevent's.  XLSX is only
 * written; Last-Event-ID is never looked at.
 */

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
