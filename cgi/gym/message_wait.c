/* message_wait.c: messages that wait to be sent, and claims left behind */
#include "gym/message_wait.h"

#include "base/clock.h"
#include "gym/message_facts.h"

#define PAGE 200		/* messages of one look */
#define DAY_MS (CLOCK_DAY_SECONDS * (int64_t)1000)

/* ---- one ----------------------------------------------------------------- */

enum db_result
message_wait_skip(struct db *db, const char *company, int64_t id,
                  enum message_reason reason)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WAIT_SKIP);

	db_in_str(st, message_reason_word(reason));
	db_in_str(st, company);
	db_in_int(st, id);
	return db_run(st);
}

enum db_result
message_wait_move(struct db *db, const char *company, int64_t id,
                  int64_t due_at)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WAIT_MOVE);

	db_in_at(st, due_at);
	db_in_str(st, company);
	db_in_int(st, id);
	return db_run(st);
}

/* ---- all ----------------------------------------------------------------- */

struct waiting {
	int64_t id, member_id, days, serial, created_at;
	enum message_kind kind;
	int32_t anchor_day;
};

/* Those behind `after_id`. */
static enum db_result
read_page(struct db *db, struct arena *a, const char *company,
          int64_t after_id, struct waiting list[PAGE], size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WAIT_LIST);
	struct waiting w;
	const char *kind;
	enum db_result rc;

	*count = 0;
	db_in_str(st, company);
	db_in_int(st, after_id);
	db_out_int(st, &w.id);
	db_out_int(st, &w.member_id);
	db_out_str(st, a, &kind);
	db_out_int(st, &w.days);
	db_out_day(st, &w.anchor_day);
	db_out_int(st, &w.serial);
	db_out_at(st, &w.created_at);
	while ((rc = db_next(st)) == DB_OK && *count < PAGE) {
		w.kind = message_kind_of(kind);
		list[(*count)++] = w;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

/* Of a reminder, by all that is known of the member now. */
static enum db_result
judge(struct db *db, struct arena *a, const struct message_plan *plan,
      const struct waiting *w, enum message_reason *reason)
{
	struct message_facts facts;
	enum db_result rc;

	if (w->serial != 0) {
		*reason = plan->now_at - w->created_at >
			MESSAGE_LATE_DAYS * DAY_MS ? MESSAGE_LATE
			: MESSAGE_FINE;
		return DB_OK;
	}
	rc = message_facts_read(db, a, plan->company, 0, w->member_id,
	                        plan->now_at, &facts);
	if (rc == DB_OK)
		*reason = message_judge_now(plan->rules, &facts, w->kind,
		                            w->days, w->anchor_day);
	return rc;
}

static enum db_result
look_at(struct db *db, struct arena *a, struct message_plan *plan,
        const struct waiting *w)
{
	enum message_reason reason = MESSAGE_FINE;
	enum db_result rc = judge(db, a, plan, w, &reason);

	if (rc != DB_OK)
		return rc;
	if (reason == MESSAGE_FINE) {
		const struct message_rule *rule = message_rule_of(
			plan->rules, w->kind, w->days);

		if (rule != NULL && w->serial == 0)
			plan->waiting[rule - plan->rules->rows]++;
		return DB_OK;
	}
	if (plan->is_dry)
		return DB_OK;
	rc = message_wait_skip(db, plan->company, w->id, reason);
	/* sent meanwhile; or somebody holds it, and looks at it, too */
	return rc == DB_NONE || rc == DB_AGAIN ? DB_OK : rc;
}

enum db_result
message_wait_sweep(struct db *db, struct message_plan *plan)
{
	struct arena *scratch = arena_create();
	struct waiting list[PAGE];
	size_t count = PAGE;
	int64_t after_id = 0;
	enum db_result rc = DB_OK;

	while (rc == DB_OK && count == PAGE) {
		rc = read_page(db, scratch, plan->company, after_id, list,
		               &count);
		for (size_t i = 0; i < count && rc == DB_OK; i++) {
			rc = look_at(db, scratch, plan, &list[i]);
			arena_reset(scratch);
			after_id = list[i].id;
		}
	}
	arena_destroy(scratch);
	return rc;
}

enum db_result
message_wait_abandon(struct db *db, const char *company, int64_t now_at,
                     int64_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WAIT_ABANDON);
	enum db_result rc;

	db_in_str(st, company);
	db_in_at(st, now_at);
	rc = db_run(st);
	*count = rc == DB_OK ? db_changed(db) : 0;
	/* held by one who settles it, or by another run */
	return rc == DB_NONE || rc == DB_AGAIN ? DB_OK : rc;
}

enum db_result
message_wait_count(struct db *db, const char *company, int64_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WAIT_COUNT);

	db_in_str(st, company);
	db_out_int(st, count);
	return db_one(st);
}

enum db_result
message_wait_due(struct db *db, const char *company, int64_t now_at,
                 const struct message_wait *after,
                 struct message_wait list[MESSAGE_WAITS_MAX], size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_WAIT_DUE);
	struct message_wait w;
	enum db_result rc;

	*count = 0;
	db_in_str(st, company);
	db_in_at(st, now_at);
	db_in_at(st, after->due_at);
	db_in_at(st, after->due_at);
	db_in_int(st, after->id);
	db_out_int(st, &w.id);
	db_out_at(st, &w.due_at);
	while ((rc = db_next(st)) == DB_OK && *count < MESSAGE_WAITS_MAX)
		list[(*count)++] = w;
	return rc == DB_NONE ? DB_OK : rc;
}
