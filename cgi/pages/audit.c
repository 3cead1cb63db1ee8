/* audit.c: who changed which fields of what, when, from where */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gym/audit_list.h"
#include "gym/role.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/present.h"

/* What html has words for; all else is shown as it is stored. */
static const char *const tables[] = {
	"mst_api_tokens", "mst_branches", "mst_companies", "mst_devices",
	"mst_displays", "mst_members_lists", "mst_membership_plans",
	"mst_message_rules", "mst_messaging",
	"mst_users", "trn_access_overrides", "trn_audit_trails",
	"trn_device_commands", "trn_imports",
	"trn_member_attendances", "trn_member_biometric_mappings",
	"trn_member_consents", "trn_member_freezes", "trn_member_photos",
	"trn_member_subscriptions", "trn_messages", "trn_payments",
	"trn_punch_inbox", "trn_user_roles", NULL,
};

static const char *const actions[] = {
	"add", "agree", "change", "close", "copy", "correct", "dismiss", "end",
	"erase", "export", "import", "pair", "remove", "replace", "revoke",
	"send", "sign in", "sign out", "try", "unlock", "void", NULL,
};

struct asked {
	int64_t user, before;
	const char *table;
};

static const struct form_field fields[] = {
	{ .name = "before", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, before) },
	{ .name = "table", .type = FORM_CHOICE, .choices = tables,
	  .offset = offsetof(struct asked, table) },
	{ .name = "user", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, user) },
};

/* For each word of a list, as "is_WORD", whether it is that one. */
static json_object *
present_word(const char *const *list, const char *word)
{
	json_object *model = json_object_new_object();
	bool is_known = false;
	char name[64];

	for (; *list != NULL; list++) {
		bool is_it = strcmp(*list, word) == 0;

		snprintf(name, sizeof name, "is_%s", *list);
		for (char *c = name; *c != '\0'; c++) {
			if (*c == ' ')
				*c = '_';
		}
		present_bool(model, name, is_it);
		is_known = is_known || is_it;
	}
	present_str(model, "other_text", is_known ? NULL : word);
	return model;
}

/* "mbr_joined_date,mbr_name" as "joined date, name". */
static const char *
fields_text(struct arena *a, const char *columns)
{
	struct buf text = BUF_INIT;
	const char *copy;

	while (*columns != '\0') {
		size_t len = strcspn(columns, ",");
		const char *name = memchr(columns, '_', len);

		name = name == NULL ? columns : name + 1;
		if (text.len > 0)
			buf_append_str(&text, ", ");
		for (; name < columns + len; name++)
			buf_appendf(&text, "%c", *name == '_' ? ' ' : *name);
		columns += len + (columns[len] == ',');
	}
	copy = text.len == 0 ? NULL : arena_strdup(a, text.data);
	buf_finish(&text);
	return copy;
}

static json_object *
present_line(struct req *req, const struct audit_line *line, const char *zone)
{
	json_object *model = json_object_new_object();
	bool is_member = strcmp(line->table, "mst_members_lists") == 0 &&
		*line->row != '\0';

	present_instant(model, "when_text", line->at, zone);
	present_str(model, "who_text", line->user);
	present_bool(model, "is_bridge", line->user == NULL &&
	             *line->address != '\0');
	json_object_object_add(model, "action",
	                       present_word(actions, line->action));
	json_object_object_add(model, "table",
	                       present_word(tables, line->table));
	present_str(model, "row_text", line->row);
	present_str(model, "row_url", !is_member ? NULL
	            : arena_printf(req->arena, "/members/%s", line->row));
	present_str(model, "fields_text", fields_text(req->arena,
	                                              line->fields));
	present_str(model, "address_text", *line->address == '\0' ? NULL
	            : line->address);
	return model;
}

/* Who works here; a line for each, however many roles. */
static enum status
present_people(struct form *f, json_object *model)
{
	struct req *req = f->req;
	struct role_list list;
	struct form_choice *choices;
	size_t count = 0;

	if (role_list(req->db, req->arena, req->caller.company, &list) !=
	    DB_OK)
		return HTTP_503;
	choices = arena_alloc(req->arena, (list.count + 1) * sizeof *choices);
	for (size_t i = 0; i < list.count; i++) {
		if (i > 0 && list.rows[i].user_id == list.rows[i - 1].user_id)
			continue;
		choices[count++] = (struct form_choice){
			choose_id_text(req, list.rows[i].user_id),
			list.rows[i].name,
		};
	}
	form_present_choices(f, model, "user", choices, count);
	return HTTP_200;
}

static void
present_pager(struct req *req, json_object *model, const struct asked *asked,
              const struct audit_page *page)
{
	struct buf url = BUF_INIT;

	buf_append_str(&url, "/settings/audit");
	if (asked->user != 0)
		http_add_query(&url, "user", choose_id_text(req, asked->user));
	if (asked->table != NULL)
		http_add_query(&url, "table", asked->table);
	present_str(model, "first_url", asked->before == 0 ? NULL : url.data);
	if (page->has_more)
		http_add_query(&url, "before", choose_id_text(req,
			page->rows[page->count - 1].id));
	present_str(model, "next_url", page->has_more ? url.data : NULL);
	buf_finish(&url);
}

/* GET /settings/audit?user=&table=&before= -- newest first, page by page. */
enum status
page_audit(struct req *req, struct res *res)
{
	json_object *rows = json_object_new_array();
	struct asked asked = { 0 };
	struct audit_page page;
	struct form form;
	const char *zone;

	json_object_object_add(res->model, "lines", rows);
	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read_query(&form, &asked);
	if (asked_zone(req, &zone) != HTTP_200 ||
	    present_people(&form, res->model) != HTTP_200 ||
	    audit_list(req->db, req->arena, &(struct audit_query){
	        req->caller.company, asked.user, asked.table, asked.before,
	        AUDIT_PAGE },
	        &page) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < page.count; i++)
		json_object_array_add(rows, present_line(req, &page.rows[i],
		                                         zone));
	present_bool(res->model, "has_lines", page.count > 0);
	form_present(&form, res->model);
	present_pager(req, res->model, &asked, &page);
	export_present(req, res->model, "/settings/audit");
	return view_page(res, "audit");
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_WHEN, SHEET_MOMENT }, { WORD_TITLE_WHO, SHEET_TEXT },
	{ WORD_TITLE_ACTION, SHEET_TEXT }, { WORD_TITLE_TABLE, SHEET_TEXT },
	{ WORD_TITLE_ROW, SHEET_TEXT }, { WORD_TITLE_FIELDS, SHEET_TEXT },
	{ WORD_TITLE_ADDRESS, SHEET_TEXT },
};

struct audit_export {
	struct audit_query q;
	const char *zone;
};

/* As it is stored, for a program to read. */
static enum db_result
export_chunk(struct export *x)
{
	struct audit_export *asked = x->asked;
	struct audit_page page;
	enum db_result rc = audit_list(x->req->db, x->arena, &asked->q, &page);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < page.count; i++) {
		const struct audit_line *line = &page.rows[i];

		sheet_moment(x->sheet, clock_local(asked->zone, line->at));
		sheet_text(x->sheet, line->user);
		sheet_text(x->sheet, line->action);
		sheet_text(x->sheet, line->table);
		sheet_text(x->sheet, line->row);
		sheet_text(x->sheet, line->fields);
		sheet_text(x->sheet, line->address);
		asked->q.before_id = line->id;
	}
	x->has_more = page.has_more;
	return DB_OK;
}

/* GET /settings/audit.csv, .xlsx?user=&table= -- the list of the page. */
enum status
export_audit(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"audit", "trn_audit_trails", columns, FORM_COUNT(columns),
		export_chunk,
	};
	struct asked asked = { 0 };
	struct audit_export what;
	struct form form;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read_query(&form, &asked);
	what.q = (struct audit_query){ req->caller.company, asked.user,
		                       asked.table, 0, EXPORT_CHUNK };
	if (asked_zone(req, &what.zone) != HTTP_200)
		return HTTP_503;
	return export_send(req, res, &list, &what);
}
