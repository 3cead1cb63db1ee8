/* present_lists.h: whom to call, ready to print */
#ifndef PRESENT_LISTS_H
#define PRESENT_LISTS_H

#include <json-c/json.h>

#include "http/http.h"

/*
 * Reads both lists of a branch (0: all that the caller sees), and adds "lists",
 * the names of partials/follow_up.html; null where nobody is active.  HTTP_200,
 * or HTTP_503.
 */
enum status present_lists(struct req *req, json_object *model,
                          int64_t branch_id, int64_t active);

#endif
