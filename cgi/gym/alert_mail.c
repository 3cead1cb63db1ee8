/* alert_mail.c: mails to owners on their way, each sent once */
#include "gym/alert_mail.h"

#include "base/clock.h"

enum db_result
alert_mail_due(struct db *db, struct arena *a, int64_t now_at,
               struct alert_mail list[ALERT_MAILS_MAX], size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_MAILS_DUE);
	struct alert_mail m;
	enum db_result rc;

	*count = 0;
	db_in_at(st, now_at);
	db_out_str(st, a, &m.company);
	db_out_int(st, &m.id);
	db_out_at(st, &m.due_at);
	db_out_int(st, &m.tries);
	db_out_at(st, &m.created_at);
	while ((rc = db_next(st)) == DB_OK && *count < ALERT_MAILS_MAX)
		list[(*count)++] = m;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
alert_mail_claim(struct db *db, struct alert_mail *m, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_MAIL_CLAIM);
	enum db_result rc;

	db_in_at(st, now_at + ALERT_CLAIM_MS);
	db_in_str(st, m->company);
	db_in_int(st, m->id);
	db_in_at(st, m->due_at);
	rc = db_run(st);
	m->due_at = now_at + ALERT_CLAIM_MS;
	m->tries++;
	return rc;
}

static enum db_result
read_lines(struct db *db, struct arena *a, const struct alert_mail *m,
           struct alert_letter *out)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_MAIL_LINES);
	struct alert_line line;
	const char *kind;
	enum db_result rc;

	out->count = 0;
	out->lines = arena_alloc(a, ALERT_LINES_MAX * sizeof *out->lines);
	db_in_str(st, m->company);
	db_in_int(st, m->id);
	db_out_str(st, a, &kind);
	db_out_str(st, a, &line.terminal);
	db_out_str(st, a, &line.sn);
	db_out_at(st, &line.since_at);
	db_out_at(st, &line.well_at);
	db_out_bool(st, &line.tells_begin);
	db_out_bool(st, &line.tells_end);
	while ((rc = db_next(st)) == DB_OK && out->count < ALERT_LINES_MAX) {
		line.kind = alert_kind_of(kind);
		if (line.kind < ALERT__COUNT)
			out->lines[out->count++] = line;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
alert_mail_read(struct db *db, struct arena *a, const struct alert_mail *m,
                struct alert_letter *out)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_MAIL_FIND);
	enum db_result rc;

	db_in_str(st, m->company);
	db_in_int(st, m->id);
	db_out_str(st, a, &out->email);
	db_out_str(st, a, &out->company);
	db_out_str(st, a, &out->branch);
	db_out_str(st, a, &out->zone);
	db_out_bool(st, &out->has_branches);
	db_out_bool(st, &out->is_wanted);
	rc = db_one(st);
	return rc == DB_OK ? read_lines(db, a, m, out) : rc;
}

/* Counted from the end of the try, which may have taken long. */
static int64_t
next_try(const struct alert_mail *m, int64_t now_at)
{
	return now_at + clock_backoff_ms((int)m->tries - 1,
	                                 ALERT_PAUSE_LEAST_MS,
	                                 ALERT_PAUSE_MOST_MS);
}

enum db_result
alert_mail_settle(struct db *db, const struct alert_mail *m,
                  enum alert_outcome outcome, const char *why, int64_t now_at)
{
	static const char *const states[] = {
		[ALERT_SENT] = "SENT",
		[ALERT_LATER] = "WAITING",
		[ALERT_REFUSED] = "REFUSED",
		[ALERT_DROPPED] = "DROPPED",
	};
	struct db_stmt *st = db_begin(db, STMT_ALERT_MAIL_SETTLE);

	if (outcome == ALERT_LATER &&
	    now_at - m->created_at >= ALERT_GIVE_UP_MS)
		outcome = ALERT_REFUSED;
	db_in_str(st, states[outcome]);
	db_in_at(st, outcome == ALERT_LATER ? next_try(m, now_at)
	         : CLOCK_NO_TIME);
	db_in_str(st, why);
	db_in_at(st, outcome == ALERT_SENT ? now_at : CLOCK_NO_TIME);
	db_in_str(st, m->company);
	db_in_int(st, m->id);
	db_in_at(st, m->due_at);
	return db_run(st);
}
