/* message_claim.c: a message while it is sent: claimed, then settled */
#include "gym/message_claim.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/message_facts.h"
#include "gym/message_refuse.h"
#include "gym/message_wait.h"
#include "gym/messaging.h"
#include "gym/whatsapp_error.h"

/* ---- claim --------------------------------------------------------------- */

struct taking {
	struct arena *a;
	const struct message_sending *s;
	int64_t id, now_at;
	struct message_claim *out;
};

static bool
is_test(const struct message *m)
{
	return m->serial != 0;
}

/* Messages that count for the cap of a day. */
static enum db_result
count_sent(struct db *db, const struct taking *t, int64_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_SENT_COUNT);

	db_in_str(st, t->s->company);
	db_in_at(st, t->now_at - MESSAGING_CAP_MS);
	db_out_int(st, count);
	return db_one(st);
}

/* May the company send anything now?  Its row is held from here on. */
static enum db_result
ask_company(struct db *db, const struct taking *t, struct messaging *m,
            bool *may_send)
{
	enum db_result rc = messaging_lock(db, t->a, t->s->company, m);
	int64_t count = 0;

	*may_send = rc == DB_OK && m->paused_at == CLOCK_NO_TIME &&
		(m->slow_to_at == CLOCK_NO_TIME || m->slow_to_at <= t->now_at)
		&& strcmp(m->sender, t->s->type->word) == 0 &&
		m->phone_id != NULL &&	/* and still this one */
		strcmp(m->phone_id, t->s->account->phone_id) == 0;
	if (!*may_send)
		return rc;
	rc = count_sent(db, t, &count);
	*may_send = count < m->cap;
	return rc;
}

/* All there is to know of the message; its row is held from here on. */
static enum db_result
read_all(struct db *db, const struct taking *t)
{
	struct message_claim *c = t->out;
	struct message_rules rules;
	enum db_result rc = message_rule_list(db, t->a, t->s->company, &rules);

	if (rc == DB_OK)
		rc = message_lock(db, t->a, t->s->company, t->id, &c->message);
	if (rc == DB_OK)
		rc = message_facts_read(db, t->a, t->s->company, 0,
		                        c->message.member_id, t->now_at,
		                        &c->facts);
	if (rc != DB_OK)
		return rc;
	c->rule = message_rule_of(&rules, c->message.kind, c->message.days);
	if (!is_test(&c->message))
		c->message.reason = message_judge_now(&rules, &c->facts,
			c->message.kind, c->message.days,
			c->message.anchor_day);
	else if (c->facts.is_erased)
		c->message.reason = MESSAGE_ERASED;
	else
		c->message.reason = c->rule == NULL ? MESSAGE_RULE_OFF
			: MESSAGE_FINE;
	return DB_OK;
}

static enum db_result
write_claim(struct db *db, const struct taking *t)
{
	struct message_claim *c = t->out;
	struct db_stmt *st;

	c->to = is_test(&c->message) ? c->message.to : c->facts.phone;
	c->text = t->s->write(t->a, c->rule, &c->facts, c->message.anchor_day,
	                      c->values);
	c->message.tries++;
	c->message.due_at = t->now_at + MESSAGE_CLAIM_MS;
	st = db_begin(db, STMT_MESSAGE_CLAIM);
	db_in_int(st, c->message.tries);
	db_in_at(st, c->message.due_at);
	db_in_at(st, t->now_at);
	db_in_str(st, c->rule->template);
	db_in_str(st, c->rule->language);
	db_in_str(st, c->text);
	db_in_str(st, t->s->company);
	db_in_int(st, t->id);
	c->end = MESSAGE_CLAIM_TAKEN;
	return db_run(st);
}

/* A reminder goes at a decent hour, and while its template may be used. */
static enum db_result
take_or_wait(struct db *db, const struct taking *t, const struct messaging *m)
{
	const struct message_claim *c = t->out;
	int64_t open_at = messaging_open_at(c->facts.zone, m->from_minute,
	                                    m->to_minute, t->now_at);

	if (c->message.reason != MESSAGE_FINE)
		return message_wait_skip(db, t->s->company, t->id,
		                         c->message.reason);
	if (!is_test(&c->message) && c->rule->paused_at != CLOCK_NO_TIME)
		return DB_OK;
	if (!is_test(&c->message) && open_at > t->now_at)
		return message_wait_move(db, t->s->company, t->id, open_at);
	return write_claim(db, t);
}

static enum db_result
take(struct db *db, void *arg)
{
	const struct taking *t = arg;
	struct messaging m;
	bool may_send = false;
	enum db_result rc = ask_company(db, t, &m, &may_send);

	t->out->end = may_send ? MESSAGE_CLAIM_PASSED : MESSAGE_CLAIM_STOPPED;
	if (rc != DB_OK || !may_send)
		return rc;
	rc = read_all(db, t);
	if (rc != DB_OK || t->out->message.state != MESSAGE_DUE ||
	    t->out->message.due_at > t->now_at)
		return rc;
	return take_or_wait(db, t, &m);
}

enum db_result
message_claim_take(struct db *db, struct arena *a,
                   const struct message_sending *sending, int64_t id,
                   struct message_claim *out)
{
	struct taking t = { a, sending, id, clock_now_ms(), out };
	enum db_result rc = tx_run(db, take, &t);

	if (rc == DB_OK)
		return rc;
	out->end = MESSAGE_CLAIM_PASSED;	/* not committed, or not known */
	return rc == DB_AGAIN ? DB_OK : rc;
}

/* ---- settle -------------------------------------------------------------- */

#define SETTLE_TRIES 12
#define SETTLE_PAUSE_MS 500

struct settling {
	struct arena *a;
	const char *company;
	const struct message_claim *claim;
	const struct sender_answer *answer;
	int64_t now_at;
};

static enum db_result
write_accepted(struct db *db, const struct settling *s, const char *wamid)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_ACCEPT);

	db_in_str(st, wamid);
	db_in_at(st, s->now_at);
	db_in_str(st, s->company);
	db_in_int(st, s->claim->message.id);
	return db_run(st);
}

/* The service works: if it was slowed down, that is over. */
static enum db_result
accept(struct db *db, const struct settling *s, const struct messaging *m)
{
	const char *wamid = *s->answer->wamid == '\0' ? NULL
		: s->answer->wamid;
	enum db_result rc = write_accepted(db, s, wamid);

	if (rc == DB_DUPLICATE)		/* an id that it has given before */
		rc = write_accepted(db, s, NULL);
	return rc == DB_OK && m->slow_tries > 0
		? messaging_slow(db, s->company, CLOCK_NO_TIME, 0) : rc;
}

/*
 * It was not sent, whatever the reason: it does not count for the cap.  A
 * reminder is tried until it is too late, a test only so often.
 */
static enum db_result
put_back(struct db *db, const struct settling *s)
{
	const struct message *m = &s->claim->message;
	int64_t tries = is_test(m) || m->tries < WHATSAPP_TRIES_MOST ? m->tries
		: WHATSAPP_TRIES_MOST - 1;
	int64_t due_at = whatsapp_retry_at(WHATSAPP_RETRY, tries, s->now_at);
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_NOT_SENT);
	enum db_result rc;

	db_in_str(st, s->company);
	db_in_int(st, m->id);
	rc = db_run(st);
	if (rc != DB_OK)
		return rc;
	return due_at == CLOCK_NO_TIME
		? message_fail(db, s->company, m->id, 0, s->answer->words,
		               s->now_at)
		: message_again(db, s->company, m->id, due_at, 0,
		                s->answer->words);
}

static enum db_result
doubt(struct db *db, const struct settling *s)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_DOUBT);
	enum db_result rc;

	db_in_str(st, s->answer->words);
	db_in_str(st, s->company);
	db_in_int(st, s->claim->message.id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;	/* it was known */
}

/* The company's row first, as in a claim: so none waits for the other. */
static enum db_result
settle(struct db *db, void *arg)
{
	const struct settling *s = arg;
	const struct message *claimed = &s->claim->message;
	struct message_refusal refusal = { s->answer->code, s->answer->words,
	                                   s->claim->to };
	struct messaging m;
	struct message now;
	enum db_result rc = messaging_lock(db, s->a, s->company, &m);

	if (rc == DB_OK)
		rc = message_lock(db, s->a, s->company, claimed->id, &now);
	if (rc != DB_OK || now.tries != claimed->tries ||
	    (now.state != MESSAGE_SENDING && now.state != MESSAGE_UNKNOWN))
		return rc;
	switch (s->answer->outcome) {
	case SENDER_ACCEPTED:
		return accept(db, s, &m);
	case SENDER_REFUSED:
		return message_refused(db, s->a, s->company, &now, &refusal,
		                       s->now_at);
	case SENDER_NOT_SENT:
		return put_back(db, s);
	default:
		return doubt(db, s);
	}
}

enum db_result
message_claim_settle(struct db *db, struct arena *a, const char *company,
                     const struct message_claim *claim,
                     const struct sender_answer *answer)
{
	static const struct timespec pause = {
		.tv_nsec = SETTLE_PAUSE_MS * 1000000L,
	};
	struct settling s = { a, company, claim, answer, clock_now_ms() };
	enum db_result rc = tx_run(db, settle, &s);

	for (int i = 1; i < SETTLE_TRIES && rc != DB_OK && rc != DB_NONE; i++) {
		nanosleep(&pause, NULL);
		rc = tx_run(db, settle, &s);
	}
	return rc == DB_NONE ? DB_OK : rc;
}
