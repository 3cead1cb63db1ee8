/* sender.h: whatever carries a message to a telephone */
#ifndef SENDER_H
#define SENDER_H

#include "base/buf.h"
#include "gym/message.h"
#include "gym/message_text.h"

/* One message as a sender gets it; all strings stay the caller's. */
struct sender_message {
	const char *to;			/* E.164 */
	const char *text;		/* filled in */
	const char *template, *language;	/* of the service */
	bool is_named;			/* its parameters have names */
	struct message_fields fields;	/* its parameters */
	const char *const *values;	/* by enum message_field; never NULL */
	const char *ref;		/* of message_ref() */
};

enum sender_outcome {
	SENDER_ACCEPTED,	/* the service has it */
	SENDER_REFUSED,		/* it says that it has not: `code` says why */
	SENDER_NOT_SENT,	/* it was not reached, or was not asked */
	SENDER_UNKNOWN,		/* it may have it */
};

struct sender_answer {
	enum sender_outcome outcome;
	char wamid[MESSAGE_WAMID_MAX + 1];	/* of SENDER_ACCEPTED */
	int64_t code;				/* of SENDER_REFUSED */
	/*
	 * What went wrong, on one line, UTF-8: the service's words where it
	 * refused.  Holds no token, and of telephone numbers no more than the
	 * last digits: whatever looks like one is struck out.
	 */
	char words[MESSAGE_ERROR_MAX + 1];
};

/* How the service is reached for one company; see etc/gymgate.conf. */
struct sender_account {
	const char *url, *version;	/* "https://graph.facebook.com", "v23.0" */
	const char *ca_file;		/* "": the system's certificates */
	const char *phone_id;		/* of the company's number there */
	const char *token;		/* NULL: there is none */
};

#define SENDER_TIMEOUT_MS 20000

struct sender;

/* A kind of sender; mgs_sender holds its word. */
struct sender_type {
	const char *word;	/* "HAND", "CLOUD" */
	/*
	 * HAND: appends the address that opens the message, written, in front
	 * of a person.  NULL: it sends by itself.
	 */
	void (*link)(const struct sender_message *m, struct buf *url);
	/* Sends one, within SENDER_TIMEOUT_MS.  NULL: a person does. */
	void (*send)(struct sender *s, const struct sender_account *account,
	             const struct sender_message *m, struct sender_answer *out);
};

extern const struct sender_type sender_hand, sender_cloud;
/* That of a word; NULL: there is none. */
const struct sender_type *sender_of(const char *word);

/* What a run of sending keeps open: connections.  Pair: sender_destroy. */
struct sender *sender_create(void);
void sender_destroy(struct sender *s);

#endif
