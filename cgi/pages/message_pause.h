/* message_pause.h: why the service takes no messages, and what to do */
#ifndef MESSAGE_PAUSE_H
#define MESSAGE_PAUSE_H

#include <json-c/json.h>

#include "http/http.h"

/* What an owner does about an error that pauses; of any code.  Not copied. */
const char *message_pause_todo(int64_t code);

/*
 * Adds `name` to the model, for partials/message_pause.html; null where
 * `paused_at` is CLOCK_NO_TIME.
 */
void message_pause_present(struct req *req, json_object *model,
                           const char *name, int64_t paused_at, int64_t code,
                           const char *words, const char *zone);

#endif
