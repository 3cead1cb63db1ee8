/* message_refuse.h: what follows when the service refuses a message */
#ifndef MESSAGE_REFUSE_H
#define MESSAGE_REFUSE_H

#include "gym/message.h"

/* What the service says: in its answer to a try, or in an event about one. */
struct message_refusal {
	int64_t code;		/* see whatsapp_error.h */
	const char *words;	/* its own; NULL: none */
	const char *to;		/* the number it went to, E.164; NULL: it was the
				   one that the member has now */
};

/*
 * The last try of `m`, which is SENDING, UNKNOWN or ACCEPTED, was refused: does
 * what the code asks for.  It is due again, or has failed; and the company, or
 * the rules of its template, are paused, the company is slowed down, the
 * member's consent is withdrawn, or the number is marked.  A test, which goes
 * to somebody else, withdraws and marks nothing, pauses no rule, and fails
 * where a pause would make a reminder wait.
 *
 * In a transaction that holds the company's row (messaging_lock), and behind it
 * that of the message (message_lock).
 */
enum db_result message_refused(struct db *db, struct arena *a,
                               const char *company, const struct message *m,
                               const struct message_refusal *refusal,
                               int64_t now_at);

/*
 * It is due again at `due_at`, or has failed; `code` 0 and `words` NULL are
 * kept, too.  In the same transaction.
 */
enum db_result message_again(struct db *db, const char *company, int64_t id,
                             int64_t due_at, int64_t code, const char *words);
enum db_result message_fail(struct db *db, const char *company, int64_t id,
                            int64_t code, const char *words, int64_t now_at);

#endif
