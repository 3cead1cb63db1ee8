/* whatsapp_event.c: what the service has told: stored first, worked off later */
#include "gym/whatsapp_event.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/tx.h"
#include "gym/consent.h"
#include "gym/member_edit.h"
#include "gym/message_report.h"
#include "gym/messaging.h"
#include "gym/whatsapp_notice.h"

#define NEVER_MS (100 * 365 * 24 * (int64_t)3600000)
#define LOOK_MAX 100		/* events of one look, members of one number */

enum db_result
whatsapp_event_add(struct db *db, const void *body, size_t len,
                   int64_t now_at, struct whatsapp_event *out)
{
	struct db_stmt *st = db_begin(db, STMT_WHATSAPP_EVENT_ADD);
	enum db_result rc;

	db_in_bytes(st, body, len);
	db_in_at(st, now_at);
	db_in_at(st, now_at);
	rc = db_run(st);
	*out = (struct whatsapp_event){ db_last_id(db), now_at, 0 };
	return rc;
}

/* ---- what members say ---------------------------------------------------- */

static enum db_result
members_of(struct db *db, const char *company, const char *phone,
           int64_t after_id, int64_t ids[LOOK_MAX], size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_WHATSAPP_EVENT_MEMBERS);
	enum db_result rc;
	int64_t id;

	*count = 0;
	db_in_str(st, company);
	db_in_str(st, phone);
	db_in_int(st, after_id);
	db_out_int(st, &id);
	while ((rc = db_next(st)) == DB_OK && *count < LOOK_MAX)
		ids[(*count)++] = id;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
tell_member(struct db *db, const struct actor *nobody, int64_t member_id,
            const struct whatsapp_word *w, bool is_shared)
{
	int64_t at = w->at == CLOCK_NO_TIME || w->at > nobody->now_at
		? nobody->now_at : w->at;
	enum db_result rc = member_lock(db, nobody->company, member_id);

	if (rc == DB_OK)
		rc = consent_tell(db, nobody, member_id, w->is_start,
		                  is_shared, at);
	return rc == DB_NONE ? DB_OK : rc;	/* erased meanwhile */
}

/* It holds for all whose number it is: who wrote cannot be told. */
static enum db_result
take_word(struct db *db, const char *company, const struct whatsapp_word *w,
          int64_t now_at)
{
	const struct actor nobody = { .company = company, .address = "",
	                              .now_at = now_at };
	int64_t ids[LOOK_MAX], after_id = 0;
	size_t count = LOOK_MAX;
	enum db_result rc = DB_OK;

	while (rc == DB_OK && count == LOOK_MAX) {
		rc = members_of(db, company, w->from, after_id, ids, &count);
		for (size_t i = 0; rc == DB_OK && i < count; i++)
			rc = tell_member(db, &nobody, ids[i], w,
			                 after_id > 0 || count > 1);
		after_id = count > 0 ? ids[count - 1] : 0;
	}
	return rc;
}

/* ---- one event ----------------------------------------------------------- */

struct work {
	const struct whatsapp_event *event;
	int64_t now_at;
};

static enum db_result
find_company(struct db *db, struct arena *a, const char *phone_id,
             const char **company)
{
	struct db_stmt *st = db_begin(db, STMT_WHATSAPP_EVENT_COMPANY);

	db_in_str(st, phone_id);
	db_out_str(st, a, company);
	return db_one(st);
}

static enum db_result
note_heard(struct db *db, const char *company, int64_t unknown,
           int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_WHATSAPP_EVENT_HEARD);
	enum db_result rc;

	db_in_at(st, now_at);
	db_in_int(st, unknown);
	db_in_str(st, company);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

/* The company's row first, as whoever sends does: so none waits for another. */
static enum db_result
take_notice(struct db *db, struct arena *a, const char *company,
            const struct whatsapp_notice *n, int64_t now_at)
{
	struct messaging m;
	enum db_result rc = messaging_lock(db, a, company, &m);
	int64_t unknown = 0;

	for (size_t i = 0; rc == DB_OK && i < n->status_count; i++) {
		rc = message_report(db, a, company, &n->statuses[i], now_at);
		unknown += rc == DB_NONE;
		rc = rc == DB_NONE ? DB_OK : rc;
	}
	for (size_t i = 0; rc == DB_OK && i < n->word_count; i++)
		rc = take_word(db, company, &n->words[i], now_at);
	return rc == DB_OK ? note_heard(db, company, unknown, now_at) : rc;
}

static enum db_result
take_all(struct db *db, struct arena *a, const struct work *w,
         const struct whatsapp_notices *all)
{
	const char *company;
	enum db_result rc = DB_OK;

	for (size_t i = 0; rc == DB_OK && i < all->count; i++) {
		rc = find_company(db, a, all->list[i].phone_id, &company);
		if (rc == DB_OK)
			rc = take_notice(db, a, company, &all->list[i],
			                 w->now_at);
		if (rc != DB_NONE)
			continue;
		log_warn("whatsapp: event %lld is about a number of no "
		         "company", (long long)w->event->id);
		rc = DB_OK;
	}
	return rc;
}

/* DB_NONE: another worker is at it, or has done it. */
static enum db_result
lock_body(struct db *db, struct arena *a, int64_t id, const void **body,
          size_t *len)
{
	struct db_stmt *st = db_begin(db, STMT_WHATSAPP_EVENT_LOCK);

	db_in_int(st, id);
	db_out_bytes(st, a, body, len);
	return db_one(st);
}

static enum db_result
drop(struct db *db, int64_t id)
{
	struct db_stmt *st = db_begin(db, STMT_WHATSAPP_EVENT_DROP);

	db_in_int(st, id);
	return db_run(st);
}

static enum db_result
work_step(struct db *db, void *arg)
{
	const struct work *w = arg;
	struct arena *a = arena_create();
	struct whatsapp_notices all;
	const void *body;
	size_t len;
	enum db_result rc = lock_body(db, a, w->event->id, &body, &len);

	if (rc == DB_OK && whatsapp_notice_read(a, body, len, &all))
		rc = take_all(db, a, w, &all);
	if (rc == DB_OK)
		rc = drop(db, w->event->id);
	arena_destroy(a);
	return rc;
}

/* ---- tries --------------------------------------------------------------- */

static bool
is_last(const struct whatsapp_event *e)
{
	return e->tries + 1 >= WHATSAPP_EVENT_TRIES_MOST;
}

/* So that of two who see it only one begins, and a try that fails is counted. */
static enum db_result
claim(struct db *db, const struct whatsapp_event *e, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_WHATSAPP_EVENT_CLAIM);

	db_in_at(st, now_at + (is_last(e) ? NEVER_MS
		: clock_backoff_ms((int)e->tries,
		                   WHATSAPP_EVENT_PAUSE_LEAST_MS,
		                   WHATSAPP_EVENT_PAUSE_MOST_MS)));
	db_in_int(st, e->id);
	db_in_at(st, e->due_at);
	return db_run(st);
}

enum db_result
whatsapp_event_work(struct db *db, const struct whatsapp_event *event,
                    int64_t now_at)
{
	struct work w = { event, now_at };
	enum db_result rc = claim(db, event, now_at);

	if (rc == DB_OK)
		rc = tx_run(db, work_step, &w);
	if (rc != DB_OK && rc != DB_NONE)
		log_error("whatsapp: event %lld was not worked off%s",
		          (long long)event->id, is_last(event)
		          ? ": given up, its row stays" : "");
	return rc;
}

static enum db_result
look(struct db *db, int64_t now_at, struct whatsapp_event list[LOOK_MAX],
     size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_WHATSAPP_EVENT_DUE);
	struct whatsapp_event e;
	enum db_result rc;

	*count = 0;
	db_in_at(st, now_at);
	db_out_int(st, &e.id);
	db_out_at(st, &e.due_at);
	db_out_int(st, &e.tries);
	while ((rc = db_next(st)) == DB_OK && *count < LOOK_MAX)
		list[(*count)++] = e;
	return rc == DB_NONE ? DB_OK : rc;
}

/* What was claimed is not due now: so each look finds others, or nothing. */
bool
whatsapp_event_sweep(struct site *site, struct db *db)
{
	struct whatsapp_event list[LOOK_MAX];
	int64_t began_at = clock_now_ms();
	size_t count = LOOK_MAX;
	bool fine = true;

	(void)site;
	while (count == LOOK_MAX) {
		if (look(db, began_at, list, &count) != DB_OK)
			return false;
		for (size_t i = 0; i < count; i++) {
			enum db_result rc = whatsapp_event_work(
				db, &list[i], clock_now_ms());

			fine = fine && (rc == DB_OK || rc == DB_NONE);
		}
	}
	return fine;
}
