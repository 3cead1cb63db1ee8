/* admit_days.c: what was paid for, day by day, as freezes have moved it */
#include "gym/admit_inside.h"

#include "base/clock.h"

/* The last day of a rest as seen on `day`: an open one lasts at least so far */
static int32_t
rest_end(const struct freeze *f, int32_t day)
{
	if (f->to_day != CLOCK_NO_DAY)
		return f->to_day;
	return f->from_day > day ? f->from_day : day;
}

bool
admit_inside_rests(const struct admit_facts *facts, int32_t day,
                   bool inactive)
{
	for (size_t i = 0; i < facts->freeze_count; i++) {
		const struct freeze *f = &facts->freezes[i];

		if (f->is_inactive == inactive && f->from_day <= day &&
		    day <= rest_end(f, day))
			return true;
	}
	return false;
}

/* The last day of `paid` days from `start` on, frozen ones not counted. */
static int32_t
last_day(const struct admit_facts *facts, int32_t start, int32_t paid,
         int32_t day)
{
	int32_t end = start + paid - 1, counted = start - 1;

	for (size_t i = 0; i < facts->freeze_count; i++) {
		const struct freeze *f = &facts->freezes[i];
		int32_t from = f->from_day, to = rest_end(f, day);

		if (f->is_inactive)
			continue;
		if (from <= counted)
			from = counted + 1;
		if (from > end || to < from)
			continue;
		end += to - from + 1;
		counted = to;
	}
	return end;
}

static bool
is_used_up(const struct subscription *s)
{
	return s->is_pack && (int64_t)s->used_count >= s->visits;
}

/* Of a pack that is used up and ends, as moved, on `end`. */
static int32_t
last_visit(const struct subscription *s, int32_t end)
{
	int32_t last = s->end_day;

	for (size_t i = 0; i < s->used_count; i++) {
		if (s->used_days[i] > last)
			last = s->used_days[i];
	}
	return last < end ? last : end;
}

/* What lies behind the one in hand, which ends on `end`, learns of it. */
static void
pass(struct admit_walk *w, const struct subscription *s, int32_t end)
{
	bool used_up = is_used_up(s), is_first = w->next == 0;
	int32_t held = used_up ? s->end_day : end;
	int32_t moved = used_up ? last_visit(s, end) : end;

	if (is_first || s->end_day > w->paid_end)
		w->paid_end = s->end_day;
	if (is_first || held > w->held_end)
		w->held_end = held;
	if (is_first || moved > w->moved_end) {
		w->moved_end = moved;
		w->is_pack_end = s->is_pack;
	}
	w->next++;
}

bool
admit_walk_next(struct admit_walk *w, int32_t *start, int32_t *end)
{
	const struct subscription *s;
	int32_t counted;
	bool is_behind;

	if (w->next >= w->facts->subscription_count)
		return false;
	s = &w->facts->subscriptions[w->next];
	is_behind = w->next > 0 && s->start_day > w->paid_end;
	*start = counted = s->start_day;
	if (is_behind && s->start_day <= w->held_end)
		*start = w->held_end + 1;
	if (is_behind && s->start_day <= w->moved_end)
		counted = w->moved_end + 1;
	w->is_by_pack = counted != s->start_day && w->is_pack_end;
	*end = last_day(w->facts, counted, s->end_day - s->start_day + 1,
	                w->day);
	pass(w, s, *end);
	return true;
}

bool
admit_inside_by_packs(const struct admit_facts *facts, int32_t day)
{
	struct admit_walk w = { .facts = facts, .day = day };
	int32_t start, end;

	if (facts->freeze_count == 0)
		return false;	/* nothing has moved */
	while (admit_walk_next(&w, &start, &end)) {
		if (w.is_by_pack)
			return true;
	}
	return false;
}

int32_t
admit_covered_until(const struct admit_facts *facts, int32_t day)
{
	struct admit_walk w = { .facts = facts, .day = day };
	int32_t start, end, until = CLOCK_NO_DAY;

	while (admit_walk_next(&w, &start, &end)) {
		bool joins = until == CLOCK_NO_DAY
			? start <= day && day <= end : start <= until + 1;

		if (joins && (until == CLOCK_NO_DAY || end > until))
			until = end;
	}
	return until;
}

int32_t
admit_end(const struct admit_facts *facts, int32_t day)
{
	struct admit_walk w = { .facts = facts, .day = day };
	int32_t start, end, last = CLOCK_NO_DAY;

	while (admit_walk_next(&w, &start, &end)) {
		if (last == CLOCK_NO_DAY || end > last)
			last = end;
	}
	return last;
}

void
admit_spans(const struct admit_facts *facts, int32_t day,
            struct admit_span *out)
{
	struct admit_walk w = { .facts = facts, .day = day };

	for (; admit_walk_next(&w, &out->start_day, &out->end_day); out++)
		;
}

enum admit_verdict
admit_inside_cover(const struct admit_facts *facts, int32_t day)
{
	struct admit_walk w = { .facts = facts, .day = day };
	enum admit_verdict verdict = ADMIT_NONE;
	int32_t start, end;

	while (admit_walk_next(&w, &start, &end)) {
		if (start <= day && day <= end)
			return ADMIT_ALLOWED;
		if (start > day)
			verdict = ADMIT_NOT_STARTED;
		else if (verdict == ADMIT_NONE)
			verdict = ADMIT_EXPIRED;
	}
	return verdict;
}

enum admit_verdict
admit_standing(const struct admit_facts *facts, int32_t day)
{
	if (admit_inside_rests(facts, day, true))
		return ADMIT_INACTIVE;
	if (admit_inside_rests(facts, day, false))
		return ADMIT_FROZEN;
	return admit_inside_cover(facts, day);
}
