/* mappings.c: one number of a terminal, and whose it is */
#include "pages/mappings.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gym/feed.h"
#include "gym/inbox.h"
#include "gym/intake.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/people.h"
#include "pages/present.h"

/* ---- shared -------------------------------------------------------------- */

const char *
mappings_number_url(struct arena *a, const char *sn, const char *user_id)
{
	return arena_printf(a, "/devices/%s/mappings/new?user=%s", sn, user_id);
}

struct mapping_call
mappings_call(struct req *req)
{
	return (struct mapping_call){
		.actor = asked_actor(req),
		.branch_id = req->caller.branch_id,
		.at_local = CLOCK_NO_TIME,
		.nonce = form_nonce(req),
	};
}

/* A transaction of one of the calls. */
struct run {
	struct arena *arena;
	struct mapping_call *call;
	int64_t at_local;	/* as asked: a call that is repeated fills it in */
	enum db_result (*step)(struct db *db, struct arena *a,
	                       struct mapping_call *call);
};

static enum db_result
run_step(struct db *db, void *arg)
{
	struct run *run = arg;

	run->call->at_local = run->at_local;
	return run->step(db, run->arena, run->call);
}

enum status
mappings_run(struct req *req, struct mapping_call *call,
             enum db_result (*step)(struct db *db, struct arena *a,
                                    struct mapping_call *call))
{
	struct run run = { req->arena, call, call->at_local, step };
	size_t taken = 0;

	switch (tx_run(req->db, run_step, &run)) {
	case DB_OK:
		break;
	case DB_NONE:
		return HTTP_200;
	default:
		return HTTP_503;
	}
	/* it stands whatever comes of this: the sweep takes in the rest */
	if (call->device_sn != NULL)
		inbox_take(req->db, call->actor.company, call->device_sn,
		           call->user_id, req->now_at, &taken);
	feed_wake(call->actor.company);
	return HTTP_200;
}

enum word
mappings_word(enum mapping_fault fault)
{
	static const enum word why[] = {
		[MAPPING_FINE] = WORD_NONE,
		[MAPPING_NO_TERMINAL] = WORD_NOT_FOUND,
		[MAPPING_NO_MEMBER] = WORD_NO_MEMBER,
		[MAPPING_HELD] = WORD_NUMBER_HELD,
		[MAPPING_OVERLAPS] = WORD_NUMBER_OVERLAPS,
		[MAPPING_FUTURE] = WORD_STILL_TO_COME,
		[MAPPING_ENDED] = WORD_NUMBER_ENDED,
	};

	return why[fault];
}

void
mappings_refuse(struct form *form, json_object *model, const char *moment,
                enum mapping_fault fault)
{
	bool is_moment = fault == MAPPING_OVERLAPS || fault == MAPPING_FUTURE;

	if (is_moment)
		form_refuse(form, moment, mappings_word(fault));
	present_str(model, "fault_text", is_moment ? NULL
	            : words(mappings_word(fault)));
}

void
mappings_present_history(json_object *model, const struct mapping_list *list)
{
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < list->count; i++) {
		json_object *row = json_object_new_object();

		present_str(row, "member_text", list->rows[i].member);
		present_moment(row, "from_text", list->rows[i].from_local);
		present_moment(row, "to_text", list->rows[i].to_local);
		json_object_array_add(rows, row);
	}
	json_object_object_add(model, "history", rows);
	present_bool(model, "has_history", list->count > 0);
}

/* ---- one number ---------------------------------------------------------- */

/* What the form of a number says. */
struct number_form {
	const char *user;
	int64_t member_id, from_local;
};

static const struct form_field number_fields[] = {
	{ .name = "from", .type = FORM_LOCAL,
	  .offset = offsetof(struct number_form, from_local) },
	{ .name = "member_id", .type = FORM_INT, .is_required = true,
	  .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct number_form, member_id) },
	{ .name = "user", .type = FORM_WORD, .is_required = true, .least = 1,
	  .most = INTAKE_USER_ID_MAX,
	  .offset = offsetof(struct number_form, user) },
};

/* What is known of a number, and what waits for it to be somebody's. */
struct number {
	struct mapping_list history;
	const struct mapping *holder;	/* NULL: nobody */
	struct inbox_group waiting;
	const char *name;		/* the terminal's own; NULL: not known */
};

static enum db_result
read_number(struct req *req, const char *sn, const char *user_id,
            struct number *out)
{
	const char *company = req->caller.company;
	enum db_result rc = mapping_list_number(req->db, req->arena, company,
	                                        sn, user_id, &out->history);

	out->holder = NULL;
	if (rc == DB_OK && out->history.count > 0 &&
	    out->history.rows[0].to_local == CLOCK_NO_TIME)
		out->holder = &out->history.rows[0];
	if (rc == DB_OK)
		rc = inbox_number(req->db, req->arena, company, sn, user_id,
		                  &out->waiting);
	out->name = out->waiting.user_name;
	return rc;
}

static void
present_number_facts(struct req *req, json_object *model,
                     const struct device *device, const struct number *n)
{
	const struct mapping *last = n->history.count > 0
		? &n->history.rows[0] : NULL;
	int64_t free_from = last != NULL ? last->to_local
		: (int64_t)device->start_day * CLOCK_DAY_SECONDS;

	present_str(model, "user_name_text", n->name);
	present_bool(model, "is_held", n->holder != NULL);
	present_str(model, "holder_text", n->holder == NULL ? NULL
	            : n->holder->member);
	present_str(model, "holder_url", n->holder == NULL ? NULL
	            : arena_printf(req->arena, "/members/%" PRId64,
	                           n->holder->member_id));
	present_str(model, "holder_id", n->holder == NULL ? NULL
	            : arena_printf(req->arena, "%" PRId64, n->holder->id));
	present_bool(model, "is_waiting", n->waiting.count > 0);
	present_bool(model, "is_one_waiting", n->waiting.count == 1);
	present_number(model, "waiting_text", n->waiting.count);
	present_moment(model, "waiting_first_text", n->waiting.first_local);
	present_moment(model, "waiting_last_text", n->waiting.last_local);
	present_moment(model, "free_from_text", free_from);
	mappings_present_history(model, &n->history);
}

/* The first word of a terminal's own name for somebody, to search for. */
static const char *
first_word(struct arena *a, const char *name)
{
	size_t len;

	if (name == NULL)
		return NULL;
	name += strspn(name, " ");
	len = strcspn(name, " ");
	return len == 0 ? NULL : arena_strndup(a, name, len);
}

static enum status
draw_number(struct req *req, struct res *res, struct form *form,
            const struct device *device, const char *sn)
{
	const char *user_id = form_typed(form, "user");
	bool is_known = text_is_word(user_id, INTAKE_USER_ID_MAX, "");
	const char *url = arena_printf(req->arena, "/devices/%s/mappings", sn);
	struct number n = { 0 };
	enum status status;

	if (is_known && read_number(req, sn, user_id, &n) != DB_OK)
		return HTTP_503;
	form_present(form, res->model);
	present_str(res->model, "name_text", device->name);
	present_str(res->model, "device_sn", sn);
	present_str(res->model, "list_url", url);
	present_str(res->model, "pick_url", arena_printf(req->arena, "%s/new",
	                                                 url));
	present_bool(res->model, "has_user", is_known);
	present_number_facts(req, res->model, device, &n);
	status = people_find(req, res->model, first_word(req->arena, n.name),
	                     NULL);
	for (size_t i = 0; i < 2; i++) {
		static const char *const kept[] = { "user", "from" };

		people_add_field(res->model, kept[i], form_typed(form, kept[i]));
	}
	people_add_field(res->model, "q", json_object_get_string(
		json_object_object_get(res->model, "q")));
	people_add_field(res->model, "nonce", json_object_get_string(
		json_object_object_get(res->model, "nonce")));
	return status == HTTP_200 ? view_page(res, "mapping_new") : status;
}

/*
 * GET /devices/:sn/mappings/new?user=&q=&from= -- whose is this number?  Whom
 * the search finds can be chosen with one click.
 */
enum status
page_mapping_new(struct req *req, struct res *res)
{
	struct number_form asked = { .from_local = CLOCK_NO_TIME };
	struct device device;
	struct form form;
	const char *sn;
	enum status status = asked_device(req, &device, &sn);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, number_fields, FORM_COUNT(number_fields));
	form_read_query(&form, &asked);
	present_str(res->model, "fault_text", NULL);
	return draw_number(req, res, &form, &device, sn);
}

/*
 * POST /devices/:sn/mappings/new {user, member_id, from} -- it is this
 * member's: 303 to the page of the number.
 */
enum status
do_mapping_new(struct req *req, struct res *res)
{
	struct number_form posted = { .from_local = CLOCK_NO_TIME };
	struct mapping_call call = mappings_call(req);
	struct device device;
	struct form form;
	enum status status = asked_device(req, &device, &call.device_sn);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, number_fields, FORM_COUNT(number_fields));
	if (form_read(&form, &posted)) {
		call.user_id = posted.user;
		call.member_id = posted.member_id;
		call.at_local = posted.from_local;
		status = mappings_run(req, &call, mapping_add);
		if (status != HTTP_200)
			return status;
		if (call.fault == MAPPING_FINE)
			return http_redirect(res, mappings_number_url(
				req->arena, call.device_sn, posted.user));
		mappings_refuse(&form, res->model, "from", call.fault);
	} else {
		present_str(res->model, "fault_text", NULL);
	}
	status = draw_number(req, res, &form, &device, call.device_sn);
	return status == HTTP_200 ? HTTP_422 : status;
}
