/* mapping.c: one mapping is ended, or moved to another member */
#include <inttypes.h>

#include "base/clock.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/mappings.h"
#include "pages/people.h"
#include "pages/present.h"

/* What the two forms say. */
struct mapping_form {
	int64_t at_local, member_id;
};

static const struct form_field fields[] = {
	{ .name = "at", .type = FORM_LOCAL,
	  .offset = offsetof(struct mapping_form, at_local) },
	{ .name = "member_id", .type = FORM_INT, .is_required = true,
	  .least = 1, .most = INT64_MAX,
	  .offset = offsetof(struct mapping_form, member_id) },
};
#define END_FIELDS 1	/* the first one alone */

/* The mapping of the address, of a terminal that the caller may see. */
static enum status
find(struct req *req, struct mapping *out)
{
	int64_t id = http_find_id(&req->segments, "id");

	if (id == 0)
		return HTTP_404;
	return asked_found(mapping_find(req->db, req->arena,
		req->caller.company, req->caller.branch_id, id, out));
}

static void
present_mapping(struct req *req, json_object *model, const struct mapping *m)
{
	present_str(model, "name_text", m->device);
	present_str(model, "number_text", m->user_id);
	present_str(model, "number_name_text", m->user_name);
	present_str(model, "member_text", m->member);
	present_str(model, "member_url", arena_printf(req->arena,
	            "/members/%" PRId64, m->member_id));
	present_moment(model, "from_text", m->from_local);
	present_moment(model, "to_text", m->to_local);
	present_bool(model, "is_ended", m->to_local != CLOCK_NO_TIME);
	present_str(model, "mapping_id", arena_printf(req->arena, "%" PRId64,
	                                              m->id));
	present_str(model, "number_url", mappings_number_url(req->arena,
	            m->device_sn, m->user_id));
}

/* ---- ending -------------------------------------------------------------- */

/* GET /mappings/:id/end -- what it means, and the question. */
enum status
page_mapping_end(struct req *req, struct res *res)
{
	struct mapping m;
	struct form form;
	enum status status = find(req, &m);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, END_FIELDS);
	form_present(&form, res->model);
	present_str(res->model, "fault_text", NULL);
	present_mapping(req, res->model, &m);
	return view_page(res, "mapping_end");
}

/* Does what is asked and leads to the number; or says why not. */
static enum status
change(struct req *req, struct res *res, struct form *form,
       const struct mapping *m, const struct mapping_form *posted,
       enum db_result (*step)(struct db *db, struct arena *a,
                              struct mapping_call *call))
{
	struct mapping_call call = mappings_call(req);
	enum status status;

	call.id = m->id;
	call.at_local = posted->at_local;
	call.member_id = posted->member_id;
	status = mappings_run(req, &call, step);
	if (status == HTTP_200 && call.fault == MAPPING_FINE)
		return http_redirect(res, mappings_number_url(req->arena,
		                     m->device_sn, m->user_id));
	mappings_refuse(form, res->model, "at", call.fault);
	return status;
}

/* POST /mappings/:id/end {at} -- 303 to the page of the number. */
enum status
do_mapping_end(struct req *req, struct res *res)
{
	struct mapping_form posted = { .at_local = CLOCK_NO_TIME };
	struct mapping m;
	struct form form;
	enum status status = find(req, &m);

	if (status != HTTP_200)
		return status;
	present_str(res->model, "fault_text", NULL);
	form_begin(&form, req, fields, END_FIELDS);
	if (form_read(&form, &posted))
		status = change(req, res, &form, &m, &posted, mapping_end);
	if (status == HTTP_200)
		status = find(req, &m);
	if (status != HTTP_200)
		return status;
	form_present(&form, res->model);
	present_mapping(req, res->model, &m);
	status = view_page(res, "mapping_end");
	return status == HTTP_200 ? HTTP_422 : status;
}

/* ---- moving -------------------------------------------------------------- */

static enum status
draw_move(struct req *req, struct res *res, struct form *form,
          const struct mapping *m)
{
	enum status status;

	form_present(form, res->model);
	present_mapping(req, res->model, m);
	present_str(res->model, "pick_url", arena_printf(req->arena,
	            "/mappings/%" PRId64 "/move", m->id));
	status = people_find(req, res->model, NULL, NULL);
	people_add_field(res->model, "at", form_typed(form, "at"));
	people_add_field(res->model, "q", json_object_get_string(
		json_object_object_get(res->model, "q")));
	people_add_field(res->model, "nonce", json_object_get_string(
		json_object_object_get(res->model, "nonce")));
	return status == HTTP_200 ? view_page(res, "mapping_move") : status;
}

/* GET /mappings/:id/move?q=&at= -- to whom, and from when on? */
enum status
page_mapping_move(struct req *req, struct res *res)
{
	struct mapping_form asked = { .at_local = CLOCK_NO_TIME };
	struct mapping m;
	struct form form;
	enum status status = find(req, &m);

	if (status != HTTP_200)
		return status;
	form_begin(&form, req, fields, FORM_COUNT(fields));
	form_read_query(&form, &asked);
	present_str(res->model, "fault_text", NULL);
	return draw_move(req, res, &form, &m);
}

/*
 * POST /mappings/:id/move {member_id, at} -- from that moment on (now, if it
 * is left empty) the number is the other member's: 303 to its page.
 */
enum status
do_mapping_move(struct req *req, struct res *res)
{
	struct mapping_form posted = { .at_local = CLOCK_NO_TIME };
	struct mapping m;
	struct form form;
	enum status status = find(req, &m);

	if (status != HTTP_200)
		return status;
	present_str(res->model, "fault_text", NULL);
	form_begin(&form, req, fields, FORM_COUNT(fields));
	if (form_read(&form, &posted))
		status = change(req, res, &form, &m, &posted, mapping_move);
	if (status == HTTP_200)
		status = find(req, &m);
	if (status == HTTP_200)
		status = draw_move(req, res, &form, &m);
	return status == HTTP_200 ? HTTP_422 : status;
}
