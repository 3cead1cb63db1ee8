/* present_terminals.h: how the terminals are, ready to print */
#ifndef PRESENT_TERMINALS_H
#define PRESENT_TERMINALS_H

#include "pages/present.h"

/* Adds has_terminals and terminals, for partials/terminals.html. */
void present_terminals(json_object *model, const struct present_today *today);

#endif
