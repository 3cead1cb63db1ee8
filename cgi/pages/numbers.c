/* numbers.c: the numbers of a terminal, and whose each is: the list */
#include <inttypes.h>

#include "base/text.h"
#include "gym/intake.h"
#include "gym/mapping.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/export.h"
#include "pages/handlers.h"
#include "pages/mappings.h"
#include "pages/present.h"

static json_object *
present_row(struct req *req, const char *sn, const struct mapping *m)
{
	json_object *row = json_object_new_object();

	present_str(row, "user_text", m->user_id);
	present_str(row, "user_name_text", m->user_name);
	present_bool(row, "is_mapped", m->id != 0);
	present_str(row, "member_text", m->member);
	present_str(row, "member_url", arena_printf(req->arena,
	            "/members/%" PRId64, m->member_id));
	present_moment(row, "from_text", m->from_local);
	present_str(row, "number_url", mappings_number_url(req->arena, sn,
	                                                   m->user_id));
	return row;
}

static void
present_numbers(struct req *req, json_object *model, const char *sn,
                const char *after, const struct mapping_list *list)
{
	const char *url = arena_printf(req->arena, "/devices/%s/mappings", sn);
	json_object *rows = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(rows, present_row(req, sn,
		                                        &list->rows[i]));
	json_object_object_add(model, "rows", rows);
	present_bool(model, "has_rows", list->count > 0);
	present_str(model, "first_url", after == NULL ? NULL : url);
	present_str(model, "next_url", !list->has_more ? NULL
	            : arena_printf(req->arena, "%s?after=%s", url,
	                           list->rows[list->count - 1].user_id));
}

/* GET /devices/:sn/mappings?after= -- its numbers and whose they are. */
enum status
page_mappings(struct req *req, struct res *res)
{
	struct device device;
	struct mapping_list list;
	const char *sn, *after = http_find(&req->query, "after");
	enum status status = asked_device(req, &device, &sn);

	if (status != HTTP_200)
		return status;
	if (after != NULL && !text_is_word(after, INTAKE_USER_ID_MAX, ""))
		after = NULL;
	if (mapping_list_device(req->db, req->arena, req->caller.company, sn,
	                        after, MAPPING_PAGE, &list) != DB_OK)
		return HTTP_503;
	present_str(res->model, "name_text", device.name);
	present_str(res->model, "device_sn", sn);
	present_numbers(req, res->model, sn, after, &list);
	export_present(req, res->model, arena_printf(req->arena,
	               "/devices/%s/mappings", sn));
	return view_page(res, "mappings");
}

/* ---- as a file ----------------------------------------------------------- */

static const struct export_column columns[] = {
	{ WORD_TITLE_NUMBER, SHEET_TEXT },
	{ WORD_TITLE_NAME_THERE, SHEET_TEXT },
	{ WORD_TITLE_MEMBER, SHEET_TEXT }, { WORD_TITLE_CODE, SHEET_TEXT },
	{ WORD_TITLE_SINCE, SHEET_MOMENT },
};

struct asked {
	const char *sn, *after;
};

static enum db_result
export_chunk(struct export *x)
{
	struct asked *asked = x->asked;
	struct mapping_list list;
	enum db_result rc = mapping_list_device(x->req->db, x->arena,
		x->req->caller.company, asked->sn, asked->after, EXPORT_CHUNK,
		&list);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < list.count; i++) {
		const struct mapping *m = &list.rows[i];

		sheet_text(x->sheet, m->user_id);
		sheet_text(x->sheet, m->user_name);
		sheet_text(x->sheet, m->member);
		sheet_text(x->sheet, m->member_code);
		sheet_moment(x->sheet, m->from_local);
		asked->after = m->user_id;
	}
	x->has_more = list.has_more;
	return DB_OK;
}

/* GET /devices/:sn/mappings.csv, .xlsx */
enum status
export_mappings(struct req *req, struct res *res)
{
	static const struct export_list list = {
		"numbers", "trn_member_biometric_mappings", columns,
		sizeof columns / sizeof *columns, export_chunk,
	};
	struct asked asked = { 0 };
	struct device device;
	enum status status = asked_device(req, &device, &asked.sn);

	return status == HTTP_200 ? export_send(req, res, &list, &asked)
		: status;
}
