/* message_hand.c: what people do with a message: send it, leave it, settle it */
#include "gym/message_hand.h"

#include "db/tx.h"
#include "gym/message_facts.h"
#include "gym/message_wait.h"

bool
message_may_act(const struct message *m, enum message_act act)
{
	bool is_test = m->serial != 0;

	switch (act) {
	case MESSAGE_ACT_SEND:
		return !is_test && (m->state == MESSAGE_DUE ||
		                    m->state == MESSAGE_FAILED);
	case MESSAGE_ACT_BACK:
		return m->state == MESSAGE_ACCEPTED && m->is_by_hand;
	case MESSAGE_ACT_LEAVE:
		return m->state == MESSAGE_DUE;
	case MESSAGE_ACT_ARRIVED:
		return m->state == MESSAGE_UNKNOWN;
	case MESSAGE_ACT_LOST:
		return m->state == MESSAGE_UNKNOWN;
	case MESSAGE_ACT_AGAIN:
		return m->state == MESSAGE_FAILED;
	default:
		return false;
	}
}

/* One call, while its transaction runs. */
struct doing {
	struct arena *a;
	struct message_hand *h;
};

/* ---- sending ------------------------------------------------------------- */

/* What is known now, and whether it may be sent by that. */
static enum db_result
judge(struct db *db, const struct doing *d, struct message_facts *facts,
      const struct message_rule **rule)
{
	const char *company = d->h->actor.company;
	struct message *m = &d->h->message;
	struct message_rules rules;
	enum db_result rc = message_rule_list(db, d->a, company, &rules);

	if (rc == DB_OK)
		rc = message_facts_read(db, d->a, company, 0, m->member_id,
		                        d->h->actor.now_at, facts);
	if (rc != DB_OK)
		return rc;
	m->reason = message_judge_now(&rules, facts, m->kind, m->days,
	                              m->anchor_day);
	*rule = message_rule_of(&rules, m->kind, m->days);
	return DB_OK;
}

static enum db_result
write_sent(struct db *db, const struct message_hand *h)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_HAND_SENT);

	db_in_id(st, h->actor.user_id);
	db_in_str(st, h->text);
	db_in_at(st, h->actor.now_at);
	db_in_at(st, h->actor.now_at);
	db_in_str(st, h->actor.company);
	db_in_int(st, h->id);
	return db_run(st);
}

static enum db_result
send_it(struct db *db, const struct doing *d)
{
	struct message_hand *h = d->h;
	struct message_facts facts;
	const struct message_rule *rule;
	enum db_result rc = judge(db, d, &facts, &rule);

	if (rc != DB_OK)
		return rc;
	if (h->message.reason != MESSAGE_FINE) {
		h->end = MESSAGE_ACT_REFUSED;
		return h->message.state == MESSAGE_DUE
			? message_wait_skip(db, h->actor.company, h->id,
			                    h->message.reason) : DB_OK;
	}
	h->to = facts.phone;
	h->text = h->write(d->a, rule, &facts, h->message.anchor_day);
	return write_sent(db, h);
}

/* ---- the others ---------------------------------------------------------- */

static enum db_result
take_back(struct db *db, const struct doing *d)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_HAND_BACK);

	db_in_at(st, d->h->actor.now_at);
	db_in_id(st, d->h->actor.user_id);
	db_in_str(st, d->h->actor.company);
	db_in_int(st, d->h->id);
	return db_run(st);
}

static enum db_result
leave(struct db *db, const struct doing *d)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_HAND_LEAVE);

	db_in_id(st, d->h->actor.user_id);
	db_in_str(st, d->h->actor.company);
	db_in_int(st, d->h->id);
	return db_run(st);
}

static enum db_result
settle(struct db *db, const struct doing *d)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_HAND_ARRIVED);

	db_in_id(st, d->h->actor.user_id);
	db_in_at(st, d->h->actor.now_at);
	db_in_str(st, d->h->actor.company);
	db_in_int(st, d->h->id);
	return db_run(st);
}

static enum db_result
again(struct db *db, const struct doing *d)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_HAND_AGAIN);

	db_in_at(st, d->h->actor.now_at);
	db_in_id(st, d->h->actor.user_id);
	db_in_str(st, d->h->actor.company);
	db_in_int(st, d->h->id);
	db_in_str(st, message_state_word(d->h->message.state));
	return db_run(st);
}

/* ---- an act -------------------------------------------------------------- */

static const struct {
	enum db_result (*run)(struct db *db, const struct doing *d);
	const char *action, *fields;	/* as the audit has it */
} acts[MESSAGE_ACT__COUNT] = {
	[MESSAGE_ACT_SEND] = { send_it, "send",
		"msg_state,msg_is_by_hand,msg_user_id,msg_text" },
	[MESSAGE_ACT_BACK] = { take_back, "change",
		"msg_state,msg_is_by_hand,msg_user_id" },
	[MESSAGE_ACT_LEAVE] = { leave, "dismiss",
		"msg_state,msg_reason,msg_user_id" },
	[MESSAGE_ACT_ARRIVED] = { settle, "change", "msg_state,msg_user_id" },
	[MESSAGE_ACT_LOST] = { again, "change", "msg_state,msg_user_id" },
	[MESSAGE_ACT_AGAIN] = { again, "change", "msg_state,msg_user_id" },
};

static enum db_result
act(struct db *db, void *arg)
{
	const struct doing *d = arg;
	struct message_hand *h = d->h;
	const char *company = h->actor.company;
	enum db_result rc = message_lock(db, d->a, company, h->id,
	                                 &h->message);

	h->end = MESSAGE_ACT_LATE;
	if (rc != DB_OK)
		return rc;
	if (h->branch_id != 0 && h->branch_id != h->message.branch_id)
		return DB_NONE;
	if (!message_may_act(&h->message, h->act))
		return DB_OK;
	h->end = MESSAGE_ACT_DONE;
	rc = acts[h->act].run(db, d);
	if (rc != DB_OK || (h->end == MESSAGE_ACT_REFUSED &&
	                    h->message.state != MESSAGE_DUE))
		return rc;
	return audit_row(db, &h->actor, h->end == MESSAGE_ACT_REFUSED
	                 ? "change" : acts[h->act].action, "trn_messages",
	                 h->id, h->end == MESSAGE_ACT_REFUSED
	                 ? "msg_state,msg_reason" : acts[h->act].fields);
}

enum db_result
message_hand(struct db *db, struct arena *a, struct message_hand *hand)
{
	return tx_run(db, act, &(struct doing){ a, hand });
}
