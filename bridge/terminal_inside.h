/* terminal_inside.h: what terminal.c and terminal_visit.c share */
#ifndef TERMINAL_INSIDE_H
#define TERMINAL_INSIDE_H

#include <pthread.h>

#include "harvest.h"
#include "identity.h"
#include "terminal.h"
#include "zk_session.h"

struct terminal {
	const struct setup_terminal *setup;
	const struct terminal_world *world;
	struct zk_session *zk;
	struct harvest harvest;
	struct identity identity;
	struct door *door;
	enum zk_transport transport;	/* tried next, where both may be */
	int attempt;		/* failures in a row */
	bool once;
	pthread_t thread;
	pthread_mutex_t lock;	/* of what follows */
	struct terminal_state state;
	bool changed;
};

/* Copies what the harvest knows; an answer was just given. */
void terminal_show(struct terminal *t);
/* "" is well.  Says a change once, here and in the report. */
void terminal_set_error(struct terminal *t, const char *words);

/* One connection, from its beginning to its end; why it ended is shown. */
void terminal_visit(struct terminal *t);

#endif
