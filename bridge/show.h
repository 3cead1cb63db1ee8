/* show.h: what `status`, `users` and `retry` print */
#ifndef SHOW_H
#define SHOW_H

#include <stdbool.h>

#include "setup.h"
#include "spool.h"

/* False when the spool failed, which it has said. */
bool show_status(const struct setup *setup, struct spool *spool);
/* The same as one JSON object, for programs; its keys are in the manual. */
bool show_status_json(const struct setup *setup, struct spool *spool);

/*
 * The users of the terminal `name`, NULL for all, as they were read last.
 * False also when there is no such terminal, which it says.
 */
bool show_users(const struct setup *setup, struct spool *spool,
                const char *name);

#endif
