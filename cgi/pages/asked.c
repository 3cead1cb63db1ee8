/* asked.c: what the address of a page is about */
#include "pages/asked.h"

#include "base/clock.h"
#include "base/text.h"
#include "gym/company.h"
#include "gym/member_state.h"

enum status
asked_found(enum db_result rc)
{
	if (rc == DB_OK)
		return HTTP_200;
	return rc == DB_NONE ? HTTP_404 : HTTP_503;
}

enum status
asked_member(struct req *req, struct member *out)
{
	int64_t id = http_find_id(&req->segments, "id");

	if (id == 0)
		return HTTP_404;
	return asked_found(member_find(req->db, req->arena, req->caller.company,
		req->caller.branch_id, id, out));
}

enum status
asked_living_member(struct req *req, struct member *out)
{
	enum status status = asked_member(req, out);

	return status == HTTP_200 && out->erased_at != CLOCK_NO_TIME
		? HTTP_404 : status;
}

enum status
asked_device(struct req *req, struct device *out, const char **sn)
{
	*sn = http_find(&req->segments, "sn");
	if (!text_is_word(*sn, DEVICE_SN_MAX, "-_."))
		return HTTP_404;
	switch (device_find(req->db, req->arena, req->caller.company, *sn,
	                    out)) {
	case DB_OK:
		break;
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
	return req->caller.branch_id == 0 ||
		req->caller.branch_id == out->branch_id ? HTTP_200 : HTTP_404;
}

enum status
asked_states(struct req *req)
{
	int32_t day;
	enum status status = asked_today(req, 0, &day);

	if (status == HTTP_200 &&
	    member_state_refresh(req->db, req->caller.company, day) != DB_OK)
		status = HTTP_503;
	return status;
}

enum status
asked_today(struct req *req, int64_t branch_id, int32_t *day)
{
	int64_t local;

	if (branch_local(req->db, req->arena, req->caller.company, branch_id,
	                 req->now_at, &local) != DB_OK)
		return HTTP_503;
	*day = clock_day(local);
	return HTTP_200;
}

enum status
asked_branches(struct req *req, struct branch_list *out)
{
	size_t kept = 0;

	if (branch_list(req->db, req->arena, req->caller.company, out) != DB_OK)
		return HTTP_503;
	for (size_t i = 0; i < out->count; i++) {
		if (req->caller.branch_id == 0 ||
		    req->caller.branch_id == out->rows[i].id)
			out->rows[kept++] = out->rows[i];
	}
	out->count = kept;
	return HTTP_200;
}

enum status
asked_branch(struct req *req, int64_t *branch_id)
{
	const char *typed = http_find(&req->query, "branch"), *zone;

	*branch_id = req->caller.branch_id;
	if (typed == NULL || *typed == '\0')
		return HTTP_200;
	*branch_id = http_find_id(&req->query, "branch");
	if (*branch_id == 0 || (req->caller.branch_id != 0 &&
	                        req->caller.branch_id != *branch_id))
		return HTTP_404;
	return asked_found(branch_zone(req->db, req->arena,
	                               req->caller.company, *branch_id,
	                               &zone));
}

enum status
asked_zone(struct req *req, const char **zone)
{
	struct branch_list list;
	enum status status = asked_branches(req, &list);

	*zone = status == HTTP_200 && list.count > 0 ? list.rows[0].zone
		: "UTC";
	return status;
}

struct actor
asked_actor(const struct req *req)
{
	return (struct actor){
		.company = req->caller.company,
		.user_id = req->caller.user_id,
		.address = req->address, .now_at = req->now_at,
	};
}
