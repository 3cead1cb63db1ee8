/* whatsapp_error.h: what is to be done about an error of the service */
#ifndef WHATSAPP_ERROR_H
#define WHATSAPP_ERROR_H

#include <stdint.h>

/*
 * By its code (WhatsApp Cloud API, error codes).  They come in the answer to a
 * message, and later as events about one.
 */
enum whatsapp_action {
	WHATSAPP_RETRY,		/* trouble of theirs: again, with back-off */
	WHATSAPP_SLOW,		/* too many: all wait a while, then again */
	WHATSAPP_PAIR,		/* too many to this number: again after 4^n s */
	WHATSAPP_DAY,		/* too many to this person: again after a day,
				   then two, four... */
	WHATSAPP_STOP_TEMPLATE,	/* its rules are paused; this one waits */
	WHATSAPP_STOP_ALL,	/* the company is paused; this one waits */
	WHATSAPP_NEVER,		/* the person wants none: consent is withdrawn */
	WHATSAPP_UNREACHED,	/* this one has failed, and the number is bad */
	WHATSAPP_FAIL,		/* this one has failed */
	WHATSAPP_ACTION__COUNT
};

/* Any code that is not known: WHATSAPP_FAIL. */
enum whatsapp_action whatsapp_action_of(int64_t code);

/*
 * When the next try is, after the `tries`th at `now_at`: CLOCK_NO_TIME where
 * there is none, for the action allows none or it was the last of
 * WHATSAPP_TRIES_MOST.
 */
#define WHATSAPP_TRIES_MOST 8
int64_t whatsapp_retry_at(enum whatsapp_action action, int64_t tries,
                          int64_t now_at);

#endif
