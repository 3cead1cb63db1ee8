/* fcgi.h: requests by FastCGI or plain CGI; the only one to know libfcgi */
#ifndef FCGI_H
#define FCGI_H

#include "http/http.h"

/* Answers one request; `req` and `res` live in an arena that goes with it. */
typedef void fcgi_handler(void *arg, struct req *req, struct res *res);

/*
 * Serves requests from the listening socket `fd`, one at a time, until
 * `stop_fd` becomes readable; the request in hand is finished first.  `fd`
 * must be non-blocking, for several processes wait on it.
 */
void fcgi_serve(int fd, int stop_fd, fcgi_handler *handler, void *arg);

/* Answers the one request of the environment and standard input (RFC 3875). */
void fcgi_serve_cgi(fcgi_handler *handler, void *arg);

#endif
