/* post_news.h: what the poster says of its work: once, not each time */
#ifndef POST_NEWS_H
#define POST_NEWS_H

#include "spool.h"

struct post_news {
	struct spool *spool;
	char trouble[SPOOL_TEXT_MAX + 1];	/* last said of the server */
	size_t sent, next_progress;	/* since nothing waited */
	size_t parked;		/* of which nobody was told yet */
	char parked_sn[SPOOL_SN_MAX + 1];
	char parked_words[SPOOL_TEXT_MAX + 1];
	int64_t parked_say_at;	/* by clock_mono_ms */
};

/* Knows from the spool what was said before; that must outlive it. */
void post_news_init(struct post_news *n, struct spool *spool);

/* What is wrong with the server, "" when it is well; `status` shows it. */
void post_news_trouble(struct post_news *n, const char *trouble);

/* So many were taken: a line for every 10,000, and when that was all. */
void post_news_sent(struct post_news *n, size_t count);
void post_news_empty(struct post_news *n);

/*
 * So many were parked, the first for what the server says of it.  At most a
 * line a minute; post_news_turn says what is left, so call it now and then.
 */
void post_news_parked(struct post_news *n, size_t count, const char *sn,
                      const char *words);
void post_news_turn(struct post_news *n);

#endif
