/* whatsapp_notice.h: what the service tells, read from its JSON; pure */
#ifndef WHATSAPP_NOTICE_H
#define WHATSAPP_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/phone.h"
#include "gym/message.h"

/* The service puts at most 1,000 into a body; what is beyond is not read. */
#define WHATSAPP_NOTICE_MAX 2000	/* of each kind, and of numbers of ours */

/* What became of a message; a member that does not fit is as if not there. */
struct whatsapp_status {
	const char *wamid;	/* its id there, printable ASCII, or NULL */
	const char *ref;	/* what was given along with it, or NULL */
	enum message_state state;	/* ACCEPTED, DELIVERED, READ, FAILED */
	int64_t at;		/* CLOCK_NO_TIME: not said */
	char to[PHONE_SIZE];	/* E.164; "": not said */
	/* of a failure */
	bool has_code;
	int64_t code;		/* see whatsapp_error.h */
	/*
	 * On one line, UTF-8, at most MESSAGE_ERROR_MAX bytes; of what looks
	 * like a telephone number the last digits only.  NULL: none.
	 */
	const char *words;
};

/* Somebody wrote one of our two words, and nothing else. */
struct whatsapp_word {
	char from[PHONE_SIZE];	/* E.164 */
	bool is_start;		/* else STOP */
	int64_t at;		/* CLOCK_NO_TIME: not said */
};

/* What is about one number of ours. */
struct whatsapp_notice {
	const char *phone_id;	/* its id there: digits */
	struct whatsapp_status *statuses;
	size_t status_count;
	struct whatsapp_word *words;
	size_t word_count;
};

struct whatsapp_notices {
	struct whatsapp_notice *list;
	size_t count;
};

/*
 * Reads the body of an event: `entry[].changes[].value`.  What is of another
 * kind or shape is passed over, for the service tells more than we ask for.
 * All of it lives in `a`.  False: it is no JSON object in UTF-8.
 */
bool whatsapp_notice_read(struct arena *a, const char *body, size_t len,
                          struct whatsapp_notices *out);

#endif
