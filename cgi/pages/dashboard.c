/* dashboard.c: today at the gym */
#include <inttypes.h>

#include "gym/message_list.h"
#include "http/view.h"
#include "pages/asked.h"
#include "pages/handlers.h"
#include "pages/present.h"
#include "pages/present_lists.h"

/* One of the links above; `id` 0: all branches. */
static void
add_choice(struct req *req, json_object *list, int64_t id, const char *name,
           int64_t chosen_id)
{
	json_object *row = json_object_new_object();

	present_str(row, "url", id == 0 ? "/"
	            : arena_printf(req->arena, "/?branch=%" PRId64, id));
	present_str(row, "name_text", name);
	present_bool(row, "is_chosen", id == chosen_id);
	json_object_array_add(list, row);
}

/* Where several branches may be seen, the links to each and to all. */
static enum status
present_choices(struct req *req, json_object *model, int64_t chosen_id)
{
	json_object *list = json_object_new_array();
	struct branch_list branches;

	json_object_object_add(model, "branch_choices", list);
	if (asked_branches(req, &branches) != HTTP_200)
		return HTTP_503;
	present_bool(model, "has_choices", branches.count > 1);
	if (branches.count < 2)
		return HTTP_200;
	add_choice(req, list, 0, NULL, chosen_id);
	for (size_t i = 0; i < branches.count; i++)
		add_choice(req, list, branches.rows[i].id,
		           branches.rows[i].name, chosen_id);
	return HTTP_200;
}

/* Reminders that wait for somebody's hand; a pause, for who can end it. */
static enum status
present_reminders(struct req *req, json_object *model, int64_t branch_id)
{
	bool is_head = req->caller.is_owner && req->caller.branch_id == 0;
	struct message_summary sum;

	if (message_summary(req->db, req->caller.company, branch_id,
	                    req->now_at, &sum) != DB_OK)
		return HTTP_503;
	present_bool(model, "has_reminders", sum.now_count > 0);
	present_number(model, "reminders_text", sum.now_count);
	present_bool(model, "is_one_reminder", sum.now_count == 1);
	present_bool(model, "are_messages_paused", is_head && sum.is_paused);
	return HTTP_200;
}

/* Where live.js finds what follows the choice. */
static void
present_addresses(struct req *req, json_object *model, int64_t chosen_id)
{
	const char *query = chosen_id == req->caller.branch_id ? ""
		: arena_printf(req->arena, "?branch=%" PRId64, chosen_id);

	present_str(model, "feed_url", arena_printf(req->arena, "/feed%s",
	                                            query));
	present_str(model, "events_url", arena_printf(req->arena,
		"/live/events%s", query));
}

static enum status
read_model(struct req *req, struct res *res, bool with_lists,
           int64_t *branch_id)
{
	struct feed_scope scope = { .company = req->caller.company };
	struct present_today today;
	enum status status = asked_branch(req, branch_id);

	scope.branch_id = *branch_id;
	if (status == HTTP_200)
		status = present_read_today(req->db, req->arena, &scope,
		                            req->now_at, NULL, &today);
	if (status != HTTP_200)
		return status;
	present_feed(res->model, &today);
	return with_lists ? present_lists(req, res->model, *branch_id,
	                                  today.members.active) : HTTP_200;
}

/*
 * GET /?branch= -- who came today, how memberships stand, the terminals; of all
 * branches, or one.
 */
enum status
page_dashboard(struct req *req, struct res *res)
{
	int64_t branch_id;
	enum status status = read_model(req, res, true, &branch_id);

	if (status == HTTP_200)
		status = present_choices(req, res->model, branch_id);
	if (status == HTTP_200)
		status = present_reminders(req, res->model, branch_id);
	if (status != HTTP_200)
		return status;
	present_addresses(req, res->model, branch_id);
	return view_page(res, "dashboard");
}

/* GET /feed?branch= -- the part of it that moves, for live.js. */
enum status
part_feed(struct req *req, struct res *res)
{
	int64_t branch_id;
	enum status status = read_model(req, res, false, &branch_id);

	return status == HTTP_200 ? view_fragment(res, "feed") : status;
}
