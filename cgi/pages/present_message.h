/* present_message.h: messages to members, ready to print */
#ifndef PRESENT_MESSAGE_H
#define PRESENT_MESSAGE_H

#include <json-c/json.h>

#include "gym/message_list.h"
#include "http/http.h"
#include "http/words.h"

/* How one stands; why one is not sent; what to do about one that has failed. */
enum word present_message_state_word(enum message_state state,
                                     bool is_by_hand);
enum word present_message_skip_word(enum message_reason reason);
enum word present_message_failed_word(int64_t code);

/* Adds the names of partials/message_state.html. */
void present_message_state(json_object *model, enum message_state state,
                           bool is_by_hand);
/* Why one stands as it does: adds the names of partials/message_why.html. */
void present_message_why(json_object *model, enum message_state state,
                         enum message_reason reason, int64_t code,
                         const char *error);

/* The model of a row of messages; the caller owns it. */
json_object *present_message(struct req *req, const struct message_row *row);
/* An array of them. */
json_object *present_messages(struct req *req,
                              const struct message_page *page);
/* "/messages/8123" */
const char *present_message_url(struct req *req, int64_t id);

#endif
