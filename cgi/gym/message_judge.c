/* message_judge.c: which reminder is due of a member today, and may it be sent */
#include "gym/message_judge.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* ---- what is due --------------------------------------------------------- */

/* Days from the end of the membership to the day of a rule. */
static int64_t
offset_of(const struct message_rule *r)
{
	return r->kind == MESSAGE_BEFORE ? -r->days : r->days;
}

/* Can what it says be true `offset` days after the last one? */
static bool
is_true_at(enum message_kind kind, int64_t offset)
{
	switch (kind) {
	case MESSAGE_BEFORE:
		return offset <= 0;
	case MESSAGE_ON:
		return offset == 0;
	case MESSAGE_AFTER:
		return offset > 0;
	default:
		return false;
	}
}

/* Its day was `since_days` ago; had it come, and was the rule on by then? */
static bool
is_in_time(const struct message_rule *r, const struct message_facts *f,
           int64_t since_days)
{
	return since_days >= 0 && since_days <= MESSAGE_LATE_DAYS &&
		(r->on_at == CLOCK_NO_TIME || f->today - since_days >=
		 clock_day(clock_local(f->zone, r->on_at)));
}

/* Of those whose day has come, the last one. */
static const struct message_rule *
ending_rule(const struct message_rules *rules, const struct message_facts *f)
{
	int64_t offset = (int64_t)f->today - f->until_day;
	const struct message_rule *best = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		const struct message_rule *r = &rules->rows[i];

		if (r->is_on && is_true_at(r->kind, offset) &&
		    is_in_time(r, f, offset - offset_of(r)) &&
		    (best == NULL || offset_of(r) > offset_of(best)))
			best = r;
	}
	return best;
}

static const struct message_rule *
absent_rule(const struct message_rules *rules, const struct message_facts *f)
{
	int64_t away_days = (int64_t)f->today - f->seen_day;
	const struct message_rule *best = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		const struct message_rule *r = &rules->rows[i];

		if (r->is_on && r->kind == MESSAGE_ABSENT &&
		    is_in_time(r, f, away_days - r->days) &&
		    (best == NULL || r->days > best->days))
			best = r;
	}
	return best;
}

size_t
message_judge_due(const struct message_rules *rules,
                  const struct message_facts *f,
                  struct message_due out[MESSAGE_DUE_MOST])
{
	bool is_covered = f->standing == ADMIT_ALLOWED;
	const struct message_rule *r = NULL;
	size_t count = 0;

	if (f->until_day != CLOCK_NO_DAY && !f->has_later &&
	    (is_covered || f->standing == ADMIT_EXPIRED))
		r = ending_rule(rules, f);
	if (r != NULL)
		out[count++] = (struct message_due){ r, f->until_day };
	r = is_covered && f->seen_day != CLOCK_NO_DAY
		? absent_rule(rules, f) : NULL;
	if (r != NULL)
		out[count++] = (struct message_due){ r, f->seen_day };
	return count;
}

/* ---- whether it may be sent ---------------------------------------------- */

bool
message_judge_phone(const char *e164)
{
	const char *india = e164 == NULL ? NULL : text_after(e164, "+91");

	if (india != NULL)
		return strlen(india) == 10 && *india >= '6';
	return e164 != NULL && strlen(e164) > 7;
}

static bool
is_grown_up(const struct message_facts *f)
{
	struct clock_date born, now = clock_split((int64_t)f->today *
	                                          CLOCK_DAY_SECONDS);
	int years;

	if (f->born_day == CLOCK_NO_DAY)
		return false;
	born = clock_split((int64_t)f->born_day * CLOCK_DAY_SECONDS);
	years = now.year - born.year;
	if (now.month < born.month ||
	    (now.month == born.month && now.day < born.day))
		years--;
	return years >= MESSAGE_GROWN_UP_YEARS;
}

static bool
is_absent(enum message_kind kind)
{
	return kind == MESSAGE_ABSENT;
}

enum message_reason
message_judge_member(enum message_kind kind, const struct message_facts *f)
{
	if (f->is_erased)
		return MESSAGE_ERASED;
	if (!f->has_consent)
		return MESSAGE_NO_CONSENT;
	if (is_absent(kind) && !is_grown_up(f))
		return MESSAGE_AGE;
	if (!message_judge_phone(f->phone))
		return MESSAGE_NO_PHONE;
	if (f->is_unreached)
		return MESSAGE_UNREACHED;
	return is_absent(kind) && f->seen_day <= f->hidden_day
		? MESSAGE_UNSURE : MESSAGE_FINE;
}

/* Why one that is not what is due now is not. */
static enum message_reason
why_not(const struct message_rules *rules, const struct message_facts *f,
        enum message_kind kind, int64_t days, int32_t anchor_day)
{
	const struct message_rule *r = message_rule_of(rules, kind, days);
	bool is_about = is_absent(kind)
		? f->standing == ADMIT_ALLOWED && f->seen_day == anchor_day
		: f->until_day == anchor_day && !f->has_later &&
		  (f->standing == ADMIT_ALLOWED ||
		   f->standing == ADMIT_EXPIRED);

	if (r == NULL || !r->is_on)
		return MESSAGE_RULE_OFF;
	return is_about ? MESSAGE_LATE : MESSAGE_UNTRUE;
}

enum message_reason
message_judge_now(const struct message_rules *rules,
                  const struct message_facts *f, enum message_kind kind,
                  int64_t days, int32_t anchor_day)
{
	struct message_due due[MESSAGE_DUE_MOST];
	size_t count = message_judge_due(rules, f, due);

	if (f->is_erased)
		return MESSAGE_ERASED;
	for (size_t i = 0; i < count; i++) {
		if (is_absent(due[i].rule->kind) != is_absent(kind) ||
		    due[i].anchor_day != anchor_day)
			continue;
		return due[i].rule->kind == kind && due[i].rule->days == days
			? message_judge_member(kind, f) : MESSAGE_OVERTAKEN;
	}
	return why_not(rules, f, kind, days, anchor_day);
}
