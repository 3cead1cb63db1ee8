/* attendance_write.c: what staff write in by hand, and how they correct */
#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/attendance.h"
#include "gym/company.h"
#include "gym/access_rules.h"
#include "gym/member.h"
#include "gym/member_edit.h"
#include "gym/member_state.h"
#include "gym/subscription.h"
#include "gym/used_visit.h"

#define TABLE "trn_member_attendances"
#define LATE_SECONDS (10 * 60)	/* as of a punch that arrives late */

/* ---- there by hand ------------------------------------------------------- */

/* A call on its way through its transaction. */
struct add {
	struct attendance_add *call;
	struct arena *arena;
	struct member member;
	int64_t now_local;
};

static enum db_result
refuse(struct attendance_add *call, enum attendance_fault fault)
{
	call->fault = fault;
	return DB_NONE;
}

static enum db_result
read_member(struct db *db, struct add *add)
{
	struct attendance_add *call = add->call;
	enum db_result rc = member_find(db, add->arena, call->actor.company,
	                                call->branch_id, call->member_id,
	                                &add->member);

	if (rc == DB_OK && add->member.erased_at != CLOCK_NO_TIME)
		rc = DB_NONE;
	if (rc == DB_NONE)
		return refuse(call, ATTENDANCE_NO_MEMBER);
	return rc != DB_OK ? rc : branch_local(db, add->arena,
	        call->actor.company, add->member.branch_id,
	        call->actor.now_at, &add->now_local);
}

/* By the rule, at the member's own branch; nobody else's turn now. */
static enum db_result
judge(struct db *db, struct add *add)
{
	struct attendance_add *call = add->call;
	const struct attendance_subject subject = {
		call->actor.company, call->member_id, add->member.branch_id,
		call->punch_local,
	};
	struct admit_facts facts;
	struct admit_rules rules;
	enum db_result rc = attendance_facts(db, add->arena, &subject, &facts,
	                                     &rules);

	if (rc == DB_OK)
		call->decision = admit(&facts, &rules, (struct admit_moment){
			.local = call->punch_local });
	return rc;
}

/* What the attendance brings with it. */
static enum db_result
follow_up(struct db *db, const struct attendance_add *call)
{
	enum db_result rc = DB_OK;

	if (call->decision.visit_of != 0)
		rc = used_visit_add(db, call->actor.company,
		                    call->decision.visit_of,
		                    clock_day(call->punch_local), call->id);
	if (rc == DB_OK && call->decision.moves_standing)
		rc = member_state_forget(db, call->actor.company,
		                         call->member_id);
	return rc == DB_OK ? company_bump_door(db, call->actor.company) : rc;
}

static enum db_result
insert(struct db *db, const struct add *add)
{
	const struct attendance_add *call = add->call;
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_ADD_STAFF);

	db_in_str(st, call->actor.company);
	db_in_int(st, add->member.branch_id);
	db_in_int(st, call->member_id);
	db_in_local(st, call->punch_local);
	db_in_str(st, call->decision.refusal == ADMIT_ALLOWED ? "ALLOWED"
	          : "DENIED");
	db_in_str(st, admit_reason(call->decision.refusal));
	db_in_str(st, admit_reason(call->decision.warning));
	db_in_int(st, add->now_local - call->punch_local > LATE_SECONDS);
	db_in_at(st, call->actor.now_at);
	db_in_str(st, call->note);
	db_in_int(st, call->actor.user_id);
	return db_run(st);
}

/* The minute is taken: by this very form, posted twice? */
static enum db_result
check_taken(struct db *db, struct add *add)
{
	struct attendance_add *call = add->call;
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_FIND_MINUTE);
	const char *note = NULL;
	int64_t user_id = 0;
	enum db_result rc;

	db_in_str(st, call->actor.company);
	db_in_int(st, call->member_id);
	db_in_local(st, call->punch_local -
	            clock_split(call->punch_local).second);
	db_out_int(st, &call->id);
	db_out_str(st, add->arena, &note);
	db_out_int(st, &user_id);
	rc = db_one(st);
	if (rc != DB_OK || (note != NULL && strcmp(note, call->note) == 0 &&
	                    user_id == call->actor.user_id))
		return rc;
	return refuse(call, ATTENDANCE_KNOWN);
}

static enum db_result
add_step(struct db *db, void *arg)
{
	struct add *add = arg;
	struct attendance_add *call = add->call;
	enum db_result rc = read_member(db, add);

	if (rc != DB_OK)
		return rc;
	if (call->punch_local > add->now_local)
		return refuse(call, ATTENDANCE_FUTURE);
	if (clock_split(call->punch_local).year < CLOCK_FIRST_YEAR)
		return refuse(call, ATTENDANCE_TOO_OLD);
	rc = member_lock(db, call->actor.company, call->member_id);
	if (rc == DB_OK)
		rc = judge(db, add);
	if (rc == DB_OK)
		rc = insert(db, add);
	if (rc == DB_DUPLICATE && db_duplicate_key(db, "att_minute"))
		return check_taken(db, add);
	if (rc != DB_OK)
		return rc;
	call->id = db_last_id(db);
	rc = follow_up(db, call);
	return rc != DB_OK ? rc : audit_row(db, &call->actor, "add", TABLE, call->id,
	                 "att_member_id,att_punch_time,att_note");
}

enum db_result
attendance_add(struct db *db, struct arena *a, struct attendance_add *call)
{
	struct add add = { .call = call, .arena = a };

	call->fault = ATTENDANCE_FINE;
	return tx_run(db, add_step, &add);
}

/* ---- corrected ----------------------------------------------------------- */

struct correct {
	struct attendance_correct *call;
	struct arena *arena;
};

/* Two who correct at once come one after the other, and the second is told. */
static enum db_result
lock_punch(struct db *db, const struct attendance_correct *call)
{
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_LOCK);
	int64_t id;

	db_in_str(st, call->actor.company);
	db_in_int(st, call->id);
	db_out_int(st, &id);
	return db_one(st);
}

static enum db_result
insert_correction(struct db *db, const struct attendance_correct *call)
{
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_ADD_CORRECTION);

	db_in_str(st, attendance_word(call->status));
	db_in_at(st, call->actor.now_at);
	db_in_str(st, call->note);
	db_in_int(st, call->actor.user_id);
	db_in_str(st, call->actor.company);
	db_in_int(st, call->id);
	return db_run(st);
}

/* It counts from now on: as one that was let in, whatever the rule says. */
static enum db_result
use_visit(struct db *db, const struct correct *c, const struct attendance *a)
{
	const char *company = c->call->actor.company;
	const struct attendance_subject subject = {
		company, a->member_id, a->branch_id, a->punch_local,
	};
	struct admit_facts facts;
	struct admit_rules rules;
	struct admit_decision d;
	enum db_result rc = attendance_facts(db, c->arena, &subject, &facts,
	                                     &rules);

	if (rc != DB_OK)
		return rc;
	facts.let_in_day = clock_day(a->punch_local);
	d = admit(&facts, &rules, (struct admit_moment){
		a->punch_local, a->is_exit });
	if (d.visit_of == 0)
		return DB_OK;
	rc = used_visit_add(db, company, d.visit_of, facts.let_in_day, a->id);
	return rc == DB_OK && d.moves_standing
		? member_state_forget(db, company, a->member_id) : rc;
}

/* The visit of a pack follows the correction; the terminals hear of both. */
static enum db_result
settle_visit(struct db *db, const struct correct *c,
             const struct attendance *a)
{
	const struct attendance_correct *call = c->call;
	enum db_result rc;

	rc = call->status == ATTENDANCE_ALLOWED ? use_visit(db, c, a)
		: used_visit_give_back(db, call->actor.company, a->member_id,
		                       a->id);
	return rc == DB_OK ? company_bump_door(db, call->actor.company) : rc;
}

/* Is it what this very form has said before? */
static bool
is_said_already(const struct attendance *a,
                const struct attendance_correct *call)
{
	return a->correction_id != 0 && a->corrected == call->status &&
		a->correction_note != NULL &&
		strcmp(a->correction_note, call->note) == 0;
}

static enum db_result
correct_step(struct db *db, void *arg)
{
	const struct correct *c = arg;
	struct attendance_correct *call = c->call;
	struct attendance a;
	enum db_result rc = lock_punch(db, call);

	call->fault = ATTENDANCE_FINE;
	if (rc == DB_OK)
		rc = attendance_find(db, c->arena, call->actor.company,
		                     call->branch_id, call->id, &a);
	if (rc != DB_OK || is_said_already(&a, call))
		return rc;
	if (a.correction_id != call->seen_id)
		call->fault = ATTENDANCE_STALE;
	else if (a.corrected == call->status)
		call->fault = ATTENDANCE_SAME;
	if (call->fault != ATTENDANCE_FINE)
		return DB_NONE;
	rc = member_lock(db, call->actor.company, a.member_id);
	if (rc == DB_OK || rc == DB_NONE)	/* NONE: erased since */
		rc = insert_correction(db, call);
	if (rc == DB_OK)
		rc = settle_visit(db, c, &a);
	return rc != DB_OK ? rc : audit_row(db, &call->actor, "correct", TABLE,
	        call->id, "att_status,att_note");
}

enum db_result
attendance_correct(struct db *db, struct arena *a,
                   struct attendance_correct *call)
{
	struct correct c = { call, a };

	return tx_run(db, correct_step, &c);
}
