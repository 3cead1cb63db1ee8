/* renewal.c: a subscription is sold, and paid for, in one go */
#include "gym/renewal.h"

#include "base/clock.h"
#include "db/tx.h"
#include "gym/member.h"
#include "gym/member_edit.h"
#include "gym/member_state.h"
#include "gym/subscription.h"

/* Neither void nor a pack of which no visit is left. */
static bool
holds(const struct subscription_row *row)
{
	return !row->is_void && !subscription_is_used_up(row);
}

int32_t
renewal_start(struct arena *a, const struct subscription_list *list,
              const struct admit_facts *facts, int32_t today)
{
	struct subscription *still = arena_alloc(a, list->count *
	                                         sizeof *still);
	struct admit_facts held = *facts;
	int32_t last = CLOCK_NO_DAY, covered;

	held.subscriptions = still;
	held.subscription_count = 0;
	/* the list begins with the last, the facts with the first */
	for (size_t i = list->count; i-- > 0;) {
		const struct subscription_row *row = &list->rows[i];

		if (!holds(row))
			continue;
		still[held.subscription_count++] = (struct subscription){
			.start_day = row->start_day, .end_day = row->end_day,
		};
		if (last == CLOCK_NO_DAY || row->end_day > last)
			last = row->end_day;
	}
	covered = admit_end(&held, today);
	if (last == CLOCK_NO_DAY || covered == CLOCK_NO_DAY || covered < today)
		return today;
	return last + 1;
}

int32_t
renewal_end(int32_t start_day, int64_t days)
{
	return start_day + (int32_t)days - 1;
}

/* ---- selling ------------------------------------------------------------- */

static enum db_result
find_overlap(struct db *db, const struct renewal *r, const struct plan *plan)
{
	struct db_stmt *st = db_begin(db, STMT_SUBSCRIPTION_OVERLAP);
	int64_t found;

	db_in_str(st, r->paid.actor.company);
	db_in_int(st, r->paid.member_id);
	db_in_day(st, renewal_end(r->start_day, plan->days));
	db_in_day(st, r->start_day);
	db_in_int(st, plan->branch_id);
	db_in_int(st, plan->branch_id);
	db_out_int(st, &found);
	return db_one(st);
}

static enum renewal_fault
check(const struct renewal *r, const struct plan *plan)
{
	if (plan->is_closed)
		return RENEWAL_NO_PLAN;
	if (r->amount > plan->price)
		return RENEWAL_DEARER;
	return r->paid.amount > r->amount ? RENEWAL_PAID_TOO_MUCH
		: RENEWAL_FINE;
}

static enum db_result
insert(struct db *db, struct renewal *r, const struct plan *plan)
{
	struct db_stmt *st = db_begin(db, STMT_SUBSCRIPTION_ADD);
	enum db_result rc;

	db_in_str(st, r->paid.actor.company);
	db_in_int(st, r->paid.member_id);
	db_in_int(st, plan->id);
	db_in_id(st, plan->branch_id);
	db_in_day(st, r->start_day);
	db_in_day(st, renewal_end(r->start_day, plan->days));
	db_in_id(st, plan->visits);
	db_in_str(st, plan->hours);
	db_in_int(st, r->amount);
	db_in_str(st, r->nonce);
	db_in_id(st, r->paid.actor.user_id);
	db_in_at(st, r->paid.actor.now_at);
	rc = db_run(st);
	r->paid.subscription_id = db_last_id(db);
	return rc;
}

static enum db_result
write_down(struct db *db, struct renewal *r, const struct plan *plan)
{
	const struct actor *actor = &r->paid.actor;
	enum db_result rc = insert(db, r, plan);

	if (rc == DB_OK)
		rc = audit_row(db, actor, "add", "trn_member_subscriptions",
		               r->paid.subscription_id, "");
	if (rc == DB_OK && r->paid.amount > 0)
		rc = payment_take(db, &r->paid);
	return rc == DB_OK ? member_state_forget(db, actor->company,
	                                         r->paid.member_id) : rc;
}

enum db_result
renewal_store(struct db *db, struct arena *a, struct renewal *r)
{
	struct plan plan;
	enum db_result rc = plan_find(db, a, r->paid.actor.company,
	                              r->paid.branch_id, r->plan_id, &plan);

	r->fault = RENEWAL_NO_PLAN;
	if (rc != DB_OK)
		return rc;
	r->fault = check(r, &plan);
	if (r->fault != RENEWAL_FINE)
		return DB_NONE;
	rc = find_overlap(db, r, &plan);
	if (rc == DB_OK)
		r->fault = RENEWAL_OVERLAPS;
	if (rc != DB_NONE)
		return rc == DB_OK ? DB_NONE : rc;
	return write_down(db, r, &plan);
}

struct sale {
	struct arena *arena;
	struct renewal *renewal;
};

static enum db_result
sell(struct db *db, void *arg)
{
	struct sale *s = arg;
	struct payment_call *paid = &s->renewal->paid;
	struct member member;
	enum db_result rc = member_lock(db, paid->actor.company,
	                                paid->member_id);

	s->renewal->fault = RENEWAL_NO_MEMBER;
	if (rc == DB_OK)
		rc = member_find(db, s->arena, paid->actor.company,
		                 paid->branch_id, paid->member_id, &member);
	return rc == DB_OK ? renewal_store(db, s->arena, s->renewal) : rc;
}

/* The sale of a form that was posted before. */
static enum db_result
find_nonce(struct db *db, struct renewal *r)
{
	struct db_stmt *st = db_begin(db, STMT_SUBSCRIPTION_FIND_NONCE);

	db_in_str(st, r->paid.actor.company);
	db_in_str(st, r->nonce);
	db_in_int(st, r->paid.member_id);
	db_out_int(st, &r->paid.subscription_id);
	return db_one(st);
}

enum db_result
renewal_sell(struct db *db, struct arena *a, struct renewal *r)
{
	enum db_result rc = DB_NONE;

	/* first, for the second time it would overlap with the first */
	if (r->nonce != NULL)
		rc = find_nonce(db, r);
	if (rc == DB_NONE)
		rc = tx_run(db, sell, &(struct sale){ a, r });
	/* two at once: the first one held the member's row meanwhile */
	if (r->nonce != NULL && (rc == DB_DUPLICATE ||
	    (rc == DB_NONE && r->fault == RENEWAL_OVERLAPS))) {
		enum db_result again = find_nonce(db, r);

		if (again != DB_NONE)
			rc = again;
	}
	return rc;
}

/* ---- taking back --------------------------------------------------------- */

struct undo {
	const struct actor *actor;
	int64_t member_id, subscription_id;
};

static enum db_result
undo(struct db *db, void *arg)
{
	const struct undo *u = arg;
	struct db_stmt *st;
	enum db_result rc = member_lock(db, u->actor->company, u->member_id);

	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_SUBSCRIPTION_VOID);
	db_in_str(st, u->actor->company);
	db_in_int(st, u->subscription_id);
	db_in_int(st, u->member_id);
	rc = db_run(st);
	if (rc == DB_OK)
		rc = audit_row(db, u->actor, "change",
		               "trn_member_subscriptions", u->subscription_id,
		               "ms_status");
	return rc == DB_OK ? member_state_forget(db, u->actor->company,
	                                         u->member_id) : rc;
}

enum db_result
renewal_void(struct db *db, const struct actor *actor, int64_t member_id,
             int64_t subscription_id)
{
	return tx_run(db, undo, &(struct undo){ actor, member_id,
		                                subscription_id });
}
