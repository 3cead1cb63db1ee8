/* message_preview.h: the words of a reminder, for a real member */
#ifndef MESSAGE_PREVIEW_H
#define MESSAGE_PREVIEW_H

#include <json-c/json.h>

#include "gym/message_facts.h"
#include "http/http.h"

/* Whose words are shown. */
struct message_preview {
	int64_t member_id;	/* 0: the company has no member */
	struct message_facts facts;
};

/*
 * Takes the member that the request names (?member=, or the form's), else the
 * one whose membership ends next, else any.  HTTP_200, or HTTP_503.
 */
enum status message_preview_find(struct req *req,
                                 struct message_preview *out);

/* The day that a message of a kind to this member is about. */
int32_t message_preview_anchor(const struct message_preview *p,
                               enum message_kind kind);

/* The text of a rule to this member; it is without fault. */
const char *message_preview_text(struct req *req,
                                 const struct message_preview *p,
                                 const struct message_rule *rule);

/*
 * Adds "preview" for partials/message_preview.html; null where there is no
 * member, or the text of the rule has a fault.
 */
void message_preview_present(struct req *req, json_object *model,
                             const struct message_preview *p,
                             const struct message_rule *rule);

#endif
