/* payment_list.h: what a member has paid, to be shown */
#ifndef PAYMENT_LIST_H
#define PAYMENT_LIST_H

#include "base/arena.h"
#include "db/db.h"

#define PAYMENT_LIST_MAX 100	/* the newest of one member */

struct payment_row {
	int64_t id;
	int32_t day;
	int64_t amount;			/* below 0: takes another back */
	const char *method;		/* CASH, UPI, CARD, BANK */
	const char *prefix;		/* of receipts, may be "" */
	int64_t year, no;		/* of the receipt; 2026 is 2026-27 */
	bool is_reversed;		/* was taken back */
};

struct payment_list {
	struct payment_row *rows;
	size_t count;
};

/* Of one member, the newest first. */
enum db_result payment_list(struct db *db, struct arena *a,
                            const char *company, int64_t member_id,
                            struct payment_list *out);

#endif
