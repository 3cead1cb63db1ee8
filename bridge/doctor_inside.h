/* doctor_inside.h: what the files of the doctor share, and nobody else */
#ifndef DOCTOR_INSIDE_H
#define DOCTOR_INSIDE_H

#include "base/buf.h"
#include "setup.h"
#include "zk_session.h"

#define DOCTOR_STEP_MS 10000	/* longest wait for one answer */
#define DOCTOR_ADDRESSES_MAX 8
#define DOCTOR_ADDRESS_SIZE 64
#define DOCTOR_HOST_MAX 253

enum doctor_mark {
	DOCTOR_OK,
	DOCTOR_NOTE,		/* skipped, or of no weight */
	DOCTOR_TROUBLE,
	DOCTOR__COUNT
};

enum doctor_result {
	DOCTOR_GO_ON,
	DOCTOR_END,		/* what comes next needs what failed */
	DOCTOR_STOPPED,		/* by a signal */
};

struct doctor {
	/* what is asked for */
	const char *config;
	struct setup setup;	/* as much of it as could be read */
	char config_error[500];	/* "" when it could all be read */
	bool has_config;
	const struct setup_terminal *terminal;	/* of it, or NULL */
	char host[DOCTOR_HOST_MAX + 1];

	/* what is known so far */
	char addresses[DOCTOR_ADDRESSES_MAX][DOCTOR_ADDRESS_SIZE];
	size_t address_count;	/* IPv4 ones first */
	bool pinged;		/* it answered */
	bool bridge_runs;	/* on this machine, with this terminal */
	uint16_t hello;		/* code that CONNECT was answered with */
	struct zk_options options;
	struct zk_session *zk;	/* connected, or NULL */
	struct zk_sizes sizes;

	/* what was said */
	const char *step;	/* name of the one in hand */
	int limit_s;		/* of the one in hand */
	struct buf troubles;	/* names of the steps that failed */
};

/* ---- steps: they say what they found ------------------------------------ */

typedef enum doctor_result doctor_step_fn(struct doctor *d);

/* doctor_config.c */
doctor_step_fn doctor_step_bridge, doctor_step_config;
/* doctor_net.c */
doctor_step_fn doctor_step_name, doctor_step_ping;
/* doctor_port.c */
doctor_step_fn doctor_step_port;
/* doctor_ask.c */
doctor_step_fn doctor_step_clock, doctor_step_key, doctor_step_live,
	doctor_step_memory, doctor_step_terminal;
/* doctor_log.c */
doctor_step_fn doctor_step_log, doctor_step_users;

/* ---- doctor_config.c ---------------------------------------------------- */

/*
 * Finds out what `what` is: name of a terminal, host, or host and port.  False
 * when it is none of these.
 */
bool doctor_choose(struct doctor *d, const char *what);

/*
 * Takes HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT apart; `port` is 0 where
 * none is given.  False when it is none of these.
 */
bool doctor_split(const char *what, char host[DOCTOR_HOST_MAX + 1],
                  int *port);

/* ---- doctor_say.c ------------------------------------------------------- */

/*
 * A line of the step in hand, wrapped.  Foreign text may be part of it: what
 * is not plain ASCII is shown as `?`.
 */
void doctor_say(struct doctor *d, enum doctor_mark mark, const char *format,
                ...) __attribute__((format(printf, 3, 4)));
/* Further lines below it. */
void doctor_add(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* What will be replaced by the line to come, where a person watches. */
void doctor_progress(const struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Hex of bytes whose form is not known, without what may be part of a name:
 * letters, and long runs of bytes above 127.  `out` holds 2 * len + 1.
 */
void doctor_mask(const uint8_t *bytes, size_t len, char *out);

/* ---- doctor.c ----------------------------------------------------------- */

/* What a signal is to interrupt from now on; both may be NULL. */
void doctor_watch(struct zk_session *zk, struct zk_link *link);
/* Says goodbye to the terminal, if there is one. */
void doctor_leave(struct doctor *d);
/* Is ZK_STOPPED due to the step's limit, and not to a signal? */
bool doctor_is_late(void);

/*
 * Says why the terminal did not tell `what`, and what to do, where the result
 * is neither ZK_OK nor ZK_REFUSED.
 */
enum doctor_result doctor_failed(struct doctor *d, enum zk_result rc,
                                 const char *what);

#endif
