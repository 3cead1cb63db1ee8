/* intake_inside.h: what intake.c and intake_many.c share */
#ifndef INTAKE_INSIDE_H
#define INTAKE_INSIDE_H

#include "gym/intake.h"
#include "gym/intake_plan.h"

#define INTAKE_TRIES 4		/* of a transaction that loses a deadlock */

/* Are its digits the wall clock already, as a terminal sends them? */
bool intake_is_plain(const struct punch *p);
/*
 * Somebody may have mapped the number after we had read that nobody has, and
 * looked for waiting punches before ours was among them.  Who looks once it is
 * there cannot miss both.
 */
bool intake_needs_second_look(const struct intake_plan *plan);

#endif
