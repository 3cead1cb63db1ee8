/* post.h: punches to the API: accepted, retry later, parked */
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

/*
 * The same for a single punch and the server of the article, of which the
 * status is the answer's own.  That server forgets a punch of a user whom it
 * does not know, so such a one is parked with status 404.  Never
 * POST_TOO_LARGE.
 */
enum post_outcome post_judge_one(const struct fetch_answer *answer,
                                 struct post_verdict *verdict, char *why,
                                 size_t size);

/* Appends the batch as JSON. */
void post_format(struct buf *to, const char *company,
                 const struct spool_item *items, size_t n);

/* Appends a single punch as the article's bridge sent it. */
void post_format_one(struct buf *to, const char *company,
                     const struct spool_item *item);

/* ---- the poster: one thread --------------------------------------------- */

struct post;

/*
 * Starts a thread that sends what waits in the spool, and goes on whatever
 * happens: in batches, or one by one to a server of kind SETUP_ARTICLE, where
 * what it parked with 404 is tried again a day later.  `server` and `spool`
 * must outlive it.  Pair: post_destroy.
 */
struct post *post_create(const struct setup_server *server,
                         struct spool *spool);

/* Something new waits; from any thread. */
void post_wake(struct post *p);

enum post_mood {
	POST_BUSY,	/* sending, or about to look what there is to send */
	POST_EMPTY,	/* nothing waits */
	POST_STUCK,	/* something waits that could not be sent last time */
};

/*
 * How it goes; from any thread.  After post_wake() not POST_EMPTY before it
 * has looked again; POST_STUCK until something went well, or nothing waits.
 */
enum post_mood post_mood(struct post *p);

/*
 * When its thread last gave a sign of life, by clock_mono_ms; from any thread.
 * While it is well that is never longer ago than the server's `timeout_ms`
 * and 10 seconds for the spool.
 */
int64_t post_beat(const struct post *p);

/*
 * Ends the thread: gives the request in hand `grace_ms` to finish, then breaks
 * it off, which loses nothing.  Takes NULL.
 */
void post_destroy(struct post *p, int grace_ms);

#endif
