/* stream.c: event streams to many viewers; the only file that knows libevent */
#include "http/stream.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "http/route.h"

#define BACKLOG 1024
#define BEHIND_MAX (1024 * 1024)
#define HEADERS_MAX (16 * 1024)
#define DATAGRAM_MAX 256

/* A viewer as this file sees it; the public part comes first. */
struct viewer {
	struct stream_viewer pub;
	struct stream_server *server;
	struct evhttp_request *req;
	struct viewer *next, **link;	/* of the server's list */
};

struct stream_server {
	const struct stream_hooks *hooks;
	void *arg;
	struct event_base *base;
	struct evhttp *http;
	struct event *wake, *tick, *ping, *stop[2];
	struct viewer *viewers;
	int count;
	const char *socket_path;
	int wake_fd;
};

void
stream_encode(struct buf *out, const char *event, const char *data)
{
	buf_appendf(out, "event: %s\n", event);
	for (bool more = true; more;) {
		size_t len = strcspn(data, "\r\n");

		buf_append_str(out, "data: ");
		buf_append(out, data, len);
		buf_append_str(out, "\n");
		data += len;
		more = *data != '\0';
		/* CR LF, CR and LF each end a line for the reader, too */
		data += strncmp(data, "\r\n", 2) == 0 ? 2 : more;
	}
	buf_append_str(out, "\n");
}

/* ---- viewers ------------------------------------------------------------- */

static void
forget(struct viewer *v)
{
	struct stream_server *s = v->server;

	*v->link = v->next;
	if (v->next != NULL)
		v->next->link = v->link;
	s->count--;
	v->pub.closed(&v->pub);
	free(v);
}

/*
 * The other end went away.  Where libevent has parted the request from its
 * connection already, it leaves it to us; else it frees both.
 */
static void
on_gone(struct evhttp_connection *conn, void *arg)
{
	struct viewer *v = arg;
	struct evhttp_request *req = v->req;

	(void)conn;
	forget(v);
	if (evhttp_request_get_connection(req) == NULL)
		evhttp_request_free(req);
}

void
stream_close(struct stream_viewer *pub)
{
	struct viewer *v = (struct viewer *)pub;
	struct evhttp_request *req = v->req;

	evhttp_connection_set_closecb(evhttp_request_get_connection(req),
	                              NULL, NULL);
	forget(v);
	evhttp_send_reply_end(req);
}

static size_t
bytes_behind(struct viewer *v)
{
	struct evhttp_connection *conn = evhttp_request_get_connection(v->req);
	struct bufferevent *bev = evhttp_connection_get_bufferevent(conn);

	return evbuffer_get_length(bufferevent_get_output(bev));
}

bool
stream_send(struct stream_viewer *pub, const struct buf *events)
{
	struct viewer *v = (struct viewer *)pub;
	struct evbuffer *chunk;

	if (bytes_behind(v) > BEHIND_MAX) {
		stream_close(pub);
		return false;
	}
	chunk = evbuffer_new();
	if (chunk == NULL || evbuffer_add(chunk, events->data,
	                                  events->len) != 0)
		log_die("out of memory");
	evhttp_send_reply_chunk(v->req, chunk);
	evbuffer_free(chunk);
	return true;
}

static void
send_all(struct stream_server *s, const struct buf *events)
{
	struct viewer *next;

	for (struct viewer *v = s->viewers; v != NULL; v = next) {
		next = v->next;
		stream_send(&v->pub, events);
	}
}

static const char *
header(struct evhttp_request *req, const char *name)
{
	const char *value = evhttp_find_header(
		evhttp_request_get_input_headers(req), name);

	return value == NULL ? "" : value;
}

static bool
read_request(struct evhttp_request *ev, struct req *req)
{
	const char *uri = evhttp_request_get_uri(ev);
	size_t len = strcspn(uri, "?");
	const char *query = uri + len + (uri[len] == '?');

	req->authorization = evhttp_find_header(
		evhttp_request_get_input_headers(ev), "Authorization");
	req->method = evhttp_request_get_command(ev) == EVHTTP_REQ_GET
		? HTTP_GET : HTTP_OTHER;
	req->host = header(ev, "Host");
	req->address = header(ev, "X-Real-IP");
	req->cookie = header(ev, "Cookie");
	req->is_https = strcmp(header(ev, "X-Forwarded-Proto"), "https") == 0;
	req->is_loopback = http_is_loopback(req);
	return http_parse_path(req->arena, arena_strndup(req->arena, uri, len),
	                       &req->path) &&
		http_parse_pairs(req->arena, query, strlen(query), &req->query);
}

static void
open_stream(struct stream_server *s, struct viewer *v, const struct buf *first)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(v->req);
	struct evhttp_connection *conn = evhttp_request_get_connection(v->req);
	struct buf hello = BUF_INIT;

	v->next = s->viewers;
	v->link = &s->viewers;
	if (v->next != NULL)
		v->next->link = &v->next;
	s->viewers = v;
	s->count++;
	evhttp_add_header(out, "Content-Type", "text/event-stream");
	evhttp_add_header(out, "Cache-Control", "no-store");
	evhttp_add_header(out, "X-Content-Type-Options", "nosniff");
	evhttp_connection_set_closecb(conn, on_gone, v);
	evhttp_send_reply_start(v->req, 200, "OK");
	stream_encode(&hello, "ping", "");
	buf_append(&hello, first->data, first->len);
	stream_send(&v->pub, &hello);
	buf_finish(&hello);
}

/* Adds the lines "Name: value" of `lines`, each with CR LF. */
static void
add_headers(struct evkeyvalq *out, struct arena *a, const struct buf *lines)
{
	const char *line = lines->len == 0 ? "" : lines->data;

	while (*line != '\0') {
		size_t name_len = strcspn(line, ":");
		size_t len = strcspn(line, "\r");

		evhttp_add_header(out, arena_strndup(a, line, name_len),
		                  arena_strndup(a, line + name_len + 2,
		                                len - name_len - 2));
		line += len + 2;
	}
}

static void
refuse(struct evhttp_request *ev, enum status status, struct res *res)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(ev);
	struct evbuffer *body = evbuffer_new();

	route_refuse(res, status);
	if (body == NULL ||
	    evbuffer_add(body, res->body.data, res->body.len) != 0)
		log_die("out of memory");
	evhttp_add_header(out, "Content-Type", res->content_type);
	add_headers(out, res->arena, &res->headers);
	evhttp_send_reply(ev, (int)status, http_reason(status), body);
	evbuffer_free(body);
}

bool
stream_has_room(int count, const char *path)
{
	bool is_api = text_after(path, "/api/") != NULL;

	return count < STREAM_VIEWERS_MAX - (is_api ? 0 : STREAM_API_ROOM);
}

static void
on_request(struct evhttp_request *ev, void *arg)
{
	struct stream_server *s = arg;
	struct viewer *v = calloc(1, sizeof *v);
	struct req req = { .arena = arena_create(),
		           .now_at = clock_now_ms() };
	struct res res = { .arena = req.arena };
	enum status status = HTTP_400;

	if (v == NULL)
		log_die("out of memory");
	v->server = s;
	v->req = ev;
	if (read_request(ev, &req))
		status = !stream_has_room(s->count, req.path) ? HTTP_503
			: s->hooks->asked(s->arg, &req, &res, &v->pub);
	if (status == HTTP_200) {
		open_stream(s, v, &res.body);
	} else {
		free(v);
		refuse(ev, status, &res);
	}
	buf_finish(&res.headers);
	buf_finish(&res.body);
	arena_destroy(req.arena);
}

/* ---- what happens by itself ---------------------------------------------- */

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct stream_server *s = arg;
	char text[DATAGRAM_MAX + 1];
	ssize_t n;

	(void)what;
	while ((n = recv(fd, text, DATAGRAM_MAX, MSG_DONTWAIT)) >= 0) {
		text[n] = '\0';
		s->hooks->woken(s->arg, text);
	}
	s->hooks->settled(s->arg);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct stream_server *s = arg;

	(void)fd;
	(void)what;
	s->hooks->tick(s->arg);
}

static void
on_ping(evutil_socket_t fd, short what, void *arg)
{
	struct buf ping = BUF_INIT;

	(void)fd;
	(void)what;
	stream_encode(&ping, "ping", "");
	send_all(arg, &ping);
	buf_finish(&ping);
}

static void
on_stop(evutil_socket_t fd, short what, void *arg)
{
	struct stream_server *s = arg;

	(void)fd;
	(void)what;
	event_base_loopbreak(s->base);
}

static struct event *
add_event(struct stream_server *s, evutil_socket_t fd, short what,
          event_callback_fn fn, int every_ms)
{
	struct event *e = event_new(s->base, fd, what | EV_PERSIST, fn, s);
	struct timeval every = { every_ms / 1000, every_ms % 1000 * 1000 };

	if (e == NULL || event_add(e, every_ms > 0 ? &every : NULL) != 0)
		log_die("libevent cannot add an event");
	return e;
}

static struct evconnlistener *
listen_at(struct stream_server *s)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct evconnlistener *listener;
	mode_t before;

	if (!text_copy(address.sun_path, sizeof address.sun_path,
	               s->socket_path))
		log_die("%s: too long for a socket", s->socket_path);
	unlink(s->socket_path);
	before = umask(0117);
	listener = evconnlistener_new_bind(s->base, NULL, NULL,
	                                   LEV_OPT_CLOSE_ON_FREE |
	                                   LEV_OPT_CLOSE_ON_EXEC, BACKLOG,
	                                   (struct sockaddr *)&address,
	                                   (int)sizeof address);
	if (listener == NULL)
		log_die("%s: %m", s->socket_path);
	umask(before);
	return listener;
}

struct stream_server *
stream_create(const char *socket_path, int wake_fd,
              const struct stream_hooks *hooks, void *arg)
{
	struct stream_server *s = calloc(1, sizeof *s);

	if (s == NULL)
		log_die("out of memory");
	signal(SIGPIPE, SIG_IGN);
	s->hooks = hooks;
	s->arg = arg;
	s->socket_path = socket_path;
	s->wake_fd = wake_fd;
	s->base = event_base_new();
	s->http = s->base == NULL ? NULL : evhttp_new(s->base);
	if (s->http == NULL)
		log_die("libevent cannot start");
	evhttp_set_max_headers_size(s->http, HEADERS_MAX);
	evhttp_set_max_body_size(s->http, 0);
	evhttp_set_gencb(s->http, on_request, s);
	if (evhttp_bind_listener(s->http, listen_at(s)) == NULL)
		log_die("libevent cannot listen");
	s->wake = add_event(s, wake_fd, EV_READ, on_wake, 0);
	s->tick = add_event(s, -1, 0, on_tick, STREAM_TICK_MS);
	s->ping = add_event(s, -1, 0, on_ping, STREAM_PING_MS);
	s->stop[0] = add_event(s, SIGTERM, EV_SIGNAL, on_stop, 0);
	s->stop[1] = add_event(s, SIGINT, EV_SIGNAL, on_stop, 0);
	return s;
}

void
stream_run(struct stream_server *s)
{
	event_base_dispatch(s->base);
}

void
stream_destroy(struct stream_server *s)
{
	if (s == NULL)
		return;
	while (s->viewers != NULL)
		stream_close(&s->viewers->pub);
	event_free(s->wake);
	event_free(s->tick);
	event_free(s->ping);
	event_free(s->stop[0]);
	event_free(s->stop[1]);
	evhttp_free(s->http);
	event_base_free(s->base);
	close(s->wake_fd);
	unlink(s->socket_path);
	free(s);
}
