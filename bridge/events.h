/* events.h: the bytes of an event stream into its events; pure */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Without line ends; what is longer is dropped, and with it its event. */
#define EVENTS_LINE_MAX 8192
#define EVENTS_DATA_MAX 65536	/* of all data of an event */
#define EVENTS_NAME_MAX 63

/* A parser of server-sent events (HTML 9.2); hold it, but look into nothing. */
struct events {
	struct buf line;	/* the beginning of one that is not whole */
	struct buf data;	/* of the event so far, a LF behind each line */
	char name[EVENTS_NAME_MAX + 1];
	bool begun;		/* a line has gone by: no mark can follow */
	bool after_cr;		/* a LF here belongs to the CR before it */
	bool long_line;		/* its rest is dropped */
	bool spoiled;		/* the event is, up to its end */
};

/*
 * Called for each event that has data: its name ("message" where it has none)
 * and its data, lines joined by LF, as they were sent: nobody has looked if
 * that is UTF-8.  Both are gone after the call.
 */
typedef void events_fn(void *arg, const char *event, const char *data);

/* For one stream from its beginning.  Pair: events_finish. */
void events_init(struct events *e);
void events_finish(struct events *e);

/*
 * Takes the next piece of the stream, cut anywhere, and calls `each` for the
 * events that end in it.  Comments, `id` and `retry` are passed over.  An
 * event that holds too much, or a NUL, is passed over as well and harms none
 * after it; one that the stream breaks off in is never told.
 */
void events_feed(struct events *e, const char *data, size_t len,
                 events_fn *each, void *arg);

#endif
