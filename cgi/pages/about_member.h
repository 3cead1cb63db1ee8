/* about_member.h: the parts of a member's page */
#ifndef ABOUT_MEMBER_H
#define ABOUT_MEMBER_H

#include <json-c/json.h>

#include "gym/member.h"
#include "http/http.h"

/*
 * Each reads one part and puts what pages/member.html says of it into the
 * model.  HTTP_200 or HTTP_503.
 */
typedef enum status about_member_part(struct req *req, const struct member *m,
                                      json_object *model);

about_member_part about_consents, about_contact, about_door,
	about_freezes, about_mappings, about_messages, about_payments,
	about_photo, about_subscriptions, about_visits;

#endif
