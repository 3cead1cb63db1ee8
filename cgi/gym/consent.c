/* consent.c: what members have agreed to, and when they took it back */
#include "gym/consent.h"

#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/member_edit.h"
#include "gym/member_photo.h"

static const char *const kind_words[CONSENT__COUNT] = {
	[CONSENT_BIOMETRICS] = "BIOMETRICS",
	[CONSENT_PHOTO] = "PHOTO",
	[CONSENT_MESSAGES] = "MESSAGES",
};

const char *
consent_word(enum consent_kind kind)
{
	return kind_words[kind];
}

bool
consent_from_word(const char *word, enum consent_kind *kind)
{
	for (int i = 0; i < CONSENT__COUNT; i++) {
		if (strcmp(kind_words[i], word) == 0) {
			*kind = (enum consent_kind)i;
			return true;
		}
	}
	return false;
}

enum db_result
consent_list(struct db *db, struct arena *a, const char *company,
             int64_t member_id, struct consent_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_CONSENT_LIST);
	struct consent row = { 0 };
	const char *word = "";
	enum db_result rc;

	*out = (struct consent_list){
		arena_alloc(a, CONSENT_LIST_MAX * sizeof *out->rows), 0,
	};
	for (int i = 0; i < CONSENT__COUNT; i++) {
		db_in_str(st, company);
		db_in_int(st, member_id);
	}
	db_out_str(st, a, &word);
	db_out_bool(st, &row.is_given);
	db_out_at(st, &row.at);
	db_out_str(st, a, &row.user);
	db_out_bool(st, &row.is_by_message);
	db_out_int(st, &row.again_count);
	while ((rc = db_next(st)) == DB_OK) {
		if (consent_from_word(word, &row.kind))
			out->rows[out->count++] = row;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- writing ------------------------------------------------------------- */

/* Its `at` is when it was said last; CLOCK_NO_TIME: nothing ever was. */
static enum db_result
find_newest(struct db *db, const struct actor *actor, int64_t member_id,
            enum consent_kind kind, struct consent *out)
{
	struct db_stmt *st = db_begin(db, STMT_CONSENT_NEWEST);
	enum db_result rc;

	*out = (struct consent){ .kind = kind, .at = CLOCK_NO_TIME };
	db_in_str(st, actor->company);
	db_in_int(st, member_id);
	db_in_str(st, consent_word(kind));
	db_out_int(st, &out->id);
	db_out_bool(st, &out->is_given);
	db_out_at(st, &out->at);
	db_out_bool(st, &out->is_by_message);
	rc = db_one(st);
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
insert(struct db *db, const struct actor *actor, int64_t member_id,
       const struct consent *c)
{
	struct db_stmt *st = db_begin(db, STMT_CONSENT_ADD);
	enum db_result rc;

	db_in_str(st, actor->company);
	db_in_int(st, member_id);
	db_in_str(st, consent_word(c->kind));
	db_in_int(st, c->is_given);
	db_in_id(st, actor->user_id);
	db_in_at(st, c->at);
	db_in_str(st, c->is_by_message ? "MESSAGE" : "STAFF");
	rc = db_run(st);
	return rc == DB_OK ? audit_row(db, actor, "add", "trn_member_consents",
	                               db_last_id(db),
	                               "cns_member_id,cns_kind,cns_is_given")
		: rc;
}

enum db_result
consent_write(struct db *db, const struct actor *actor, int64_t member_id,
              enum consent_kind kind, bool is_given)
{
	const struct consent c = { .kind = kind, .is_given = is_given,
	                           .at = actor->now_at };
	struct consent was;
	enum db_result rc = find_newest(db, actor, member_id, kind, &was);

	if (rc != DB_OK || was.is_given == is_given)
		return rc;
	rc = insert(db, actor, member_id, &c);
	if (rc == DB_OK && kind == CONSENT_PHOTO && !is_given)
		rc = member_photo_drop(db, actor, member_id);
	return rc;
}

/* Does it say nothing, after what was said last?  We know the second only. */
static bool
is_idle_word(const struct consent *c, const struct consent *was,
             bool is_shared)
{
	int64_t second = c->at / 1000, last = was->at / 1000;

	if (is_shared && c->is_given && !was->is_given && !was->is_by_message)
		return true;
	return was->at != CLOCK_NO_TIME && (second < last ||
		(second == last && (c->is_given || !was->is_given)));
}

/* However often it is said: it pushes nothing out of lists. */
static enum db_result
count_again(struct db *db, const char *company, int64_t id, int64_t at)
{
	struct db_stmt *st = db_begin(db, STMT_CONSENT_AGAIN);

	db_in_at(st, at);
	db_in_str(st, company);
	db_in_int(st, id);
	return db_run(st);
}

enum db_result
consent_tell(struct db *db, const struct actor *actor, int64_t member_id,
             bool is_given, bool is_shared, int64_t at)
{
	const struct consent c = { .kind = CONSENT_MESSAGES,
	                           .is_given = is_given, .at = at,
	                           .is_by_message = true };
	struct consent was;
	enum db_result rc = find_newest(db, actor, member_id, c.kind, &was);

	if (rc != DB_OK || is_idle_word(&c, &was, is_shared))
		return rc;
	return was.at != CLOCK_NO_TIME && was.is_by_message &&
		was.is_given == is_given
		? count_again(db, actor->company, was.id, at)
		: insert(db, actor, member_id, &c);
}

struct change {
	const struct actor *actor;
	int64_t member_id;
	enum consent_kind kind;
	bool is_given;
};

static enum db_result
set_step(struct db *db, void *arg)
{
	const struct change *c = arg;
	enum db_result rc = member_lock(db, c->actor->company, c->member_id);

	return rc == DB_OK ? consent_write(db, c->actor, c->member_id,
	                                   c->kind, c->is_given) : rc;
}

enum db_result
consent_set(struct db *db, const struct actor *actor, int64_t member_id,
            enum consent_kind kind, bool is_given)
{
	return tx_run(db, set_step, &(struct change){ actor, member_id, kind,
	                                              is_given });
}

enum db_result
consent_withdraw_all(struct db *db, const struct actor *actor,
                     int64_t member_id)
{
	enum db_result rc = DB_OK;

	for (int i = 0; i < CONSENT__COUNT && rc == DB_OK; i++)
		rc = consent_write(db, actor, member_id,
		                   (enum consent_kind)i, false);
	return rc;
}
