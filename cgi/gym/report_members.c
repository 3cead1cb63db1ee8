/* report_members.c: new, renewed and lost members a month; members by plan */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gym/plan.h"
#include "gym/report.h"

#define ROWS_FIRST 64

/* ---- pure ---------------------------------------------------------------- */

void
report_months(int32_t today, struct report_month out[REPORT_MONTHS])
{
	memset(out, 0, REPORT_MONTHS * sizeof *out);
	for (int i = 0; i < REPORT_MONTHS; i++)
		out[i].month = month_ago(today, REPORT_MONTHS - 1 - i);
}

/* The month that a day lies in; REPORT_MONTHS: none of them. */
static int
month_at(const struct report_month *months, int32_t day)
{
	int i = 0;

	while (i < REPORT_MONTHS && (day < months[i].month.first_day ||
	                             day > months[i].month.last_day))
		i++;
	return i;
}

/* Which months a member has been counted in already, a bit each. */
struct counted {
	unsigned begun, renewed, returned;
};

static void
count_once(unsigned *counted, int month, int64_t *number)
{
	*number += (*counted >> month & 1) == 0;
	*counted |= 1u << month;
}

/* A subscription begins, where `end` is the end of all before it. */
static void
count_start(struct report_month *months, struct counted *c, int32_t start,
            int32_t end)
{
	int i = month_at(months, start);

	if (i == REPORT_MONTHS)
		return;
	if (end == CLOCK_NO_DAY)
		count_once(&c->begun, i, &months[i].begun);
	else if (start - end <= REPORT_RENEWAL_DAYS)
		count_once(&c->renewed, i, &months[i].renewed);
	else
		count_once(&c->returned, i, &months[i].returned);
}

void
report_count(const struct admit_span *spans, size_t count, int32_t today,
             struct report_month months[REPORT_MONTHS])
{
	struct counted counted = { 0 };
	int32_t end = CLOCK_NO_DAY;
	int last;

	for (size_t i = 0; i < count; i++) {
		if (spans[i].start_day <= today)
			count_start(months, &counted, spans[i].start_day, end);
		if (end == CLOCK_NO_DAY || spans[i].end_day > end)
			end = spans[i].end_day;
	}
	last = count == 0 || end >= today ? REPORT_MONTHS
		: month_at(months, end);
	if (last < REPORT_MONTHS)
		months[last].lost++;
}

/* ---- read ---------------------------------------------------------------- */

/* A list that grows in an arena, of items of one size. */
struct list {
	void *items;
	size_t count, room;
};

static void *
list_add(struct arena *a, struct list *l, size_t size)
{
	if (l->count == l->room) {
		size_t room = l->room == 0 ? ROWS_FIRST : 2 * l->room;
		void *items = arena_alloc(a, room * size);

		if (l->count > 0)
			memcpy(items, l->items, l->count * size);
		l->items = items;
		l->room = room;
	}
	return (char *)l->items + l->count++ * size;
}

/* A member of the scope; a freeze of anybody. */
struct person {
	int64_t id;
	bool is_erased;
};

struct rest {
	int64_t member_id;
	struct freeze freeze;
};

/*
 * What is read: all three lists lie in the order of the members' ids, so they
 * are gone through together, each once.
 */
struct reading {
	struct arena *arena;
	int32_t today;
	struct list people, rests;	/* struct person, struct rest */
	size_t next_person, next_rest;
	int64_t member_id;		/* whose subscriptions these are */
	struct list subscriptions, plan_ids, spans, freezes;
	struct list plans;		/* of all members */
	struct report_members *out;
};

static enum db_result
read_people(struct db *db, const struct report_scope *scope,
            struct reading *r)
{
	struct db_stmt *st = db_begin(db, STMT_REPORT_MEMBERS);
	struct person p;
	enum db_result rc;

	db_in_str(st, scope->company);
	db_in_id(st, scope->branch_id);
	db_in_id(st, scope->branch_id);
	db_out_int(st, &p.id);
	db_out_bool(st, &p.is_erased);
	while ((rc = db_next(st)) == DB_OK)
		*(struct person *)list_add(r->arena, &r->people, sizeof p) = p;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
read_rests(struct db *db, const struct report_scope *scope,
           struct reading *r)
{
	struct db_stmt *st = db_begin(db, STMT_REPORT_FREEZES);
	struct rest one;
	enum db_result rc;

	db_in_str(st, scope->company);
	db_out_int(st, &one.member_id);
	db_out_bool(st, &one.freeze.is_inactive);
	db_out_day(st, &one.freeze.from_day);
	db_out_day(st, &one.freeze.to_day);
	while ((rc = db_next(st)) == DB_OK)
		*(struct rest *)list_add(r->arena, &r->rests, sizeof one) =
			one;
	return rc == DB_NONE ? DB_OK : rc;
}

/* The member at hand; NULL: it is not of the scope. */
static const struct person *
find_person(struct reading *r)
{
	const struct person *list = r->people.items;

	while (r->next_person < r->people.count &&
	       list[r->next_person].id < r->member_id)
		r->next_person++;
	return r->next_person < r->people.count &&
		list[r->next_person].id == r->member_id
		? &list[r->next_person] : NULL;
}

static void
find_freezes(struct reading *r)
{
	const struct rest *list = r->rests.items;

	r->freezes.count = 0;
	for (; r->next_rest < r->rests.count &&
	       list[r->next_rest].member_id <= r->member_id; r->next_rest++) {
		if (list[r->next_rest].member_id == r->member_id)
			*(struct freeze *)list_add(r->arena, &r->freezes,
				sizeof(struct freeze)) =
				list[r->next_rest].freeze;
	}
}

static void
count_plan(struct reading *r, int64_t plan_id)
{
	struct report_plan *p = r->plans.items;
	size_t i = 0;

	while (i < r->plans.count && p[i].plan_id != plan_id)
		i++;
	if (i == r->plans.count) {
		list_add(r->arena, &r->plans, sizeof *p);
		p = r->plans.items;
		p[i] = (struct report_plan){ .plan_id = plan_id };
	}
	p[i].members++;
	r->out->active++;
}

static void
count_member(struct reading *r, const struct person *person)
{
	size_t count = r->subscriptions.count, i = 0;
	struct admit_facts facts = {
		.subscriptions = r->subscriptions.items,
		.subscription_count = count,
		.freezes = r->freezes.items,
		.freeze_count = r->freezes.count,
		.let_in_day = CLOCK_NO_DAY,
	};
	const int64_t *plan_ids = r->plan_ids.items;
	struct admit_span *spans;

	while (r->spans.count < count)
		list_add(r->arena, &r->spans, sizeof *spans);
	spans = r->spans.items;
	admit_spans(&facts, r->today, spans);
	report_count(spans, count, r->today, r->out->months);
	r->out->is_empty = false;
	if (person->is_erased ||
	    admit_standing(&facts, r->today) != ADMIT_ALLOWED)
		return;
	while (r->today < spans[i].start_day || r->today > spans[i].end_day)
		i++;
	count_plan(r, plan_ids[i]);
}

/* All subscriptions of a member have been read. */
static void
finish_member(struct reading *r)
{
	const struct person *person = find_person(r);

	if (person != NULL && r->subscriptions.count > 0) {
		find_freezes(r);
		count_member(r, person);
	}
	r->subscriptions.count = r->plan_ids.count = 0;
}

/* By its last visit the rule knows what was used of a pack, and when. */
static void
set_used_up(struct arena *a, struct subscription *s, int32_t last_visit)
{
	int32_t *day;

	s->is_pack = last_visit != CLOCK_NO_DAY;
	s->used_count = 0;
	if (!s->is_pack)
		return;
	day = arena_alloc(a, sizeof *day);
	*day = last_visit;
	s->visits = s->used_count = 1;
	s->used_days = day;
}

static enum db_result
read_subscriptions(struct db *db, const struct report_scope *scope,
                   struct reading *r)
{
	struct db_stmt *st = db_begin(db, STMT_REPORT_SUBSCRIPTIONS);
	struct subscription s = { 0 };
	int64_t member_id, plan_id;
	int32_t last_visit;
	enum db_result rc;

	db_in_str(st, scope->company);
	db_in_id(st, scope->branch_id);
	db_in_id(st, scope->branch_id);
	db_out_int(st, &member_id);
	db_out_int(st, &plan_id);
	db_out_day(st, &s.start_day);
	db_out_day(st, &s.end_day);
	db_out_day(st, &last_visit);
	while ((rc = db_next(st)) == DB_OK) {
		if (member_id != r->member_id)
			finish_member(r);
		r->member_id = member_id;
		set_used_up(r->arena, &s, last_visit);
		*(struct subscription *)list_add(r->arena, &r->subscriptions,
			sizeof s) = s;
		*(int64_t *)list_add(r->arena, &r->plan_ids, sizeof plan_id) =
			plan_id;
	}
	finish_member(r);
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- plans --------------------------------------------------------------- */

static int
by_members(const void *a, const void *b)
{
	const struct report_plan *x = a, *y = b;

	if (x->members != y->members)
		return x->members > y->members ? -1 : 1;
	return (x->plan_id > y->plan_id) - (x->plan_id < y->plan_id);
}

static enum db_result
name_plans(struct db *db, struct arena *a, const char *company,
           struct report_members *out)
{
	enum db_result rc = DB_OK;
	struct plan plan;

	for (size_t i = 0; rc == DB_OK && i < out->plan_count; i++) {
		struct report_plan *p = &out->plans[i];

		if (p->plan_id == 0)
			continue;
		rc = plan_find(db, a, company, 0, p->plan_id, &plan);
		p->name = plan.name;
	}
	return rc;
}

enum db_result
report_members(struct db *db, struct arena *a,
               const struct report_scope *scope, int32_t today,
               struct report_members *out)
{
	struct reading r = { .arena = a, .today = today, .out = out };
	enum db_result rc;

	*out = (struct report_members){ .is_empty = true };
	report_months(today, out->months);
	rc = read_people(db, scope, &r);
	if (rc == DB_OK)
		rc = read_rests(db, scope, &r);
	if (rc == DB_OK)
		rc = read_subscriptions(db, scope, &r);
	out->plans = r.plans.items;
	out->plan_count = r.plans.count;
	if (out->plan_count > 0)
		qsort(out->plans, out->plan_count, sizeof *out->plans,
		      by_members);
	return rc != DB_OK ? rc : name_plans(db, a, scope->company, out);
}
