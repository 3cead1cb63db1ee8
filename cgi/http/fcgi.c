/* fcgi.c: requests by FastCGI or plain CGI; the only one to know libfcgi */
#include "http/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#define LARGE_BLOCK (256 * 1024)
#define LARGE_BODY (16 * 1024)	/* of a request: a list of a hundred punches */
#define FILE_PIECE (32 * 1024)

/* Where a request comes from and its answer goes: FCGX, or stdio for CGI. */
struct wire {
	FCGX_Request *fcgx;	/* NULL: CGI */
};

static const char *
param(struct wire *w, struct arena *a, const char *name)
{
	const char *value = w->fcgx == NULL ? getenv(name)
		: FCGX_GetParam(name, w->fcgx->envp);

	/* it dies with the wire's request, so it is copied */
	return value == NULL ? NULL : arena_strdup(a, value);
}

static const char *
param_or_empty(struct wire *w, struct arena *a, const char *name)
{
	const char *value = param(w, a, name);

	return value == NULL ? "" : value;
}

static size_t
read_body(void *arg, char *to, size_t size)
{
	struct wire *w = arg;
	int want = size > 1 << 20 ? 1 << 20 : (int)size;
	ssize_t n;

	if (w->fcgx != NULL) {
		n = FCGX_GetStr(to, want, w->fcgx->in);
	} else {
		do {
			n = read(STDIN_FILENO, to, (size_t)want);
		} while (n < 0 && errno == EINTR);
	}
	return n < 0 ? 0 : (size_t)n;
}

static bool
write_all(struct wire *w, const char *data, size_t len)
{
	while (len > 0) {
		int part = len > 1 << 20 ? 1 << 20 : (int)len;
		ssize_t n = w->fcgx != NULL
			? FCGX_PutStr(data, part, w->fcgx->out)
			: write(STDOUT_FILENO, data, (size_t)part);

		if (n <= 0)
			return false;	/* the client went away */
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static enum method
parse_method(const char *text)
{
	if (strcmp(text, "GET") == 0 || strcmp(text, "HEAD") == 0)
		return HTTP_GET;
	if (strcmp(text, "POST") == 0)
		return HTTP_POST;
	return strcmp(text, "PUT") == 0 ? HTTP_PUT : HTTP_OTHER;
}

static void
read_head(struct wire *w, struct req *req)
{
	struct arena *a = req->arena;
	const char *uri = param_or_empty(w, a, "REQUEST_URI");
	const char *query = strchr(uri, '?');
	const char *length = param_or_empty(w, a, "CONTENT_LENGTH");
	size_t path_len = query == NULL ? strlen(uri) : (size_t)(query - uri);

	req->method_text = param_or_empty(w, a, "REQUEST_METHOD");
	req->method = parse_method(req->method_text);
	req->host = param_or_empty(w, a, "HTTP_HOST");
	req->address = param_or_empty(w, a, "REMOTE_ADDR");
	req->authorization = param(w, a, "HTTP_AUTHORIZATION");
	req->content_type = param_or_empty(w, a, "CONTENT_TYPE");
	req->cookie = param_or_empty(w, a, "HTTP_COOKIE");
	req->origin = param(w, a, "HTTP_ORIGIN");
	req->if_none_match = param(w, a, "HTTP_IF_NONE_MATCH");
	req->signature = param(w, a, "HTTP_X_HUB_SIGNATURE_256");
	req->is_https = strcmp(param_or_empty(w, a, "HTTPS"), "on") == 0;
	req->is_loopback = http_is_loopback(req);
	if (*length == '\0')
		req->body_len = 0;
	else if (!text_to_int(length, 0, INT64_MAX, &req->body_len))
		req->body_len = -1;
	req->path = arena_strndup(a, uri, path_len);
	req->is_unreadable = !http_parse_path(a, req->path, &req->path) ||
		(query != NULL && !http_parse_pairs(a, query + 1,
		                                    strlen(query + 1),
		                                    &req->query));
}

static int64_t
body_length(const struct res *res)
{
	struct stat st;

	if (res->file == NULL)
		return (int64_t)res->body.len;
	if (fstat(fileno(res->file), &st) != 0)
		log_die("fstat: %m");
	return st.st_size;
}

/* Piece by piece; what is missing at the end is seen by its length. */
static void
send_file(struct wire *w, FILE *file)
{
	char piece[FILE_PIECE];
	size_t n;

	while ((n = fread(piece, 1, sizeof piece, file)) > 0) {
		if (!write_all(w, piece, n))
			return;
	}
	if (ferror(file))
		log_error("cannot read a file to send: %m");
}

static void
send_body(struct wire *w, const struct res *res)
{
	if (res->file != NULL)
		send_file(w, res->file);
	else
		write_all(w, res->body.data, res->body.len);
}

static void
send_answer(struct wire *w, const struct req *req, const struct res *res)
{
	struct buf head = BUF_INIT;

	buf_appendf(&head, "Status: %d %s\r\n", (int)res->status,
	            http_reason(res->status));
	if (res->content_type != NULL)
		buf_appendf(&head, "Content-Type: %s\r\n", res->content_type);
	buf_appendf(&head, "Content-Length: %" PRId64 "\r\n",
	            body_length(res));
	buf_append(&head, res->headers.data, res->headers.len);
	buf_append_str(&head, "\r\n");
	if (write_all(w, head.data, head.len) &&
	    strcmp(req->method_text, "HEAD") != 0)
		send_body(w, res);
	buf_finish(&head);
}

/* What is left to be done when the answer is out. */
struct rest {
	void (*after)(void *arg);
	void *arg;
	bool was_large;		/* what it took goes back to the system */
};

static struct rest
answer(struct wire *w, struct arena *a, fcgi_handler *handler, void *arg)
{
	struct req req = { .arena = a, .now_at = clock_now_ms(),
		           .read_body = read_body, .read_arg = w };
	struct res res = { .arena = a };

	res.model = json_object_new_object();
	read_head(w, &req);
	handler(arg, &req, &res);
	send_answer(w, &req, &res);
	json_object_put(res.model);
	buf_finish(&res.headers);
	buf_finish(&res.body);
	return (struct rest){ res.after, res.after_arg,
		              req.body_len > LARGE_BODY };
}

static void
run_rest(struct rest rest)
{
	if (rest.after != NULL)
		rest.after(rest.arg);
}

void
fcgi_serve(int fd, int stop_fd, fcgi_handler *handler, void *arg)
{
	struct pollfd wait[] = { { .fd = fd, .events = POLLIN },
		                 { .fd = stop_fd, .events = POLLIN } };
	struct arena *a = arena_create();
	FCGX_Request fcgx;
	struct wire w = { .fcgx = &fcgx };
	struct rest rest;

	/* else the first body of some MB raises it, and the next one stays */
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&fcgx, fd, 0) != 0)
		log_die("libfcgi cannot start");
	for (;;) {
		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			log_die("poll: %m");
		if (wait[1].revents != 0)
			break;
		if (wait[0].revents == 0 || FCGX_Accept_r(&fcgx) < 0)
			continue;	/* another worker was faster */
		rest = answer(&w, a, handler, arg);
		FCGX_Finish_r(&fcgx);
		run_rest(rest);
		arena_reset(a);
		if (rest.was_large)
			malloc_trim(0);
	}
	FCGX_Free(&fcgx, 1);
	arena_destroy(a);
}

void
fcgi_serve_cgi(fcgi_handler *handler, void *arg)
{
	struct wire w = { .fcgx = NULL };
	struct arena *a = arena_create();
	struct rest rest = answer(&w, a, handler, arg);

	if (rest.after != NULL)
		close(STDOUT_FILENO);	/* who reads it need not wait */
	run_rest(rest);
	arena_destroy(a);
}
