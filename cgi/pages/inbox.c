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

static enum status
present_groups(struct req *req, json_object *model, const struct asked *asked)
{
	json_object *rows = json_object_new_array();
	const struct inbox_group *last;
	struct inbox_groups list;

	json_object_object_add(model, "groups", rows);
	if (inbox_list_groups(req->db, req->arena, req->caller.company,
	                      req->caller.branch_id, state_of(asked),
	                      asked->after_sn, asked->after_user,
	                      &list) != DB_OK)
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
	const struct inbox_punch *last = &list->rows[list->count - 1];
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
		clock_format(last->punch_local, at);
		http_add_query(&url, "before", at);
		http_add_query(&url, "before_id", arena_printf(req->arena,
		               "%" PRId64, last->id));
	}
	present_str(model, "next_url", list->has_more ? url.data : NULL);
	buf_finish(&url);
}

static enum status
present_punches(struct req *req, json_object *model, const struct asked *asked)
{
	struct inbox_query q = {
		.company = req->caller.company,
		.branch_id = req->caller.branch_id,
		.state = state_of(asked), .sn = asked->sn,
		.user_id = asked->user, .before_local = asked->before_local,
		.before_id = asked->before_local == CLOCK_NO_TIME ? 0
			: asked->before_id,
	};
	json_object *rows = json_object_new_array();
	struct inbox_list list;

	json_object_object_add(model, "punches", rows);
	if (inbox_list(req->db, req->arena, &q, &list) != DB_OK)
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

/*
 * GET /inbox?state=&sn=&user=&after_sn=&after_user=&before=&before_id= -- first
 * takes in whatever waits though it is somebody's by now.
 */
enum status
page_inbox(struct req *req, struct res *res)
{
	struct asked asked = { .state = "unmapped",
		               .before_local = CLOCK_NO_TIME };
	struct form form;
	enum status status;
	size_t taken = 0;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read_query(&form, &asked);
	form_set(&form, "state", asked.state);
	if (inbox_sweep(req->db, req->caller.company, req->now_at, &taken) !=
	    DB_OK)
		return HTTP_503;
	if (taken > 0)
		feed_wake(req->caller.company);
	form_present(&form, res->model);
	present_bool(res->model, "is_grouped", is_grouped(&asked));
	present_bool(res->model, "is_number", asked.sn != NULL &&
	             asked.user != NULL);
	present_str(res->model, "number_url", asked.sn == NULL ||
	            asked.user == NULL ? NULL
	            : mappings_number_url(req->arena, asked.sn, asked.user));
	present_was(req, res->model, &asked);
	status = is_grouped(&asked) ? present_groups(req, res->model, &asked)
		: present_punches(req, res->model, &asked);
	return status == HTTP_200 ? view_page(res, "inbox") : status;
}
