/* fetch.h: one HTTP(S) request, one deadline, an outcome */
#ifndef FETCH_H
#define FETCH_H

#include <stddef.h>

#include "base/buf.h"

/*
 * One handle serves one request at a time and keeps its connection open for
 * the next; different handles may be used by different threads.
 */
struct fetch;

enum fetch_outcome {
	FETCH_ANSWERED,		/* whatever the status */
	FETCH_NO_HOST,		/* the name is not known */
	FETCH_NO_CONNECTION,	/* refused or not reachable */
	FETCH_TIMEOUT,
	FETCH_TLS,		/* the certificate, or TLS itself */
	FETCH_TOO_LARGE,	/* the answer is longer than allowed */
	FETCH_ABORTED,		/* by fetch_abort() */
	FETCH_BROKEN,		/* all else: cut off, not HTTP... */
	FETCH__COUNT
};

struct fetch_request {
	const char *method;	/* "GET", "POST", "PUT"... */
	const char *url;	/* http or https */
	const char *bearer;	/* token, or NULL */
	const char *type;	/* content type of the body, or NULL */
	const char *const *headers;	/* further ones, ends with NULL; or NULL */
	const void *body;
	size_t len;
	const char *ca_file;	/* trusted certificates; NULL: the system's */
	int timeout_ms;		/* of everything: name, connection, answer */
	size_t most_bytes;	/* of the answer's body */
};

/* Begin with FETCH_ANSWER_INIT; may be used again for the next request. */
struct fetch_answer {
	enum fetch_outcome outcome;
	int status;		/* 0 unless answered */
	char type[64];		/* content type without parameters, lower case */
	int retry_after_s;	/* of the Retry-After header, 0 without one */
	struct buf body;
	char words[320];	/* what went wrong, for people; no secrets */
};

#define FETCH_ANSWER_INIT { .body = BUF_INIT }

/* Out of memory ends the process. */
struct fetch *fetch_create(void);
/* Closes its connection; takes NULL. */
void fetch_destroy(struct fetch *f);

/*
 * Sends a request and waits for its answer, into `a`.  Follows no redirect:
 * a 3xx is an answer.  Logs nothing.  Returns a->outcome.
 */
enum fetch_outcome fetch_do(struct fetch *f, const struct fetch_request *r,
                            struct fetch_answer *a);

/*
 * Ends the request in hand, and every later one, with FETCH_ABORTED.  The
 * one call here that another thread may make.
 */
void fetch_abort(struct fetch *f);

/* Frees what an answer holds and makes it ready for use. */
void fetch_answer_finish(struct fetch_answer *a);

#endif
