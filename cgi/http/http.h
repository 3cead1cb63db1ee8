/* http.h: a request and its answer, apart from how they travel */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"

struct db;
struct display;
struct json_object;

enum method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_OTHER };

/* Of which a handler returns one; route.c draws the page of a bare error. */
enum status {
	HTTP_200 = 200,
	HTTP_303 = 303,
	HTTP_304 = 304,
	HTTP_400 = 400,
	HTTP_401 = 401,
	HTTP_403 = 403,
	HTTP_404 = 404,
	HTTP_405 = 405,
	HTTP_409 = 409,
	HTTP_413 = 413,
	HTTP_415 = 415,
	HTTP_422 = 422,
	HTTP_429 = 429,
	HTTP_500 = 500,
	HTTP_503 = 503,
};

/* Name and value, both ended by a NUL; values are decoded. */
struct http_pair {
	char *name;
	char *value;
	size_t value_len;	/* more than strlen when it holds a NUL */
};

struct http_pairs {
	struct http_pair *list;
	size_t count;
};

/* The file that came with a form; of several the first. */
struct http_file {
	const char *name;	/* of its field; NULL: none came */
	const char *file_name;	/* as its sender calls it; may be "" */
	const char *data;	/* within the body */
	size_t len;
};

/* Who calls, once route.c has found out; zero where nobody signed in. */
struct caller {
	const char *company;	/* code */
	int64_t user_id;	/* 0: not a person */
	int64_t branch_id;	/* 0: all branches */
	bool is_owner;
	const char *device_sn;	/* a token limited to one; else NULL */
	const struct display *display;	/* a screen at the desk; else NULL */
	/* of the company: ISO 4217, and the phone numbers' country code */
	const char *currency, *phone_code;
	const char *session_hash;
	const char *csrf;	/* the token that this session's forms carry */
};

struct req {
	struct arena *arena;	/* everything below lives in it */
	struct db *db;
	int64_t now_at;		/* one moment for the whole request */

	enum method method;
	const char *method_text;
	const char *path;	/* decoded, begins with /, holds no NUL */
	const char *host;	/* may be "" */
	const char *address;	/* of the client, may be "" */
	const char *authorization;	/* header, or NULL */
	const char *content_type;	/* or "" */
	const char *cookie;	/* header, or "" */
	const char *origin;	/* header, or NULL */
	const char *if_none_match;	/* header, or NULL */
	const char *signature;	/* header X-Hub-Signature-256, or NULL */
	bool is_https;
	bool is_loopback;	/* plain HTTP from and to this machine */
	bool is_unreadable;	/* path or query; `path` is as it came then */

	int64_t body_len;	/* as announced; -1: not a number */
	char *body;		/* read by route.c up to the route's limit */
	/* reads the next bytes of the body; 0: there are no more */
	size_t (*read_body)(void *arg, char *to, size_t size);
	void *read_arg;
	struct http_pairs query;	/* of the address */
	struct http_pairs form;		/* of the body of a form */
	struct http_file file;		/* of ROUTE_UPLOAD */
	struct http_pairs segments;	/* :name parts of the route */

	struct caller caller;
};

struct res {
	struct arena *arena;
	enum status status;
	const char *content_type;
	struct buf headers;	/* more of them, each with CR LF */
	struct buf body;
	/*
	 * The body instead, read from its beginning, where it is too large for
	 * memory; NULL: it is not.  Closed by whoever opened it, with the arena.
	 */
	FILE *file;
	struct json_object *model;	/* of the page that is drawn */
	bool is_api;		/* errors are JSON */
	/*
	 * What is done once the answer is on its way, by the same worker; NULL:
	 * nothing.  The arena lives on until then, and a stop waits for it.
	 */
	void (*after)(void *arg);
	void *after_arg;
};

/* Decodes "a=1&b=%20" (+ is a blank); false on a bad %, a
 * NUL in a name, or over 200 pairs. */
bool http_parse_pairs(struct arena *a, const char *text, size_t len,
                      struct http_pairs *out);
/* Decodes the % of a path; false on a bad one, a NUL, or bad UTF-8. */
bool http_parse_path(struct arena *a, const char *text, const char **out);

/* Plain HTTP from this machine to a name of this machine? */
bool http_is_loopback(const struct req *req);

/* The value of the first pair of that name, or NULL. */
const char *http_find(const struct http_pairs *pairs, const char *name);
/* The same as an id, a number from 1 on; 0: there is none. */
int64_t http_find_id(const struct http_pairs *pairs, const char *name);
/*
 * Appends "?NAME=VALUE" to an address, "&..." where it has a ? already; both
 * may be any bytes.
 */
void http_add_query(struct buf *url, const char *name, const char *value);
/* A cookie of the request (RFC 6265), or NULL. */
const char *http_cookie(struct req *req, const char *name);
/* The media type in lower case, without parameters; "" when there is none. */
const char *http_media_type(struct req *req);

/* Adds a header line; a control character in the value ends the value. */
void http_header(struct res *res, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * Sets a cookie: HttpOnly, SameSite=Lax, Path=/, and with a __Host- in front
 * of its name and Secure but for plain HTTP on loopback.  `max_age_s` 0
 * deletes it.  http_cookie finds it by the same bare name.
 */
void http_set_cookie(struct req *req, struct res *res, const char *name,
                     const char *value, int64_t max_age_s);
/* 303 to an address of this site. */
enum status http_redirect(struct res *res, const char *location);
/* Puts `json` (consumed) as the body and returns `status`. */
enum status http_json(struct res *res, enum status status,
                      struct json_object *json);
/* `{"status":false,"message":...,"field":...}`; `field` may be NULL. */
enum status http_json_error(struct res *res, enum status status,
                            const char *message, const char *field);
/* The words of a status: "Not Found". */
const char *http_reason(enum status status);

#endif
