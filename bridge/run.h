/* run.h: the bridge itself: its threads, from start to end */
#ifndef RUN_H
#define RUN_H

#include "setup.h"
#include "spool.h"

/*
 * Reads terminals and posts until SIGTERM, SIGINT or SIGHUP; waits for a spool
 * that cannot be written, mends one that is damaged.  Returns the exit status
 * of the program.
 */
int run_bridge(const struct setup *setup);

/*
 * Reads each terminal once, posts what waits, and returns: 0 when all of it
 * went well, 1 when a terminal could not be read or punches still wait.
 */
int run_once(const struct setup *setup);

/*
 * The zone that the terminals' clocks show: that of the configuration, else
 * the one the server told, else this machine's.  `*is_sure` unless the last.
 * Lives as long as `setup`, or until the next call.
 */
const char *run_zone(const struct setup *setup, struct spool *spool,
                     bool *is_sure);

#endif
