/* summary.c: gymgate-admin summary rebuild */
#include <stdio.h>

#include "admin/call.h"
#include "base/clock.h"
#include "gym/hours.h"

static void
print_span(int32_t first, int32_t last)
{
	char from[CLOCK_DAY_TEXT_SIZE], to[CLOCK_DAY_TEXT_SIZE];

	clock_format_day(first, from);
	clock_format_day(last, to);
	printf("%s to %s\n", from, to);
}

int
admin_summary_rebuild(struct admin_call *c)
{
	enum db_result rc = hours_rebuild(c->db, c->args[0], c->now_at,
	                                  print_span);

	return admin_finish(rc, "there is no company of that code", "");
}
