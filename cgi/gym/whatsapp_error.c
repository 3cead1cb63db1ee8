/* whatsapp_error.c: what is to be done about an error of the service */
#include "gym/whatsapp_error.h"

#include <stddef.h>

#include "base/clock.h"

#define SECOND 1000
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * (int64_t)HOUR)

/* Both ends included; the first that fits. */
static const struct {
	int64_t first, last;
	enum whatsapp_action action;
} errors[] = {
	{ 0, 0, WHATSAPP_STOP_ALL },		/* who we are */
	{ 1, 2, WHATSAPP_RETRY },
	{ 3, 3, WHATSAPP_STOP_ALL },		/* what we may */
	{ 4, 4, WHATSAPP_SLOW },
	{ 10, 10, WHATSAPP_STOP_ALL },
	{ 190, 190, WHATSAPP_STOP_ALL },	/* the token has expired */
	{ 200, 299, WHATSAPP_STOP_ALL },
	{ 368, 368, WHATSAPP_STOP_ALL },	/* policy */
	{ 80007, 80007, WHATSAPP_SLOW },
	{ 130429, 130429, WHATSAPP_SLOW },
	{ 131026, 131026, WHATSAPP_UNREACHED },
	{ 131031, 131031, WHATSAPP_STOP_ALL },	/* locked */
	{ 131048, 131048, WHATSAPP_STOP_ALL },	/* taken for spam */
	{ 131049, 131049, WHATSAPP_DAY },
	{ 131050, 131050, WHATSAPP_NEVER },
	{ 131056, 131056, WHATSAPP_PAIR },
	{ 132000, 132001, WHATSAPP_STOP_TEMPLATE },
	{ 132012, 132012, WHATSAPP_STOP_TEMPLATE },
	{ 132015, 132016, WHATSAPP_STOP_TEMPLATE },
	{ 133016, 133016, WHATSAPP_RETRY },
};

/* The pause after the first try, and how often it grows by how much. */
static const struct {
	int64_t first_ms, factor, most_ms;
} pauses[WHATSAPP_ACTION__COUNT] = {
	[WHATSAPP_RETRY] = { MINUTE, 2, HOUR },
	[WHATSAPP_SLOW] = { MINUTE, 2, HOUR },
	[WHATSAPP_PAIR] = { 4 * SECOND, 4, HOUR },
	[WHATSAPP_DAY] = { DAY, 2, 8 * DAY },
};

enum whatsapp_action
whatsapp_action_of(int64_t code)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		if (code >= errors[i].first && code <= errors[i].last)
			return errors[i].action;
	}
	return WHATSAPP_FAIL;
}

int64_t
whatsapp_retry_at(enum whatsapp_action action, int64_t tries, int64_t now_at)
{
	int64_t pause = pauses[action].first_ms;

	if (pause == 0 || tries >= WHATSAPP_TRIES_MOST)
		return CLOCK_NO_TIME;
	for (int64_t i = 1; i < tries && pause < pauses[action].most_ms; i++)
		pause *= pauses[action].factor;
	return now_at + (pause < pauses[action].most_ms ? pause
	                 : pauses[action].most_ms);
}
