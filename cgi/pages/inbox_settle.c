/* inbox_settle.c: punches of the inbox are dismissed, brought back, set right */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gym/device.h"
#include "gym/feed.h"
#include "gym/inbox.h"
#include "gym/intake.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"

static struct inbox_call
call_of(struct req *req)
{
	return (struct inbox_call){
		.actor = asked_actor(req),
		.branch_id = req->caller.branch_id,
		.id = http_find_id(&req->form, "id"),
		.sn = http_find(&req->form, "sn"),
		.user_id = http_find(&req->form, "user"),
	};
}

/* Names it one punch, or a number? */
static bool
is_whole(const struct inbox_call *call)
{
	return call->id != 0 || (call->sn != NULL && call->user_id != NULL &&
		text_is_word(call->sn, DEVICE_SN_MAX, "-_.") &&
		text_is_word(call->user_id, INTAKE_USER_ID_MAX, ""));
}

/* Is there such a punch, or one of such a number, in whatever state? */
static enum db_result
find_any(struct req *req, const struct inbox_call *call)
{
	struct inbox_query q = {
		.company = call->actor.company, .branch_id = call->branch_id,
		.sn = call->sn, .user_id = call->user_id, .limit = 1,
	};
	struct inbox_punch punch;
	struct inbox_list list = { 0 };
	enum db_result rc = DB_OK;

	if (call->id != 0)
		return inbox_find(req->db, req->arena, q.company, q.branch_id,
		                  call->id, &punch);
	for (int i = 0; i < INBOX_STATE__COUNT && rc == DB_OK &&
	     list.count == 0; i++) {
		q.state = (enum inbox_state)i;
		rc = inbox_list(req->db, req->arena, &q, &list);
	}
	return rc == DB_OK && list.count == 0 ? DB_NONE : rc;
}

/* Nothing to do any more is as good as done, where there is such a thing. */
static enum status
status_of(struct req *req, const struct inbox_call *call, enum db_result rc)
{
	if (rc == DB_OK)
		feed_wake(call->actor.company);
	else if (rc == DB_NONE)
		rc = find_any(req, call);
	return rc == DB_OK ? HTTP_200 : rc == DB_NONE ? HTTP_404 : HTTP_503;
}

/*
 * POST /inbox/dismiss {id} or {sn, user} -- one that is unmapped or of a wrong
 * clock, or all that is unmapped of a number: 303 to where the rest is, which
 * offers to undo it.
 */
enum status
do_inbox_dismiss(struct req *req, struct res *res)
{
	struct inbox_call call = call_of(req);
	const char *state = http_find(&req->form, "state");
	bool is_clock = state != NULL && strcmp(state, "clock") == 0;
	enum status status;

	if (!is_whole(&call))
		return HTTP_404;
	status = status_of(req, &call, inbox_dismiss(req->db, &call));
	if (status != HTTP_200)
		return status;
	return http_redirect(res, call.id != 0
		? arena_printf(req->arena, "/inbox?state=%s&was_id=%" PRId64,
		               is_clock ? "clock" : "unmapped", call.id)
		: arena_printf(req->arena, "/inbox?was_sn=%s&was_user=%s",
		               call.sn, call.user_id));
}

/* POST /inbox/undo {id} or {sn, user} -- 303 to where it lies again. */
enum status
do_inbox_undo(struct req *req, struct res *res)
{
	struct inbox_call call = call_of(req);
	struct inbox_punch punch = { .state = INBOX_UNMAPPED };
	enum status status;

	if (!is_whole(&call))
		return HTTP_404;
	status = status_of(req, &call, inbox_undo(req->db, &call));
	if (status != HTTP_200)
		return status;
	if (call.id != 0 && inbox_find(req->db, req->arena, call.actor.company,
	                               call.branch_id, call.id, &punch) !=
	    DB_OK)
		return HTTP_503;
	return http_redirect(res, punch.state == INBOX_CLOCK
		? "/inbox?state=clock" : "/inbox");
}

/* ---- the right time ------------------------------------------------------ */

struct time_form {
	int64_t time_local;
};

static const struct form_field time_fields[] = {
	{ .name = "time", .type = FORM_LOCAL, .is_required = true,
	  .offset = offsetof(struct time_form, time_local) },
};

static enum status
find_punch(struct req *req, struct inbox_punch *out)
{
	int64_t id = http_find_id(&req->segments, "id");

	if (id == 0)
		return HTTP_404;
	return asked_found(inbox_find(req->db, req->arena, req->caller.company,
		req->caller.branch_id, id, out));
}

static enum status
draw_time(struct req *req, struct res *res, struct form *form,
          const struct inbox_punch *p, const char *fault)
{
	form_present(form, res->model);
	present_str(res->model, "id", arena_printf(req->arena, "%" PRId64,
	                                           p->id));
	present_str(res->model, "device_text", p->device);
	present_str(res->model, "number_text", p->user_id);
	present_str(res->model, "number_name_text", p->user_name);
	present_moment(res->model, "said_text", p->punch_local);
	present_moment(res->model, "received_text", clock_local(p->zone,
	               p->received_at));
	present_bool(res->model, "is_open", p->state == INBOX_CLOCK);
	present_str(res->model, "fault_text", fault);
	return view_page(res, "inbox_time");
}

/* GET /inbox/:id/time -- when was it really?  Its arrival is suggested. */
enum status
page_inbox_time(struct req *req, struct res *res)
{
	struct inbox_punch punch;
	struct form form;
	char at[CLOCK_TEXT_SIZE];
	enum status status = find_punch(req, &punch);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, time_fields, FORM_COUNT(time_fields));
	clock_format(clock_local(punch.zone, punch.received_at), at);
	/* as a field of date and time has it: "2026-03-12T07:30" */
	at[10] = 'T';
	at[16] = '\0';
	form_set(&form, "time", at);
	return draw_time(req, res, &form, &punch, NULL);
}

static enum word
word_of(enum inbox_fault fault)
{
	static const enum word list[] = {
		[INBOX_FINE] = WORD_NONE,
		[INBOX_SETTLED] = WORD_SETTLED,
		[INBOX_NO_TERMINAL] = WORD_NOT_FOUND,
		[INBOX_AFTER_ARRIVAL] = WORD_AFTER_ARRIVAL,
		[INBOX_BEFORE_START] = WORD_BEFORE_START,
		[INBOX_KNOWN] = WORD_TIME_KNOWN,
	};

	return list[fault];
}

/* POST /inbox/:id/time {time} -- 303 to the others whose clock was wrong. */
enum status
do_inbox_time(struct req *req, struct res *res)
{
	struct inbox_call call = call_of(req);
	struct time_form posted;
	struct inbox_punch punch;
	struct form form;
	enum inbox_fault fault = INBOX_FINE;
	enum db_result rc = DB_NONE;
	enum status status = find_punch(req, &punch);

	if (status != HTTP_200)
		return status;
	call.id = punch.id;
	form_begin(&form, req, time_fields, FORM_COUNT(time_fields));
	if (form_read(&form, &posted))
		rc = inbox_set_time(req->db, req->arena, &call,
		                    posted.time_local, &fault);
	if (rc == DB_OK) {
		feed_wake(req->caller.company);
		return http_redirect(res, "/inbox?state=clock");
	}
	if (rc != DB_NONE)
		return HTTP_503;
	if (fault > INBOX_NO_TERMINAL)
		form_refuse(&form, "time", word_of(fault));
	status = find_punch(req, &punch);
	if (status == HTTP_200)
		status = draw_time(req, res, &form, &punch,
		                   fault > INBOX_NO_TERMINAL ? NULL
		                   : words(word_of(fault)));
	return status == HTTP_200 ? HTTP_422 : status;
}
