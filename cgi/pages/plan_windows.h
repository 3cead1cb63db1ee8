/* plan_windows.h: days and times of a plan, as its form asks for them */
#ifndef PLAN_WINDOWS_H
#define PLAN_WINDOWS_H

#include "gym/plan_hours.h"
#include "http/form.h"

#define PLAN_WINDOW_DAYS 7
#define PLAN_NO_MINUTE (-1)

/* One line of the form. */
struct plan_window_typed {
	bool days[PLAN_WINDOW_DAYS];	/* Monday first */
	int64_t from, to;		/* minutes, or PLAN_NO_MINUTE */
};

/* Begin with PLAN_WINDOWS_NONE. */
struct plan_windows_typed {
	struct plan_window_typed lines[PLAN_HOURS_MAX];
};
#define PLAN_WINDOW_NONE { .from = PLAN_NO_MINUTE, .to = PLAN_NO_MINUTE }
#define PLAN_WINDOWS_NONE { { PLAN_WINDOW_NONE, PLAN_WINDOW_NONE, \
	PLAN_WINDOW_NONE, PLAN_WINDOW_NONE } }

/* The rows of a field table, of a struct that has `windows` within. */
#define PLAN_WINDOW_FIELD(name_, type_, n_, field_) \
	{ .name = name_ #n_, .type = type_, \
	  .offset = offsetof(struct typed, windows) + \
		offsetof(struct plan_windows_typed, lines[(n_) - 1].field_) }
#define PLAN_WINDOW_FIELDS_OF(n_) \
	PLAN_WINDOW_FIELD("mon", FORM_BOOL, n_, days[0]), \
	PLAN_WINDOW_FIELD("tue", FORM_BOOL, n_, days[1]), \
	PLAN_WINDOW_FIELD("wed", FORM_BOOL, n_, days[2]), \
	PLAN_WINDOW_FIELD("thu", FORM_BOOL, n_, days[3]), \
	PLAN_WINDOW_FIELD("fri", FORM_BOOL, n_, days[4]), \
	PLAN_WINDOW_FIELD("sat", FORM_BOOL, n_, days[5]), \
	PLAN_WINDOW_FIELD("sun", FORM_BOOL, n_, days[6]), \
	PLAN_WINDOW_FIELD("from", FORM_TIME, n_, from), \
	PLAN_WINDOW_FIELD("to", FORM_TIME, n_, to)
#define PLAN_WINDOW_FIELDS \
	PLAN_WINDOW_FIELDS_OF(1), PLAN_WINDOW_FIELDS_OF(2), \
	PLAN_WINDOW_FIELDS_OF(3), PLAN_WINDOW_FIELDS_OF(4)

/* Fills the lines with a text of plan_hours.h; NULL leaves them empty. */
void plan_windows_set(struct form *f, const char *hours);

/*
 * What was typed, as such a text; NULL: always.  A line that has days and no
 * time, or the other way round, is refused.
 */
const char *plan_windows_take(struct form *f,
                              const struct plan_windows_typed *typed);

/*
 * After form_present: adds "windows", the lines that are used and the first;
 * "spares", the rest, and "has_spares".  Of each line: n_text, days (of each:
 * name, text, is_on), from, to, and error_text or null.
 */
void plan_windows_present(struct form *f, struct json_object *model);

/* After form_present_now: are other days or times stored than were typed? */
bool plan_windows_differ(struct json_object *model);

#endif
