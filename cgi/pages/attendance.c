/* attendance.c: who came, who was refused, and who of them should renew */
#include "pages/attendance.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gym/device.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/handlers.h"
#include "pages/people.h"
#include "pages/present.h"

#define BY_HAND "-"	/* in the place of a serial: at no terminal */

static const char *const status_names[] = {
	"all", "allowed", "denied", "void", NULL,
};
/* The words of the address for what admit_reason says. */
static const char *const reason_names[] = {
	[ADMIT_ALLOWED] = "all", [ADMIT_NONE] = "none",
	[ADMIT_EXPIRED] = "expired", [ADMIT_NOT_STARTED] = "future",
	[ADMIT_FROZEN] = "frozen", [ADMIT_INACTIVE] = "inactive",
	[ADMIT__COUNT] = NULL,
};

/* What the address asks for. */
struct asked {
	int64_t before, member_id;
	int32_t from, to;
	const char *q, *reason, *status, *terminal;
};

#define AT(field) .name = #field, .offset = offsetof(struct asked, field)

static const struct form_field fields[] = {
	{ AT(before), .type = FORM_INT, .least = 1, .most = INT64_MAX },
	{ AT(from), .type = FORM_DAY },
	{ AT(member_id), .type = FORM_INT, .least = 1, .most = INT64_MAX },
	{ AT(q), .type = FORM_LINE, .most = MEMBER_SEARCH_MAX },
	{ AT(reason), .type = FORM_CHOICE, .choices = reason_names },
	{ AT(status), .type = FORM_CHOICE, .choices = status_names },
	{ AT(terminal), .type = FORM_WORD, .least = 1, .most = DEVICE_SN_MAX,
	  .also = "-_." },
	{ AT(to), .type = FORM_DAY },
};

/* The place of a word in its list; 0, "all", where none was said. */
static int
place_of(const char *const *list, const char *word)
{
	int i = 0;

	while (word != NULL && list[i] != NULL && strcmp(list[i], word) != 0)
		i++;
	return word == NULL || list[i] == NULL ? 0 : i;
}

/* ---- which days ---------------------------------------------------------- */

/*
 * Today, unless a member was named, who is shown from the beginning; of one day
 * the other end is that day, too.
 */
static void
choose_days(struct asked *asked, int32_t today, bool *is_cut)
{
	int32_t swap = asked->from;

	*is_cut = false;
	if (asked->from == CLOCK_NO_DAY && asked->to == CLOCK_NO_DAY) {
		if (asked->member_id == 0)
			asked->from = asked->to = today;
		return;
	}
	if (asked->to == CLOCK_NO_DAY)
		asked->to = asked->from > today ? asked->from : today;
	if (asked->from == CLOCK_NO_DAY)
		asked->from = asked->to;
	if (asked->from > asked->to) {
		swap = asked->from;
		asked->from = asked->to;
		asked->to = swap;
	}
	*is_cut = asked->member_id == 0 &&
		asked->to - asked->from >= ATTENDANCE_DAYS_MAX;
	if (*is_cut)
		asked->from = asked->to - ATTENDANCE_DAYS_MAX + 1;
}

/* ---- drawing ------------------------------------------------------------- */

static void
present_status(json_object *row, const char *prefix,
               enum attendance_status status)
{
	static const char *const names[] = {
		[ATTENDANCE_ALLOWED] = "allowed",
		[ATTENDANCE_DENIED] = "denied", [ATTENDANCE_VOID] = "void",
	};
	char key[40];

	for (int i = 0; i < ATTENDANCE_STATUS__COUNT; i++) {
		snprintf(key, sizeof key, "%s_%s", prefix, names[i]);
		present_bool(row, key, (int)status == i);
	}
}

void
present_attendance(struct req *req, json_object *row,
                   const struct attendance *a)
{
	bool is_by_hand = *a->device_sn == '\0';

	present_str(row, "name_text", a->member);
	present_str(row, "code", a->member_code);
	present_str(row, "member_url", arena_printf(req->arena,
	            "/members/%" PRId64, a->member_id));
	present_moment(row, "time_text", a->punch_local);
	present_str(row, "terminal_text", is_by_hand ? NULL : a->device);
	present_str(row, "number_text", is_by_hand ? NULL : a->user_id);
	present_status(row, "is", a->status);
	present_str(row, "reason_text", a->reason);
	present_bool(row, "is_late", a->is_late);
	present_str(row, "said_text", a->is_staff_time ? a->raw : NULL);
	present_str(row, "note_text", a->note);
	present_str(row, "staff_text", a->user);
	present_bool(row, "is_corrected", a->correction_id != 0);
	present_status(row, "now", a->corrected);
	present_str(row, "correction_text", a->correction_note);
	present_str(row, "correction_staff_text", a->correction_user);
	present_str(row, "correct_url", arena_printf(req->arena,
	            "/attendance/%" PRId64 "/correct", a->id));
}

static void
add_day(struct buf *url, const char *name, int32_t day)
{
	char text[CLOCK_DAY_TEXT_SIZE];

	if (day == CLOCK_NO_DAY)
		return;
	clock_format_day(day, text);
	http_add_query(url, name, text);
}

/* The same list, from behind the last row on. */
static void
present_pager(struct req *req, json_object *model, const struct asked *asked,
              const struct attendance_list *list)
{
	struct buf url = BUF_INIT;

	buf_append_str(&url, "/attendance");
	add_day(&url, "from", asked->from);
	add_day(&url, "to", asked->to);
	if (asked->member_id != 0)
		http_add_query(&url, "member_id", choose_id_text(req,
		               asked->member_id));
	http_add_query(&url, "status", asked->status);
	http_add_query(&url, "reason", asked->reason);
	if (asked->terminal != NULL)
		http_add_query(&url, "terminal", asked->terminal);
	present_str(model, "first_url", asked->before == 0 ? NULL : url.data);
	if (list->has_more)
		http_add_query(&url, "before", choose_id_text(req,
		               list->rows[list->count - 1].id));
	present_str(model, "next_url", list->has_more ? url.data : NULL);
	buf_finish(&url);
}

static enum status
present_rows(struct req *req, json_object *model, const struct asked *asked)
{
	static const enum attendance_status statuses[] = {
		ATTENDANCE_ALLOWED, ATTENDANCE_DENIED, ATTENDANCE_VOID,
	};
	int status = place_of(status_names, asked->status);
	bool by_hand = asked->terminal != NULL &&
		strcmp(asked->terminal, BY_HAND) == 0;
	const struct attendance_query q = {
		.company = req->caller.company,
		.branch_id = req->caller.branch_id,
		.from_day = asked->from, .to_day = asked->to,
		.member_id = asked->member_id,
		.device_sn = by_hand ? "" : asked->terminal,
		.status = status == 0 ? NULL : &statuses[status - 1],
		.reason = admit_reason((enum admit_verdict)place_of(
			reason_names, asked->reason)),
		.before_id = asked->before,
	};
	json_object *rows = json_object_new_array();
	struct attendance_list list;

	json_object_object_add(model, "rows", rows);
	if (attendance_list(req->db, req->arena, &q, &list) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < list.count; i++) {
		json_object *row = json_object_new_object();

		present_attendance(req, row, &list.rows[i]);
		json_object_array_add(rows, row);
	}
	present_bool(model, "has_rows", list.count > 0);
	present_pager(req, model, asked, &list);
	return HTTP_200;
}

/* The member to whom the list is narrowed; of another company there is none. */
static enum status
present_member(struct req *req, json_object *model, int64_t id)
{
	struct member member = { 0 };

	if (id != 0) {
		switch (member_find(req->db, req->arena, req->caller.company,
		                    req->caller.branch_id, id, &member)) {
		case DB_OK:
			break;
		case DB_NONE:
			return HTTP_404;
		default:
			return HTTP_503;
		}
	}
	present_str(model, "member_text", member.name);
	present_bool(model, "has_member", id != 0);
	return HTTP_200;
}

static enum status
present_terminal_choices(struct form *form, json_object *model)
{
	struct req *req = form->req;
	struct device_state *list;
	size_t count;

	if (device_list(req->db, req->arena, req->caller.company,
	                req->caller.branch_id, &list, &count) != DB_OK)
		return HTTP_503;
	choose_present_terminals(form, model, list, count);
	present_bool(model, "is_by_hand", strcmp(form_typed(form, "terminal"),
	                                         BY_HAND) == 0);
	return HTTP_200;
}

/*
 * GET /attendance?from=&to=&member_id=&q=&terminal=&status=&reason=&before= --
 * today, or what is asked for; q finds a member first.
 */
enum status
page_attendance(struct req *req, struct res *res)
{
	struct asked asked = { .from = CLOCK_NO_DAY, .to = CLOCK_NO_DAY,
		               .status = "all", .reason = "all" };
	struct form form;
	int32_t today;
	bool is_cut;
	enum status status = asked_today(req, req->caller.branch_id, &today);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read_query(&form, &asked);
	choose_days(&asked, today, &is_cut);
	form_set_day(&form, "from", asked.from);
	form_set_day(&form, "to", asked.to);
	status = present_member(req, res->model, asked.member_id);
	if (status == HTTP_200)
		status = present_terminal_choices(&form, res->model);
	form_present(&form, res->model);
	present_bool(res->model, "is_cut", is_cut);
	if (status == HTTP_200)
		status = people_find(req, res->model, NULL,
		                     "/attendance?member_id=");
	if (status == HTTP_200)
		status = present_rows(req, res->model, &asked);
	return status == HTTP_200 ? view_page(res, "attendance") : status;
}

/* ---- refused ------------------------------------------------------------- */

struct asked_refused {
	int64_t before_local, before_id;
};

static const struct form_field refused_fields[] = {
	{ .name = "before", .type = FORM_LOCAL,
	  .offset = offsetof(struct asked_refused, before_local) },
	{ .name = "before_id", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked_refused, before_id) },
};

static json_object *
present_refused(struct req *req, const struct attendance_refused *r)
{
	json_object *row = json_object_new_object();
	const char *url = arena_printf(req->arena, "/members/%" PRId64,
	                               r->member_id);

	present_str(row, "name_text", r->member);
	present_str(row, "code", r->member_code);
	present_str(row, "phone", r->phone);
	present_phone(row, "phone_text", r->phone, req->caller.phone_code);
	present_day(row, "until_text", r->until_day);
	present_number(row, "times_text", r->count);
	present_moment(row, "last_text", r->last_local);
	present_str(row, "member_url", url);
	present_str(row, "renew_url", arena_printf(req->arena, "%s/renew",
	                                           url));
	return row;
}

static void
present_refused_list(struct req *req, json_object *model, bool is_first,
                     const struct attendance_refused_list *list)
{
	const struct attendance_refused *last = list->has_more
		? &list->rows[list->count - 1] : NULL;
	json_object *rows = json_object_new_array();
	struct buf url = BUF_INIT;
	char at[CLOCK_TEXT_SIZE];

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(rows, present_refused(req,
		                                            &list->rows[i]));
	json_object_object_add(model, "rows", rows);
	present_bool(model, "has_rows", list->count > 0);
	present_str(model, "first_url", is_first ? NULL
	            : "/attendance/refused");
	buf_append_str(&url, "/attendance/refused");
	if (last != NULL) {
		clock_format(last->last_local, at);
		http_add_query(&url, "before", at);
		http_add_query(&url, "before_id", choose_id_text(req,
		               last->member_id));
	}
	present_str(model, "next_url", last == NULL ? NULL : url.data);
	buf_finish(&url);
}

/* GET /attendance/refused?before=&before_id= -- whom to call. */
enum status
page_attendance_refused(struct req *req, struct res *res)
{
	struct asked_refused asked = { .before_local = CLOCK_NO_TIME };
	struct attendance_refused_list list;
	struct form form;
	int32_t today;
	enum status status = asked_today(req, req->caller.branch_id, &today);

	if (status == HTTP_200)
		status = asked_states(req);
	if (status != HTTP_200)
		return status;
	form_begin(&form, req, refused_fields, FORM_COUNT(refused_fields));
	form_read_query(&form, &asked);
	if (asked.before_local == CLOCK_NO_TIME)
		asked.before_id = 0;
	if (attendance_list_refused(req->db, req->arena, req->caller.company,
	                            req->caller.branch_id,
	                            today - ATTENDANCE_REFUSED_DAYS + 1,
	                            asked.before_local, asked.before_id,
	                            &list) != DB_OK)
		return HTTP_503;
	present_refused_list(req, res->model, asked.before_id == 0, &list);
	return view_page(res, "attendance_refused");
}
