/* doctor_config.c: which terminal is meant, and what the bridge has of it */
#include "doctor_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/text.h"

#define DEFAULT_PORT 4370
#define DEFAULT_BULK_MS 60000

/* ---- which -------------------------------------------------------------- */

bool
doctor_split(const char *what, char host[DOCTOR_HOST_MAX + 1], int *port)
{
	const char *close = strchr(what, ']'), *colon = strchr(what, ':');
	const char *end = what + strlen(what), *digits = NULL;
	int64_t number = 0;

	if (*what == '[') {
		if (close == NULL || (close[1] != '\0' && close[1] != ':'))
			return false;
		what++;
		end = close;
		digits = close[1] == ':' ? close + 2 : NULL;
	} else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
		end = colon;
		digits = colon + 1;
	}
	if (digits != NULL && !text_to_int(digits, 1, 65535, &number))
		return false;
	if (end == what || end - what > DOCTOR_HOST_MAX)
		return false;
	for (const char *c = what; c < end; c++) {
		if (*c <= ' ' || *c > '~' || *c == '/')
			return false;
	}
	snprintf(host, DOCTOR_HOST_MAX + 1, "%.*s", (int)(end - what), what);
	*port = (int)number;
	return true;
}

/* By its name, or else by where it is; `port` 0 is any. */
static const struct setup_terminal *
find_terminal(const struct setup *setup, const char *name, const char *host,
              int port)
{
	for (size_t i = 0; i < setup->terminal_count; i++) {
		if (strcmp(setup->terminals[i]->name, name) == 0)
			return setup->terminals[i];
	}
	for (size_t i = 0; i < setup->terminal_count; i++) {
		const struct setup_terminal *t = setup->terminals[i];

		if (host[0] != '\0' && strcasecmp(t->host, host) == 0 &&
		    (port == 0 || t->port == port))
			return t;
	}
	return NULL;
}

static int
at_most(int64_t ms, int most)
{
	return ms < most ? (int)ms : most;
}

static void
set_options(struct doctor *d, int port)
{
	const struct setup_terminal *t = d->terminal;
	struct zk_options *o = &d->options;

	*o = (struct zk_options){
		.host = d->host, .port = port, .timeout_ms = DOCTOR_STEP_MS,
		.bulk_timeout_ms = DEFAULT_BULK_MS,
	};
	if (t != NULL) {
		o->port = (int)t->port;
		o->comm_key = (uint32_t)t->comm_key;
		o->timeout_ms = at_most(t->timeout_ms, DOCTOR_STEP_MS);
		o->bulk_timeout_ms = at_most(t->bulk_timeout_ms,
		                             DEFAULT_BULK_MS);
	}
	if (o->port == 0)
		o->port = DEFAULT_PORT;
}

bool
doctor_choose(struct doctor *d, const char *what)
{
	int port = 0;
	bool is_host = doctor_split(what, d->host, &port);

	d->has_config = access(d->config, F_OK) == 0 || errno != ENOENT;
	if (!setup_load(&d->setup, d->config, d->config_error,
	                sizeof d->config_error) && !d->has_config)
		d->config_error[0] = '\0';
	d->terminal = find_terminal(&d->setup, what, is_host ? d->host : "",
	                            port);
	if (d->terminal != NULL && d->terminal->host[0] != '\0')
		is_host = text_copy(d->host, sizeof d->host,
		                    d->terminal->host);
	set_options(d, port);
	return is_host;
}

/* ---- its configuration -------------------------------------------------- */

enum doctor_result
doctor_step_config(struct doctor *d)
{
	if (!d->has_config)
		doctor_say(d, DOCTOR_NOTE, "there is no %s: comm key 0 and "
		           "all else at its default", d->config);
	else if (d->config_error[0] != '\0')
		doctor_say(d, DOCTOR_TROUBLE, "%s", d->config_error);
	else if (d->terminal == NULL)
		doctor_say(d, DOCTOR_NOTE, "no terminal of %s has this name "
		           "or address: comm key 0 and all else at its "
		           "default", d->config);
	else
		doctor_say(d, DOCTOR_OK, "[terminal %s] of %s",
		           d->terminal->name, d->config);
	if (d->config_error[0] != '\0')
		doctor_add("The bridge does not start with this "
		           "configuration. The check goes on with what could "
		           "be read of it.");
	return DOCTOR_GO_ON;
}

/* ---- a bridge that runs ------------------------------------------------- */

enum holder { HOLDER_NONE, HOLDER_BRIDGE, HOLDER_HIDDEN };

/* A running bridge holds a lock on the file beside its spool. */
static enum holder
find_holder(const char *spool)
{
	struct buf path = BUF_INIT;
	enum holder holder = HOLDER_NONE;
	int fd;

	buf_appendf(&path, "%s.lock", spool);
	fd = open(path.data, O_RDONLY | O_CLOEXEC);
	buf_finish(&path);
	if (fd < 0)
		return errno == EACCES ? HOLDER_HIDDEN : HOLDER_NONE;
	if (flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		holder = HOLDER_BRIDGE;
	close(fd);
	return holder;
}

enum doctor_result
doctor_step_bridge(struct doctor *d)
{
	enum holder holder = HOLDER_NONE;

	if (d->terminal != NULL && d->setup.bridge.spool != NULL)
		holder = find_holder(d->setup.bridge.spool);
	d->bridge_runs = holder == HOLDER_BRIDGE;
	if (holder == HOLDER_BRIDGE) {
		doctor_say(d, DOCTOR_NOTE, "gymgate-bridge is running and "
		           "holds this terminal");
		doctor_add("Most terminals take one connection at a time, so "
		           "what follows may fail for that alone. Stop it for "
		           "the check (systemctl stop gymgate-bridge), or look "
		           "at `gymgate-bridge status`.");
	} else if (holder == HOLDER_HIDDEN) {
		doctor_say(d, DOCTOR_NOTE, "this account may not see if "
		           "gymgate-bridge is running");
	}
	return DOCTOR_GO_ON;
}
