/* stream.h: event streams to many viewers; the only file that knows libevent */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "http/http.h"

/*
 * A server of server-sent events (WHATWG HTML, 9.2) behind nginx on a UNIX
 * socket.  One process, one thread; the hooks must not wait for long.
 */
struct stream_server;

/* One open stream.  Both are its owner's, who sets them in `asked`. */
struct stream_viewer {
	void *data;
	void (*closed)(struct stream_viewer *v);	/* it is gone */
};

struct stream_hooks {
	/*
	 * Somebody asks for a stream.  HTTP_200: it is opened, the events in
	 * the body of `res` are sent, and `v` stays valid until its `closed`
	 * is called; else it is refused as the API refuses, with what
	 * headers and body `res` has already (see route_refuse).
	 * `req` has method, path, query, cookie, authorization, host, address
	 * and its arena, nothing more.
	 */
	enum status (*asked)(void *arg, struct req *req, struct res *res,
	                     struct stream_viewer *v);
	/* A datagram has come; more may have, that this call stands for too. */
	void (*woken)(void *arg, const char *text);
	/* Once all datagrams that were waiting have been handed over. */
	void (*settled)(void *arg);
	/* Every STREAM_TICK_MS. */
	void (*tick)(void *arg);
};

#define STREAM_TICK_MS 300
#define STREAM_PING_MS 15000
#define STREAM_VIEWERS_MAX 10000
#define STREAM_API_ROOM 500	/* of them, for paths of /api/ alone */

/*
 * Listens at `socket_path` (made anew, mode 0660) and on the bound datagram
 * socket `wake_fd`.  Ends the program when it cannot.
 */
struct stream_server *stream_create(const char *socket_path, int wake_fd,
                                    const struct stream_hooks *hooks,
                                    void *arg);
/* Serves until SIGTERM or SIGINT; every viewer gets a ping now and then. */
void stream_run(struct stream_server *s);
void stream_destroy(struct stream_server *s);

/*
 * Beside `count` open streams, is there room for one of that path?  However
 * many browsers come, doors still hear of their commands.
 */
bool stream_has_room(int count, const char *path);

/* Appends one event to `out` as it travels; `data` may have several lines. */
void stream_encode(struct buf *out, const char *event, const char *data);
/*
 * Sends encoded events.  A viewer that takes nothing any more, and lies 1 MB
 * behind, is closed: it comes again and reads the page anew.  False: that has
 * happened, `closed` was called, and `v` is gone.
 */
bool stream_send(struct stream_viewer *v, const struct buf *events);
/* Ends a stream from our side; `closed` is called before it returns. */
void stream_close(struct stream_viewer *v);

#endif
