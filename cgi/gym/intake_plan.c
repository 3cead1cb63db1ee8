/* intake_plan.c: from what is known of a punch to what is to be stored */
#include "gym/intake_plan.h"

#include <string.h>

#include "base/clock.h"
#include "gym/access_rules.h"

#define LATE_SECONDS (10 * 60)
#define AHEAD_SECONDS CLOCK_DAY_SECONDS

static bool
is_clock_wrong(int64_t local, int64_t now_local)
{
	return clock_split(local).year < CLOCK_FIRST_YEAR ||
	       local > now_local + AHEAD_SECONDS;
}

static void
answer_only(struct intake_plan *out, enum intake_answer answer)
{
	out->answer = answer;
	out->store = INTAKE_STORE_NOTHING;
}

static void
keep_in_inbox(struct intake_plan *out, enum intake_answer answer,
              const char *state)
{
	out->answer = answer;
	out->store = INTAKE_STORE_INBOX;
	out->inbox_state = state;
}

/* It has come before and lies in the inbox: say the same again, or take it. */
static void
decide_held(const struct intake_context *c, struct intake_plan *out)
{
	bool is_mapped = c->member_id != 0;

	if (strcmp(c->inbox_state, "CLOCK") == 0)
		answer_only(out, INTAKE_CLOCK);
	else if (!is_mapped)
		answer_only(out, INTAKE_UNMAPPED);
	else if (strcmp(c->inbox_state, "UNMAPPED") != 0)
		answer_only(out, INTAKE_REPEAT);
	else
		out->store = INTAKE_STORE_TAKEN;
}

static void
judge(struct arena *a, const struct intake_context *c, struct intake_plan *out)
{
	const struct admit_moment moment = { out->local, c->is_exit };
	struct admit_facts facts;
	struct admit_rules rules;
	struct admit_decision d;

	if (!subscription_facts(a, &c->texts, &facts) ||
	    !access_rules_parse(c->rules, &rules)) {
		answer_only(out, INTAKE_UNAVAILABLE);
		return;
	}
	d = admit(&facts, &rules, moment);
	out->reason = admit_reason(d.refusal);
	out->warning = admit_reason(d.warning);
	out->visit_of = d.visit_of;
	out->moves_standing = d.moves_standing;
	out->is_counted = d.is_counted;
	out->answer = d.refusal == ADMIT_ALLOWED ? INTAKE_ALLOWED
		: INTAKE_DENIED;
}

/*
 * Both by the wall and by the instant: on a day when clocks change, one of
 * the two is an hour off.
 */
static bool
is_late(const struct punch *p, int64_t local, const char *zone,
        int64_t now_at, int64_t now_local)
{
	int64_t true_local = local -
		(p->is_bridge_time ? 0 : p->clock_offset_s);
	int64_t after = now_local - true_local;

	/* where the server's time stands in, no terminal's clock was wrong */
	if (!p->is_readable || after <= LATE_SECONDS)
		return false;
	if (after > 2 * CLOCK_DAY_SECONDS)	/* no zone changes by so much */
		return true;
	return now_at - clock_instant(zone, true_local) >
		LATE_SECONDS * INT64_C(1000);
}

/* Whose clock says when it was, and what stood in the place of that. */
static void
tell_source(const struct punch *p, struct intake_plan *out)
{
	if (!p->is_readable) {
		out->source = "SERVER";
		out->raw = p->raw;
	} else if (p->is_bridge_time) {
		out->source = "BRIDGE";
		out->raw = p->terminal_raw;
	} else {
		out->source = "TERMINAL";
	}
}

void
intake_decide(struct arena *a, const struct intake_context *c,
              const struct punch *p, int64_t local, int64_t now_at,
              struct intake_plan *out)
{
	int64_t now_local;

	*out = (struct intake_plan){
		.store = INTAKE_STORE_ATTENDANCE, .local = local,
	};
	tell_source(p, out);
	if (c->device_id == 0 || (c->token_sn != NULL &&
	                          strcmp(c->token_sn, p->device_sn) != 0)) {
		answer_only(out, INTAKE_OTHER_TERMINAL);
		return;
	}
	now_local = clock_local(c->zone, now_at);
	out->is_late = is_late(p, local, c->zone, now_at, now_local);
	if (is_clock_wrong(local, now_local)) {
		keep_in_inbox(out, INTAKE_CLOCK, "CLOCK");
		if (c->inbox_id != 0)
			answer_only(out, INTAKE_CLOCK);
		return;
	}
	if (clock_day(local) < c->start_day) {
		answer_only(out, INTAKE_BEFORE_START);
		return;
	}
	if (c->inbox_id != 0)
		decide_held(c, out);
	else if (c->member_id == 0)
		keep_in_inbox(out, INTAKE_UNMAPPED, "UNMAPPED");
	if (out->store == INTAKE_STORE_ATTENDANCE ||
	    out->store == INTAKE_STORE_TAKEN)
		judge(a, c, out);
}
