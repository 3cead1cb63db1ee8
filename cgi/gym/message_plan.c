/* message_plan.c: finds which members are to be reminded, and writes it down */
#include "gym/message_plan.h"

#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/company.h"
#include "gym/follow_up.h"
#include "gym/member_state.h"
#include "gym/message_facts.h"

#define BATCH 100		/* members of one transaction */

/*
 * All members of the branches of a zone of whom the same is due: the last day
 * of their membership, or of their visits, is the same.
 */
struct group {
	struct message_plan *plan;
	const char *zone;
	struct message_due due;
	enum stmt_id finds;
};

/* One of them, whose message is not written, or might be due after all. */
struct candidate {
	int64_t member_id;
	bool is_known;		/* it is written, and was skipped */
};

/* What is to be written of one. */
struct note {
	int64_t member_id, branch_id;
	enum message_reason reason;
	int64_t due_at;		/* of MESSAGE_FINE, else CLOCK_NO_TIME */
	bool is_known;
};

struct batch {
	const struct group *group;
	struct note list[BATCH];
	size_t count;
	int64_t found;		/* by the transaction: due now */
};

/* ---- writing ------------------------------------------------------------- */

static const char *
state_word(const struct note *n)
{
	return message_state_word(n->reason == MESSAGE_FINE ? MESSAGE_DUE
	                          : MESSAGE_SKIPPED);
}

static enum db_result
add(struct db *db, const struct group *g, const struct note *n)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_ADD);
	enum db_result rc;

	db_in_str(st, g->plan->company);
	db_in_int(st, n->branch_id);
	db_in_int(st, n->member_id);
	db_in_str(st, message_kind_word(g->due.rule->kind));
	db_in_int(st, g->due.rule->days);
	db_in_day(st, g->due.anchor_day);
	db_in_str(st, state_word(n));
	db_in_str(st, message_reason_word(n->reason));
	db_in_at(st, n->due_at);
	db_in_at(st, g->plan->now_at);
	rc = db_run(st);
	/* another run has written the same */
	return rc == DB_DUPLICATE ? DB_NONE : rc;
}

/* DB_NONE: it is skipped for the same reason as before. */
static enum db_result
cure(struct db *db, const struct group *g, const struct note *n)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_CURE);

	db_in_str(st, state_word(n));
	db_in_str(st, message_reason_word(n->reason));
	db_in_at(st, n->due_at);
	db_in_int(st, n->branch_id);
	db_in_str(st, g->plan->company);
	db_in_int(st, n->member_id);
	db_in_str(st, message_kind_word(g->due.rule->kind));
	db_in_int(st, g->due.rule->days);
	db_in_day(st, g->due.anchor_day);
	return db_run(st);
}

static enum db_result
write_batch(struct db *db, void *arg)
{
	struct batch *b = arg;

	b->found = 0;
	for (size_t i = 0; i < b->count; i++) {
		const struct note *n = &b->list[i];
		enum db_result rc = n->is_known ? cure(db, b->group, n)
			: add(db, b->group, n);

		if (rc != DB_OK && rc != DB_NONE)
			return rc;
		b->found += rc == DB_OK && n->reason == MESSAGE_FINE;
	}
	return DB_OK;
}

/* ---- who ----------------------------------------------------------------- */

/* The candidates of a group whose ids are behind `after_id`. */
static enum db_result
read_candidates(struct db *db, const struct group *g, int64_t after_id,
                struct candidate list[BATCH], size_t *count)
{
	struct db_stmt *st = db_begin(db, g->finds);
	struct candidate c;
	enum db_result rc;

	*count = 0;
	db_in_str(st, g->zone);
	db_in_str(st, message_kind_word(g->due.rule->kind));
	db_in_int(st, g->due.rule->days);
	db_in_str(st, g->plan->company);
	db_in_day(st, g->due.anchor_day);
	db_in_int(st, after_id);
	db_out_int(st, &c.member_id);
	db_out_bool(st, &c.is_known);
	while ((rc = db_next(st)) == DB_OK && *count < BATCH)
		list[(*count)++] = c;
	return rc == DB_NONE ? DB_OK : rc;
}

/* Is it due by the facts, not only by what is kept of them? */
static bool
is_due(const struct group *g, const struct message_facts *facts)
{
	struct message_due due[MESSAGE_DUE_MOST];
	size_t count = message_judge_due(g->plan->rules, facts, due);

	for (size_t i = 0; i < count; i++) {
		if (due[i].rule == g->due.rule &&
		    due[i].anchor_day == g->due.anchor_day)
			return true;
	}
	return false;
}

static void
take_note(struct batch *b, const struct candidate *c,
          const struct message_facts *facts)
{
	const struct group *g = b->group;
	const struct messaging *s = g->plan->settings;
	struct note n = { c->member_id, facts->branch_id,
	                  message_judge_member(g->due.rule->kind, facts),
	                  CLOCK_NO_TIME, c->is_known };

	if (n.reason == MESSAGE_FINE)
		n.due_at = messaging_open_at(facts->zone, s->from_minute,
		                             s->to_minute, g->plan->now_at);
	b->list[b->count++] = n;
}

static enum db_result
judge(struct db *db, struct arena *a, struct batch *b,
      const struct candidate *list, size_t count)
{
	struct message_facts facts;
	enum db_result rc = DB_OK;

	for (size_t i = 0; i < count && rc == DB_OK; i++) {
		rc = message_facts_read(db, a, b->group->plan->company, 0,
		                        list[i].member_id,
		                        b->group->plan->now_at, &facts);
		if (rc == DB_OK && is_due(b->group, &facts))
			take_note(b, &list[i], &facts);
		arena_reset(a);
	}
	return rc;
}

/* In a dry run only counted. */
static enum db_result
keep(struct db *db, struct batch *b)
{
	struct message_plan *plan = b->group->plan;
	enum db_result rc = DB_OK;

	if (plan->is_dry) {
		for (size_t i = 0; i < b->count; i++)
			b->found += b->list[i].reason == MESSAGE_FINE;
	} else if (b->count > 0) {
		rc = tx_run(db, write_batch, b);
	}
	if (rc == DB_OK)
		plan->found[b->group->due.rule - plan->rules->rows] +=
			b->found;
	return rc == DB_AGAIN ? DB_OK : rc;	/* the next run's, then */
}

static enum db_result
find_group(struct db *db, const struct group *g)
{
	struct arena *scratch = arena_create();
	struct candidate list[BATCH];
	size_t count = BATCH;
	int64_t after_id = 0;
	enum db_result rc = DB_OK;

	while (rc == DB_OK && count == BATCH) {
		struct batch b = { .group = g };

		rc = read_candidates(db, g, after_id, list, &count);
		if (rc != DB_OK || count == 0)
			break;
		after_id = list[count - 1].member_id;
		rc = judge(db, scratch, &b, list, count);
		if (rc == DB_OK)
			rc = keep(db, &b);
	}
	arena_destroy(scratch);
	return rc;
}

/* ---- which days ---------------------------------------------------------- */

/* Of the rules of a kind that are on; -1 and -1: there is none. */
struct days {
	int32_t least, most;
};

static struct days
days_of(const struct message_rules *rules, enum message_kind kind)
{
	struct days d = { -1, -1 };

	for (size_t i = 0; i < rules->count; i++) {
		const struct message_rule *r = &rules->rows[i];

		if (!r->is_on || r->kind != kind)
			continue;
		if (d.least < 0 || r->days < d.least)
			d.least = (int32_t)r->days;
		if (r->days > d.most)
			d.most = (int32_t)r->days;
	}
	return d;
}

/* What is due of members whose last day, or last visit, is `day`. */
static enum db_result
find_day(struct db *db, struct group *g, const struct message_facts *facts)
{
	struct message_due due[MESSAGE_DUE_MOST];

	if (message_judge_due(g->plan->rules, facts, due) == 0)
		return DB_OK;
	g->due = due[0];
	return find_group(db, g);
}

static enum db_result
find_ending(struct db *db, struct group *g, int32_t today)
{
	const struct message_rules *rules = g->plan->rules;
	int32_t back = days_of(rules, MESSAGE_AFTER).most;
	int32_t ahead = days_of(rules, MESSAGE_BEFORE).most;
	struct message_facts facts = { .seen_day = CLOCK_NO_DAY,
	                               .zone = g->zone, .today = today };
	enum db_result rc = DB_OK;

	g->finds = STMT_MESSAGE_PLAN_ENDING;
	back = (back < 0 ? 0 : back) + MESSAGE_LATE_DAYS;
	for (int32_t day = today - back; day <= today + (ahead < 0 ? 0 : ahead)
	     && rc == DB_OK; day++) {
		facts.until_day = day;
		facts.standing = day < today ? ADMIT_EXPIRED : ADMIT_ALLOWED;
		rc = find_day(db, g, &facts);
	}
	return rc;
}

static enum db_result
find_absent(struct db *db, struct group *g, int32_t today)
{
	struct days days = days_of(g->plan->rules, MESSAGE_ABSENT);
	struct message_facts facts = { .until_day = CLOCK_NO_DAY,
	                               .standing = ADMIT_ALLOWED,
	                               .zone = g->zone, .today = today };
	int32_t first = today - days.most - MESSAGE_LATE_DAYS;
	enum db_result rc = DB_OK;

	if (days.most < 0)
		return DB_OK;
	rc = message_hidden_day(db, g->plan->company, g->zone,
	                        g->plan->now_at, &facts.hidden_day);
	if (rc == DB_OK && first <= facts.hidden_day)
		first = facts.hidden_day + 1;	/* the others may have come */
	if (rc != DB_OK || first > today - days.least)
		return rc;
	rc = follow_up_keep_seen(db, g->plan->company, today - days.least);
	g->finds = STMT_MESSAGE_PLAN_ABSENT;
	for (int32_t day = first; day <= today - days.least && rc == DB_OK;
	     day++) {
		facts.seen_day = day;
		rc = find_day(db, g, &facts);
	}
	return rc;
}

/* ---- a company ----------------------------------------------------------- */

static enum db_result
find_zone(struct db *db, struct message_plan *plan, const char *zone)
{
	struct group g = { .plan = plan, .zone = zone };
	int32_t today = clock_day(clock_local(zone, plan->now_at));
	enum db_result rc = find_ending(db, &g, today);

	return rc == DB_OK ? find_absent(db, &g, today) : rc;
}

/* Is it the first of the branches in its zone? */
static bool
is_new_zone(const struct branch_list *branches, size_t which)
{
	for (size_t i = 0; i < which; i++) {
		if (strcmp(branches->rows[i].zone,
		           branches->rows[which].zone) == 0)
			return false;
	}
	return true;
}

/*
 * What is kept of the states is of the company's first branch, as on the pages;
 * of another zone it may be of the day before or behind, which moves nobody's
 * last day.
 */
enum db_result
message_plan_find(struct db *db, struct message_plan *plan)
{
	struct arena *a = arena_create();
	struct branch_list branches;
	enum db_result rc = branch_list(db, a, plan->company, &branches);

	if (rc == DB_OK && branches.count > 0)
		rc = member_state_refresh(db, plan->company, clock_day(
			clock_local(branches.rows[0].zone, plan->now_at)));
	for (size_t i = 0; i < branches.count && rc == DB_OK; i++) {
		if (is_new_zone(&branches, i))
			rc = find_zone(db, plan, branches.rows[i].zone);
	}
	arena_destroy(a);
	return rc;
}
