/* asked.c: what the address of a page is about */
#include "pages/asked.h"

#include "base/clock.h"
#include "gym/company.h"
#include "gym/member_state.h"

enum status
asked_member(struct req *req, struct member *out)
{
	int64_t id = http_find_id(&req->segments, "id");

	if (id == 0)
		return HTTP_404;
	switch (member_find(req->db, req->arena, req->caller.company,
	                    req->caller.branch_id, id, out)) {
	case DB_OK:
		return HTTP_200;
	case DB_NONE:
		return HTTP_404;
	default:
		return HTTP_503;
	}
}

enum status
asked_living_member(struct req *req, struct member *out)
{
	enum status status = asked_member(req, out);

	return status == HTTP_200 && out->erased_at != CLOCK_NO_TIME
		? HTTP_404 : status;
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

struct actor
asked_actor(const struct req *req)
{
	return (struct actor){
		.company = req->caller.company,
		.user_id = req->caller.user_id,
		.address = req->address, .now_at = req->now_at,
	};
}
