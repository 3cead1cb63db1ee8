/* present_day.c: how the day goes, ready to print */
#include "pages/present_day.h"

#include <stdio.h>

#include "base/clock.h"
#include "http/view.h"
#include "pages/present.h"

#define BAR_WIDTH 100
#define DAYS_LEAST 2	/* a mean of fewer says nothing */

static void
present_inside(json_object *model, const struct today *today)
{
	present_bool(model, "has_inside", today->inside_minutes > 0);
	present_number(model, "inside_text", today->inside);
	present_bool(model, "is_nobody_inside", today->inside == 0);
	present_number(model, "minutes_text", today->inside_minutes);
}

/* How long a bar is beside the longer one of two. */
static void
present_bar(json_object *model, const char *name, int64_t value, int64_t other)
{
	int64_t most = value > other ? value : other;
	char text[VIEW_TEXT_SIZE];

	snprintf(text, sizeof text, "%d", most == 0 ? 0
	         : (int)(value * BAR_WIDTH / most));
	present_str(model, name, text);
}

static void
present_usual(json_object *model, const struct today_usual *usual,
              int64_t came)
{
	int32_t day = clock_day(usual->minute_local);

	present_bool(model, "has_usual", usual->day_count >= DAYS_LEAST);
	present_number(model, "usual_text", usual->mean);
	present_number(model, "usual_days_text", usual->day_count);
	present_str(model, "weekday_text", view_weekday_name(day));
	present_bool(model, "has_bars", came > 0 || usual->mean > 0);
	present_bar(model, "came_bar", came, usual->mean);
	present_bar(model, "usual_bar", usual->mean, came);
}

static json_object *
present_branch(const struct today_branch *b)
{
	json_object *row = json_object_new_object();
	char url[64];

	snprintf(url, sizeof url, "/?branch=%lld", (long long)b->id);
	present_str(row, "url", url);
	present_str(row, "name_text", b->name);
	present_number(row, "came_text", b->allowed);
	present_number(row, "refused_text", b->denied);
	present_number(row, "inside_text", b->inside);
	return row;
}

void
present_day_goes(json_object *model, const struct today *today, int64_t came)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < today->branch_count; i++)
		json_object_array_add(list,
		                      present_branch(&today->branches[i]));
	json_object_object_add(model, "by_branch", list);
	present_bool(model, "has_by_branch", today->branch_count > 0);
	present_inside(model, today);
	present_usual(model, &today->usual, came);
}
