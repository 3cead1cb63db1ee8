/* show.h: what `status`, `users` and `release` print */
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

/*
 * Frees whom the bridge keeps out at the terminal `name`, NULL for all, and
 * waits for it.  False also when some are kept out still, or there is no such
 * terminal; it says so.
 */
bool show_release(const struct setup *setup, struct spool *spool,
                  const char *name);

#endif
