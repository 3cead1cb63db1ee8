/* message_hand.h: what people do with a message: send it, leave it, settle it */
#ifndef MESSAGE_HAND_H
#define MESSAGE_HAND_H

#include "gym/audit.h"
#include "gym/message_judge.h"

enum message_act {
	MESSAGE_ACT_SEND,	/* DUE, FAILED: somebody sends it themselves */
	MESSAGE_ACT_BACK,	/* sent by hand: it was not, after all */
	MESSAGE_ACT_LEAVE,	/* DUE: it is not to be sent */
	MESSAGE_ACT_ARRIVED,	/* UNKNOWN: the member has it */
	MESSAGE_ACT_LOST,	/* UNKNOWN: the member has it not, it is due again */
	MESSAGE_ACT_AGAIN,	/* FAILED: it is due again */
	MESSAGE_ACT__COUNT
};

/* May this be done with a message as it stands?  Pure. */
bool message_may_act(const struct message *m, enum message_act act);

enum message_act_end {
	MESSAGE_ACT_DONE,
	MESSAGE_ACT_LATE,	/* it stands otherwise: somebody was quicker */
	MESSAGE_ACT_REFUSED,	/* it must not be sent: message.reason says why */
};

/* One act, and what comes of it. */
struct message_hand {
	struct actor actor;
	int64_t branch_id;	/* 0: any */
	int64_t id;
	enum message_act act;
	/*
	 * Of MESSAGE_ACT_SEND: the words, as the member will read them; in the
	 * arena.
	 */
	const char *(*write)(struct arena *a, const struct message_rule *rule,
	                     const struct message_facts *facts,
	                     int32_t anchor_day);

	enum message_act_end end;
	struct message message;	/* before the act */
	/* of MESSAGE_ACT_SEND that is done */
	const char *to, *text;
};

/*
 * Does it in one transaction, with its line in the audit: of two who do it at
 * once, the second is MESSAGE_ACT_LATE.  What is sent by hand is judged by all
 * that is known now; a reminder that is DUE and must not be sent is skipped.
 * DB_NONE: there is no such message, or only in another branch.
 */
enum db_result message_hand(struct db *db, struct arena *a,
                            struct message_hand *hand);

#endif
