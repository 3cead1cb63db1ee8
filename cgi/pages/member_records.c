/* member_records.c: a member's payments, numbers at the terminals, and photo */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gym/mapping.h"
#include "gym/member_photo.h"
#include "gym/payment.h"
#include "gym/payment_list.h"
#include "pages/about_member.h"
#include "pages/present.h"

static json_object *
present_payment(struct req *req, const struct payment_row *p)
{
	json_object *row = json_object_new_object();
	char receipt[PAYMENT_RECEIPT_SIZE];

	present_day(row, "day_text", p->day);
	present_money(row, "amount_text", p->amount, req->caller.currency);
	present_method(row, p->method);
	present_str(row, "receipt_text", payment_receipt_text(p->prefix,
		p->year, p->no, receipt));
	present_str(row, "payment_url", arena_printf(req->arena,
		"/payments/%" PRId64, p->id));
	present_bool(row, "is_reversal", p->amount < 0);
	present_bool(row, "is_reversed", p->is_reversed);
	return row;
}

enum status
about_payments(struct req *req, const struct member *m, json_object *model)
{
	struct payment_list list;
	json_object *rows;

	if (payment_list(req->db, req->arena, req->caller.company, m->id,
	                 &list) != DB_OK)
		return HTTP_503;
	rows = json_object_new_array();
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_payment(req,
		                                            &list.rows[i]));
	json_object_object_add(model, "payments", rows);
	present_bool(model, "has_payments", list.count > 0);
	return HTTP_200;
}

static json_object *
present_mapping(struct req *req, const struct mapping *m)
{
	json_object *row = json_object_new_object();

	present_str(row, "terminal_text", m->device);
	/* one that the company has no more goes by its serial, has no page */
	present_str(row, "mappings_url", strcmp(m->device, m->device_sn) == 0
	            ? NULL : arena_printf(req->arena, "/devices/%s/mappings",
	                                  m->device_sn));
	present_str(row, "number_text", m->user_id);
	present_str(row, "user_name_text", m->user_name);
	present_moment(row, "from_text", m->from_local);
	present_moment(row, "to_text", m->to_local);
	return row;
}

enum status
about_mappings(struct req *req, const struct member *m, json_object *model)
{
	struct mapping_list list;
	json_object *rows;

	if (mapping_list_member(req->db, req->arena, req->caller.company,
	                        m->id, &list) != DB_OK)
		return HTTP_503;
	rows = json_object_new_array();
	for (size_t i = 0; i < list.count; i++)
		json_object_array_add(rows, present_mapping(req,
		                                            &list.rows[i]));
	json_object_object_add(model, "mappings", rows);
	present_bool(model, "has_mappings", list.count > 0);
	return HTTP_200;
}

enum status
about_photo(struct req *req, const struct member *m, json_object *model)
{
	struct member_photo_state state = { 0 };
	enum db_result rc = member_photo_state(req->db, req->caller.company,
	                                       m->id, &state);

	if (rc != DB_OK && rc != DB_NONE)	/* none: was erased */
		return HTTP_503;
	present_bool(model, "has_photo", state.has_photo);
	return HTTP_200;
}
