/* payment.h: what was paid for a subscription, and its receipt */
#ifndef PAYMENT_H
#define PAYMENT_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/audit.h"

#define PAYMENT_REFERENCE_MAX 64
#define PAYMENT_NOTE_MAX 200
#define PAYMENT_PAGE 50

/* The financial year that a day belongs to, by the year it begins in: April. */
int64_t payment_year(int32_t day);
/* "SF2026-27/000123" */
#define PAYMENT_RECEIPT_SIZE 48
const char *payment_receipt_text(const char *prefix, int64_t year, int64_t no,
                                 char out[PAYMENT_RECEIPT_SIZE]);
/*
 * Half of the tax within an amount: `rate`, of both, in hundredths of a percent.
 * Rounded, so that both halves are the same; the rest is without tax.
 */
int64_t payment_half_tax(int64_t amount, int64_t rate);

enum payment_fault {
	PAYMENT_FINE,
	PAYMENT_NO_SUBSCRIPTION,	/* nor a void one */
	PAYMENT_TOO_MUCH,		/* more than is due */
	PAYMENT_REVERSED,		/* already, or is a reversal itself */
};

/* What somebody pays, and what came of it. */
struct payment_call {
	struct actor actor;
	int64_t branch_id;		/* only of its members; 0: of all */
	int64_t member_id, subscription_id;
	int64_t amount;			/* over 0, minor units */
	const char *method;		/* CASH, UPI, CARD, BANK */
	const char *reference, *note;	/* may be "" */
	int32_t day;			/* at the branch */
	const char *nonce;		/* of the form; NULL: none */
	int64_t reverses_id;		/* of payment_reverse */
	enum payment_fault fault;	/* set */
	int64_t id;			/* set: of the payment */
};

/*
 * Takes a payment: row, receipt number without a gap, and what is paid of the
 * subscription.  In the caller's transaction, which has locked the member.
 * DB_OK; DB_NONE: `fault` says why not.
 */
enum db_result payment_take(struct db *db, struct payment_call *call);
/*
 * The same in a transaction of its own; a form posted twice is one payment.
 * After this and after payment_reverse, call feed_wake.
 */
enum db_result payment_add(struct db *db, struct payment_call *call);
/*
 * Takes back `reverses_id`, which was paid for `subscription_id`, by a row of
 * its own, at the same branch and under the same tax, with the note as the
 * reason: once.  In a transaction of its own.
 */
enum db_result payment_reverse(struct db *db, struct arena *a,
                               struct payment_call *call);

/* One as it was taken, for its receipt. */
struct payment {
	int64_t id, branch_id, member_id, subscription_id;
	int64_t amount, tax_rate;
	const char *method, *reference, *note;
	int32_t day;
	int64_t year, no;		/* of the receipt */
	const char *gstin;		/* NULL: none then */
	int64_t reverses_id;		/* 0: is no reversal */
	int64_t reversed_by;		/* 0: was not taken back */
	const char *user;		/* who took it; NULL: nobody of ours */
	const char *member, *code, *phone, *plan;
	int32_t start_day, end_day;	/* of the subscription */
	int64_t due;			/* of it, now */
};

enum db_result payment_find(struct db *db, struct arena *a,
                            const char *company, int64_t branch_id, int64_t id,
                            struct payment *out);

#endif
