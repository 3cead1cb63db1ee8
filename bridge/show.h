/* show.h: what `status` prints */
#ifndef SHOW_H
#define SHOW_H

#include <stdbool.h>

#include "setup.h"
#include "spool.h"

/* Each terminal, the server and what is parked, to standard output. */
bool show_status(const struct setup *setup, struct spool *spool);

#endif
