/* message.h: a message to a member: its kinds, its states, one of them */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "base/arena.h"
#include "db/db.h"

#define MESSAGE_ERROR_MAX 320	/* characters of what a service says */
#define MESSAGE_WAMID_MAX 160	/* bytes of the service's id */

/* Which rule it is of: so many days from a day that is its anchor. */
enum message_kind {
	MESSAGE_BEFORE,		/* before the last day of the membership */
	MESSAGE_ON,		/* on it: of 0 days */
	MESSAGE_AFTER,		/* after it */
	MESSAGE_ABSENT,		/* after the last visit */
	MESSAGE_KIND__COUNT
};

/*
 * What the service tells moves a message only to a state further down, in
 * whatever order it comes; see message_may_become.
 */
enum message_state {
	MESSAGE_DUE,		/* waits until msg_due_at, or for somebody's hand */
	MESSAGE_SENDING,	/* claimed, before the service is called */
	MESSAGE_UNKNOWN,	/* maybe sent: never again by itself */
	MESSAGE_ACCEPTED,	/* the service has it, or it was sent by hand */
	MESSAGE_FAILED,
	MESSAGE_DELIVERED,
	MESSAGE_READ,
	MESSAGE_SKIPPED,	/* not sent, and why */
	MESSAGE_STATE__COUNT
};

/* Why nothing is sent: msg_reason. */
enum message_reason {
	MESSAGE_FINE,		/* no reason: it may be sent */
	/* what may yet change: then it is due after all */
	MESSAGE_NO_CONSENT,
	MESSAGE_NO_PHONE,	/* none, or one that cannot be right */
	MESSAGE_UNREACHED,	/* the service could not reach the number */
	MESSAGE_AGE,		/* not known to be grown up; of ABSENT only */
	MESSAGE_UNSURE,		/* visits may be missing; of ABSENT only */
	/* the same, of what was never tried */
	MESSAGE_UNTRUE,		/* renewed, frozen, came again... */
	MESSAGE_OVERTAKEN,	/* another reminder of the same is due now */
	MESSAGE_LATE,		/* was not sent in its time */
	MESSAGE_RULE_OFF,
	/* what is final */
	MESSAGE_ERASED,		/* the member is no more */
	MESSAGE_BY_STAFF,	/* somebody did not want it sent */
	MESSAGE_REASON__COUNT
};

/*
 * As msg_kind, msg_state and msg_reason have them ("BEFORE", "DUE", "CONSENT"),
 * and back: the __COUNT of it for any other word.  No reason is NULL.
 */
const char *message_kind_word(enum message_kind kind);
enum message_kind message_kind_of(const char *word);
const char *message_state_word(enum message_state state);
enum message_state message_state_of(const char *word);
const char *message_reason_word(enum message_reason reason);
enum message_reason message_reason_of(const char *word);

/*
 * May a message in state `from` become `to` because the service says so?  Only
 * what was given to it may, and only further down.
 */
bool message_may_become(enum message_state from, enum message_state to);

struct message {
	int64_t id, branch_id, member_id;
	enum message_kind kind;
	int64_t days;
	int32_t anchor_day;
	int64_t serial;		/* 0: a reminder; else a test */
	const char *to;		/* of a test, E.164; else NULL */
	enum message_state state;
	enum message_reason reason;
	int64_t tries;
	int64_t due_at;		/* CLOCK_NO_TIME: none, as all below */
	int64_t code;		/* of the service, of the last failure; 0: none */
	const char *error;	/* in its words, or NULL */
	const char *text;	/* as it was sent, or NULL */
	const char *template, *language;	/* of the last try, or NULL */
	bool is_by_hand;
	int64_t user_id;	/* who sent, asked for or settled it; 0: nobody */
	int64_t created_at, sent_at, accepted_at, delivered_at, read_at,
		failed_at;
};

/* One of a company's, in `branch_id` (0: any).  DB_NONE: there is none. */
enum db_result message_find(struct db *db, struct arena *a,
                            const char *company, int64_t branch_id,
                            int64_t id, struct message *out);
/* The same, its row held until the transaction ends. */
enum db_result message_lock(struct db *db, struct arena *a,
                            const char *company, int64_t id,
                            struct message *out);

/*
 * What the service gives back with each event about a try of a message,
 * "message-8123-2" (biz_opaque_callback_data); and back, false for any other
 * text.  Of another try than the last nothing is to be believed.
 */
#define MESSAGE_REF_SIZE 64
void message_ref(int64_t id, int64_t tries, char out[MESSAGE_REF_SIZE]);
bool message_ref_parse(const char *text, int64_t *id, int64_t *tries);

/* The member has gone to another branch, in the transaction of that. */
enum db_result message_move(struct db *db, const char *company,
                            int64_t member_id, int64_t branch_id);
/* What was written to a member goes, in the transaction of an erasure. */
enum db_result message_forget(struct db *db, const char *company,
                              int64_t member_id);

#endif
