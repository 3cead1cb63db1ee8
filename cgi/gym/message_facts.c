/* message_facts.c: what is known of a member whom a message is to reach */
#include "gym/message_facts.h"

#include "base/clock.h"
#include "gym/member_state.h"
#include "gym/subscription.h"

/* What the row says that is not a fact yet. */
struct row {
	struct subscription_texts texts;
	int32_t joined_day;
	int64_t last_local;
};

static enum db_result
read_row(struct db_stmt *st, struct arena *a, struct message_facts *f,
         struct row *row)
{
	db_out_str(st, a, &f->code);
	db_out_str(st, a, &f->name);
	db_out_int(st, &f->branch_id);
	db_out_str(st, a, &f->gym);
	db_out_str(st, a, &f->branch);
	db_out_str(st, a, &f->zone);
	db_out_str(st, a, &f->plan);
	db_out_str(st, a, &f->phone);
	db_out_bool(st, &f->is_unreached);
	db_out_bool(st, &f->has_consent);
	db_out_bool(st, &f->is_erased);
	db_out_day(st, &f->born_day);
	db_out_day(st, &row->joined_day);
	db_out_local(st, &row->last_local);
	db_out_str(st, a, &row->texts.subscriptions);
	db_out_str(st, a, &row->texts.freezes);
	return db_one(st);
}

static int32_t
seen_day(const struct row *row)
{
	int32_t last_day = row->last_local == CLOCK_NO_TIME ? CLOCK_NO_DAY
		: clock_day(row->last_local);

	return last_day > row->joined_day ? last_day : row->joined_day;
}

enum db_result
message_hidden_day(struct db *db, const char *company, const char *zone,
                   int64_t now_at, int32_t *day)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_HIDDEN);
	int64_t since_at = CLOCK_NO_TIME;
	enum db_result rc;

	db_in_str(st, company);
	db_in_at(st, now_at - MESSAGE_SILENT_MS);
	db_out_at(st, &since_at);
	rc = db_one(st);
	*day = since_at == CLOCK_NO_TIME ? CLOCK_NO_DAY
		: clock_day(clock_local(zone, since_at));
	return rc;
}

enum db_result
message_facts_read(struct db *db, struct arena *a, const char *company,
                   int64_t branch_id, int64_t member_id, int64_t now_at,
                   struct message_facts *out)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_FACTS);
	struct row row = { .joined_day = CLOCK_NO_DAY };
	struct admit_facts facts;
	struct member_state state;
	enum db_result rc;

	db_in_str(st, company);
	db_in_int(st, member_id);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	rc = read_row(st, a, out, &row);
	if (rc == DB_OK)
		rc = message_hidden_day(db, company, out->zone, now_at,
		                        &out->hidden_day);
	if (rc != DB_OK)
		return rc;
	if (!subscription_facts(a, &row.texts, &facts))
		facts = ADMIT_NOTHING;	/* logged: then nothing is due */
	out->today = clock_day(clock_local(out->zone, now_at));
	out->seen_day = seen_day(&row);
	state = member_state_judge(&facts, out->today);
	out->standing = state.verdict;
	out->until_day = state.until_day;
	out->has_later = state.until_day != CLOCK_NO_DAY &&
		admit_end(&facts, out->today) > state.until_day;
	return DB_OK;
}
