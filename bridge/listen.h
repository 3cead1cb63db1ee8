/* listen.h: holds the server's event stream of one terminal */
#ifndef LISTEN_H
#define LISTEN_H

#include "setup.h"

/*
 * A thread that asks for the stream, and asks again whenever it ends, for
 * ever.  A stream tells things sooner; whoever listens must get along without
 * one, for a server or what lies before it may not have it.
 */
struct listen;

/* One event; called on the listener's own thread, which waits for it. */
typedef void listen_fn(void *arg, const char *event, const char *data);

/*
 * Listens for the terminal with the serial number `sn`.  `server` and `arg`
 * must outlive it, `sn` need not.  Pair: listen_destroy.
 */
struct listen *listen_create(const struct setup_server *server,
                             const char *sn, listen_fn *on_event, void *arg);

/*
 * Breaks off at once and ends the thread: after it no event is told.  Never
 * from within an event; takes NULL.
 */
void listen_destroy(struct listen *l);

#endif
