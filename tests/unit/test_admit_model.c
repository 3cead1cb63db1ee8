/* test_admit_model.c: the rule beside a slow and plain second telling of it */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "gym/admit.h"

#define CASES 30000
#define DAYS 400	/* more than any made-up member can need */
#define TODAY 100
#define MOST 4
#define SLOT 900	/* hours of plans begin and end at quarters here */
#define WEEK_SLOTS 672
#define SPAN_DAYS 14

/* A made-up member with all that its facts point to. */
struct member {
	struct subscription subscriptions[MOST];
	int32_t used[MOST][MOST];
	struct freeze freezes[MOST];
	int64_t touches[MOST];
	struct admit_facts facts;
	struct admit_rules rules;
};

/* ---- made up ------------------------------------------------------------- */

static int
draw(int below)
{
	return rand() % below;
}

static void
draw_hours(struct plan_hours *out)
{
	*out = (struct plan_hours){ .count = (size_t)draw(3) };
	if (draw(8) == 0)
		out->count = PLAN_HOURS_MAX;
	for (size_t i = 0; i < out->count; i++) {
		out->windows[i] = (struct plan_window){
			.days = (uint8_t)(1 + draw(0x7f)),
			.from = (int16_t)(15 * draw(96)),
			.to = (int16_t)(15 * draw(97)),
		};
	}
}

static void
draw_subscriptions(struct member *m)
{
	int day = TODAY - 40;

	m->facts.subscription_count = (size_t)draw(MOST + 1);
	for (size_t i = 0; i < m->facts.subscription_count; i++) {
		struct subscription *s = &m->subscriptions[i];

		day += draw(25);
		*s = (struct subscription){
			.start_day = day, .end_day = day + draw(30),
			.id = (int64_t)i + 1, .due = draw(2) * draw(500),
			.is_pack = draw(2) == 0, .visits = draw(MOST),
			.used_days = m->used[i],
		};
		if (s->is_pack)
			s->used_count = (size_t)draw(MOST);
		for (size_t u = 0; u < s->used_count; u++)
			m->used[i][u] = TODAY - (int32_t)u * (1 + draw(2));
		draw_hours(&s->hours);
	}
}

static void
draw_freezes(struct member *m)
{
	int day = TODAY - 50;

	m->facts.freeze_count = (size_t)(draw(2) * draw(MOST));
	for (size_t i = 0; i < m->facts.freeze_count; i++) {
		day += draw(40);
		m->freezes[i] = (struct freeze){
			.from_day = day,
			.to_day = draw(6) == 0 ? CLOCK_NO_DAY : day + draw(15),
			.is_inactive = draw(3) == 0,
		};
	}
}

static void
draw_member(struct member *m)
{
	static const int lengths[] = { 0, 30, 120 };
	int64_t touch = (int64_t)TODAY * CLOCK_DAY_SECONDS - 3600;

	memset(m, 0, sizeof *m);
	m->facts = ADMIT_NOTHING;
	draw_subscriptions(m);
	draw_freezes(m);
	m->facts.touch_count = (size_t)draw(MOST);
	for (size_t i = 0; i < m->facts.touch_count; i++)
		m->touches[i] = touch += SLOT * draw(12);
	if (draw(6) == 0)
		m->facts.let_in_day = TODAY + draw(3);
	m->facts.subscriptions = m->subscriptions;
	m->facts.freezes = m->freezes;
	m->facts.touches = m->touches;
	for (int i = 0; i < ADMIT_REASONS; i++)
		m->rules.modes[i] = (enum admit_mode)draw(3);
	m->rules.grace_days = draw(3) * draw(6);
	m->rules.overdue_amount = draw(400);
	m->rules.overdue_days = draw(20);
	m->rules.day_visits = draw(3);
	m->rules.visit_minutes = lengths[draw(3)];
}

/* ---- the second telling -------------------------------------------------- */

static bool
told_rests(const struct admit_facts *f, int day, bool inactive)
{
	for (size_t i = 0; i < f->freeze_count; i++) {
		const struct freeze *z = &f->freezes[i];

		if (z->is_inactive == inactive && z->from_day <= day &&
		    (z->to_day == CLOCK_NO_DAY || day <= z->to_day))
			return true;
	}
	return false;
}

/* Where the subscriptions lie, used up day by day where none is frozen. */
static void
told_spans(const struct admit_facts *f, int today, int *first, int *last)
{
	int bought_end = -1, lived_end = -1, held_end = -1;

	for (size_t i = 0; i < f->subscription_count; i++) {
		const struct subscription *s = &f->subscriptions[i];
		int left = s->end_day - s->start_day + 1;
		int day = s->start_day, lived, held;
		bool used_up = s->is_pack && s->visits <= (int)s->used_count;

		first[i] = day;
		if (s->start_day > bought_end && held_end >= day)
			first[i] = held_end + 1;
		if (s->start_day > bought_end && lived_end >= day)
			day = lived_end + 1;
		day--;
		while (left > 0 && day < DAYS) {
			bool frozen = false;

			day++;
			for (size_t z = 0; z < f->freeze_count; z++) {
				const struct freeze *r = &f->freezes[z];
				int to = r->to_day != CLOCK_NO_DAY ? r->to_day
					: r->from_day > today ? r->from_day
					: today;

				frozen = frozen || (!r->is_inactive &&
					r->from_day <= day && day <= to);
			}
			left -= !frozen;
		}
		last[i] = day;
		held = lived = used_up ? s->end_day : day;
		for (size_t u = 0; used_up && u < s->used_count; u++) {
			if (s->used_days[u] > lived)
				lived = s->used_days[u];
		}
		if (lived > day)
			lived = day;
		if (s->end_day > bought_end)
			bought_end = s->end_day;
		if (held > held_end)
			held_end = held;
		if (lived > lived_end)
			lived_end = lived;
	}
}

/* The week, slot by slot, from Monday on. */
static bool
told_open(const struct plan_hours *h, int64_t local)
{
	bool week[WEEK_SLOTS] = { false };
	/* 5 January 1970 was a Monday */
	int64_t slot = (local / SLOT - 4 * 96 + 100 * WEEK_SLOTS) % WEEK_SLOTS;

	for (size_t i = 0; i < h->count; i++) {
		const struct plan_window *w = &h->windows[i];
		int length = (w->to - w->from) / 15;

		if (length <= 0)
			length += 96;
		for (int day = 0; day < 7; day++) {
			for (int s = 0; s < length && (w->days >> day & 1); s++)
				week[(day * 96 + w->from / 15 + s) %
				     WEEK_SLOTS] = true;
		}
	}
	return h->count == 0 || week[slot];
}

/* Less is better: refusals first, then warnings, what is let be, the rest. */
static int64_t
told_price(const struct admit_rules *r, bool outside, bool used_up, bool uses,
           int end)
{
	int64_t counts[3] = { 0 };

	counts[r->modes[ADMIT_HOURS]] += outside;
	counts[r->modes[ADMIT_VISITS]] += used_up;
	return (((counts[ADMIT_REFUSE] * 3 + counts[ADMIT_WARN]) * 3 +
	         counts[ADMIT_IGNORE]) * 2 + uses) * 1000 + end;
}

static int64_t
told_coverage(const struct member *m, struct admit_moment at, const int *first,
              const int *last, bool *found)
{
	int day = (int)(at.local / CLOCK_DAY_SECONDS);
	int64_t best = INT64_MAX, visit_of = 0;

	for (size_t i = 0; i < m->facts.subscription_count; i++) {
		const struct subscription *s = &m->subscriptions[i];
		bool today = false, outside, used_up;
		int64_t price;

		if (day < first[i] || last[i] < day)
			continue;
		for (size_t u = 0; u < s->used_count; u++)
			today = today || s->used_days[u] == day;
		outside = !at.is_exit && !told_open(&s->hours, at.local);
		used_up = !at.is_exit && s->is_pack && !today &&
			(int64_t)s->used_count >= s->visits;
		today = today || at.is_exit || !s->is_pack || used_up;
		price = told_price(&m->rules, outside, used_up, !today,
		                   last[i]);
		if (price >= best)
			continue;
		best = price;
		found[ADMIT_HOURS] = outside;
		found[ADMIT_VISITS] = used_up;
		visit_of = today ? 0 : s->id;
	}
	return best == INT64_MAX ? -1 : visit_of;
}

static void
told_uncovered(const struct member *m, int day, const int *first,
               const int *last, bool *found)
{
	bool comes = false, grace = false;

	for (size_t i = 0; i < m->facts.subscription_count; i++) {
		comes = comes || first[i] > day;
		grace = grace || (last[i] < day &&
		                  last[i] + m->rules.grace_days >= day);
	}
	found[grace ? ADMIT_GRACE : comes ? ADMIT_NOT_STARTED :
	      m->facts.subscription_count == 0 ? ADMIT_NONE :
	      ADMIT_EXPIRED] = true;
}

/* Is this touch one more visit than the day allows? */
static bool
told_too_often(const struct member *m, struct admit_moment at)
{
	int64_t day = at.local / CLOCK_DAY_SECONDS, begun = -1, count = 0;

	for (size_t i = 0; i < m->facts.touch_count; i++) {
		int64_t t = m->touches[i];

		if (t / CLOCK_DAY_SECONDS != day || t > at.local)
			continue;
		if (begun >= 0 && t - begun < m->rules.visit_minutes * 60)
			continue;
		begun = t;
		count++;
	}
	if (begun >= 0 && at.local - begun < m->rules.visit_minutes * 60)
		return false;
	return !at.is_exit && m->rules.day_visits > 0 &&
		count >= m->rules.day_visits;
}

static struct admit_decision
told(const struct member *m, struct admit_moment at)
{
	static const enum admit_verdict order[] = {
		ADMIT_INACTIVE, ADMIT_FROZEN, ADMIT_NONE, ADMIT_EXPIRED,
		ADMIT_NOT_STARTED, ADMIT_VISITS, ADMIT_OVERDUE, ADMIT_HOURS,
		ADMIT_DAY_LIMIT, ADMIT_GRACE,
	};
	struct admit_decision d = { .refusal = ADMIT_ALLOWED };
	bool found[ADMIT__COUNT] = { false };
	int day = (int)(at.local / CLOCK_DAY_SECONDS), first[MOST], last[MOST];
	int64_t due = 0, visit_of;

	told_spans(&m->facts, day, first, last);
	found[ADMIT_INACTIVE] = told_rests(&m->facts, day, true);
	found[ADMIT_FROZEN] = told_rests(&m->facts, day, false);
	visit_of = told_coverage(m, at, first, last, found);
	if (visit_of < 0)
		told_uncovered(m, day, first, last, found);
	for (size_t i = 0; i < m->facts.subscription_count; i++) {
		if (m->subscriptions[i].start_day + m->rules.overdue_days <
		    day)
			due += m->subscriptions[i].due;
	}
	found[ADMIT_OVERDUE] = due > 0 && due >= m->rules.overdue_amount;
	found[ADMIT_DAY_LIMIT] = told_too_often(m, at);
	for (size_t i = sizeof order / sizeof *order; i-- > 0; ) {
		enum admit_mode mode = order[i] == ADMIT_GRACE ? ADMIT_WARN
			: m->rules.modes[order[i]];

		if (found[order[i]] && mode == ADMIT_REFUSE)
			d.refusal = order[i];
		if (found[order[i]] && mode == ADMIT_WARN)
			d.warning = order[i];
	}
	if (d.refusal != ADMIT_ALLOWED)
		d.warning = m->facts.let_in_day == day ? ADMIT_LET_IN
			: ADMIT_ALLOWED;
	if (m->facts.let_in_day == day)
		d.refusal = ADMIT_ALLOWED;
	if (d.refusal == ADMIT_ALLOWED && visit_of > 0)
		d.visit_of = visit_of;
	return d;
}

/* ---- held together ------------------------------------------------------- */

/* SEED=... repeats a run. */
static void
seed(void)
{
	const char *given = getenv("SEED");
	unsigned n = given != NULL ? (unsigned)atoi(given)
		: (unsigned)time(NULL);

	printf("# SEED=%u\n", n);
	srand(n);
}

/* Often at, or a second before, a moment at which something changes. */
static int64_t
draw_moment(int days)
{
	int64_t t = (int64_t)TODAY * CLOCK_DAY_SECONDS +
		(int64_t)draw(days * 96) * SLOT;

	return draw(3) == 0 ? t + draw(SLOT) : t - (t > 0 ? draw(2) : 0);
}

static void
a_decision_is_as_told(void **state)
{
	struct member m;

	(void)state;
	seed();
	for (int i = 0; i < CASES; i++) {
		struct admit_moment at = { .local = draw_moment(5),
			                   .is_exit = draw(5) == 0 };
		struct admit_decision is, want;

		draw_member(&m);
		is = admit(&m.facts, &m.rules, at);
		want = told(&m, at);
		if (is.refusal != want.refusal || is.warning != want.warning ||
		    is.visit_of != want.visit_of)
			fail_msg("case %d: %d %d %d, but told %d %d %d", i,
			         (int)is.refusal, (int)is.warning,
			         (int)is.visit_of, (int)want.refusal,
			         (int)want.warning, (int)want.visit_of);
	}
}

/* As intake reads a member first: without visits used, and without touches. */
static void
what_is_not_counted_needs_to_know_of_no_use(void **state)
{
	struct member m, light;
	int same = 0;

	(void)state;
	seed();
	for (int i = 0; i < CASES; i++) {
		struct admit_moment at = { .local = draw_moment(40),
			                   .is_exit = draw(5) == 0 };
		struct admit_decision is, want;

		draw_member(&m);
		for (size_t k = 0; k < MOST; k++)	/* a pack has some */
			m.subscriptions[k].visits += m.subscriptions[k].is_pack;
		want = admit(&m.facts, &m.rules, at);
		light = m;
		light.facts.subscriptions = light.subscriptions;
		light.facts.touch_count = 0;
		for (size_t k = 0; k < MOST; k++)
			light.subscriptions[k].used_count = 0;
		is = admit(&light.facts, &light.rules, at);
		if (is.is_counted)
			continue;
		same++;
		if (is.refusal != want.refusal || is.warning != want.warning ||
		    is.visit_of != want.visit_of)
			fail_msg("case %d: %d %d, but counted %d %d", i,
			         (int)is.refusal, (int)is.warning,
			         (int)want.refusal, (int)want.warning);
	}
	assert_true(same > CASES / 10);
}

static void
windows_say_what_a_touch_would(void **state)
{
	struct admit_window w[SPAN_DAYS * 96];
	struct member m;

	(void)state;
	seed();
	for (int i = 0; i < CASES / 10; i++) {
		int64_t from = draw_moment(2), to;
		size_t n;

		draw_member(&m);
		while (m.facts.touch_count > 0 &&
		       m.touches[m.facts.touch_count - 1] > from)
			m.facts.touch_count--;
		to = from + SPAN_DAYS * CLOCK_DAY_SECONDS;
		n = admit_windows(&m.facts, &m.rules, from, to, w,
		                  sizeof w / sizeof *w);
		for (size_t k = 0; k < n; k++) {
			assert_true(w[k].from < w[k].to && w[k].to <= to);
			assert_true(w[k].from >= from);
			assert_true(k == 0 || w[k - 1].to < w[k].from);
		}
		for (int k = 0; k < 20; k++) {
			struct admit_moment at = { .local =
				draw_moment(SPAN_DAYS) };
			bool within = false;

			if (at.local < from || at.local >= to)
				continue;
			for (size_t j = 0; j < n; j++)
				within = within || (w[j].from <= at.local &&
				                    at.local < w[j].to);
			assert_int_equal(within, told(&m, at).refusal ==
			                 ADMIT_ALLOWED);
		}
	}
}

static void
hours_miss_no_edge_and_come_back_from_text(void **state)
{
	(void)state;
	seed();
	for (int i = 0; i < CASES / 10; i++) {
		int64_t from = draw_moment(7), most = from + 3 * 86400, next;
		char text[PLAN_HOURS_TEXT_SIZE], again[PLAN_HOURS_TEXT_SIZE];
		struct plan_hours h, back;

		draw_hours(&h);
		next = plan_hours_next(&h, from, most);
		assert_true(from < next && next <= most);
		for (int64_t t = from; t < next; t += 60)
			assert_int_equal(told_open(&h, t), told_open(&h, from));
		assert_int_equal(plan_hours_open(&h, from),
		                 told_open(&h, from));
		plan_hours_format(&h, text);
		assert_true(plan_hours_parse(text, &back));
		plan_hours_format(&back, again);
		assert_string_equal(text, again);
		assert_int_equal(plan_hours_open(&back, from),
		                 told_open(&h, from));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decision_is_as_told),
		cmocka_unit_test(what_is_not_counted_needs_to_know_of_no_use),
		cmocka_unit_test(windows_say_what_a_touch_would),
		cmocka_unit_test(hours_miss_no_edge_and_come_back_from_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
