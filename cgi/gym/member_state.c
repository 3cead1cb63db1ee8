/* member_state.c: how members stand today, kept so that lists can be drawn by it */
#include "gym/member_state.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "gym/company.h"
#include "gym/subscription.h"

#define LOOK_AHEAD_DAYS 60	/* then we look again, changed or not */
#define ROUNDS 50		/* 100,000 members; then the next one goes on */

static const char *const state_words[ADMIT_STANDINGS] = {
	[ADMIT_ALLOWED] = "ACTIVE",
	[ADMIT_NONE] = "NONE",
	[ADMIT_EXPIRED] = "EXPIRED",
	[ADMIT_NOT_STARTED] = "FUTURE",
	[ADMIT_FROZEN] = "FROZEN",
	[ADMIT_INACTIVE] = "INACTIVE",
};

const char *
member_state_word(enum admit_verdict verdict)
{
	return state_words[verdict];
}

enum admit_verdict
member_state_verdict(const char *word)
{
	for (int i = 0; i < ADMIT_STANDINGS; i++) {
		if (strcmp(state_words[i], word) == 0)
			return (enum admit_verdict)i;
	}
	return ADMIT_NONE;
}

static struct member_state
judge_day(const struct admit_facts *facts, int32_t day)
{
	struct member_state s = {
		.verdict = admit_standing(facts, day),
		.until_day = admit_covered_until(facts, day),
	};

	if (s.until_day == CLOCK_NO_DAY)
		s.until_day = admit_end(facts, day);
	return s;
}

struct member_state
member_state_judge(const struct admit_facts *facts, int32_t day)
{
	struct member_state s = judge_day(facts, day), next = s;

	for (s.holds_to = day; s.holds_to < day + LOOK_AHEAD_DAYS;
	     s.holds_to++) {
		next = judge_day(facts, s.holds_to + 1);
		if (next.verdict != s.verdict || next.until_day != s.until_day)
			break;
	}
	return s;
}

/* ---- kept ---------------------------------------------------------------- */

static void
add_day(json_object *row, int32_t day)
{
	char text[CLOCK_DAY_TEXT_SIZE];

	if (day == CLOCK_NO_DAY) {
		json_object_array_add(row, NULL);
		return;
	}
	clock_format_day(day, text);
	json_object_array_add(row, json_object_new_string(text));
}

/* In the order of the columns of member_state_keep. */
static json_object *
state_row(int64_t id, const struct member_state *s)
{
	json_object *row = json_object_new_array();

	json_object_array_add(row, json_object_new_int64(id));
	json_object_array_add(row, json_object_new_string(
		member_state_word(s->verdict)));
	add_day(row, s->until_day);
	add_day(row, s->holds_to);
	return row;
}

static enum db_result
read_revision(struct db *db, const char *company, int64_t *revision)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_REVISION);

	db_in_str(st, company);
	db_out_int(st, revision);
	return db_one(st);
}

/* The members whose state holds no longer, judged: rows for the update. */
static enum db_result
judge_stale(struct db *db, const char *company, int32_t day, json_object *rows)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_STATE_STALE);
	struct arena *scratch = arena_create();
	struct subscription_texts texts = { 0 };
	int64_t id;
	enum db_result rc;

	db_in_str(st, company);
	db_in_day(st, day);
	db_out_int(st, &id);
	db_out_str(st, scratch, &texts.subscriptions);
	db_out_str(st, scratch, &texts.freezes);
	while ((rc = db_next(st)) == DB_OK) {
		struct admit_facts facts;
		struct member_state s;

		if (!subscription_facts(scratch, &texts, &facts))
			facts = ADMIT_NOTHING;
		s = member_state_judge(&facts, day);
		json_object_array_add(rows, state_row(id, &s));
		arena_reset(scratch);
	}
	arena_destroy(scratch);
	return rc == DB_NONE ? DB_OK : rc;
}

/* Nothing, DB_NONE, where somebody has changed what they were judged by. */
static enum db_result
keep(struct db *db, const char *company, int64_t revision, json_object *rows)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_STATE_KEEP);

	db_in_str(st, json_object_to_json_string_ext(rows,
	                                             JSON_C_TO_STRING_PLAIN));
	db_in_str(st, company);
	db_in_int(st, revision);
	return db_run(st);
}

/* DB_NONE: there is nothing more to do. */
static enum db_result
refresh_some(struct db *db, const char *company, int32_t day)
{
	json_object *rows = json_object_new_array();
	int64_t revision;
	enum db_result rc = read_revision(db, company, &revision);

	if (rc == DB_OK)
		rc = judge_stale(db, company, day, rows);
	if (rc == DB_OK && json_object_array_length(rows) == 0)
		rc = DB_NONE;
	if (rc == DB_OK)
		rc = keep(db, company, revision, rows);
	json_object_put(rows);
	return rc == DB_AGAIN ? DB_NONE : rc;
}

enum db_result
member_state_refresh(struct db *db, const char *company, int32_t day)
{
	enum db_result rc = DB_OK;

	for (int i = 0; i < ROUNDS && rc == DB_OK; i++)
		rc = refresh_some(db, company, day);
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
member_state_forget(struct db *db, const char *company, int64_t member_id)
{
	struct db_stmt *st = db_begin(db, STMT_MEMBER_STATE_FORGET);
	enum db_result rc;

	db_in_str(st, company);
	db_in_int(st, member_id);
	rc = db_run(st);
	return rc == DB_OK || rc == DB_NONE ? company_bump(db, company) : rc;
}
