/* alerts.c: the chore that tells owners what is wrong at their gym */
#include "pages/alerts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mail.h"
#include "gym/alert_mail.h"
#include "gym/alert_plan.h"
#include "gym/alert_watch.h"
#include "pages/alert_text.h"

#define ID_SIZE 64
#define SETTLE_TRIES 3

static enum alert_outcome
send(const struct site *site, const struct alert_mail *m,
     const struct alert_letter *letter, char why[MAIL_WHY_SIZE])
{
	static const enum alert_outcome outcomes[] = {
		[MAIL_SENT] = ALERT_SENT,
		[MAIL_LATER] = ALERT_LATER,
		[MAIL_REFUSED] = ALERT_REFUSED,
	};
	struct buf subject = BUF_INIT, text = BUF_INIT;
	struct mail mail = { .to = letter->email };
	char id[ID_SIZE];
	enum mail_result result;

	alert_text_write(letter, site->url, &subject, &text);
	/* ids of another installation behind the same address differ in time */
	snprintf(id, sizeof id, "alert-%lld-%lld", (long long)m->id,
	         (long long)m->created_at);
	mail.id = id;
	mail.subject = subject.data;
	mail.text = text.data;
	result = mail_send(&site->mail, &mail, why);
	buf_finish(&subject);
	buf_finish(&text);
	return outcomes[result];
}

/* What is sent and not noted would be sent again: so not after one failure. */
static enum db_result
settle(struct db *db, const struct alert_mail *m, enum alert_outcome outcome,
       const char *why)
{
	enum db_result rc = DB_AGAIN;

	for (int i = 0; i < SETTLE_TRIES && rc != DB_OK && rc != DB_NONE; i++)
		rc = alert_mail_settle(db, m, outcome, why, clock_now_ms());
	return rc;
}

/* One that is claimed. */
static enum db_result
deliver(const struct site *site, struct db *db, struct arena *a,
        const struct alert_mail *m, enum alert_outcome *outcome)
{
	struct alert_letter letter;
	char why[MAIL_WHY_SIZE] = "";
	enum db_result rc = alert_mail_read(db, a, m, &letter);
	bool is_failed;

	if (rc != DB_OK)
		return rc;
	*outcome = letter.is_wanted ? send(site, m, &letter, why)
		: ALERT_DROPPED;
	is_failed = *outcome == ALERT_LATER || *outcome == ALERT_REFUSED;
	if (is_failed)
		log_warn("alerts: mail %lld of %s: %s", (long long)m->id,
		         m->company, strchr(why, '@') == NULL ? why
		         : "see the page of terminals");	/* an address */
	return settle(db, m, *outcome, is_failed ? why : NULL);
}

static bool
send_due(const struct site *site, struct db *db, struct arena *a)
{
	struct alert_mail list[ALERT_MAILS_MAX];
	size_t count;
	int later = 0;
	bool fine = alert_mail_due(db, a, clock_now_ms(), list, &count) ==
		DB_OK;

	for (size_t i = 0; fine && i < count && later < ALERTS_LATER_MOST;
	     i++) {
		enum alert_outcome outcome = ALERT_SENT;
		enum db_result rc = alert_mail_claim(db, &list[i],
		                                     clock_now_ms());

		if (rc == DB_NONE || rc == DB_AGAIN)	/* another run's */
			continue;
		if (rc == DB_OK)
			rc = deliver(site, db, a, &list[i], &outcome);
		fine = rc == DB_OK || rc == DB_NONE;
		later = outcome == ALERT_LATER ? later + 1 : 0;
	}
	return fine;
}

bool
alerts_keep(struct site *site, struct db *db)
{
	struct arena *a = arena_create();
	int64_t now_at = clock_now_ms();
	bool fine = alert_watch(db, now_at);

	fine = alert_plan(db, now_at) && fine;
	fine = send_due(site, db, a) && fine;
	arena_destroy(a);
	return fine;
}
