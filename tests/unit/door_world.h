/* door_world.h: a gym at random, and the list that its server makes of it */
#ifndef DOOR_WORLD_H
#define DOOR_WORLD_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "gym/access.h"
#include "gym/admit.h"
#include "lever.h"

#define NUMBERS 64		/* users of the terminal, at most */
#define PLANS 6
#define SUBS 6
#define RESTS 4
#define USED 40
#define TOUCHES 24
#define DAY CLOCK_DAY_SECONDS

static uint64_t dice_state;

/* 0 to sides - 1. */
static int
draw(int sides)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (int)((dice_state >> 16) % (uint64_t)sides);
}

static int
between(int least, int most)
{
	return least + draw(most - least + 1);
}

/* ---- what a gym is ------------------------------------------------------- */

struct plan {
	int days;
	struct plan_hours hours;
	int visits;		/* 0: no pack */
};

struct person {
	struct subscription subs[SUBS];
	int32_t used[SUBS][USED];
	size_t sub_count;
	struct freeze rests[RESTS];
	size_t rest_count;
	int64_t touches[TOUCHES];
	size_t touch_count;
	int32_t let_in_day;
	int refusals;
	bool has_changed;	/* since the bridge was told */
};

struct gym {
	struct admit_rules rules;
	int block_after;
	bool is_on;
	struct lever lever;
	struct plan plans[PLANS];
	struct person people[NUMBERS];
	int people_count, number_count;
	int person_of[NUMBERS];		/* -1: the number is nobody's */
	bool approved[NUMBERS][2];	/* ended, hours */
	int64_t next_id;
	bool has_changed;
};

/* What was told of a number, kept apart from what the bridge made of it. */
struct told_user {
	bool is_listed, is_spared, is_approved;
	struct admit_window windows[ACCESS_WINDOWS_MAX];
	size_t count;
};

struct told {
	struct told_user users[NUMBERS];
	int64_t now, until;
	bool is_on;
};

/* ---- making one ---------------------------------------------------------- */

/* Half hours; one in five goes on past midnight. */
static void
draw_hours(struct plan_hours *hours)
{
	*hours = (struct plan_hours){ .count = 0 };
	if (draw(2) == 0)
		return;
	hours->count = (size_t)between(1, PLAN_HOURS_MAX);
	for (size_t i = 0; i < hours->count; i++)
		hours->windows[i] = (struct plan_window){
			.days = (uint8_t)between(1, 127),
			.from = (int16_t)(30 * draw(48)),
			.to = (int16_t)(30 * between(1, 48)),
		};
}

static void
draw_rules(struct admit_rules *rules)
{
	for (int i = ADMIT_NONE; i < ADMIT_REASONS; i++)
		rules->modes[i] = draw(10) < 8 ? ADMIT_REFUSE
			: draw(2) ? ADMIT_WARN : ADMIT_IGNORE;
	rules->grace_days = draw(2) * draw(6);
	rules->overdue_amount = 100 * draw(3);
	rules->overdue_days = draw(10);
	rules->day_visits = draw(3) == 0 ? between(1, 2) : 0;
	rules->visit_minutes = 120;
}

/* Another subscription, from `day` on; the oldest makes room for it. */
static void
sell(struct gym *g, struct person *p, int32_t day)
{
	const struct plan *plan = &g->plans[draw(PLANS)];
	size_t at;

	if (p->sub_count == SUBS) {
		p->sub_count--;
		memmove(p->subs, p->subs + 1, p->sub_count * sizeof *p->subs);
		memmove(p->used, p->used + 1, p->sub_count * sizeof *p->used);
	}
	for (at = p->sub_count; at > 0 && p->subs[at - 1].start_day > day;
	     at--) {
		p->subs[at] = p->subs[at - 1];
		memcpy(p->used[at], p->used[at - 1], sizeof p->used[at]);
	}
	p->subs[at] = (struct subscription){
		.start_day = day, .end_day = day + plan->days - 1,
		.id = g->next_id++, .due = draw(6) == 0 ? 100 * draw(4) : 0,
		.hours = plan->hours, .is_pack = plan->visits > 0,
		.visits = plan->visits,
	};
	p->sub_count++;
	p->refusals = 0;
}

/* Behind the others, so that they stay in order. */
static void
rest(struct person *p, int32_t day)
{
	if (p->rest_count == RESTS) {
		p->rest_count--;
		memmove(p->rests, p->rests + 1,
		        p->rest_count * sizeof *p->rests);
	}
	if (p->rest_count > 0 && p->rests[p->rest_count - 1].from_day > day)
		day = p->rests[p->rest_count - 1].from_day;
	p->rests[p->rest_count++] = (struct freeze){
		.from_day = day, .is_inactive = draw(3) == 0,
		.to_day = draw(5) == 0 ? CLOCK_NO_DAY : day + draw(8),
	};
}

static void
make_gym(struct gym *g, int32_t today)
{
	static const struct lever levers[] = {
		{ LEVER_DISABLE, 0 }, { LEVER_GROUP, 99 }, { LEVER_ZONE, 16 },
	};

	*g = (struct gym){ .next_id = 1, .is_on = true, .has_changed = true,
	                   .lever = levers[draw(3)] };
	draw_rules(&g->rules);
	g->block_after = draw(2) * draw(3);
	for (int i = 0; i < PLANS; i++) {
		g->plans[i].days = between(3, 40);
		g->plans[i].visits = draw(4) == 0 ? between(1, 12) : 0;
		draw_hours(&g->plans[i].hours);
	}
	g->people_count = between(20, 60);
	g->number_count = g->people_count + draw(NUMBERS - 60 + 1);
	for (int i = 0; i < g->people_count; i++) {
		struct person *p = &g->people[i];

		p->let_in_day = CLOCK_NO_DAY;
		for (int n = draw(4); n > 0; n--)
			sell(g, p, today + between(-20, 10));
		if (draw(6) == 0)
			rest(p, today + draw(20));
	}
	for (int n = 0; n < NUMBERS; n++)
		g->person_of[n] = n < g->people_count && draw(15) > 0 ? n : -1;
}

/* ---- what is true -------------------------------------------------------- */

static struct admit_facts
facts_of(struct person *p)
{
	for (size_t i = 0; i < p->sub_count; i++)
		p->subs[i].used_days = p->used[i];
	return (struct admit_facts){
		.subscriptions = p->subs, .subscription_count = p->sub_count,
		.freezes = p->rests, .freeze_count = p->rest_count,
		.touches = p->touches, .touch_count = p->touch_count,
		.let_in_day = p->let_in_day,
	};
}

static struct admit_decision
truth(struct gym *g, struct person *p, int64_t local)
{
	struct admit_facts facts = facts_of(p);
	struct admit_moment moment = { .local = local };

	return admit(&facts, &g->rules, moment);
}

static void
changed(struct gym *g, struct person *p)
{
	p->has_changed = true;
	g->has_changed = true;
}

static void
keep_touch(struct person *p, int64_t local)
{
	size_t gone = 0;

	while (gone < p->touch_count && p->touches[gone] < local - 2 * DAY)
		gone++;
	if (p->touch_count == TOUCHES && gone == 0)
		gone = 1;
	p->touch_count -= gone;
	memmove(p->touches, p->touches + gone,
	        p->touch_count * sizeof *p->touches);
	p->touches[p->touch_count++] = local;
}

/* A touch reaches the server, which keeps and counts it. */
static void
take_touch(struct gym *g, struct person *p, int64_t local)
{
	struct admit_decision d = truth(g, p, local);

	if (d.refusal != ADMIT_ALLOWED) {
		if (p->refusals++ < g->block_after)
			changed(g, p);
		return;
	}
	keep_touch(p, local);
	for (size_t i = 0; d.visit_of != 0 && i < p->sub_count; i++) {
		struct subscription *s = &p->subs[i];

		if (s->id == d.visit_of && s->used_count < USED)
			p->used[i][s->used_count++] = clock_day(local);
	}
	if (d.is_counted)
		changed(g, p);
}

/* ---- the list ------------------------------------------------------------ */

static void
put_window(struct buf *out, const struct admit_window *w, bool first)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];

	clock_format(w->from, from);
	clock_format(w->to, to);
	buf_append_str(out, first ? "[\"" : ",[\"");
	buf_append_str(out, from);
	buf_append_str(out, "\",\"");
	buf_append_str(out, to);
	buf_append_str(out, "\"]");
}

static void
put_user(struct buf *out, int number, const struct told_user *u)
{
	buf_appendf(out, "{\"user_id\":\"%d\",\"windows\":[", number + 1);
	for (size_t i = 0; i < u->count; i++)
		put_window(out, &u->windows[i], i == 0);
	buf_appendf(out, "]%s%s}", u->is_spared ? ",\"spared\":true" : "",
	            u->is_approved ? ",\"approved\":true" : "");
}

/* As gym/access.c has it. */
static void
tell_user(struct gym *g, int n, const struct told *told, struct told_user *u)
{
	struct person *p = &g->people[g->person_of[n]];
	struct admit_facts facts = facts_of(p);
	bool is_open, comes_again;

	u->is_listed = true;
	u->count = admit_windows(&facts, &g->rules, told->now, told->until,
	                         u->windows, ACCESS_WINDOWS_MAX);
	is_open = u->count > 0 && u->windows[0].from <= told->now;
	comes_again = u->count > (is_open ? 1 : 0);
	u->is_spared = p->refusals < g->block_after;
	u->is_approved = g->approved[n][comes_again];
	p->has_changed = false;
}

static void
tell(struct gym *g, int64_t now, struct buf *out, struct told *told)
{
	static const char *const levers[] = { "DISABLE", "GROUP", "ZONE" };
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	const char *comma = "";

	told->now = now;
	told->until = ((int64_t)clock_day(now) + ACCESS_DAYS) * DAY;
	told->is_on = g->is_on;
	clock_format(told->now, from);
	clock_format(told->until, to);
	buf_reset(out);
	buf_appendf(out, "{\"status\":true,\"zone\":\"UTC\",\"now\":\"%s\","
	            "\"until\":\"%s\",\"enforced\":%s,\"lever\":\"%s\","
	            "\"lever_value\":%d,\"users\":[", from, to,
	            g->is_on ? "\"2026-01-01T00:00:00.000Z\"" : "null",
	            levers[g->lever.kind], g->lever.value);
	for (int n = 0; n < g->number_count; n++) {
		struct told_user *u = &told->users[n];

		u->is_listed = false;
		if (g->person_of[n] < 0)
			continue;
		tell_user(g, n, told, u);
		buf_append_str(out, comma);
		put_user(out, n, u);
		comma = ",";
	}
	buf_append_str(out, "]}");
	g->has_changed = false;
}

/* Did the list let it in at that moment? */
static bool
told_open(const struct told *told, int n, int64_t local)
{
	const struct told_user *u = &told->users[n];

	for (size_t i = 0; i < u->count; i++) {
		if (u->windows[i].from <= local && local < u->windows[i].to)
			return true;
	}
	return u->is_spared;
}

/* Has it ended for good, though a plan may come back but once a week? */
static bool
told_ended(const struct told *told, int n, int64_t local)
{
	const struct told_user *u = &told->users[n];

	return u->count == 0 || (u->windows[u->count - 1].from <= local &&
		u->windows[u->count - 1].to <= told->until - 8 * 86400);
}

#endif
