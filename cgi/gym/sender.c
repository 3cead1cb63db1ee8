/* sender.c: which senders there are, and what a run of sending keeps open */
#include "gym/sender.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gym/sender_inside.h"

const struct sender_type *
sender_of(const char *word)
{
	static const struct sender_type *const all[] = {
		&sender_hand, &sender_cloud,
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (strcmp(all[i]->word, word) == 0)
			return all[i];
	}
	return NULL;
}

struct sender *
sender_create(void)
{
	struct sender *s = calloc(1, sizeof *s);

	if (s == NULL)
		log_die("out of memory");
	s->fetch = fetch_create();
	return s;
}

void
sender_destroy(struct sender *s)
{
	if (s == NULL)
		return;
	fetch_destroy(s->fetch);
	free(s);
}
