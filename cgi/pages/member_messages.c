/* member_messages.c: what a member was reminded of, and whether one can be */
#include <inttypes.h>

#include "gym/message_judge.h"
#include "gym/message_list.h"
#include "pages/about_member.h"
#include "pages/present.h"
#include "pages/present_message.h"

#define SHOWN 5

enum status
about_messages(struct req *req, const struct member *m, json_object *model)
{
	const char *company = req->caller.company;
	struct message_page list;
	bool is_bad = false;

	if (message_list(req->db, req->arena, &(struct message_query){
		.company = company, .member_id = m->id,
		.state = MESSAGE_STATE__COUNT, .kind = MESSAGE_KIND__COUNT,
		.limit = SHOWN }, &list) != DB_OK ||
	    message_phone_bad(req->db, company, m->id, &is_bad) != DB_OK)
		return HTTP_503;
	json_object_object_add(model, "messages", present_messages(req,
	                                                           &list));
	present_bool(model, "has_messages", list.count > 0);
	present_str(model, "messages_url", !list.has_more ? NULL
	            : arena_printf(req->arena, "/messages?member=%" PRId64,
	                           m->id));
	present_bool(model, "is_no_mobile", m->phone != NULL &&
	             !message_judge_phone(m->phone));
	present_bool(model, "is_unreached", is_bad);
	return HTTP_200;
}
