/* people.c: a member found by typing, without any script */
#include "pages/people.h"

#include <inttypes.h>
#include <string.h>

#include "base/phone.h"
#include "gym/member.h"
#include "http/form.h"
#include "pages/asked.h"
#include "pages/present.h"

const char *
people_phone_prefix(struct req *req, const char *typed)
{
	char digits[PHONE_SIZE];
	size_t n = 0;

	if (phone_parse(typed, req->caller.phone_code, digits))
		return arena_strdup(req->arena, digits);
	for (const char *s = typed + (*typed == '0'); *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9' && n < 10)
			digits[n++] = *s;
		else if (strchr(" -", *s) == NULL)
			return NULL;
	}
	digits[n] = '\0';
	return n == 0 ? NULL : arena_printf(req->arena, "+%s%s",
	                                    req->caller.phone_code, digits);
}

/* ---- reading ------------------------------------------------------------- */

struct asked {
	const char *q;
};

static const struct form_field fields[] = {
	{ .name = "q", .type = FORM_LINE, .most = MEMBER_SEARCH_MAX,
	  .offset = offsetof(struct asked, q) },
};

/* What was typed, if it can be read; NULL: nothing. */
static const char *
read_typed(struct req *req)
{
	struct asked asked = { 0 };
	struct form form;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read_query(&form, &asked);
	if (asked.q == NULL && !form_read(&form, &asked))
		return NULL;
	return asked.q;
}

static enum status
search(struct req *req, const char *q, struct member_list *list)
{
	enum status status = asked_states(req);

	if (status != HTTP_200)
		return status;
	return member_search(req->db, req->arena, req->caller.company,
	                     req->caller.branch_id, q,
	                     people_phone_prefix(req, q), MEMBER_PAGE,
	                     list) == DB_OK ? HTTP_200 : HTTP_503;
}

/* ---- drawing ------------------------------------------------------------- */

static json_object *
present_one(struct req *req, const struct member *m, const char *link)
{
	json_object *row = json_object_new_object();

	present_str(row, "member_id", arena_printf(req->arena, "%" PRId64,
	                                           m->id));
	present_str(row, "link_url", link == NULL ? NULL
	            : arena_printf(req->arena, "%s%" PRId64, link, m->id));
	present_str(row, "name_text", m->name);
	present_str(row, "code", m->code);
	present_phone(row, "phone_text", m->phone, req->caller.phone_code);
	present_state(row, m);
	return row;
}

enum status
people_find(struct req *req, json_object *model, const char *suggested,
            const char *link)
{
	const char *q = read_typed(req);
	json_object *people = json_object_new_array();
	struct member_list list = { 0 };

	if (q == NULL)
		q = suggested;
	json_object_object_add(model, "people", people);
	present_str(model, "q", q == NULL ? "" : q);
	present_bool(model, "is_search", q != NULL);
	if (q != NULL && search(req, q, &list) != HTTP_200)
		return HTTP_503;
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(people, present_one(req, &list.rows[i],
		                                          link));
	present_bool(model, "has_people", list.count > 0);
	return HTTP_200;
}

void
people_add_field(json_object *model, const char *name, const char *value)
{
	json_object *fields_of, *field = json_object_new_object();

	if (!json_object_object_get_ex(model, "pick_fields", &fields_of)) {
		fields_of = json_object_new_array();
		json_object_object_add(model, "pick_fields", fields_of);
	}
	present_str(field, "name", name);
	present_str(field, "value", value);
	json_object_array_add(fields_of, field);
}
