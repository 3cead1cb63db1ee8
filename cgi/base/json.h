/* json.h: reading and writing JSON strictly, by names of members */
#ifndef JSON_H
#define JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Adds a member that `to` then owns; out of memory ends the process. */
void json_put(struct json_object *to, const char *name,
              struct json_object *value);
/* Only where there is something to tell: not "", not INT64_MIN. */
void json_put_text(struct json_object *to, const char *name,
                   const char *text);
void json_put_number(struct json_object *to, const char *name,
                     int64_t number);
/*
 * Words for people, "" too: at most `most` bytes of them, cut between
 * characters and before what is no UTF-8.
 */
void json_put_words(struct json_object *to, const char *name,
                    const char *words, size_t most);
/* Appends it as text without blanks, and gives it back. */
void json_write(struct buf *to, struct json_object *object);

/* All of `body` as one JSON object, or NULL; the caller puts it back. */
struct json_object *json_read(const struct buf *body);
/* A member's text, or NULL. */
const char *json_text(struct json_object *object, const char *name);
/* A member's whole number, or `fallback`. */
int64_t json_number(struct json_object *object, const char *name,
                    int64_t fallback);
/* Is the member the boolean `value`? */
bool json_says(struct json_object *object, const char *name, bool value);
/* A member that is a list, or NULL. */
struct json_object *json_list(struct json_object *object, const char *name);

#endif
