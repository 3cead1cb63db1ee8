/* fetch.h: one HTTP(S) request or letter, one deadline, an outcome */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>
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
	FETCH_STOPPED,		/* by the request's sink */
	FETCH_DENIED,		/* user or password, of a letter */
	FETCH_NO_ADDRESS,	/* of a letter: refused for good */
	FETCH_BROKEN,		/* all else: cut off, not HTTP... */
	FETCH__COUNT
};

/*
 * Takes the next piece of a body that has no end worth waiting for, `len` > 0
 * bytes that are gone after the call; false ends the request.
 */
typedef bool fetch_sink_fn(void *arg, const char *data, size_t len);

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
	/*
	 * Where a connection that was kept open turns out to be dead, the
	 * request is sent again on a new one.  `once`: it must not reach the
	 * server twice, so it gets a connection of its own, of HTTP/1.1.
	 */
	bool once;

	/*
	 * With a sink, the body of a 200 goes there as it comes, of any
	 * length and for any time, and the answer's own stays empty:
	 * `timeout_ms` then ends with the headers, and `idle_ms` without a
	 * byte is too long (0: never).  All other answers are as without one.
	 */
	fetch_sink_fn *sink;	/* or NULL */
	void *sink_arg;
	int idle_ms;
};

/*
 * Begin with FETCH_ANSWER_INIT; may be used again for the next request.
 * Status, type and Retry-After are there from a sink's first call on, however
 * the request ends; else only once it was answered.
 */
struct fetch_answer {
	enum fetch_outcome outcome;
	int status;		/* 0: not there */
	bool is_sent;		/* something of it may have reached the server;
				   false: certainly nothing has */
	char type[64];		/* content type without parameters, lower case */
	int retry_after_s;	/* of the Retry-After header, 0 without one */
	char etag[128];		/* with its quotes; "" without one, or too long */
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

/* A letter for a mail server (RFC 5321). */
struct fetch_letter {
	const char *url;	/* "smtp://mail.example:587" or smtps */
	const char *user, *password;	/* "" for none */
	const char *ca_file;	/* as above */
	bool tls;		/* smtp must go on with STARTTLS */
	const char *from, *to;	/* addresses; hold no blank, no control */
	const char *text;	/* the message (RFC 5322), lines end with CR LF */
	size_t len;
	int timeout_ms;		/* of everything */
};

/*
 * Hands a letter to its server, which has it on FETCH_ANSWERED; nobody has it
 * otherwise, but where the connection broke behind its last line: that cannot
 * be known.  a->status is the last reply's code, a->words what a person should
 * know: the server's own words where it refused.  Returns a->outcome.
 */
enum fetch_outcome fetch_mail(struct fetch *f, const struct fetch_letter *l,
                              struct fetch_answer *a);

/*
 * Ends the request in hand, and every later one, with FETCH_ABORTED.  The
 * one call here that another thread may make.
 */
void fetch_abort(struct fetch *f);

/* Frees what an answer holds and makes it ready for use. */
void fetch_answer_finish(struct fetch_answer *a);

#endif
