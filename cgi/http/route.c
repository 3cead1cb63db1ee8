/* route.c: the table of routes, and what it promises to each handler */
#include "http/route.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "http/multipart.h"

#define SEGMENTS_MAX 4

/* What an API client reads; people get a page. */
static const char *
api_message(enum status status)
{
	switch (status) {
	case HTTP_400:
		return "The request cannot be read";
	case HTTP_401:
		return "A valid token is needed";
	case HTTP_403:
		return "Not allowed with this token";
	case HTTP_404:
		return "No such resource";
	case HTTP_405:
		return "Method not allowed";
	case HTTP_413:
		return "The request is too large";
	case HTTP_415:
		return "Send JSON or a form";
	case HTTP_429:
		return "Too many requests";
	case HTTP_503:
		return "The service is not available, try again";
	default:
		return "The request failed";
	}
}

/* Does the path fit the pattern?  Its ":name" parts go to `out`. */
static bool
match_path(struct req *req, const char *pattern, struct http_pairs *out)
{
	const char *path = req->path;

	out->count = 0;
	while (*pattern != '\0' && *path != '\0') {
		size_t name_len, value_len;

		if (*pattern != ':') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		name_len = strcspn(pattern, "/");
		value_len = strcspn(path, "/");
		if (value_len == 0 || out->count == SEGMENTS_MAX)
			return false;
		out->list[out->count++] = (struct http_pair){
			.name = arena_strndup(req->arena, pattern + 1,
			                      name_len - 1),
			.value = arena_strndup(req->arena, path, value_len),
			.value_len = value_len,
		};
		pattern += name_len;
		path += value_len;
	}
	return *pattern == '\0' && *path == '\0';
}

static const char *
method_word(enum method method)
{
	switch (method) {
	case HTTP_GET:
		return "GET, HEAD";
	case HTTP_POST:
		return "POST";
	case HTTP_PUT:
		return "PUT";
	case HTTP_OTHER:
		break;
	}
	return "";
}

/* The route of this request, or NULL and why there is none. */
static const struct route *
find_route(const struct route *routes, size_t count, struct req *req,
           struct res *res, enum status *why)
{
	struct buf allow = BUF_INIT;
	const struct route *found = NULL;

	req->segments.list = arena_alloc(req->arena, SEGMENTS_MAX *
	                                 sizeof *req->segments.list);
	for (size_t i = 0; i < count && found == NULL; i++) {
		if (!match_path(req, routes[i].path, &req->segments))
			continue;
		if (routes[i].method == req->method)
			found = &routes[i];
		else
			buf_appendf(&allow, "%s%s", allow.len > 0 ? ", " : "",
			            method_word(routes[i].method));
	}
	*why = allow.len > 0 ? HTTP_405 : HTTP_404;
	if (found == NULL && allow.len > 0)
		http_header(res, "Allow", "%s", allow.data);
	buf_finish(&allow);
	return found;
}

static bool
media_fits(enum route_body body, const char *type)
{
	bool json = strcmp(type, "application/json") == 0;
	bool form = strcmp(type, "application/x-www-form-urlencoded") == 0;

	switch (body) {
	case ROUTE_NO_BODY:
		return true;
	case ROUTE_FORM:
		return form;
	case ROUTE_JSON:
	case ROUTE_JSON_LONG:
		return json;
	case ROUTE_JSON_OR_FORM:
		return json || form;
	case ROUTE_UPLOAD:
		return strcmp(type, "multipart/form-data") == 0;
	}
	return false;
}

static int64_t
longest(enum route_body body)
{
	switch (body) {
	case ROUTE_NO_BODY:
		return 0;
	case ROUTE_FORM:
		return ROUTE_FORM_MAX;
	case ROUTE_JSON_LONG:
		return ROUTE_JSON_LONG_MAX;
	case ROUTE_UPLOAD:
		return ROUTE_UPLOAD_MAX;
	case ROUTE_JSON:
	case ROUTE_JSON_OR_FORM:
		break;
	}
	return ROUTE_JSON_MAX;
}

/* Into fields, where it is a form. */
static bool
parse_body(struct req *req, enum route_body body, const char *type)
{
	size_t len = (size_t)req->body_len;

	if (body == ROUTE_UPLOAD)
		return multipart_parse(req->arena, req->content_type,
		                       req->body, len, &req->form, &req->file);
	return strcmp(type, "application/json") == 0 ||
		http_parse_pairs(req->arena, req->body, len, &req->form);
}

static enum status
read_body(struct req *req, enum route_body body)
{
	const char *type = http_media_type(req);
	size_t got = 0, n;

	if (body == ROUTE_NO_BODY)
		return HTTP_200;
	if (req->body_len < 0)
		return HTTP_400;
	if (req->body_len > longest(body))
		return HTTP_413;
	if (!media_fits(body, type))
		return HTTP_415;
	req->body = arena_alloc(req->arena, (size_t)req->body_len + 1);
	while (got < (size_t)req->body_len &&
	       (n = req->read_body(req->read_arg, req->body + got,
	                           (size_t)req->body_len - got)) > 0)
		got += n;
	if (got < (size_t)req->body_len)
		return HTTP_400;	/* the client went away */
	return parse_body(req, body, type) ? HTTP_200 : HTTP_400;
}

/* A form of another site is refused by its Origin, then by its token. */
static bool
is_cross_site(struct req *req)
{
	const char *host;

	if (req->origin == NULL)
		return false;
	host = strstr(req->origin, "://");
	return host == NULL || strcmp(host + 3, req->host) != 0;
}

static enum status
run(const struct route *r, const struct route_hooks *hooks, struct req *req,
    struct res *res)
{
	bool is_person = r->who == ROUTE_STAFF || r->who == ROUTE_OWNER ||
		r->who == ROUTE_HEAD;
	/* not only forms: whatever a person's browser can be made to send */
	bool is_guarded = r->body == ROUTE_FORM || r->body == ROUTE_UPLOAD ||
		(is_person && r->method != HTTP_GET);
	enum status status;

	if (is_guarded && is_cross_site(req))
		return HTTP_403;
	status = hooks->identify(req, res, r->who);
	if (status != HTTP_200)
		return status;
	status = read_body(req, r->body);
	if (status != HTTP_200)
		return status;
	if (is_guarded && !hooks->csrf_matches(req))
		return HTTP_403;
	return r->handler(req, res);
}

/* What every answer carries, whoever made it. */
static void
add_common_headers(struct res *res)
{
	http_header(res, "X-Content-Type-Options", "nosniff");
	http_header(res, "Cache-Control", "no-store");
	http_header(res, "Referrer-Policy", "same-origin");
	if (res->status == HTTP_401)
		http_header(res, "WWW-Authenticate",
		            "Bearer realm=\"gymgate\"");
	if (res->status == HTTP_503)
		http_header(res, "Retry-After", "5");
	if (res->is_api)
		return;
	http_header(res, "X-Frame-Options", "DENY");
	http_header(res, "Content-Security-Policy",
	            "default-src 'none'; script-src 'self'; style-src 'self'; "
	            "img-src 'self' data:; connect-src 'self'; "
	            "form-action 'self'; base-uri 'none'; "
	            "frame-ancestors 'none'");
}

/* Who tried what they may not do; of what was typed nothing. */
static void
log_forbidden(const struct req *req)
{
	log_warn("403 %s %s: company %s, user %lld, from %s", req->method_text,
	         req->path, req->caller.company == NULL ? "-"
	         : req->caller.company, (long long)req->caller.user_id,
	         req->address);
}

void
route_refuse(struct res *res, enum status status)
{
	res->is_api = true;
	res->status = status;
	if (res->body.len == 0)
		http_json_error(res, status, api_message(status), NULL);
	add_common_headers(res);
}

void
route_answer(const struct route *routes, size_t count,
             const struct route_hooks *hooks, struct req *req,
             struct res *res)
{
	const struct route *r;

	res->is_api = strncmp(req->path, "/api/", 5) == 0 ||
		strcmp(req->path, "/healthz") == 0;
	res->status = HTTP_400;
	r = req->is_unreadable ? NULL
		: find_route(routes, count, req, res, &res->status);
	if (r != NULL)
		res->status = run(r, hooks, req, res);
	if (res->status == HTTP_403)
		log_forbidden(req);
	if (res->status >= HTTP_400 && res->body.len == 0) {
		if (res->is_api)
			http_json_error(res, res->status,
			                api_message(res->status), NULL);
		else
			hooks->draw_error(req, res, res->status);
	}
	add_common_headers(res);
}
