/* inbox.c: punches that are not attendance, as they are read */
#include "gym/inbox.h"

#include <string.h>

#include "base/clock.h"
#include "gym/inbox_words.h"

const char *const inbox_words[INBOX_STATE__COUNT] = {
	[INBOX_UNMAPPED] = "UNMAPPED", [INBOX_REPEAT] = "REPEAT",
	[INBOX_CLOCK] = "CLOCK", [INBOX_TAKEN] = "TAKEN",
	[INBOX_DISMISSED] = "DISMISSED",
};

static enum inbox_state
state_of(const char *word)
{
	int i = 0;

	while (i < INBOX_TAKEN && strcmp(inbox_words[i], word) != 0)
		i++;
	return strcmp(inbox_words[i], word) == 0 ? (enum inbox_state)i
		: INBOX_DISMISSED;
}

/* ---- groups -------------------------------------------------------------- */

enum db_result
inbox_list_groups(struct db *db, struct arena *a, const char *company,
                  int64_t branch_id, enum inbox_state state,
                  const char *after_sn, const char *after_user, size_t limit,
                  struct inbox_groups *out)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_LIST_GROUPS);
	struct inbox_group g = { 0 };
	enum db_result rc;

	*out = (struct inbox_groups){
		arena_alloc(a, limit * sizeof *out->rows), 0, false,
	};
	db_in_str(st, company);
	db_in_str(st, inbox_words[state]);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_str(st, after_sn == NULL ? "" : after_sn);
	db_in_str(st, after_sn == NULL ? "" : after_sn);
	db_in_str(st, after_user == NULL ? "" : after_user);
	db_in_int(st, (int64_t)limit + 1);
	db_in_int(st, (int64_t)limit + 1);
	db_out_str(st, a, &g.sn);
	db_out_str(st, a, &g.device);
	db_out_bool(st, &g.is_ours);
	db_out_str(st, a, &g.user_id);
	db_out_str(st, a, &g.user_name);
	db_out_int(st, &g.count);
	db_out_local(st, &g.first_local);
	db_out_local(st, &g.last_local);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count < limit)
			out->rows[out->count++] = g;
		else
			out->has_more = true;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
inbox_number(struct db *db, struct arena *a, const char *company,
             const char *sn, const char *user_id, struct inbox_group *out)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_NUMBER);

	*out = (struct inbox_group){ .sn = sn, .user_id = user_id };
	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_str(st, user_id);
	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_str(st, user_id);
	db_out_int(st, &out->count);
	db_out_local(st, &out->first_local);
	db_out_local(st, &out->last_local);
	db_out_str(st, a, &out->user_name);
	return db_one(st);
}

/* ---- punches ------------------------------------------------------------- */

/* The columns that all of these statements give, in their order. */
static void
out_punch(struct db_stmt *st, struct arena *a, struct inbox_punch *p,
          const char **state)
{
	*p = (struct inbox_punch){ 0 };
	db_out_int(st, &p->id);
	db_out_int(st, &p->branch_id);
	db_out_str(st, a, &p->sn);
	db_out_str(st, a, &p->device);
	db_out_str(st, a, &p->user_id);
	db_out_str(st, a, &p->user_name);
	db_out_local(st, &p->punch_local);
	db_out_str(st, a, state);
	db_out_str(st, a, &p->raw);
	db_out_at(st, &p->received_at);
	db_out_str(st, a, &p->member);
	db_out_str(st, a, &p->zone);
}

/* Of one number, by the key of groups; or of all, by that of states. */
static struct db_stmt *
begin_list(struct db *db, const struct inbox_query *q)
{
	bool is_one = q->sn != NULL && q->user_id != NULL;
	int64_t before = q->before_local, id = q->before_id;
	struct db_stmt *st = db_begin(db, is_one ? STMT_INBOX_LIST_NUMBER
	                              : STMT_INBOX_LIST);

	if (id == 0) {	/* before all there are */
		const struct clock_date last = { 9999, 12, 31, 0, 0, 0 };

		clock_join(&last, &before);
		id = INT64_MAX;
	}
	db_in_str(st, q->company);
	db_in_str(st, inbox_words[q->state]);
	if (is_one) {
		db_in_str(st, q->sn);
		db_in_str(st, q->user_id);
	}
	db_in_id(st, q->branch_id);
	db_in_id(st, q->branch_id);
	db_in_local(st, before);
	db_in_local(st, before);
	db_in_int(st, id);
	db_in_int(st, (int64_t)q->limit + 1);
	db_in_int(st, (int64_t)q->limit + 1);
	return st;
}

enum db_result
inbox_list(struct db *db, struct arena *a, const struct inbox_query *q,
           struct inbox_list *out)
{
	struct db_stmt *st = begin_list(db, q);
	const char *state = "";
	struct inbox_punch p;
	enum db_result rc;

	*out = (struct inbox_list){
		arena_alloc(a, q->limit * sizeof *out->rows), 0, false,
	};
	out_punch(st, a, &p, &state);
	while ((rc = db_next(st)) == DB_OK) {
		if (out->count == q->limit) {
			out->has_more = true;
			continue;
		}
		p.state = state_of(state);
		out->rows[out->count++] = p;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
inbox_find(struct db *db, struct arena *a, const char *company,
           int64_t branch_id, int64_t id, struct inbox_punch *out)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_FIND);
	const char *state = "";
	enum db_result rc;

	db_in_str(st, company);
	db_in_int(st, id);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	out_punch(st, a, out, &state);
	rc = db_one(st);
	if (rc == DB_OK)
		out->state = state_of(state);
	return rc;
}
