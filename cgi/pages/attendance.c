/* attendance.c: who came, and who was refused */
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
#include "pages/export.h"
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
	[ADMIT_OVERDUE] = "overdue", [ADMIT_VISITS] = "visits",
	[ADMIT_HOURS] = "hours", [ADMIT_DAY_LIMIT] = "limit",
	[ADMIT_GRACE] = "grace", [ADMIT_LET_IN] = "let_in",
	[ADMIT__COUNT] = NULL,
};

/* What the address asks for. */
struct asked {
	int64_t before, member_id;
	int32_t from, to;
	const char *q, *reason, *status, *terminal;
	bool is_cut;		/* of days more than there may be: the first */
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

/* ---- which days ---------------------------------------------------------- */

/*
 * Today, unless a member was named, who is shown from the beginning; of one day
 * the other end is that day, too.
 */
static void
choose_days(struct asked *asked, int32_t today)
{
	int32_t swap = asked->from;

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
	asked->is_cut = asked->member_id == 0 &&
		asked->to - asked->from >= ATTENDANCE_DAYS_MAX;
	if (asked->is_cut)
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
	present_str(row, "warning_text", a->warning);
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

static enum db_result
read_list(struct req *req, struct arena *a, const struct asked *asked,
          size_t limit, struct attendance_list *list)
{
	static const enum attendance_status statuses[] = {
		ATTENDANCE_ALLOWED, ATTENDANCE_DENIED, ATTENDANCE_VOID,
	};
	int status = choose_place(status_names, asked->status);
	bool by_hand = asked->terminal != NULL &&
		strcmp(asked->terminal, BY_HAND) == 0;
	const struct attendance_query q = {
		.company = req->caller.company,
		.branch_id = req->caller.branch_id,
		.from_day = asked->from, .to_day = asked->to,
		.member_id = asked->member_id,
		.device_sn = by_hand ? "" : asked->terminal,
		.status = status == 0 ? NULL : &statuses[status - 1],
		.reason = admit_reason((enum admit_verdict)choose_place(
			reason_names, asked->reason)),
		.before_id = asked->before, .limit = limit,
	};

	return attendance_list(req->db, a, &q, list);
}

static enum status
present_rows(struct req *req, json_object *model, const struct asked *asked)
{
	json_object *rows = json_object_new_array();
	struct attendance_list list;

	json_object_object_add(model, "rows", rows);
	if (read_list(req, req->arena, asked, ATTENDANCE_PAGE, &list) != DB_OK)
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
find_member(struct req *req, int64_t id, struct member *out)
{
	*out = (struct member){ 0 };
	return id == 0 ? HTTP_200 : asked_found(member_find(req->db,
		req->arena, req->caller.company, req->caller.branch_id, id,
		out));
}

static enum status
present_member(struct req *req, json_object *model, int64_t id)
{
	struct member member;
	enum status status = find_member(req, id, &member);

	if (status != HTTP_200)
		return status;
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

/* The address, and which days that are today. */
static enum status
read_asked(struct form *form, struct asked *asked)
{
	struct req *req = form->req;
	int32_t today;
	enum status status = asked_today(req, req->caller.branch_id, &today);

	*asked = (struct asked){ .from = CLOCK_NO_DAY, .to = CLOCK_NO_DAY,
		                 .status = "all", .reason = "all" };
	if (status != HTTP_200)
		return status;
	form_read_query(form, asked);
	choose_days(asked, today);
	return HTTP_200;
}

/*
 * GET /attendance?from=&to=&member_id=&q=&terminal=&status=&reason=&before= --
 * today, or what is asked for; q finds a member first.
 */
enum status
page_attendance(struct req *req, struct res *res)
{
	struct asked asked;
	struct form form;
	enum status status;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	status = read_asked(&form, &asked);
	if (status != HTTP_200)
		return status;
	form_set_day(&form, "from", asked.from);
	form_set_day(&form, "to", asked.to);
	status = present_member(req, res->model, asked.member_id);
	if (status == HTTP_200)
		status = present_terminal_choices(&form, res->model);
	form_present(&form, res->model);
	present_bool(res->model, "is_cut", asked.is_cut);
	if (status == HTTP_200)
		status = people_find(req, res->model, NULL,
		                     "/attendance?member_id=");
	if (status == HTTP_200)
		status = present_rows(req, res->model, &asked);
	export_present(req, res->model, "/attendance");
	return status == HTTP_200 ? view_page(res, "attendance") : status;
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_MEMBER, SHEET_TEXT }, { WORD_TITLE_CODE, SHEET_TEXT },
	{ WORD_TITLE_TIME, SHEET_MOMENT }, { WORD_TITLE_TERMINAL, SHEET_TEXT },
	{ WORD_TITLE_NUMBER, SHEET_TEXT }, { WORD_TITLE_RESULT, SHEET_TEXT },
	{ WORD_TITLE_REASON, SHEET_TEXT },
	{ WORD_TITLE_WARNING, SHEET_TEXT }, { WORD_TITLE_LATE, SHEET_TEXT },
	{ WORD_TITLE_NOTE, SHEET_TEXT }, { WORD_TITLE_STAFF, SHEET_TEXT },
	{ WORD_TITLE_COUNTS, SHEET_TEXT },
	{ WORD_TITLE_CORRECTION, SHEET_TEXT },
	{ WORD_TITLE_CORRECTED_BY, SHEET_TEXT },
};

static void
export_row(struct export *x, const struct attendance *a)
{
	static const enum word results[ATTENDANCE_STATUS__COUNT] = {
		[ATTENDANCE_ALLOWED] = WORD_CELL_ALLOWED,
		[ATTENDANCE_DENIED] = WORD_CELL_DENIED,
		[ATTENDANCE_VOID] = WORD_CELL_NOT_COUNTED,
	};
	bool is_by_hand = *a->device_sn == '\0';

	sheet_text(x->sheet, a->member);
	sheet_text(x->sheet, a->member_code);
	sheet_moment(x->sheet, a->punch_local);
	sheet_text(x->sheet, is_by_hand ? words(WORD_CELL_BY_STAFF)
	           : a->device);
	sheet_text(x->sheet, a->user_id);
	export_word(x, results[a->status]);
	sheet_text(x->sheet, a->reason);
	sheet_text(x->sheet, a->warning);
	export_word(x, a->is_late ? WORD_CELL_YES : WORD_CELL_NO);
	sheet_text(x->sheet, a->note);
	sheet_text(x->sheet, a->user);
	export_word(x, results[a->corrected]);
	sheet_text(x->sheet, a->correction_note);
	sheet_text(x->sheet, a->correction_user);
}

static enum db_result
export_chunk(struct export *x)
{
	struct asked *asked = x->asked;
	struct attendance_list list;
	enum db_result rc = read_list(x->req, x->arena, asked, EXPORT_CHUNK,
	                              &list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++)
		export_row(x, &list.rows[i]);
	x->has_more = list.has_more;
	x->is_cut = asked->is_cut;
	if (list.has_more)
		asked->before = list.rows[list.count - 1].id;
	return DB_OK;
}

/* GET /attendance.csv, .xlsx?from=&to=&member_id=&terminal=&status=&reason= */
enum status
export_attendance(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"attendance", "trn_member_attendances", columns,
		FORM_COUNT(columns), export_chunk,
	};
	struct member member;
	struct asked asked;
	struct form form;
	enum status status;

	form_begin(&form, req, fields, FORM_COUNT(fields));
	status = read_asked(&form, &asked);
	if (status == HTTP_200)
		status = find_member(req, asked.member_id, &member);
	if (status != HTTP_200)
		return status;
	asked.before = 0;
	return export_send(req, res, &list, &asked);
}
