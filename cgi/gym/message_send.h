/* message_send.h: sends what is due, each at most once */
#ifndef MESSAGE_SEND_H
#define MESSAGE_SEND_H

#include "gym/message_judge.h"
#include "gym/sender.h"

/*
 * A message is claimed, committed, before the service is called, and settled
 * when it has answered.  Whoever is killed in between leaves a claim behind;
 * when that has ended the message is UNKNOWN, for it may have been sent, and is
 * not tried again: one that never comes is better than one that comes twice.
 */
#define MESSAGE_CLAIM_MS (5 * 60 * 1000)	/* SENDER_TIMEOUT_MS many times */

/* How a company's are sent; all of it stays the caller's. */
struct message_sending {
	const char *company;
	const struct sender_type *type;	/* one that sends by itself */
	const struct sender_account *account;
	struct sender *sender;
	int64_t until;		/* clock_mono_ms: then the others have their turn */
	/*
	 * The words of one, and what stands in them, as the member reads it;
	 * in the arena.
	 */
	const char *(*write)(struct arena *a, const struct message_rule *rule,
	                     const struct message_facts *facts,
	                     int32_t anchor_day,
	                     const char *values[MESSAGE_FIELD__COUNT]);
};

struct message_sent {
	int64_t accepted, refused, unknown;
};

/*
 * Sends until nothing is due, or nothing may be sent any more: paused, slowed
 * down, as many in a day as the company may, out of time.  One that could not be
 * sent, or might have been, ends it, too: a service in trouble is to make one
 * message unknown, not hundreds.  What is untrue by now is skipped.  `sent` is
 * counted up.
 */
enum db_result message_send_due(struct db *db,
                                const struct message_sending *sending,
                                struct message_sent *sent);

#endif
