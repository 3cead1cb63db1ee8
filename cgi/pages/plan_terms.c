/* plan_terms.c: what a plan allows, in words */
#include "pages/plan_terms.h"

#include <inttypes.h>

#include "base/buf.h"
#include "http/words.h"

#define WEEK 7
#define ALL_DAYS 0x7f
#define DAY_MINUTES 1440
#define RUN_LEAST 3		/* days that are said as "Mon–Wed" */

static const char *
day_name(int day)
{
	return words((enum word)(WORD_MON + day));
}

static bool
has_day(const struct plan_window *w, int day)
{
	return day < WEEK && (w->days >> day & 1) != 0;
}

/* "Mon–Fri, Sun" */
static void
add_days(struct buf *out, const struct plan_window *w)
{
	const char *before = "";

	if (w->days == ALL_DAYS) {
		buf_append_str(out, words(WORD_EVERY_DAY));
		return;
	}
	for (int day = 0, last; day < WEEK; day = last + 1) {
		last = day;
		if (!has_day(w, day))
			continue;
		while (has_day(w, last + 1))
			last++;
		if (last - day + 1 < RUN_LEAST)
			last = day;
		buf_appendf(out, "%s%s", before, day_name(day));
		if (last > day)
			buf_appendf(out, "–%s", day_name(last));
		before = ", ";
	}
}

static void
add_window(struct buf *out, const struct plan_window *w)
{
	int to = w->to % DAY_MINUTES;

	add_days(out, w);
	if (w->from == 0 && to == 0)
		buf_appendf(out, " %s", words(WORD_ALL_DAY));
	else
		buf_appendf(out, " %02d:%02d–%02d:%02d", w->from / 60,
		            w->from % 60, w->to / 60, w->to % 60);
}

const char *
plan_terms_hours(struct arena *a, const char *text)
{
	struct buf out = BUF_INIT;
	struct plan_hours hours;
	const char *said;

	if (!plan_hours_parse(text, &hours) || hours.count == 0)
		return NULL;
	for (size_t i = 0; i < hours.count; i++) {
		if (i > 0)
			buf_append_str(&out, "; ");
		add_window(&out, &hours.windows[i]);
	}
	said = arena_strdup(a, out.data);
	buf_finish(&out);
	return said;
}

const char *
plan_terms_visits(struct arena *a, int64_t visits)
{
	if (visits == 0)
		return NULL;
	return arena_printf(a, "%" PRId64 " %s", visits, words(visits == 1
		? WORD_ONE_VISIT : WORD_MANY_VISITS));
}

const char *
plan_terms_tail(struct arena *a, int64_t visits, const char *hours)
{
	const char *pack = plan_terms_visits(a, visits);
	const char *when = plan_terms_hours(a, hours);

	return arena_printf(a, "%s%s%s%s", pack == NULL ? "" : ", ",
	                    pack == NULL ? "" : pack, when == NULL ? "" : ", ",
	                    when == NULL ? "" : when);
}
