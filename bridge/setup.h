/* setup.h: the bridge's configuration, read and checked */
#ifndef SETUP_H
#define SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

#define SETUP_TERMINALS_MAX 64

enum setup_kind {
	SETUP_GYMGATE,
	SETUP_ARTICLE,	/* the server of the article: single posts */
};

/* How to reach a terminal. */
enum setup_transport {
	SETUP_ANY_TRANSPORT,	/* TCP, or where nobody answers that, UDP */
	SETUP_TCP,
	SETUP_UDP,
};

/* Strings are never NULL; "" where nothing was given. */
struct setup_server {
	char *url;		/* without a slash at its end */
	char *company;
	char *token, *token_file;	/* `token` is filled in from the file;
					   "" only for the article's server */
	char *ca_file;
	int kind;		/* enum setup_kind */
	int64_t timeout_ms, batch;
	int64_t backoff_least_ms, backoff_most_ms;
	bool insecure;
};

struct setup_bridge {
	char *spool;
	char *zone;		/* the terminals' time zone; "": this machine's */
	int log;		/* enum log_level */
	int64_t report_seconds;
	int64_t offline_grace_hours;	/* doors go by the last list */
};

struct setup_terminal {
	char *name;		/* the label of its section */
	char *host, *serial;
	char *charset;		/* code page of the users' names */
	int transport;		/* enum setup_transport */
	int64_t port, comm_key;
	int64_t poll_ms, keepalive_ms;
	int64_t timeout_ms, bulk_timeout_ms, backoff_most_ms;
	bool live, clock_sync;
};

struct setup {
	struct setup_server server;
	struct setup_bridge bridge;
	struct setup_terminal *terminals[SETUP_TERMINALS_MAX];
	size_t terminal_count;
};

/*
 * Reads and checks the file at `path`, and the token's file.  False with one
 * line for people in `error`.  Logs a warning for secrets that everybody on
 * the machine may read.  Pair: setup_finish, whatever the result.
 */
bool setup_load(struct setup *setup, const char *path, char *error,
                size_t size);
void setup_finish(struct setup *setup);

#endif
