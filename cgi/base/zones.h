/* zones.h: the names of all time zones, to choose from */
#ifndef ZONES_H
#define ZONES_H

#include <stddef.h>

#include "base/arena.h"

/*
 * "Africa/Abidjan", "Africa/Accra"... in this order, in `a`; as the machine's
 * zone.tab has them, one for each place.  0 where it has no such file.
 */
size_t zones_list(struct arena *a, const char ***out);

#endif
