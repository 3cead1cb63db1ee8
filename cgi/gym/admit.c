/* admit.c: the rule: may this member enter at this moment, and why not */
#include "gym/admit_inside.h"

#include "base/clock.h"

static const char *const reasons[ADMIT__COUNT] = {
	[ADMIT_ALLOWED] = NULL,
	[ADMIT_NONE] = "No subscription",
	[ADMIT_EXPIRED] = "Subscription expired",
	[ADMIT_NOT_STARTED] = "Subscription not started",
	[ADMIT_FROZEN] = "Membership frozen",
	[ADMIT_INACTIVE] = "Member inactive",
	[ADMIT_OVERDUE] = "Payment overdue",
	[ADMIT_VISITS] = "Visits used up",
	[ADMIT_HOURS] = "Outside plan hours",
	[ADMIT_DAY_LIMIT] = "Came often enough today",
	[ADMIT_GRACE] = "Expired, in days of grace",
	[ADMIT_LET_IN] = "Let in by staff",
};

/* Which one is shown, where several hold. */
static const enum admit_verdict by_weight[] = {
	ADMIT_INACTIVE, ADMIT_FROZEN, ADMIT_NONE, ADMIT_EXPIRED,
	ADMIT_NOT_STARTED, ADMIT_VISITS, ADMIT_OVERDUE, ADMIT_HOURS,
	ADMIT_DAY_LIMIT, ADMIT_GRACE,
};

const char *
admit_reason(enum admit_verdict verdict)
{
	return reasons[verdict];
}

/* ---- packs --------------------------------------------------------------- */

static bool
is_used_on(const struct subscription *s, int32_t day)
{
	for (size_t i = 0; i < s->used_count; i++) {
		if (s->used_days[i] == day)
			return true;
	}
	return false;
}

static int64_t
visits_left(const struct subscription *s)
{
	int64_t left = s->visits - (int64_t)s->used_count;

	return left > 0 ? left : 0;
}

int64_t
admit_visits_left(const struct admit_facts *facts, int32_t day)
{
	struct admit_walk w = { .facts = facts, .day = day };
	int64_t left = ADMIT_NO_NUMBER;
	int32_t start, end;

	while (admit_walk_next(&w, &start, &end)) {
		const struct subscription *s =
			&facts->subscriptions[w.next - 1];

		if (day < start || end < day)
			continue;
		if (!s->is_pack)
			return ADMIT_NO_NUMBER;
		left = (left > 0 ? left : 0) + visits_left(s);
	}
	return left;
}

/* ---- what speaks against a moment ---------------------------------------- */

/* On its way to a decision. */
struct trial {
	const struct admit_facts *facts;
	const struct admit_rules *rules;
	struct admit_moment moment;
	int32_t day;
	bool found[ADMIT__COUNT];
	int64_t visit_of;
	bool is_counted;
};

static enum admit_mode
mode_of(const struct admit_rules *rules, enum admit_verdict verdict)
{
	return verdict < ADMIT_REASONS ? rules->modes[verdict] : ADMIT_WARN;
}

/* What a subscription that covers the day has against the moment. */
struct offer {
	const struct subscription *subscription;
	bool is_used_up, is_outside;
	bool uses_visit;
	int weight;		/* the less the better */
};

static int
weight_of(const struct admit_rules *rules, enum admit_verdict verdict)
{
	static const int weights[] = {
		[ADMIT_REFUSE] = 100, [ADMIT_WARN] = 10, [ADMIT_IGNORE] = 1,
	};

	return weights[mode_of(rules, verdict)];
}

static struct offer
weigh(const struct trial *t, const struct subscription *s)
{
	struct offer o = { .subscription = s };
	bool is_used = s->is_pack && is_used_on(s, t->day);

	if (t->moment.is_exit)
		return o;
	o.is_outside = !plan_hours_open(&s->hours, t->moment.local);
	o.is_used_up = s->is_pack && !is_used && visits_left(s) == 0;
	o.uses_visit = s->is_pack && !is_used && !o.is_used_up;
	if (o.is_outside)
		o.weight += 2 * weight_of(t->rules, ADMIT_HOURS);
	if (o.is_used_up)
		o.weight += 2 * weight_of(t->rules, ADMIT_VISITS);
	o.weight += o.uses_visit;	/* rather by what costs nothing */
	return o;
}

/* Between equals that which ends first: packs are used before they end. */
static void
find_in_coverage(struct trial *t)
{
	struct admit_walk w = { .facts = t->facts, .day = t->day };
	struct offer best = { 0 };
	int32_t start, end, best_end = 0;

	while (admit_walk_next(&w, &start, &end)) {
		struct offer o;

		if (t->day < start || end < t->day)
			continue;
		o = weigh(t, &t->facts->subscriptions[w.next - 1]);
		t->is_counted = t->is_counted || (o.subscription->is_pack &&
		                                  !t->moment.is_exit);
		if (best.subscription != NULL && (o.weight > best.weight ||
		    (o.weight == best.weight && end >= best_end)))
			continue;
		best = o;
		best_end = end;
	}
	t->found[ADMIT_HOURS] = best.is_outside;
	t->found[ADMIT_VISITS] = best.is_used_up;
	if (best.uses_visit)
		t->visit_of = best.subscription->id;
}

/* Has the last coverage ended so few days ago? */
static bool
is_in_grace(const struct trial *t)
{
	struct admit_walk w = { .facts = t->facts, .day = t->day };
	int32_t start, end;

	while (admit_walk_next(&w, &start, &end)) {
		if (end < t->day && t->day - end <= t->rules->grace_days)
			return true;
	}
	return false;
}

static void
find_standing(struct trial *t)
{
	enum admit_verdict why = admit_inside_cover(t->facts, t->day);

	t->found[ADMIT_INACTIVE] = admit_inside_rests(t->facts, t->day, true);
	t->found[ADMIT_FROZEN] = admit_inside_rests(t->facts, t->day, false);
	if (why == ADMIT_ALLOWED)
		find_in_coverage(t);
	else if (is_in_grace(t))
		t->found[ADMIT_GRACE] = true;
	else
		t->found[why] = true;
}

static void
find_overdue(struct trial *t)
{
	const struct admit_rules *rules = t->rules;
	int64_t due = 0;

	for (size_t i = 0; i < t->facts->subscription_count; i++) {
		const struct subscription *s = &t->facts->subscriptions[i];

		if (t->day > s->start_day + rules->overdue_days)
			due += s->due;
	}
	t->found[ADMIT_OVERDUE] = due > 0 && due >= rules->overdue_amount;
}

/*
 * How many visits of the day had begun by the moment; `last` is when the last
 * of them did.
 */
static int64_t
count_visits(const struct trial *t, int64_t *last)
{
	int64_t count = 0, length = t->rules->visit_minutes * 60;

	for (size_t i = 0; i < t->facts->touch_count; i++) {
		int64_t touch = t->facts->touches[i];

		if (clock_day(touch) != t->day || touch > t->moment.local)
			continue;
		if (count > 0 && touch < *last + length)
			continue;
		*last = touch;
		count++;
	}
	return count;
}

static void
find_day_limit(struct trial *t)
{
	int64_t last = 0, count, length = t->rules->visit_minutes * 60;

	if (t->rules->day_visits == 0 || t->moment.is_exit)
		return;
	t->is_counted = true;
	count = count_visits(t, &last);
	if (count > 0 && t->moment.local < last + length)
		return;		/* still that visit */
	t->found[ADMIT_DAY_LIMIT] = count >= t->rules->day_visits;
}

/* ---- the decision -------------------------------------------------------- */

/* The weightiest that was found of a mode. */
static enum admit_verdict
pick(const struct trial *t, enum admit_mode mode)
{
	for (size_t i = 0; i < sizeof by_weight / sizeof *by_weight; i++) {
		enum admit_verdict v = by_weight[i];

		if (t->found[v] && mode_of(t->rules, v) == mode)
			return v;
	}
	return ADMIT_ALLOWED;
}

struct admit_decision
admit(const struct admit_facts *facts, const struct admit_rules *rules,
      struct admit_moment moment)
{
	struct trial t = { .facts = facts, .rules = rules, .moment = moment,
		           .day = clock_day(moment.local) };
	struct admit_decision d;
	bool by_packs;

	find_standing(&t);
	find_overdue(&t);
	find_day_limit(&t);
	by_packs = admit_inside_by_packs(facts, t.day);
	d.refusal = pick(&t, ADMIT_REFUSE);
	d.warning = pick(&t, ADMIT_WARN);
	if (d.refusal != ADMIT_ALLOWED && facts->let_in_day == t.day) {
		d.refusal = ADMIT_ALLOWED;
		d.warning = ADMIT_LET_IN;
	}
	if (d.refusal != ADMIT_ALLOWED)
		d.warning = ADMIT_ALLOWED;
	d.visit_of = d.refusal == ADMIT_ALLOWED ? t.visit_of : 0;
	d.moves_standing = d.visit_of != 0 && by_packs;
	d.is_counted = t.is_counted || by_packs;
	return d;
}

/* ---- windows ------------------------------------------------------------- */

/* The next moment after `local` at which the decision may be another. */
static int64_t
next_edge(const struct admit_facts *facts, const struct admit_rules *rules,
          int64_t local, int64_t most)
{
	int64_t midnight = ((int64_t)clock_day(local) + 1) * CLOCK_DAY_SECONDS;
	int64_t next = midnight < most ? midnight : most;

	for (size_t i = 0; i < facts->subscription_count; i++)
		next = plan_hours_next(&facts->subscriptions[i].hours, local,
		                       next);
	for (size_t i = 0; i < facts->touch_count; i++) {
		int64_t end = facts->touches[i] + rules->visit_minutes * 60;

		if (rules->day_visits > 0 && end > local && end < next)
			next = end;
	}
	return next;
}

size_t
admit_windows(const struct admit_facts *facts, const struct admit_rules *rules,
              int64_t from, int64_t to, struct admit_window *out, size_t most)
{
	size_t count = 0;

	for (int64_t t = from, next; t < to; t = next) {
		struct admit_moment moment = { .local = t };

		next = next_edge(facts, rules, t, to);
		if (admit(facts, rules, moment).refusal != ADMIT_ALLOWED)
			continue;
		if (count > 0 && (out[count - 1].to == t || count == most))
			out[count - 1].to = next;
		else if (count < most)
			out[count++] = (struct admit_window){ t, next };
	}
	return count;
}
