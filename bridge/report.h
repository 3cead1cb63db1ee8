/* report.h: what the bridge tells of a terminal, and what is answered; pure */
#ifndef REPORT_H
#define REPORT_H

#include "base/buf.h"
#include "spool.h"
#include "terminal.h"

#define REPORT_DAYS_MAX 400	/* the API asks for no more at once */

/*
 * Appends the report of one terminal as JSON, for PUT .../status; what is not
 * known is left out.  `days` of it are asked for.
 */
void report_format(struct buf *to, const struct terminal_state *state,
                   const struct spool_counts *counts,
                   const struct spool_day *days, size_t count);

/* What the server says of a terminal. */
struct report_answer {
	char zone[64];			/* "" where it does not say */
	char mac[SPOOL_MAC_MAX + 1];	/* that it holds for right; "" none */
	int64_t start_day;		/* or SPOOL_NONE */
	int64_t now_at;			/* its clock; or SPOOL_NONE */
	struct spool_day days[REPORT_DAYS_MAX];
	size_t day_count;
};

/* Reads an answer of 200; false when it is none of ours. */
bool report_read(const struct buf *body, struct report_answer *out);

/* What a day's sums say. */
enum report_verdict {
	REPORT_SAME,
	REPORT_CHANGED,		/* ours are on their way: ask again later */
	REPORT_DIFFERS,
};

/*
 * Ours before asking and after (NULL: no punch of that day), and the
 * server's.  What was settled in between makes no difference.
 */
enum report_verdict report_compare(const struct spool_day *before,
                                   const struct spool_day *after,
                                   const struct spool_day *server);

/*
 * The list of a terminal's users, for PUT .../users; begin, add, end.  As text
 * from the start: 10,000 of them as objects are 12 MB.
 */
void report_users_begin(struct buf *to);
void report_users_add(struct buf *to, const struct spool_user *user);
void report_users_end(struct buf *to);

#endif
