/* message_claim.h: a message while it is sent: claimed, then settled */
#ifndef MESSAGE_CLAIM_H
#define MESSAGE_CLAIM_H

#include "gym/message_send.h"

/* What a claim has come to. */
enum message_claim_end {
	MESSAGE_CLAIM_TAKEN,	/* to be sent now, by us alone */
	MESSAGE_CLAIM_PASSED,	/* not this one: it waits, or was skipped, or is
				   another run's */
	MESSAGE_CLAIM_STOPPED,	/* none of the company's now */
};

struct message_claim {
	enum message_claim_end end;
	/* of one that is taken; in the arena */
	struct message message;		/* its tries count the one to come */
	struct message_facts facts;
	const struct message_rule *rule;
	const char *to, *text;		/* the number, E.164; the words */
	const char *values[MESSAGE_FIELD__COUNT];
};

/*
 * Takes one that is due, unless it may not be sent now, by all that is known
 * when its company's row is held.
 */
enum db_result message_claim_take(struct db *db, struct arena *a,
                                  const struct message_sending *sending,
                                  int64_t id, struct message_claim *out);

/*
 * Keeps what became of it, unless an event of the service, or a person, was
 * there first.  Tried again for some seconds while the database is away: what
 * is not kept is UNKNOWN for ever.
 */
enum db_result message_claim_settle(struct db *db, struct arena *a,
                                    const char *company,
                                    const struct message_claim *claim,
                                    const struct sender_answer *answer);

#endif
