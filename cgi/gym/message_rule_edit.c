/* message_rule_edit.c: reminders, added and changed by an owner */
#include "gym/message_rule_edit.h"

#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/messaging.h"

#define TABLE "mst_message_rules"

struct edit {
	struct arena *arena;
	const struct actor *actor;
	const struct message_rule *rule;
	const struct message_test *test;
	int64_t id;		/* of what was added */
};

/* The rules, with the company's row held: of two edits one waits. */
static enum db_result
begin(struct db *db, const struct edit *e, struct message_rules *rules)
{
	struct messaging m;
	enum db_result rc = messaging_lock(db, e->arena, e->actor->company,
	                                   &m);

	return rc == DB_OK ? message_rule_list(db, e->arena,
	                                       e->actor->company, rules) : rc;
}

/* ---- adding -------------------------------------------------------------- */

static enum db_result
add(struct db *db, void *arg)
{
	const struct edit *e = arg;
	struct message_rules rules;
	enum db_result rc = begin(db, e, &rules);

	if (rc == DB_OK && message_rule_of(&rules, e->rule->kind,
	                                   e->rule->days) != NULL)
		return DB_DUPLICATE;
	if (rc == DB_OK && rules.count >= MESSAGE_RULES_MAX)
		return DB_NONE;
	if (rc == DB_OK)
		rc = message_rule_insert(db, e->actor->company, e->rule,
		                         e->actor->now_at);
	return rc == DB_OK ? audit_row(db, e->actor, "add", TABLE,
	                               db_last_id(db), "mrl_kind,mrl_days") : rc;
}

enum db_result
message_rule_add(struct db *db, struct arena *a, const struct actor *actor,
                 const struct message_rule *rule)
{
	return tx_run(db, add, &(struct edit){ a, actor, rule, NULL, 0 });
}

/* ---- changing ------------------------------------------------------------ */

static const struct message_rule *
find(const struct message_rules *rules, int64_t id)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->rows[i].id == id)
			return &rules->rows[i];
	}
	return NULL;
}

static void
name_changes(struct audit_fields *f, const struct message_rule *r,
             const struct message_rule *was)
{
	audit_field(f, "mrl_is_named", r->is_named != was->is_named);
	audit_field(f, "mrl_is_on", r->is_on != was->is_on);
	audit_field(f, "mrl_language", strcmp(r->language, was->language) !=
	            0);
	audit_field(f, "mrl_paused_at", was->paused_at != CLOCK_NO_TIME);
	audit_field(f, "mrl_template", strcmp(r->template, was->template) !=
	            0);
	audit_field(f, "mrl_text", strcmp(r->text, was->text) != 0);
}

static enum db_result
store(struct db *db, const char *company, const struct message_rule *r,
      int64_t on_at)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_RULE_EDIT);

	db_in_int(st, r->is_on);
	db_in_at(st, on_at);
	db_in_str(st, r->template);
	db_in_str(st, r->language);
	db_in_str(st, r->text);
	db_in_int(st, r->is_named);
	db_in_str(st, company);
	db_in_int(st, r->id);
	db_in_int(st, r->version);
	return db_run(st);
}

static enum db_result
change(struct db *db, void *arg)
{
	const struct edit *e = arg;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	const struct message_rule *was;
	struct message_rules rules;
	enum db_result rc = begin(db, e, &rules);

	if (rc != DB_OK)
		return rc;
	was = find(&rules, e->rule->id);
	if (was == NULL || was->version != e->rule->version)
		return DB_NONE;
	name_changes(&fields, e->rule, was);
	if (*fields.text == '\0')
		return DB_OK;
	rc = store(db, e->actor->company, e->rule, was->is_on
	           ? was->on_at : e->actor->now_at);
	return rc == DB_OK ? audit_row(db, e->actor, "change", TABLE,
	                               e->rule->id, fields.text) : rc;
}

enum db_result
message_rule_edit(struct db *db, struct arena *a, const struct actor *actor,
                  const struct message_rule *rule)
{
	return tx_run(db, change, &(struct edit){ a, actor, rule, NULL, 0 });
}

/* ---- a test -------------------------------------------------------------- */

static enum db_result
count_tests(struct db *db, const struct actor *actor, int64_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_TEST_COUNT);

	db_in_str(st, actor->company);
	db_in_at(st, actor->now_at - MESSAGING_CAP_MS);
	db_out_int(st, count);
	return db_one(st);
}

/* Which test it is of its member, rule and day: the company's row is held. */
static enum db_result
next_serial(struct db *db, const char *company, const struct message_test *t,
            int64_t *serial)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_TEST_SERIAL);
	enum db_result rc;

	db_in_str(st, company);
	db_in_int(st, t->member_id);
	db_in_str(st, message_kind_word(t->rule->kind));
	db_in_int(st, t->rule->days);
	db_in_day(st, t->anchor_day);
	db_out_int(st, serial);
	rc = db_one(st);
	if (rc == DB_NONE)
		*serial = 1;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
insert_test(struct db *db, const struct actor *actor,
            const struct message_test *t, int64_t serial)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_TEST_ADD);

	db_in_str(st, actor->company);
	db_in_int(st, t->branch_id);
	db_in_int(st, t->member_id);
	db_in_str(st, message_kind_word(t->rule->kind));
	db_in_int(st, t->rule->days);
	db_in_day(st, t->anchor_day);
	db_in_int(st, serial);
	db_in_str(st, t->to);
	db_in_at(st, actor->now_at);
	db_in_id(st, actor->user_id);
	db_in_str(st, t->nonce);
	db_in_at(st, actor->now_at);
	return db_run(st);
}

static enum db_result
add_test(struct db *db, void *arg)
{
	struct edit *e = arg;
	struct messaging m;
	int64_t count = 0, serial = 0;
	enum db_result rc = messaging_lock(db, e->arena, e->actor->company,
	                                   &m);

	if (rc == DB_OK)
		rc = count_tests(db, e->actor, &count);
	if (rc == DB_OK && count >= MESSAGE_TESTS_MOST)
		return DB_NONE;
	if (rc == DB_OK)
		rc = next_serial(db, e->actor->company, e->test, &serial);
	if (rc == DB_OK)
		rc = insert_test(db, e->actor, e->test, serial);
	if (rc != DB_OK)
		return rc;
	e->id = db_last_id(db);
	return audit_row(db, e->actor, "add", "trn_messages", e->id,
	                 "msg_serial,msg_to");
}

static enum db_result
find_nonce(struct db *db, const char *company, const char *nonce, int64_t *id)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_TEST_NONCE);

	db_in_str(st, company);
	db_in_str(st, nonce);
	db_out_int(st, id);
	return db_one(st);
}

enum db_result
message_test_add(struct db *db, struct arena *a, const struct actor *actor,
                 const struct message_test *test, int64_t *id)
{
	struct edit e = { a, actor, test->rule, test, 0 };
	enum db_result rc = test->nonce == NULL ? DB_NONE
		: find_nonce(db, actor->company, test->nonce, id);

	if (rc != DB_NONE)
		return rc;
	rc = tx_run(db, add_test, &e);
	*id = e.id;
	/* the same form, twice at once */
	return rc == DB_DUPLICATE && test->nonce != NULL
		? find_nonce(db, actor->company, test->nonce, id) : rc;
}
