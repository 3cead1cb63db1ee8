/* message_warn.c: the chore that tells owners that messages are paused */
#include "pages/message_warn.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mail.h"
#include "gym/company.h"
#include "gym/message_rule.h"
#include "gym/message_text.h"
#include "gym/message_warning.h"
#include "gym/messaging.h"
#include "http/view.h"
#include "pages/message_pause.h"
#include "pages/message_words.h"

#define ID_SIZE 65
#define LATER_MOST 3		/* of companies, one after the other */

/* What is paused at a company. */
struct letter {
	struct company company;
	struct messaging messaging;
	struct message_rules rules;	/* those alone that are paused */
};

/* ---- what is told -------------------------------------------------------- */

static bool
read_letter(struct db *db, struct arena *a, const char *code,
            struct letter *out)
{
	struct message_rules all;

	if (company_find(db, a, code, &out->company) != DB_OK ||
	    messaging_open(db, a, code, clock_now_ms(), &out->messaging) !=
	    DB_OK || message_rule_list(db, a, code, &all) != DB_OK)
		return false;
	out->rules = (struct message_rules){
		arena_alloc(a, (all.count + 1) * sizeof *all.rows), 0,
	};
	for (size_t i = 0; i < all.count; i++) {
		if (all.rows[i].is_on && all.rows[i].paused_at != CLOCK_NO_TIME)
			out->rules.rows[out->rules.count++] = all.rows[i];
	}
	return true;
}

static bool
is_anything(const struct letter *l)
{
	return l->messaging.paused_at != CLOCK_NO_TIME || l->rules.count > 0;
}

static void
append_pause(struct buf *out, const struct letter *l, int64_t at,
             int64_t code, const char *words)
{
	const char *zone = l->company.zone == NULL ? "UTC" : l->company.zone;
	char day[VIEW_TEXT_SIZE], time[VIEW_TEXT_SIZE];
	int64_t local = clock_local(zone, at);

	buf_appendf(out, "since %s, %s.\nWhatsApp says: ",
	            view_day_text(clock_day(local), day),
	            view_time_text(local, time));
	message_text_value(words == NULL ? "" : words, out);
	buf_appendf(out, " (error %lld)\n%s\n\n", (long long)code,
	            message_pause_todo(code));
}

static void
write_letter(struct arena *a, const struct letter *l, const char *url,
             struct buf *subject, struct buf *text)
{
	const struct messaging *m = &l->messaging;
	bool is_all = m->paused_at != CLOCK_NO_TIME;

	message_text_value(l->company.name, subject);
	buf_append_str(subject, is_all ? ": messages are paused"
	               : ": a reminder is paused");
	message_text_value(l->company.name, text);
	buf_append_str(text, "\n\n");
	if (is_all) {
		buf_append_str(text, "No message is sent to members ");
		append_pause(text, l, m->paused_at, m->pause_code,
		             m->pause_words);
	}
	for (size_t i = 0; i < l->rules.count; i++) {
		const struct message_rule *r = &l->rules.rows[i];

		buf_appendf(text, "The reminder \"%s\" (template %s) is not "
		            "sent ", message_words_rule(a, r->kind, r->days),
		            r->template);
		append_pause(text, l, r->paused_at, r->pause_code,
		             r->pause_words);
	}
	if (*url != '\0')
		buf_appendf(text, "%s/settings/messages\n\n", url);
	buf_append_str(text, "-- \nYou are told as an owner of ");
	message_text_value(l->company.name, text);
	buf_append_str(text, ".  Your account's page can switch that off.\n");
}

/* ---- whom ---------------------------------------------------------------- */

/* Is this owner done with?  Not, if the server takes it later. */
static bool
tell(struct site *site, struct arena *a, const struct message_warning *w,
     const struct letter *letter, const struct message_warning_owner *owner)
{
	struct buf subject = BUF_INIT, text = BUF_INIT;
	struct mail mail = { .to = owner->email };
	char id[ID_SIZE], why[MAIL_WHY_SIZE] = "";
	enum mail_result result;

	write_letter(a, letter, site->url, &subject, &text);
	snprintf(id, sizeof id, "paused-%s-%lld-%lld", w->company,
	         (long long)w->warn_at, (long long)owner->user_id);
	for (char *s = id; *s != '\0'; s++) {
		if (*s == '_')
			*s = '.';
	}
	mail.id = id;
	mail.subject = subject.data;
	mail.text = text.data;
	result = mail_send(&site->mail, &mail, why);
	buf_finish(&subject);
	buf_finish(&text);
	if (result != MAIL_SENT)
		log_warn("message warnings: %s, user %lld: %s", w->company,
		         (long long)owner->user_id, strchr(why, '@') == NULL
		         ? why : "the mail server does not take it");
	return result != MAIL_LATER || clock_now_ms() - w->warn_at >=
		MESSAGE_WARNING_GIVE_UP_MS;
}

/*
 * All owners of a company; `is_later`: the server would not.  False, too, when
 * it is our turn no more: the rest are told at the next run.
 */
static bool
tell_all(struct site *site, struct db *db, struct arena *a,
         struct message_warning *w, bool *is_later)
{
	struct message_warning_owner owner;
	struct letter letter;
	enum db_result rc;

	*is_later = false;
	if (!read_letter(db, a, w->company, &letter))
		return false;
	/* somebody may have gone on meanwhile */
	rc = is_anything(&letter) ? DB_OK : DB_NONE;
	while (rc == DB_OK) {
		rc = message_warning_next(db, a, w, &owner);
		if (rc != DB_OK)
			break;
		if (message_warning_is_locked(db) != DB_OK) {
			log_error("message warnings: the turn was lost, with "
			          "the connection");
			return false;
		}
		*is_later = !tell(site, a, w, &letter, &owner);
		if (*is_later)
			return true;
		rc = message_warning_told(db, w, owner.user_id);
		if (rc == DB_NONE)	/* there is more to tell, at the next run */
			return true;
	}
	if (rc == DB_NONE)
		rc = message_warning_end(db, w);
	return rc == DB_OK || rc == DB_NONE;
}

static bool
tell_due(struct site *site, struct db *db)
{
	struct message_warning list[MESSAGE_WARNINGS_MAX];
	struct arena *a = arena_create();
	size_t count = 0;
	int later = 0;
	bool is_later, fine = message_warning_due(db, a, list, &count) ==
		DB_OK;

	for (size_t i = 0; fine && i < count && later < LATER_MOST; i++) {
		fine = tell_all(site, db, a, &list[i], &is_later);
		later = is_later ? later + 1 : 0;
	}
	arena_destroy(a);
	return fine;
}

bool
message_warn_keep(struct site *site, struct db *db)
{
	enum db_result rc = message_warning_lock(db);
	bool fine;

	if (rc != DB_OK)
		return rc == DB_NONE;
	fine = tell_due(site, db);
	message_warning_unlock(db);
	return fine;
}
