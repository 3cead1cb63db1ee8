/* post_news.c: what the poster says of its work: once, not each time */
#include "post_news.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define PROGRESS 10000		/* punches */
#define PARKED_SAY_MS 60000	/* one by one, a backlog parks many */

void
post_news_init(struct post_news *n, struct spool *spool)
{
	*n = (struct post_news){ .spool = spool, .next_progress = PROGRESS };
	spool_note_load(spool, "server", n->trouble);
}

void
post_news_trouble(struct post_news *n, const char *trouble)
{
	if (strcmp(n->trouble, trouble) == 0)
		return;
	if (trouble[0] != '\0')
		log_warn("punches wait: %s", trouble);
	else
		log_info("the server takes punches again");
	text_copy(n->trouble, sizeof n->trouble, trouble);
	spool_note_save(n->spool, "server", trouble);
}

void
post_news_sent(struct post_news *n, size_t count)
{
	int64_t waiting;

	n->sent += count;
	if (n->sent < n->next_progress || !spool_waiting(n->spool, &waiting))
		return;
	log_info("%zu punches sent, %lld wait", n->sent, (long long)waiting);
	n->next_progress = n->sent - n->sent % PROGRESS + PROGRESS;
}

void
post_news_empty(struct post_news *n)
{
	if (n->sent >= PROGRESS)
		log_info("%zu punches sent, none wait", n->sent);
	n->sent = 0;
	n->next_progress = PROGRESS;
}

void
post_news_parked(struct post_news *n, size_t count, const char *sn,
                 const char *words)
{
	if (n->parked == 0) {
		text_copy(n->parked_sn, sizeof n->parked_sn, sn);
		text_copy(n->parked_words, sizeof n->parked_words, words);
	}
	n->parked += count;
	post_news_turn(n);
}

void
post_news_turn(struct post_news *n)
{
	int64_t now = clock_mono_ms();

	if (n->parked == 0 || now < n->parked_say_at)
		return;
	log_warn("%s: %zu punches are parked, the server says %s",
	         n->parked_sn, n->parked, n->parked_words);
	n->parked = 0;
	n->parked_say_at = now + PARKED_SAY_MS;
}
