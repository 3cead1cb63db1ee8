/* reports.c: what the reports share: of which branch, on which day */
#include "pages/reports.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "pages/asked.h"
#include "pages/present.h"

static void
present_branches(struct req *req, json_object *model,
                 const struct branch_list *list, int64_t chosen)
{
	json_object *choices = json_object_new_array();

	for (size_t i = 0; i < list->count; i++) {
		json_object *row = json_object_new_object();

		present_str(row, "value", arena_printf(req->arena, "%" PRId64,
			list->rows[i].id));
		present_str(row, "text", list->rows[i].name);
		present_bool(row, "is_chosen", list->rows[i].id == chosen);
		json_object_array_add(choices, row);
	}
	json_object_object_add(model, "branch_choices", choices);
	present_bool(model, "has_branches", list->count > 1);
	present_bool(model, "is_one_branch", chosen != 0);
}

/* Which of the tabs it is, and where they lead. */
static void
present_tabs(struct req *req, json_object *model, int64_t branch_id)
{
	static const char *const tabs[][2] = {
		{ "/reports", "is_at_visits" },
		{ "/reports/members", "is_at_report_members" },
		{ "/reports/collection", "is_at_collection" },
	};

	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
		present_bool(model, tabs[i][1],
		             strcmp(req->path, tabs[i][0]) == 0);
	present_str(model, "path", req->path);
	present_str(model, "branch_query", branch_id == 0 ? ""
	            : arena_printf(req->arena, "?branch=%" PRId64, branch_id));
}

enum status
reports_begin(struct req *req, struct res *res, struct reports_asked *out)
{
	int64_t asked = http_find_id(&req->query, "branch");
	struct branch_list list;
	const struct branch *branch = NULL;
	enum status status = asked_branches(req, &list);

	if (status != HTTP_200)
		return status;
	for (size_t i = 0; i < list.count; i++) {
		if (asked == list.rows[i].id || (asked == 0 && i == 0))
			branch = &list.rows[i];
	}
	if (branch == NULL && asked != 0)
		return HTTP_404;
	*out = (struct reports_asked){
		{ req->caller.company, asked == 0 ? req->caller.branch_id
			: asked },
		branch == NULL ? "UTC" : branch->zone, 0,
	};
	out->today = clock_day(clock_local(out->zone, req->now_at));
	present_branches(req, res->model, &list, asked);
	present_tabs(req, res->model, asked);
	return HTTP_200;
}
