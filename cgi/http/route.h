/* route.h: the table of routes, and what it promises to each handler */
#ifndef ROUTE_H
#define ROUTE_H

#include "http/http.h"

/* Who may call.  All but the last two are found out before the handler runs. */
enum route_who {
	ROUTE_ANYONE,
	ROUTE_STAFF,		/* signed in */
	ROUTE_OWNER,		/* signed in as owner, maybe of one branch */
	ROUTE_HEAD,		/* signed in as owner of all branches */
	ROUTE_DISPLAY,		/* a screen at the front desk */
	ROUTE_TOKEN,		/* a valid token of a company */
	ROUTE_INTAKE,		/* something that looks like a token: the
	                           handler's own first read checks it */
	ROUTE_SIGNED,		/* a service: the handler checks the signature
	                           of the raw body */
};

/* What a body may be, and how long. */
enum route_body {
	ROUTE_NO_BODY, ROUTE_FORM, ROUTE_JSON, ROUTE_JSON_LONG,
	ROUTE_JSON_OR_FORM,
	ROUTE_UPLOAD,		/* a form with a file: multipart/form-data */
};

#define ROUTE_FORM_MAX (64 * 1024)
#define ROUTE_JSON_MAX (1024 * 1024)
#define ROUTE_JSON_LONG_MAX (4 * 1024 * 1024)	/* nginx must let it pass */
#define ROUTE_UPLOAD_MAX (12 * 1024 * 1024)	/* this one, too */

struct route {
	enum method method;
	const char *path;	/* ":name" takes one part of the path */
	enum route_who who;
	enum route_body body;
	enum status (*handler)(struct req *req, struct res *res);
};	/* a form of another site is refused by its Origin; one of somebody who
	   is signed in must carry the token of that session, too */

/* What route.c must ask of those who know about people and pages. */
struct route_hooks {
	/*
	 * Fills req->caller.  HTTP_200: may call; HTTP_303 (to sign in, set
	 * in `res`), 401, 403 or 503 otherwise.
	 */
	enum status (*identify)(struct req *req, struct res *res,
	                        enum route_who who);
	/* Does the form carry the token of this session? */
	bool (*csrf_matches)(struct req *req);
	/* Draws the page of an error; not for the API. */
	void (*draw_error)(struct req *req, struct res *res,
	                   enum status status);
};

/*
 * Answers one request: finds the route, enforces its columns (404, 405, who,
 * CSRF, media type 415, size 413, forms that cannot be read 400), runs the
 * handler and sets res->status and the headers that every answer has.  Each 403
 * is logged, with who it was.
 */
void route_answer(const struct route *routes, size_t count,
                  const struct route_hooks *hooks, struct req *req,
                  struct res *res);

/*
 * Makes `res` the refusal that a route of the API would give, for who has no
 * table: its message, unless one stands there, and the headers.
 */
void route_refuse(struct res *res, enum status status);

#endif
