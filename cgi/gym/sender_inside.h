/* sender_inside.h: what the senders share; and the service's answers, read */
#ifndef SENDER_INSIDE_H
#define SENDER_INSIDE_H

#include "base/fetch.h"
#include "gym/sender.h"

struct sender {
	struct fetch *fetch;
};

/* The body of a request (WhatsApp Cloud API, messages of type template). */
void sender_cloud_write(const struct sender_message *m, struct buf *out);
/*
 * What an answer means: 2xx with an id is accepted, an error with a code is
 * refused.  Without either it depends on whether the service itself may have
 * spoken: a 4xx is of somebody in between, or of a request that is not taken;
 * after all else the message may be on its way.  `token` must not be told on.
 * Pure.
 */
void sender_cloud_judge(const struct fetch_answer *a, const char *token,
                        struct sender_answer *out);

#endif
