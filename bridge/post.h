/* post.h: batches to the API: accepted, retry later, parked */
#ifndef POST_H
#define POST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fetch.h"
#include "setup.h"
#include "spool.h"

/* ---- the meaning of an answer; pure ------------------------------------- */

/* What becomes of one item of a batch. */
enum post_fate {
	POST_WAITS,	/* the answer is none of the documented ones */
	POST_DONE,
	POST_PARKED,
};

struct post_verdict {
	enum post_fate fate;
	int status;			/* the item's own */
	char words[SPOOL_TEXT_MAX + 1];	/* what the API said of it */
};

/* What becomes of the whole. */
enum post_outcome {
	POST_SETTLED,	/* each item has its verdict */
	POST_TOO_LARGE,	/* 413: send fewer at once */
	POST_LATER,	/* nothing leaves the spool */
};

/*
 * Reads the answer to a batch of `n` items into `verdicts`.  Only the answers
 * that the API documents settle anything, so neither a captive portal's page
 * nor a proxy's error does.  `why` gets the trouble in words for people, ""
 * when there is none.
 */
enum post_outcome post_judge(const struct fetch_answer *answer, size_t n,
                             struct post_verdict *verdicts, char *why,
                             size_t size);

/* Appends the batch as JSON. */
void post_format(struct buf *to, const char *company,
                 const struct spool_item *items, size_t n);

/* ---- the poster: one thread --------------------------------------------- */

struct post;

/*
 * Starts a thread that sends what waits in the spool, and goes on whatever
 * happens.  `server` and `spool` must outlive it.  Pair: post_destroy.
 */
struct post *post_create(const struct setup_server *server,
                         struct spool *spool);

/* Something new waits; from any thread. */
void post_wake(struct post *p);

/*
 * Ends the thread: gives the request in hand `grace_ms` to finish, then breaks
 * it off, which loses nothing.  Takes NULL.
 */
void post_destroy(struct post *p, int grace_ms);

#endif
