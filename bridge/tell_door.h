/* tell_door.h: lists, reports and results between a door and the server */
#ifndef TELL_DOOR_H
#define TELL_DOOR_H

#include "call.h"
#include "door.h"

/*
 * One round about the terminal `sn`, number `terminal` in the spool: results
 * of orders; the list, if there is a newer one, when `asks`; how the door
 * stands, when that has changed or `asks`.  `server_at` is the server's clock,
 * as it has just told it.  What cannot be told comes again with the next one.
 */
void tell_door(struct call_line *line, struct door *door, int64_t terminal,
               const char *sn, int64_t server_at, bool asks);

#endif
