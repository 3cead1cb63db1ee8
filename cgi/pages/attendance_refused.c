/* attendance_refused.c: who was refused lately, and should renew */
#include <inttypes.h>

#include "base/clock.h"
#include "gym/attendance.h"
#include "http/form.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/choose.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/present.h"

/* What is asked for: since a day, from behind a row on. */
struct asked {
	int32_t since_day;
	int64_t before_local, before_id;
};

static const struct form_field fields[] = {
	{ .name = "before", .type = FORM_LOCAL,
	  .offset = offsetof(struct asked, before_local) },
	{ .name = "before_id", .type = FORM_INT, .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct asked, before_id) },
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

/* The address, and since which day; the states of all are judged anew. */
static enum status
begin_list(struct req *req, struct asked *asked)
{
	struct form form;
	int32_t today;
	enum status status = asked_today(req, req->caller.branch_id, &today);

	if (status == HTTP_200)
		status = asked_states(req);
	if (status != HTTP_200)
		return status;
	*asked = (struct asked){ .before_local = CLOCK_NO_TIME,
		.since_day = today - ATTENDANCE_REFUSED_DAYS + 1 };
	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read_query(&form, asked);
	if (asked->before_local == CLOCK_NO_TIME)
		asked->before_id = 0;
	return HTTP_200;
}

static enum db_result
read_list(struct req *req, struct arena *a, const struct asked *asked,
          size_t limit, struct attendance_refused_list *list)
{
	return attendance_list_refused(req->db, a, req->caller.company,
		req->caller.branch_id, asked->since_day, asked->before_local,
		asked->before_id, limit, list);
}

/* GET /attendance/refused?before=&before_id= -- whom to call. */
enum status
page_attendance_refused(struct req *req, struct res *res)
{
	struct attendance_refused_list list;
	struct asked asked;
	enum status status = begin_list(req, &asked);

	if (status != HTTP_200)
		return status;
	if (read_list(req, req->arena, &asked, ATTENDANCE_PAGE, &list) != DB_OK)
		return HTTP_503;
	present_refused_list(req, res->model, asked.before_id == 0, &list);
	export_present(req, res->model, "/attendance/refused");
	return view_page(res, "attendance_refused");
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_MEMBER, SHEET_TEXT }, { WORD_TITLE_CODE, SHEET_TEXT },
	{ WORD_TITLE_PHONE, SHEET_TEXT }, { WORD_TITLE_UNTIL, SHEET_DAY },
	{ WORD_TITLE_TIMES, SHEET_NUMBER }, { WORD_TITLE_LAST, SHEET_MOMENT },
};

static enum db_result
export_chunk(struct export *x)
{
	struct asked *asked = x->asked;
	struct attendance_refused_list list;
	enum db_result rc = read_list(x->req, x->arena, asked, EXPORT_CHUNK,
	                              &list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++) {
		const struct attendance_refused *r = &list.rows[i];

		sheet_text(x->sheet, r->member);
		sheet_text(x->sheet, r->member_code);
		export_phone(x, r->phone);
		sheet_day(x->sheet, r->until_day);
		sheet_number(x->sheet, r->count);
		sheet_moment(x->sheet, r->last_local);
		asked->before_local = r->last_local;
		asked->before_id = r->member_id;
	}
	x->has_more = list.has_more;
	return DB_OK;
}

/* GET /attendance/refused.csv, .xlsx */
enum status
export_attendance_refused(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"refused", "trn_member_attendances", columns,
		FORM_COUNT(columns), export_chunk,
	};
	struct asked asked;
	enum status status = begin_list(req, &asked);

	if (status != HTTP_200)
		return status;
	asked.before_id = 0;
	return export_send(req, res, &list, &asked);
}
