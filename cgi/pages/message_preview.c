/* message_preview.c: the words of a reminder, for a real member */
#include "pages/message_preview.h"

#include "base/clock.h"
#include "gym/member.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/message_words.h"
#include "pages/present.h"

#define AHEAD_DAYS 3650

/* ---- whose --------------------------------------------------------------- */

static enum db_result
read_one(struct req *req, int64_t id, struct message_preview *out)
{
	enum db_result rc = message_facts_read(req->db, req->arena,
		req->caller.company, req->caller.branch_id, id, req->now_at,
		&out->facts);

	if (rc == DB_OK && out->facts.is_erased)
		rc = DB_NONE;
	out->member_id = rc == DB_OK ? id : 0;
	return rc;
}

/* The first of a list; 0: it is empty. */
static enum db_result
first_of(struct req *req, struct member_query *q, int64_t *id)
{
	struct member_list list = { 0 };
	enum db_result rc;

	q->company = req->caller.company;
	q->branch_id = req->caller.branch_id;
	q->limit = 1;
	rc = member_list(req->db, req->arena, q, &list);
	*id = rc == DB_OK && list.count > 0 ? list.rows[0].id : 0;
	return rc;
}

static enum status
find_default(struct req *req, struct message_preview *out)
{
	struct member_query ending = { .filter = MEMBER_EXPIRING,
		.days = AHEAD_DAYS, .sort = MEMBER_BY_UNTIL };
	struct member_query any = { .filter = MEMBER_ALL,
		.sort = MEMBER_BY_NAME };
	int64_t id = 0;

	if (asked_states(req) != HTTP_200 ||
	    asked_today(req, 0, &ending.today) != HTTP_200)
		return HTTP_503;
	any.today = ending.today;
	if (first_of(req, &ending, &id) != DB_OK ||
	    (id == 0 && first_of(req, &any, &id) != DB_OK))
		return HTTP_503;
	return id == 0 || read_one(req, id, out) != DB_FAIL ? HTTP_200
		: HTTP_503;
}

enum status
message_preview_find(struct req *req, struct message_preview *out)
{
	int64_t id = http_find_id(req->method == HTTP_GET ? &req->query
	                          : &req->form, "member");
	enum db_result rc;

	*out = (struct message_preview){ 0 };
	rc = id > 0 ? read_one(req, id, out) : DB_NONE;
	if (rc == DB_NONE)
		return find_default(req, out);
	return rc == DB_OK ? HTTP_200 : HTTP_503;
}

int32_t
message_preview_anchor(const struct message_preview *p,
                       enum message_kind kind)
{
	int32_t day = kind == MESSAGE_ABSENT ? p->facts.seen_day
		: p->facts.until_day;

	return day == CLOCK_NO_DAY ? p->facts.today : day;
}

/* ---- drawing ------------------------------------------------------------- */

static void
find_values(struct req *req, const struct message_preview *p,
            const struct message_rule *rule, struct message_values *out)
{
	message_words_values(req->arena, &p->facts, rule->days,
	                     message_preview_anchor(p, rule->kind), out);
}

const char *
message_preview_text(struct req *req, const struct message_preview *p,
                     const struct message_rule *rule)
{
	struct message_values values;

	find_values(req, p, rule, &values);
	return message_words_text(req->arena, rule->text, &values);
}

/* Of each parameter how it stands in the template, and its value here. */
static void
present_parameters(struct req *req, json_object *preview,
                   const struct message_fields *fields,
                   const struct message_rule *rule,
                   const struct message_values *values)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < fields->count; i++) {
		const char *word = message_field_word(fields->list[i]);
		json_object *row = json_object_new_object();

		present_str(row, "place_text", rule->is_named
		            ? arena_printf(req->arena, "{{%s}}", word)
		            : arena_printf(req->arena, "{{%zu}}", i + 1));
		present_str(row, "field_text", word);
		present_str(row, "value_text", values->list[fields->list[i]]);
		json_object_array_add(rows, row);
	}
	json_object_object_add(preview, "parameters", rows);
	present_bool(preview, "has_parameters", fields->count > 0);
}

void
message_preview_present(struct req *req, json_object *model,
                        const struct message_preview *p,
                        const struct message_rule *rule)
{
	json_object *preview = NULL;
	struct buf template = BUF_INIT;
	struct message_values values;
	struct message_fields fields;

	if (p->member_id != 0 && rule->text != NULL &&
	    message_text_fields(rule->text, &fields) == MESSAGE_TEXT_FINE) {
		preview = json_object_new_object();
		find_values(req, p, rule, &values);
		present_str(preview, "member_text", p->facts.name);
		present_str(preview, "text", message_words_text(req->arena,
			rule->text, &values));
		message_text_template(rule->text, rule->is_named, &template);
		present_str(preview, "template", template.data);
		present_parameters(req, preview, &fields, rule, &values);
		buf_finish(&template);
	}
	json_object_object_add(model, "preview", preview);
	present_str(model, "preview_member", p->member_id == 0 ? NULL
	            : choose_id_text(req, p->member_id));
}
