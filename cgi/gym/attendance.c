/* attendance.c: who came and who was refused, as it is read */
#include "gym/attendance.h"

#include <string.h>

#include "base/clock.h"
#include "gym/access_rules.h"
#include "gym/subscription.h"

static const char *const status_words[ATTENDANCE_STATUS__COUNT] = {
	[ATTENDANCE_ALLOWED] = "ALLOWED",
	[ATTENDANCE_DENIED] = "DENIED",
	[ATTENDANCE_VOID] = "VOID",
};

const char *
attendance_word(enum attendance_status status)
{
	return status_words[status];
}

static enum attendance_status
status_of(const char *word)
{
	int i = 0;

	while (word != NULL && i < ATTENDANCE_VOID &&
	       strcmp(status_words[i], word) != 0)
		i++;
	return (enum attendance_status)i;
}

/* ---- punches ------------------------------------------------------------- */

/* A row as it is read, before its words are understood. */
struct row {
	struct attendance a;
	const char *status, *corrected;
};

/* The columns that all of these statements give, in their order. */
static void
out_row(struct db_stmt *st, struct arena *a, struct row *r)
{
	*r = (struct row){ .status = "" };
	db_out_int(st, &r->a.id);
	db_out_int(st, &r->a.branch_id);
	db_out_int(st, &r->a.member_id);
	db_out_str(st, a, &r->a.member);
	db_out_str(st, a, &r->a.member_code);
	db_out_str(st, a, &r->a.device_sn);
	db_out_str(st, a, &r->a.device);
	db_out_str(st, a, &r->a.user_id);
	db_out_local(st, &r->a.punch_local);
	db_out_str(st, a, &r->status);
	db_out_str(st, a, &r->a.reason);
	db_out_str(st, a, &r->a.warning);
	db_out_str(st, a, &r->a.note);
	db_out_str(st, a, &r->a.user);
	db_out_bool(st, &r->a.is_late);
	db_out_bool(st, &r->a.is_exit);
	db_out_bool(st, &r->a.is_staff_time);
	db_out_str(st, a, &r->a.raw);
	db_out_int(st, &r->a.correction_id);
	db_out_str(st, a, &r->corrected);
	db_out_str(st, a, &r->a.correction_note);
	db_out_str(st, a, &r->a.correction_user);
}

static struct attendance
understand(const struct row *r)
{
	struct attendance a = r->a;

	a.status = status_of(r->status);
	a.corrected = r->corrected == NULL ? a.status : status_of(r->corrected);
	return a;
}

enum db_result
attendance_find(struct db *db, struct arena *a, const char *company,
                int64_t branch_id, int64_t id, struct attendance *out)
{
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_FIND);
	struct row row;
	enum db_result rc;

	db_in_str(st, company);
	db_in_int(st, id);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	out_row(st, a, &row);
	rc = db_one(st);
	if (rc == DB_OK)
		*out = understand(&row);
	return rc;
}

/* What both lists ask of a row besides its days and its place. */
static void
in_filter(struct db_stmt *st, const struct attendance_query *q)
{
	const char *status = q->status == NULL ? NULL
		: status_words[*q->status];

	db_in_id(st, q->branch_id);
	db_in_id(st, q->branch_id);
	db_in_str(st, q->device_sn);
	db_in_str(st, q->device_sn);
	for (int i = 0; i < 3; i++)
		db_in_str(st, q->reason);
	db_in_str(st, status);
	db_in_str(st, status);
}

static int64_t
midnight(int32_t day, int32_t otherwise)
{
	return (int64_t)(day == CLOCK_NO_DAY ? otherwise : day) *
		CLOCK_DAY_SECONDS;
}

/* In the order of the key of times, behind the row `before` if there is one. */
static struct db_stmt *
begin_by_day(struct db *db, const struct attendance_query *q,
             const struct attendance *before)
{
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_LIST);
	int64_t to = midnight(q->to_day + 1, 0) - 1;

	if (before->id != 0 && before->punch_local < to)
		to = before->punch_local;
	db_in_str(st, q->company);
	db_in_local(st, midnight(q->from_day, 0));
	db_in_local(st, to);
	db_in_id(st, before->id);
	db_in_local(st, to);
	db_in_str(st, status_words[before->status]);
	db_in_str(st, status_words[before->status]);
	db_in_int(st, before->id);
	in_filter(st, q);
	db_in_int(st, (int64_t)q->limit + 1);
	return st;
}

/* Of one member, who has one a minute: up to the last minute that counts. */
static struct db_stmt *
begin_by_member(struct db *db, const struct attendance_query *q,
                const struct attendance *before)
{
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_LIST_MEMBER);
	int64_t until = q->to_day == CLOCK_NO_DAY ? midnight(2932896, 0)
		: midnight(q->to_day + 1, 0);	/* 9999-12-31 */

	if (before->id != 0 && before->punch_local < until)
		until = before->punch_local -
			clock_split(before->punch_local).second;
	db_in_str(st, q->company);
	db_in_int(st, q->member_id);
	db_in_local(st, midnight(q->from_day, 0));
	db_in_local(st, until - 60);
	in_filter(st, q);
	db_in_int(st, (int64_t)q->limit + 1);
	return st;
}

enum db_result
attendance_list(struct db *db, struct arena *a,
                const struct attendance_query *q, struct attendance_list *out)
{
	struct attendance before = { 0 };
	struct db_stmt *st;
	struct row row;
	enum db_result rc = DB_OK;

	*out = (struct attendance_list){
		arena_alloc(a, q->limit * sizeof *out->rows), 0, false,
	};
	if (q->before_id != 0)
		rc = attendance_find(db, a, q->company, q->branch_id,
		                     q->before_id, &before);
	if (rc != DB_OK && rc != DB_NONE)
		return rc;
	st = q->member_id != 0 ? begin_by_member(db, q, &before)
		: begin_by_day(db, q, &before);
	out_row(st, a, &row);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count < q->limit)
			out->rows[out->count++] = understand(&row);
		else
			out->has_more = true;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- refused ------------------------------------------------------------- */

enum db_result
attendance_list_refused(struct db *db, struct arena *a, const char *company,
                        int64_t branch_id, int32_t since_day,
                        int64_t before_local, int64_t before_id, size_t limit,
                        struct attendance_refused_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_LIST_REFUSED);
	struct attendance_refused r = { 0 };
	enum db_result rc;

	if (before_id == 0)
		before_local = CLOCK_NO_TIME;
	*out = (struct attendance_refused_list){
		arena_alloc(a, limit * sizeof *out->rows), 0, false,
	};
	db_in_str(st, company);
	db_in_local(st, midnight(since_day, 0));
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_local(st, before_local);
	db_in_local(st, before_local);
	db_in_local(st, before_local);
	db_in_int(st, before_id);
	db_in_int(st, (int64_t)limit + 1);
	db_out_int(st, &r.member_id);
	db_out_str(st, a, &r.member);
	db_out_str(st, a, &r.member_code);
	db_out_str(st, a, &r.phone);
	db_out_day(st, &r.until_day);
	db_out_int(st, &r.count);
	db_out_local(st, &r.last_local);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count < limit)
			out->rows[out->count++] = r;
		else
			out->has_more = true;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- for the rule -------------------------------------------------------- */

enum db_result
attendance_facts(struct db *db, struct arena *a,
                 const struct attendance_subject *subject,
                 struct admit_facts *facts, struct admit_rules *rules)
{
	struct db_stmt *st = db_begin(db, STMT_ATTENDANCE_FACTS);
	struct subscription_texts texts = { 0 };
	const char *rules_text = NULL;
	enum db_result rc;

	db_in_int(st, subject->branch_id);
	for (int i = 0; i < 3; i++)
		db_in_local(st, subject->local);
	db_in_str(st, subject->company);
	db_in_int(st, subject->member_id);
	subscription_out_texts(st, a, &texts);
	db_out_str(st, a, &rules_text);
	rc = db_one(st);
	if (rc == DB_OK && (!subscription_facts(a, &texts, facts) ||
	                    !access_rules_parse(rules_text, rules)))
		return DB_FAIL;
	return rc;
}
