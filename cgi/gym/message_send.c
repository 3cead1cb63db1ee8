/* message_send.c: sends what is due, each at most once */
#include "gym/message_send.h"

#include <signal.h>

#include "base/clock.h"
#include "base/log.h"
#include "gym/message_claim.h"
#include "gym/message_wait.h"

/* Who ends us kindly waits until what is claimed is settled. */
static void
hold_signals(sigset_t *was)
{
	sigset_t kind;

	sigemptyset(&kind);
	sigaddset(&kind, SIGHUP);
	sigaddset(&kind, SIGINT);
	sigaddset(&kind, SIGTERM);
	sigprocmask(SIG_BLOCK, &kind, was);
}

/* One that is claimed; whatever it comes to, it is called once. */
static void
call(const struct message_sending *s, const struct message_claim *c,
     struct sender_answer *answer)
{
	char ref[MESSAGE_REF_SIZE];
	struct sender_message m = {
		.to = c->to,
		.text = c->text,
		.template = c->rule->template,
		.language = c->rule->language,
		.is_named = c->rule->is_named,
		.values = c->values,
		.ref = ref,
	};

	message_ref(c->message.id, c->message.tries, ref);
	message_text_fields(c->rule->text, &m.fields);
	s->type->send(s->sender, s->account, &m, answer);
}

/*
 * What the service says may hold what it was told: not for a log.  Why it was
 * not reached, we say ourselves.
 */
static void
note(const char *company, const struct message_claim *c,
     const struct sender_answer *answer, struct message_sent *sent)
{
	long long id = c->message.id;

	switch (answer->outcome) {
	case SENDER_ACCEPTED:
		sent->accepted++;
		return;
	case SENDER_REFUSED:
		sent->refused++;
		log_warn("%s: message %lld: refused with error %lld", company,
		         id, (long long)answer->code);
		return;
	case SENDER_NOT_SENT:
		log_warn("%s: message %lld: not sent, the rest waits: %s",
		         company, id, answer->words);
		return;
	default:
		sent->unknown++;
		log_warn("%s: message %lld: no answer, so it may have been "
		         "sent; the rest waits", company, id);
	}
}

/* It stays SENDING until its claim ends; nobody sends it again. */
static void
note_lost(const char *company, const struct message_claim *c,
          struct message_sent *sent)
{
	sent->unknown++;
	log_error("%s: message %lld: what became of it could not be kept, so "
	          "it may have been sent; the rest waits", company,
	          (long long)c->message.id);
}

/* `goes_on`: another one may be sent now. */
static enum db_result
send_one(struct db *db, struct arena *a, const struct message_sending *s,
         int64_t id, bool *goes_on, struct message_sent *sent)
{
	struct message_claim c = { .end = MESSAGE_CLAIM_PASSED };
	struct sender_answer answer = { .outcome = SENDER_UNKNOWN };
	sigset_t was;
	enum db_result rc;

	hold_signals(&was);
	rc = message_claim_take(db, a, s, id, &c);
	*goes_on = c.end != MESSAGE_CLAIM_STOPPED;
	if (rc == DB_OK && c.end == MESSAGE_CLAIM_TAKEN) {
		call(s, &c, &answer);
		rc = message_claim_settle(db, a, s->company, &c, &answer);
		if (rc == DB_OK)
			note(s->company, &c, &answer, sent);
		else
			note_lost(s->company, &c, sent);
		*goes_on = answer.outcome == SENDER_ACCEPTED ||
			answer.outcome == SENDER_REFUSED;
	}
	sigprocmask(SIG_SETMASK, &was, NULL);
	return rc == DB_NONE ? DB_OK : rc;	/* it is not there any more */
}

enum db_result
message_send_due(struct db *db, const struct message_sending *s,
                 struct message_sent *sent)
{
	struct arena *scratch = arena_create();
	struct message_wait list[MESSAGE_WAITS_MAX], after = { 0, 0 };
	size_t count = 1;
	bool goes_on = true;
	enum db_result rc = DB_OK;

	while (rc == DB_OK && goes_on && count > 0) {
		rc = message_wait_due(db, s->company, clock_now_ms(), &after,
		                      list, &count);
		for (size_t i = 0; rc == DB_OK && goes_on && i < count; i++) {
			after = list[i];
			rc = send_one(db, scratch, s, list[i].id, &goes_on,
			              sent);
			arena_reset(scratch);
			goes_on = goes_on && clock_mono_ms() < s->until;
		}
	}
	arena_destroy(scratch);
	return rc;
}
