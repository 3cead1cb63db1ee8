/* call.h: one request to the server about one terminal */
#ifndef CALL_H
#define CALL_H

#include <stdatomic.h>

#include "base/fetch.h"
#include "setup.h"

/* What requests are made with, one after the other. */
struct call_line {
	const struct setup_server *server;
	struct fetch *fetch;
	struct fetch_answer answer;	/* of the last one */
	atomic_llong beat;		/* clock_mono_ms() then */
};

/*
 * Asks for /api/devices/SN/WHAT; `body` is JSON, or NULL; `etag` is what is
 * known already, or NULL.  The status; 0: no answer, line->answer.words say
 * why.
 */
int call_server(struct call_line *line, const char *method, const char *sn,
                const char *what, const struct buf *body, const char *etag);

#endif
