/* present_desk.h: punches as the front desk shows them */
#ifndef PRESENT_DESK_H
#define PRESENT_DESK_H

#include <json-c/json.h>

#include "gym/display.h"
#include "gym/feed.h"
#include "http/http.h"

#define PRESENT_NAME_SIZE 512

/*
 * "Asha P." of "Asha Devi Patil": the first word and the beginning of the
 * last; of one word, that word.  And "AP", the beginnings of both.
 */
const char *present_short_name(const char *name,
                               char out[PRESENT_NAME_SIZE]);
const char *present_initials(const char *name, char out[PRESENT_NAME_SIZE]);

/*
 * The model of partials/desk_punch.html, for a display with short names or
 * not, on a day at the gym; the caller owns it.
 */
json_object *present_desk_punch(const struct feed_row *row, int32_t day,
                                bool is_short);

/* Puts what partials/desk_feed.html shows into the model: 200 or 503. */
enum status present_desk(struct req *req, json_object *model);

#endif
