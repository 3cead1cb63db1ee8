/* attendance_write.c: staff write in who was there, and correct what is wrong */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/feed.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/attendance.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/people.h"
#include "pages/present.h"

/* To the list of the day of a punch. */
static enum status
to_day(struct req *req, struct res *res, int64_t local)
{
	char day[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(clock_day(local), day);
	return http_redirect(res, arena_printf(req->arena,
	                     "/attendance?from=%s&to=%s", day, day));
}

static enum word
word_of(enum attendance_fault fault)
{
	static const enum word list[] = {
		[ATTENDANCE_FINE] = WORD_NONE,
		[ATTENDANCE_NO_MEMBER] = WORD_NO_MEMBER,
		[ATTENDANCE_FUTURE] = WORD_STILL_TO_COME,
		[ATTENDANCE_TOO_OLD] = WORD_OUT_OF_BOUNDS,
		[ATTENDANCE_KNOWN] = WORD_THERE_ALREADY,
		[ATTENDANCE_STALE] = WORD_CORRECTED_MEANWHILE,
		[ATTENDANCE_SAME] = WORD_COUNTS_SO,
	};

	return list[fault];
}

/* ---- there by hand ------------------------------------------------------- */

struct new_form {
	int64_t at_local, member_id;
	const char *note;
};

static const struct form_field new_fields[] = {
	{ .name = "at", .type = FORM_LOCAL, .is_required = true,
	  .offset = offsetof(struct new_form, at_local) },
	{ .name = "member_id", .type = FORM_INT, .is_required = true,
	  .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct new_form, member_id) },
	{ .name = "note", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = ATTENDANCE_NOTE_MAX,
	  .offset = offsetof(struct new_form, note) },
};

/* Who it is: chosen already, or to be found by typing. */
static enum status
draw_new(struct req *req, struct res *res, struct form *form,
         int64_t member_id)
{
	struct member member = { .state = ADMIT_NONE,
		                 .until_day = CLOCK_NO_DAY };
	enum db_result rc = DB_NONE;
	enum status status = asked_states(req);

	if (status == HTTP_200 && member_id != 0)
		rc = member_find(req->db, req->arena, req->caller.company,
		                 req->caller.branch_id, member_id, &member);
	if (status != HTTP_200 || (rc != DB_OK && rc != DB_NONE))
		return HTTP_503;
	form_present(form, res->model);
	present_bool(res->model, "has_member", rc == DB_OK);
	present_str(res->model, "name_text", member.name);
	present_state(res->model, &member);
	status = people_find(req, res->model, NULL,
	                     "/attendance/new?member_id=");
	return status == HTTP_200 ? view_page(res, "attendance_new") : status;
}

/* GET /attendance/new?q=&member_id= -- now, unless something else is typed. */
enum status
page_attendance_new(struct req *req, struct res *res)
{
	struct new_form asked = { 0 };
	struct form form;
	char at[CLOCK_TEXT_SIZE];
	int64_t local;

	if (branch_local(req->db, req->arena, req->caller.company,
	                 req->caller.branch_id, req->now_at, &local) ==
	    DB_FAIL)
		return HTTP_503;
	form_begin(&form, req, new_fields, FORM_COUNT(new_fields));
	form_read_query(&form, &asked);
	if (*form_typed(&form, "at") == '\0') {
		clock_format(local, at);
		at[10] = 'T';	/* as a field of date and time has it */
		at[16] = '\0';
		form_set(&form, "at", at);
	}
	return draw_new(req, res, &form, asked.member_id);
}

/*
 * POST /attendance/new {member_id, at, note} -- judged by the rule, and live on
 * the dashboards: 303 to the list of its day.
 */
enum status
do_attendance_new(struct req *req, struct res *res)
{
	struct new_form posted = { 0 };
	struct attendance_add call;
	struct form form;
	enum status status;

	form_begin(&form, req, new_fields, FORM_COUNT(new_fields));
	if (form_read(&form, &posted)) {
		call = (struct attendance_add){
			.actor = asked_actor(req),
			.branch_id = req->caller.branch_id,
			.member_id = posted.member_id,
			.punch_local = posted.at_local, .note = posted.note,
		};
		switch (attendance_add(req->db, req->arena, &call)) {
		case DB_OK:
			feed_wake(req->caller.company);
			return to_day(req, res, call.punch_local);
		case DB_NONE:
			break;
		default:
			return HTTP_503;
		}
		if (call.fault == ATTENDANCE_NO_MEMBER)
			return HTTP_404;
		form_refuse(&form, "at", word_of(call.fault));
	}
	status = draw_new(req, res, &form, posted.member_id);
	return status == HTTP_200 ? HTTP_422 : status;
}

/* ---- corrected ----------------------------------------------------------- */

static const char *const statuses[] = {
	[ATTENDANCE_ALLOWED] = "allowed", [ATTENDANCE_DENIED] = "denied",
	[ATTENDANCE_VOID] = "void", [ATTENDANCE_STATUS__COUNT] = NULL,
};

struct correct_form {
	int64_t seen_id;
	const char *status, *note;
};

static const struct form_field correct_fields[] = {
	{ .name = "note", .type = FORM_LINE, .is_required = true, .least = 1,
	  .most = ATTENDANCE_NOTE_MAX,
	  .offset = offsetof(struct correct_form, note) },
	{ .name = "seen", .type = FORM_INT, .is_required = true, .least = 0,
	  .most = INT64_MAX, .offset = offsetof(struct correct_form, seen_id) },
	{ .name = "status", .type = FORM_CHOICE, .is_required = true,
	  .choices = statuses,
	  .offset = offsetof(struct correct_form, status) },
};

static enum status
find_punch(struct req *req, struct attendance *out)
{
	int64_t id = http_find_id(&req->segments, "id");

	if (id == 0)
		return HTTP_404;
	return asked_found(attendance_find(req->db, req->arena,
		req->caller.company, req->caller.branch_id, id, out));
}

/* With the newest correction there is: who answers now has seen it. */
static enum status
draw_correct(struct req *req, struct res *res, struct form *form,
             const char *fault)
{
	struct attendance a;
	enum status status = find_punch(req, &a);

	if (status != HTTP_200)
		return status;
	form_set_int(form, "seen", a.correction_id);
	form_present(form, res->model);
	present_attendance(req, res->model, &a);
	present_str(res->model, "fault_text", fault);
	return view_page(res, "attendance_correct");
}

/* GET /attendance/:id/correct -- how should it count? */
enum status
page_attendance_correct(struct req *req, struct res *res)
{
	struct form form;

	form_begin(&form, req, correct_fields, FORM_COUNT(correct_fields));
	return draw_correct(req, res, &form, NULL);
}

static enum attendance_status
status_of(const char *name)
{
	int i = 0;

	while (i < ATTENDANCE_VOID && strcmp(statuses[i], name) != 0)
		i++;
	return (enum attendance_status)i;
}

/*
 * POST /attendance/:id/correct {status, note, seen} -- adds a row that says how
 * it counts now: 303 to the list of its day.
 */
enum status
do_attendance_correct(struct req *req, struct res *res)
{
	struct correct_form posted = { 0 };
	struct attendance_correct call = { .fault = ATTENDANCE_FINE };
	struct attendance a;
	struct form form;
	enum status status = find_punch(req, &a);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, correct_fields, FORM_COUNT(correct_fields));
	if (form_read(&form, &posted)) {
		call = (struct attendance_correct){
			.actor = asked_actor(req),
			.branch_id = req->caller.branch_id, .id = a.id,
			.seen_id = posted.seen_id,
			.status = status_of(posted.status),
			.note = posted.note,
		};
		switch (attendance_correct(req->db, req->arena, &call)) {
		case DB_OK:
			feed_wake(req->caller.company);
			return to_day(req, res, a.punch_local);
		case DB_NONE:
			break;
		default:
			return HTTP_503;
		}
	}
	status = draw_correct(req, res, &form, words(word_of(call.fault)));
	return status == HTTP_200 ? HTTP_422 : status;
}
