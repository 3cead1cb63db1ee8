/* inbox.c: punches that are not attendance: whose, when, or nobody's business */
#include "gym/inbox.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gym/device.h"
#include "gym/feed.h"
#include "gym/intake.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/mappings.h"
#include "pages/present.h"

/* The kinds that the page shows, and the states they stand for. */
static const char *const kinds[] = {
	"unmapped", "clock", "repeat", "dismissed", NULL,
};
static const enum inbox_state states[] = {
	INBOX_UNMAPPED, INBOX_CLOCK, INBOX_REPEAT, INBOX_DISMISSED,
};

/* What the address asks for. */
struct asked {
	const char *state, *sn, *user;
	const char *after_sn, *after_user;	/* the last group before */
	int64_t before_local, before_id;	/* the last punch before */
	/* what was dismissed a moment ago, to be undone */
	const char *was_sn, *was_user;
	int64_t was_id;
};

#define WORD(field, size, signs) { .name = #field, .type = FORM_WORD, \
	.least = 1, .most = (size), .also = (signs), \
	.offset = offsetof(struct asked, field) }
#define SN(field) WORD(field, DEVICE_SN_MAX, "-_.")
#define USER(field) WORD(field, INTAKE_USER_ID_MAX, "")
#define ID(field) { .name = #field, .type = FORM_INT, .least = 1, \
	.most = INT64_MAX, .offset = offsetof(struct asked, field) }

static const struct form_field fields[] = {
	SN(after_sn), USER(after_user), ID(before_id),
	{ .name = "before", .type = FORM_LOCAL,
	  .offset = offsetof(struct asked, before_local) },
	SN(sn),
	{ .name = "state", .type = FORM_CHOICE, .choices = kinds,
	  .offset = offsetof(struct asked, state) },
	USER(user), ID(was_id), SN(was_sn), USER(was_user),
};

static enum inbox_state
state_of(const struct asked *asked)
{
	int i = 0;

	while (kinds[i + 1] != NULL && strcmp(kinds[i], asked->state) != 0)
		i++;
	return states[i];
}

/* What is many: unmapped and dismissed ones, unless one number is asked for. */
static bool
is_grouped(const struct asked *asked)
{
	enum inbox_state state = state_of(asked);

	return (state == INBOX_UNMAPPED || state == INBOX_DISMISSED) &&
		(asked->sn == NULL || asked->user == NULL);
}

static const char *
list_url(struct req *req, const struct asked *asked)
{
	return arena_printf(req->arena, "/inbox?state=%s", asked->state);
}

/* ---- groups -------------------------------------------------------------- */

static json_object *
present_group(struct req *req, const struct asked *asked,
              const struct inbox_group *g)
{
	json_object *row = json_object_new_object();

	present_str(row, "sn", g->sn);
	present_str(row, "device_text", g->device);
	present_str(row, "user", g->user_id);
	present_str(row, "user_name_text", g->user_name);
	present_number(row, "times_text", g->count);
	present_bool(row, "is_once", g->count == 1);
	present_moment(row, "first_text", g->first_local);
	present_moment(row, "last_text", g->last_local);
	present_str(row, "number_url", !g->is_ours ? NULL
	            : mappings_number_url(req->arena, g->sn, g->user_id));
	present_str(row, "punches_url", arena_printf(req->arena,
	            "%s&sn=%s&user=%s", list_url(req, asked), g->sn,
	            g->user_id));
	return row;
}

static enum db_result
read_groups(struct req *req, struct arena *a, const struct asked *asked,
            size_t limit, struct inbox_groups *list)
{
	return inbox_list_groups(req->db, a, req->caller.company,
	                         req->caller.branch_id, state_of(asked),
	                         asked->after_sn, asked->after_user, limit,
	                         list);
}

static enum status
present_groups(struct req *req, json_object *model, const struct asked *asked)
{
	json_object *rows = json_object_new_array();
	const struct inbox_group *last;
	struct inbox_groups list;

	json_object_object_add(model, "groups", rows);
	if (read_groups(req, req->arena, asked, INBOX_PAGE, &list) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_group(req, asked,
		                                          &list.rows[i]));
	present_bool(model, "has_rows", list.count > 0);
	present_str(model, "first_url", asked->after_sn == NULL ? NULL
	            : list_url(req, asked));
	last = list.has_more ? &list.rows[list.count - 1] : NULL;
	present_str(model, "next_url", last == NULL ? NULL
	            : arena_printf(req->arena, "%s&after_sn=%s&after_user=%s",
	                           list_url(req, asked), last->sn,
	                           last->user_id));
	return HTTP_200;
}

/* ---- punches ------------------------------------------------------------- */

static json_object *
present_one(struct req *req, const struct inbox_punch *p)
{
	json_object *row = json_object_new_object();

	present_str(row, "id", arena_printf(req->arena, "%" PRId64, p->id));
	present_str(row, "device_text", p->device);
	present_str(row, "user_text", p->user_id);
	present_str(row, "user_name_text", p->user_name);
	present_str(row, "member_text", p->member);
	present_moment(row, "time_text", p->punch_local);
	present_moment(row, "received_text", clock_local(p->zone,
	                                                 p->received_at));
	return row;
}

static void
present_pager(struct req *req, json_object *model, const struct asked *asked,
              const struct inbox_list *list)
{
	char at[CLOCK_TEXT_SIZE];
	struct buf url = BUF_INIT;

	buf_append_str(&url, "/inbox");
	http_add_query(&url, "state", asked->state);
	if (asked->sn != NULL && asked->user != NULL) {
		http_add_query(&url, "sn", asked->sn);
		http_add_query(&url, "user", asked->user);
	}
	present_str(model, "first_url", asked->before_id == 0 ? NULL
	            : url.data);
	if (list->has_more) {
		const struct inbox_punch *last = &list->rows[list->count - 1];

		clock_format(last->punch_local, at);
		http_add_query(&url, "before", at);
		http_add_query(&url, "before_id", arena_printf(req->arena,
		               "%" PRId64, last->id));
	}
	present_str(model, "next_url", list->has_more ? url.data : NULL);
	buf_finish(&url);
}

static enum db_result
read_punches(struct req *req, struct arena *a, const struct asked *asked,
             size_t limit, struct inbox_list *list)
{
	struct inbox_query q = {
		.company = req->caller.company,
		.branch_id = req->caller.branch_id,
		.state = state_of(asked), .sn = asked->sn,
		.user_id = asked->user, .limit = limit,
		.before_local = asked->before_local,
		.before_id = asked->before_local == CLOCK_NO_TIME ? 0
			: asked->before_id,
	};

	return inbox_list(req->db, a, &q, list);
}

static enum status
present_punches(struct req *req, json_object *model, const struct asked *asked)
{
	json_object *rows = json_object_new_array();
	struct inbox_list list;

	json_object_object_add(model, "punches", rows);
	if (read_punches(req, req->arena, asked, INBOX_PAGE, &list) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_one(req, &list.rows[i]));
	present_bool(model, "has_rows", list.count > 0);
	present_pager(req, model, asked, &list);
	return HTTP_200;
}

/* What has just been dismissed can be brought back with one click. */
static void
present_was(struct req *req, json_object *model, const struct asked *asked)
{
	bool is_number = asked->was_sn != NULL && asked->was_user != NULL;

	present_str(model, "was_id", asked->was_id == 0 ? NULL
	            : arena_printf(req->arena, "%" PRId64, asked->was_id));
	present_str(model, "was_sn", is_number ? asked->was_sn : NULL);
	present_str(model, "was_user", is_number ? asked->was_user : NULL);
	present_bool(model, "was_dismissed", is_number || asked->was_id != 0);
}

/* The address; and whatever waits though it is somebody's by now is taken in. */
static enum status
begin_list(struct form *form, struct asked *asked)
{
	struct req *req = form->req;
	size_t taken = 0;

	*asked = (struct asked){ .state = "unmapped",
		                 .before_local = CLOCK_NO_TIME };
	form_read_query(form, asked);
	if (inbox_sweep(req->db, req->caller.company, req->now_at, &taken) !=
	    DB_OK)
		return HTTP_503;
	if (taken > 0)
		feed_wake(req->caller.company);
	return HTTP_200;
}

/* GET /inbox?state=&sn=&user=&after_sn=&after_user=&before=&before_id= */
enum status
page_inbox(struct req *req, struct res *res)
{
	struct asked asked;
	struct form form;
	enum status status;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	if (begin_list(&form, &asked) != HTTP_200)
		return HTTP_503;
	form_set(&form, "state", asked.state);
	form_present(&form, res->model);
	present_bool(res->model, "is_grouped", is_grouped(&asked));
	present_bool(res->model, "is_number", asked.sn != NULL &&
	             asked.user != NULL);
	present_str(res->model, "number_url", asked.sn == NULL ||
	            asked.user == NULL ? NULL
	            : mappings_number_url(req->arena, asked.sn, asked.user));
	present_was(req, res->model, &asked);
	export_present(req, res->model, "/inbox");
	status = is_grouped(&asked) ? present_groups(req, res->model, &asked)
		: present_punches(req, res->model, &asked);
	return status == HTTP_200 ? view_page(res, "inbox") : status;
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column group_columns[] = {
	{ WORD_TITLE_NUMBER, SHEET_TEXT },
	{ WORD_TITLE_NAME_THERE, SHEET_TEXT },
	{ WORD_TITLE_TERMINAL, SHEET_TEXT }, { WORD_TITLE_SERIAL, SHEET_TEXT },
	{ WORD_TITLE_HOW_OFTEN, SHEET_NUMBER },
	{ WORD_TITLE_FIRST, SHEET_MOMENT }, { WORD_TITLE_LAST, SHEET_MOMENT },
};

static enum db_result
export_groups(struct export *x)
{
	struct asked *asked = x->asked;
	struct inbox_groups list;
	enum db_result rc = read_groups(x->req, x->arena, asked, EXPORT_CHUNK,
	                                &list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++) {
		const struct inbox_group *g = &list.rows[i];

		sheet_text(x->sheet, g->user_id);
		sheet_text(x->sheet, g->user_name);
		sheet_text(x->sheet, g->device);
		sheet_text(x->sheet, g->sn);
		sheet_number(x->sheet, g->count);
		sheet_moment(x->sheet, g->first_local);
		sheet_moment(x->sheet, g->last_local);
		asked->after_sn = g->sn;
		asked->after_user = g->user_id;
	}
	x->has_more = list.has_more;
	return DB_OK;
}

static const struct export_column punch_columns[] = {
	{ WORD_TITLE_TIME, SHEET_MOMENT }, { WORD_TITLE_NUMBER, SHEET_TEXT },
	{ WORD_TITLE_NAME_THERE, SHEET_TEXT },
	{ WORD_TITLE_MEMBER, SHEET_TEXT }, { WORD_TITLE_TERMINAL, SHEET_TEXT },
	{ WORD_TITLE_SERIAL, SHEET_TEXT }, { WORD_TITLE_CAME_IN, SHEET_MOMENT },
};

static enum db_result
export_punches(struct export *x)
{
	struct asked *asked = x->asked;
	struct inbox_list list;
	enum db_result rc = read_punches(x->req, x->arena, asked, EXPORT_CHUNK,
	                                 &list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++) {
		const struct inbox_punch *p = &list.rows[i];

		sheet_moment(x->sheet, p->punch_local);
		sheet_text(x->sheet, p->user_id);
		sheet_text(x->sheet, p->user_name);
		sheet_text(x->sheet, p->member);
		sheet_text(x->sheet, p->device);
		sheet_text(x->sheet, p->sn);
		sheet_moment(x->sheet, clock_local(p->zone, p->received_at));
		asked->before_local = p->punch_local;
		asked->before_id = p->id;
	}
	x->has_more = list.has_more;
	return DB_OK;
}

/* GET /inbox.csv, .xlsx?state=&sn=&user= -- the groups or punches shown. */
enum status
export_inbox(struct req *req, struct res *res)
{
	static const struct export_list groups = {
		"inbox", "trn_punch_inbox", group_columns,
		FORM_COUNT(group_columns), export_groups,
	}, punches = {
		"inbox", "trn_punch_inbox", punch_columns,
		FORM_COUNT(punch_columns), export_punches,
	};
	struct asked asked;
	struct form form;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	if (begin_list(&form, &asked) != HTTP_200)
		return HTTP_503;
	asked.after_sn = asked.after_user = NULL;
	asked.before_local = CLOCK_NO_TIME;
	return export_send(req, res, is_grouped(&asked) ? &groups : &punches,
	                   &asked);
}
