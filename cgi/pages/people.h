/* people.h: a member found by typing, without any script */
#ifndef PEOPLE_H
#define PEOPLE_H

#include <json-c/json.h>

#include "http/http.h"

/*
 * What "98100" is the beginning of, as phone numbers are kept; NULL: of none.
 */
const char *people_phone_prefix(struct req *req, const char *typed);

/*
 * Searches for `q` of the address, or of the form that was posted, or, where
 * neither says anything, for `suggested` (may be NULL).  Puts into the model
 * what partials/people.html shows but for pick_url and pick_fields: "q",
 * "is_search", "has_people" and "people".  `link`, if not NULL, is the address
 * to which a member's id is added to make "link_url" of each.  HTTP_200, or
 * HTTP_503.
 */
enum status people_find(struct req *req, json_object *model,
                        const char *suggested, const char *link);

/* Adds a field that goes with every button: to "pick_fields", made anew. */
void people_add_field(json_object *model, const char *name, const char *value);

#endif
