/* message_refuse.c: what follows when the service refuses a message */
#include "gym/message_refuse.h"

#include "base/clock.h"
#include "gym/consent.h"
#include "gym/member_edit.h"
#include "gym/message_rule.h"
#include "gym/messaging.h"
#include "gym/whatsapp_error.h"

/* One refusal, with all that it takes to follow it. */
struct refused {
	struct arena *a;
	const char *company;
	const struct message *m;
	const struct message_refusal *says;
	enum whatsapp_action action;
	int64_t now_at;
};

static bool
is_test(const struct message *m)
{
	return m->serial != 0;
}

/* ---- what becomes of the message ----------------------------------------- */

/* The column is an INT; of a service that sends more, nothing is kept. */
static void
code_in(struct db_stmt *st, int64_t code)
{
	db_in_id(st, code < INT32_MIN || code > INT32_MAX ? 0 : code);
}

enum db_result
message_again(struct db *db, const char *company, int64_t id, int64_t due_at,
              int64_t code, const char *words)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_AGAIN);

	db_in_at(st, due_at);
	code_in(st, code);
	db_in_str(st, words);
	db_in_str(st, company);
	db_in_int(st, id);
	return db_run(st);
}

enum db_result
message_fail(struct db *db, const char *company, int64_t id, int64_t code,
             const char *words, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_MESSAGE_FAIL);

	code_in(st, code);
	db_in_str(st, words);
	db_in_at(st, now_at);
	db_in_str(st, company);
	db_in_int(st, id);
	return db_run(st);
}

/* It waits for the end of a pause, is tried again after one, or has failed. */
static enum db_result
put_off(struct db *db, const struct refused *r)
{
	bool is_pause = r->action == WHATSAPP_STOP_ALL ||
		r->action == WHATSAPP_STOP_TEMPLATE;
	int64_t due_at = is_pause && !is_test(r->m) ? r->now_at
		: whatsapp_retry_at(r->action, r->m->tries, r->now_at);

	return due_at == CLOCK_NO_TIME
		? message_fail(db, r->company, r->m->id, r->says->code,
		               r->says->words, r->now_at)
		: message_again(db, r->company, r->m->id, due_at,
		                r->says->code, r->says->words);
}

/* ---- what else follows --------------------------------------------------- */

static enum db_result
pause_company(struct db *db, const struct refused *r)
{
	return messaging_pause(db, r->company, r->says->code, r->says->words,
	                       r->now_at);
}

/*
 * That of the try, which its rule may have no more.  Two of the codes are news
 * to the owner, once: the service itself has stopped it.
 */
static enum db_result
pause_template(struct db *db, const struct refused *r)
{
	bool is_news = r->says->code == 132015 || r->says->code == 132016;
	enum db_result rc;

	if (is_test(r->m) || r->m->template == NULL)
		return DB_OK;
	rc = message_rule_pause(db, r->company, r->m->template,
	                        r->m->language, r->says->code,
	                        r->says->words, r->now_at);
	if (rc == DB_OK && is_news)
		rc = messaging_warn(db, r->company, r->now_at);
	return rc == DB_NONE ? DB_OK : rc;
}

/* Longer each time that it says so before anything else has gone well. */
static enum db_result
slow_down(struct db *db, const struct refused *r)
{
	struct messaging now;
	enum db_result rc = messaging_lock(db, r->a, r->company, &now);
	int64_t tries;

	if (rc != DB_OK)
		return rc;
	tries = now.slow_tries + 1 < WHATSAPP_TRIES_MOST ? now.slow_tries + 1
		: WHATSAPP_TRIES_MOST - 1;
	return messaging_slow(db, r->company,
	                      whatsapp_retry_at(WHATSAPP_SLOW, tries,
	                                        r->now_at), tries);
}

static enum db_result
withdraw(struct db *db, const struct refused *r)
{
	struct actor nobody = { .company = r->company, .address = "",
	                        .now_at = r->now_at };
	enum db_result rc;

	if (is_test(r->m))
		return DB_OK;
	rc = member_lock(db, r->company, r->m->member_id);
	if (rc == DB_OK)
		rc = consent_tell(db, &nobody, r->m->member_id, false, false,
		                  r->now_at);
	return rc == DB_NONE ? DB_OK : rc;	/* erased: all is withdrawn */
}

static enum db_result
mark_number(struct db *db, const struct refused *r)
{
	struct db_stmt *st;
	enum db_result rc;

	if (is_test(r->m))
		return DB_OK;
	st = db_begin(db, STMT_MESSAGE_UNREACHED);
	db_in_str(st, r->says->to);
	db_in_str(st, r->company);
	db_in_int(st, r->m->member_id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

/* Beside what becomes of the message. */
static enum db_result (*const followed[WHATSAPP_ACTION__COUNT])(
		struct db *db, const struct refused *r) = {
	[WHATSAPP_SLOW] = slow_down,
	[WHATSAPP_STOP_TEMPLATE] = pause_template,
	[WHATSAPP_STOP_ALL] = pause_company,
	[WHATSAPP_NEVER] = withdraw,
	[WHATSAPP_UNREACHED] = mark_number,
};

enum db_result
message_refused(struct db *db, struct arena *a, const char *company,
                const struct message *m,
                const struct message_refusal *refusal, int64_t now_at)
{
	struct refused r = { a, company, m, refusal,
	                     whatsapp_action_of(refusal->code), now_at };
	enum db_result rc = put_off(db, &r);

	return rc == DB_OK && followed[r.action] != NULL
		? followed[r.action](db, &r) : rc;
}
