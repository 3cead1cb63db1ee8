/* member_consents.c: what a member has agreed to */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/consent.h"
#include "http/view.h"
#include "pages/about_member.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

static void
present_kind(json_object *row, enum consent_kind kind)
{
	present_str(row, "kind", consent_word(kind));
	present_bool(row, "is_biometrics", kind == CONSENT_BIOMETRICS);
	present_bool(row, "is_photo", kind == CONSENT_PHOTO);
	present_bool(row, "is_messages", kind == CONSENT_MESSAGES);
}

/* `c` NULL: nothing was ever said. */
static json_object *
present_consent(enum consent_kind kind, const struct consent *c,
                const char *zone)
{
	json_object *row = json_object_new_object();

	present_kind(row, kind);
	present_bool(row, "is_given", c != NULL && c->is_given);
	present_bool(row, "is_withdrawn", c != NULL && !c->is_given);
	present_moment(row, "when_text", c == NULL ? CLOCK_NO_TIME
	               : clock_local(zone, c->at));
	present_str(row, "by_text", c == NULL ? NULL : c->user);
	present_bool(row, "is_by_message", c != NULL && c->is_by_message);
	if (c != NULL && c->again_count > 0)
		present_number(row, "times_text", c->again_count + 1);
	else
		present_str(row, "times_text", NULL);
	return row;
}

static const struct consent *
newest_of(const struct consent_list *list, enum consent_kind kind)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->rows[i].kind == kind)
			return &list->rows[i];
	}
	return NULL;
}

enum status
about_consents(struct req *req, const struct member *m, json_object *model)
{
	json_object *now, *history;
	struct consent_list list;
	const char *zone;

	if (branch_zone(req->db, req->arena, req->caller.company,
	                m->branch_id, &zone) != DB_OK ||
	    consent_list(req->db, req->arena, req->caller.company, m->id,
	                 &list) != DB_OK)
		return HTTP_503;
	now = json_object_new_array();
	for (int i = 0; i < CONSENT__COUNT; i++) {
		enum consent_kind kind = (enum consent_kind)i;

		json_object_array_add(now, present_consent(kind,
			newest_of(&list, kind), zone));
	}
	history = json_object_new_array();
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(history, present_consent(
			list.rows[i].kind, &list.rows[i], zone));
	json_object_object_add(model, "consents", now);
	json_object_object_add(model, "consent_history", history);
	present_bool(model, "has_consent_history", list.count > 0);
	return HTTP_200;
}

/*
 * POST /members/:id/consents {kind, act=give|withdraw} -- 303 to the member's
 * page.
 */
enum status
do_member_consent(struct req *req, struct res *res)
{
	const struct actor actor = asked_actor(req);
	const char *word = http_find(&req->form, "kind");
	const char *act = http_find(&req->form, "act");
	enum consent_kind kind;
	struct member m;
	enum status status = asked_living_member(req, &m);
	bool gives = act != NULL && strcmp(act, "give") == 0;

	if (status != HTTP_200)
		return status;
	if (word == NULL || !consent_from_word(word, &kind) || act == NULL ||
	    (!gives && strcmp(act, "withdraw") != 0))
		return HTTP_400;
	switch (consent_set(req->db, &actor, m.id, kind, gives)) {
	case DB_OK:
		return http_redirect(res, arena_printf(req->arena,
			"/members/%" PRId64 "#consents", m.id));
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
}
