/* present_day.h: how the day goes, ready to print */
#ifndef PRESENT_DAY_H
#define PRESENT_DAY_H

#include <json-c/json.h>

#include "gym/today.h"

/*
 * Adds the names of partials/counts.html that are about now and usual: who is
 * inside, the same weekday, the branches.  `came` were allowed in today.
 */
void present_day_goes(json_object *model, const struct today *today,
                      int64_t came);

#endif
