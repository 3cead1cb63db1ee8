/* finger.c: a member touches a terminal, and the number is theirs */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gym/touch.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/mappings.h"
#include "pages/present.h"

#define USER_ID_MAX 24
#define LOOK_BACK_MS (10 * 60 * 1000)	/* where nothing else is said */

struct typed {
	const char *terminal, *user;
	int64_t since_at;
};

static const struct form_field fields[] = {
	{ .name = "since", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct typed, since_at) },
	{ .name = "terminal", .type = FORM_WORD, .most = DEVICE_SN_MAX,
	  .also = "-_.", .offset = offsetof(struct typed, terminal) },
	{ .name = "user", .type = FORM_WORD, .most = USER_ID_MAX,
	  .offset = offsetof(struct typed, user) },
};

/* Whose finger, and at which terminal of their branch. */
struct visit {
	struct req *req;
	struct form form;
	struct member member;
	struct typed typed;
	struct device_state *terminals;
	size_t count;
	const struct device_state *terminal;	/* NULL: there is none */
	const char *fault_text;
};

static enum status
begin(struct visit *v, struct req *req)
{
	enum status status;

	*v = (struct visit){ .req = req };
	status = asked_living_member(req, &v->member);
	if (status == HTTP_200 &&
	    device_list(req->db, req->arena, req->caller.company,
	                v->member.branch_id, &v->terminals, &v->count) !=
	    DB_OK)
		status = HTTP_503;
	form_begin(&v->form, req, fields, FORM_COUNT(fields));
	return status;
}

/* The terminal that is asked for; else the first. */
static void
choose(struct visit *v)
{
	const char *sn = v->typed.terminal;

	v->terminal = v->count == 0 ? NULL : &v->terminals[0];
	for (size_t i = 0; i < v->count && sn != NULL; i++) {
		if (strcmp(v->terminals[i].sn, sn) == 0)
			v->terminal = &v->terminals[i];
	}
	if (v->typed.since_at == 0)
		v->typed.since_at = v->req->now_at - LOOK_BACK_MS;
	form_set(&v->form, "terminal", v->terminal == NULL ? NULL
	         : v->terminal->sn);
	form_set_int(&v->form, "since", v->typed.since_at);
}

/* ---- drawing ------------------------------------------------------------- */

/* Names at a terminal are mostly empty, or the number again. */
static json_object *
present_touch(const struct touch *t)
{
	json_object *model = json_object_new_object();
	char time[VIEW_TEXT_SIZE];
	bool is_named = t->user_name != NULL && *t->user_name != '\0' &&
		strcmp(t->user_name, t->user_id) != 0;

	present_str(model, "user_id", t->user_id);
	present_str(model, "user_name_text", is_named ? t->user_name : NULL);
	present_str(model, "time_text", t->punch_local == CLOCK_NO_TIME ? NULL
	            : view_time_text(t->punch_local, time));
	return model;
}

static bool
is_listed(const struct touch_list *list, const char *user_id)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->rows[i].user_id, user_id) == 0)
			return true;
	}
	return false;
}

/* `but` are shown already; NULL: none. */
static void
present_list(json_object *model, const char *name,
             const struct touch_list *list, const struct touch_list *but)
{
	json_object *rows = json_object_new_array();
	char has[32];

	for (size_t i = 0; i < list->count; i++) {
		if (but == NULL || !is_listed(but, list->rows[i].user_id))
			json_object_array_add(rows,
				present_touch(&list->rows[i]));
	}
	snprintf(has, sizeof has, "has_%s", name);
	present_bool(model, has, json_object_array_length(rows) > 0);
	json_object_object_add(model, name, rows);
}

static enum status
present_touches(struct visit *v, json_object *model)
{
	struct req *req = v->req;
	struct touch_list punched = { 0 }, known = { 0 };
	const char *company = req->caller.company;

	if (v->terminal != NULL &&
	    (touch_list_punched(req->db, req->arena, company, v->terminal->sn,
	                        v->typed.since_at, req->now_at, &punched) !=
	     DB_OK || touch_list_known(req->db, req->arena, company,
	                               v->terminal->sn, &known) != DB_OK))
		return HTTP_503;
	present_list(model, "punched", &punched, NULL);
	present_list(model, "known", &known, &punched);
	return HTTP_200;
}

static enum status
draw(struct visit *v, struct res *res)
{
	json_object *model = res->model;
	const char *url = arena_printf(v->req->arena, "/members/%" PRId64,
	                               v->member.id);

	choose(v);
	present_str(model, "member_url", url);
	present_str(model, "name_text", v->member.name);
	present_str(model, "code", v->member.code);
	present_bool(model, "has_terminals", v->count > 0);
	present_bool(model, "has_choice", v->count > 1);
	present_str(model, "terminal_text", v->terminal == NULL ? NULL
	            : v->terminal->name);
	present_str(model, "fault_text", v->fault_text);
	form_present(&v->form, model);
	choose_present_terminals(&v->form, model, v->terminals, v->count);
	if (present_touches(v, model) != HTTP_200)
		return HTTP_503;
	present_str(model, "again_url", arena_printf(v->req->arena,
		"%s/finger?terminal=%s&since=%" PRId64, url,
		v->terminal == NULL ? "" : v->terminal->sn,
		v->typed.since_at));
	return view_page(res, "finger");
}

/*
 * GET /members/:id/finger?terminal=SN&since=MS -- numbers of nobody that have
 * touched the terminal since that instant, and those that it knows.
 */
enum status
page_finger(struct req *req, struct res *res)
{
	struct visit v;
	enum status status = begin(&v, req);

	if (status != HTTP_200)
		return status;
	form_read_query(&v.form, &v.typed);
	return draw(&v, res);
}

/* POST /members/:id/finger {terminal, user} -- it is theirs: 303 to them. */
enum status
do_finger(struct req *req, struct res *res)
{
	struct mapping_call call = mappings_call(req);
	struct visit v;
	enum status status = begin(&v, req);

	if (status != HTTP_200)
		return status;
	call.fault = MAPPING_NO_TERMINAL;
	if (form_read(&v.form, &v.typed) && v.typed.terminal != NULL &&
	    v.typed.user != NULL && choose_has_terminal(v.terminals, v.count,
	                                                v.typed.terminal)) {
		call.device_sn = v.typed.terminal;
		call.user_id = v.typed.user;
		call.member_id = v.member.id;
		call.at_local = CLOCK_NO_TIME;
		status = mappings_run(req, &call, mapping_add);
		if (status != HTTP_200)
			return status;
		if (call.fault == MAPPING_FINE)
			return http_redirect(res, arena_printf(req->arena,
				"/members/%" PRId64, v.member.id));
	}
	v.fault_text = words(mappings_word(call.fault));
	status = draw(&v, res);
	return status == HTTP_200 ? HTTP_422 : status;
}
