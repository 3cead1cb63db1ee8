/* retention.c: what has had its time goes */
#include "gym/retention.h"

#include "base/clock.h"
#include "base/log.h"
#include "gym/chore.h"
#include "gym/delay.h"
#include "gym/session.h"
#include "gym/whatsapp_event.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define YEAR_MS (400 * DAY_MS)	/* so that a year can be compared with the last */
#define AGAIN_MS HOUR_MS
#define BATCHES 100		/* of one line in one run */
#define KEYS 100		/* that are found at a time, */
#define ROUNDS 10		/* so many times in one run */
#define TERMINALS 100		/* in one run */

/* Whoever imports has not been heard of for so long. */
static void
in_silent(struct db_stmt *st, int64_t now_at)
{
	db_in_at(st, now_at - HOUR_MS);
}

static void
in_tries(struct db_stmt *st, int64_t now_at)
{
	(void)now_at;
	db_in_int(st, WHATSAPP_EVENT_TRIES_MOST);
}

/*
 * What goes when the instant in its column is so long past; a statement that
 * wants that instant, and what `more` gives, and deletes some each time.
 */
static const struct {
	const char *what;
	int64_t keep_ms;
	enum stmt_id stmt;
	void (*more)(struct db_stmt *st, int64_t now_at);
} lines[] = {
	{ "alerts that are over", YEAR_MS, STMT_RETENTION_ALERTS, NULL },
	{ "alert samples", DAY_MS, STMT_RETENTION_ALERT_SAMPLES, NULL },
	{ "door commands", YEAR_MS, STMT_RETENTION_COMMANDS, NULL },
	{ "files of imports", 0, STMT_RETENTION_IMPORT_FILES, in_silent },
	{ "imports", YEAR_MS, STMT_RETENTION_IMPORTS, NULL },
	{ "pairing codes", 0, STMT_RETENTION_CODES, NULL },
	{ "revoked displays", YEAR_MS, STMT_RETENTION_DISPLAYS, NULL },
	{ "revoked tokens", YEAR_MS, STMT_RETENTION_TOKENS, NULL },
	{ "sessions that are over", DAY_MS, STMT_RETENTION_SESSIONS, NULL },
	{ "sessions left idle", SESSION_IDLE_S * INT64_C(1000) + DAY_MS,
	  STMT_RETENTION_SESSIONS_IDLE, NULL },
	{ "sign-in delays", DELAY_FORGET_MS, STMT_SIGNIN_DELAY_PURGE, NULL },
	{ "whatsapp events given up", 30 * DAY_MS, STMT_RETENTION_EVENTS,
	  in_tries },
};

#define LINES (sizeof lines / sizeof *lines)

/* Of a terminal that the gym has no more: what its bridge told of its users. */
static const enum stmt_id of_terminals[] = {
	STMT_RETENTION_DEVICE_APPROVALS,
	STMT_RETENTION_DEVICE_BLOCKS,
	STMT_RETENTION_DEVICE_USERS,
};

#define OF_TERMINALS (sizeof of_terminals / sizeof *of_terminals)
#define TERMINAL_MS (30 * DAY_MS)

/* ---- by age -------------------------------------------------------------- */

static bool
keep_line(struct db *db, size_t line, int64_t now_at, int64_t *gone)
{
	enum db_result rc = DB_OK;

	*gone = 0;
	for (int i = 0; i < BATCHES && rc == DB_OK; i++) {
		struct db_stmt *st = db_begin(db, lines[line].stmt);

		db_in_at(st, now_at - lines[line].keep_ms);
		if (lines[line].more != NULL)
			lines[line].more(st, now_at);
		rc = db_run(st);
		*gone += rc == DB_OK ? db_changed(db) : 0;
	}
	/* somebody is in the way: at the next run */
	return rc != DB_FAIL && rc != DB_DUPLICATE;
}

/* Logs how it went. */
static bool
say(const char *what, bool fine, int64_t gone)
{
	if (!fine)
		log_error("retention: %s were not done", what);
	if (gone > 0)
		log_info("retention: %s: %lld", what, (long long)gone);
	return fine;
}

static bool
keep_lines(struct db *db, int64_t now_at)
{
	bool fine = true;

	for (size_t i = 0; i < LINES; i++) {
		int64_t gone;
		bool done = keep_line(db, i, now_at, &gone);

		fine = say(lines[i].what, done, gone) && fine;
	}
	return fine;
}

/* ---- by key -------------------------------------------------------------- */

/* What a row is known by. */
struct key {
	const char *company;
	int64_t id;				/* of a mail */
	const char *sn, *user_id, *kind;	/* of an approval */
};

static void
out_mail(struct db_stmt *st, struct arena *a, struct key *to)
{
	db_out_str(st, a, &to->company);
	db_out_int(st, &to->id);
}

static void
in_mail(struct db_stmt *st, const struct key *key)
{
	db_in_str(st, key->company);
	db_in_int(st, key->id);
}

static void
out_approval(struct db_stmt *st, struct arena *a, struct key *to)
{
	db_out_str(st, a, &to->company);
	db_out_str(st, a, &to->sn);
	db_out_str(st, a, &to->user_id);
	db_out_str(st, a, &to->kind);
}

static void
in_approval(struct db_stmt *st, const struct key *key)
{
	db_in_str(st, key->company);
	db_in_str(st, key->sn);
	db_in_str(st, key->user_id);
	db_in_str(st, key->kind);
}

/*
 * What goes by the look of other tables, too.  A statement that deletes would
 * lock all that it looks at there, of all gyms, until it ends: doors would
 * wait.  So a read, which locks nothing, finds some keys, and each is deleted
 * alone, if it is still that old.  Mails go after their alerts, by which they
 * are held.
 */
static const struct found {
	const char *what;
	int64_t keep_ms;
	enum stmt_id find, end;
	void (*out)(struct db_stmt *st, struct arena *a, struct key *to);
	void (*in)(struct db_stmt *st, const struct key *key);
} founds[] = {
	{ "alert mails", YEAR_MS, STMT_RETENTION_ALERT_MAILS,
	  STMT_RETENTION_ALERT_MAIL_END, out_mail, in_mail },
	{ "approvals that are settled", 30 * DAY_MS, STMT_RETENTION_APPROVALS,
	  STMT_RETENTION_APPROVAL_END, out_approval, in_approval },
};

#define FOUNDS (sizeof founds / sizeof *founds)

static enum db_result
find_keys(struct db *db, struct arena *a, const struct found *f,
          int64_t until_at, struct key list[KEYS], size_t *count)
{
	struct db_stmt *st = db_begin(db, f->find);
	struct key key = { 0 };
	enum db_result rc;

	*count = 0;
	db_in_at(st, until_at);
	db_in_int(st, KEYS);
	f->out(st, a, &key);
	while ((rc = db_next(st)) == DB_OK && *count < KEYS)
		list[(*count)++] = key;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
end_keys(struct db *db, const struct found *f, int64_t until_at,
         const struct key *list, size_t count, int64_t *gone)
{
	enum db_result rc = DB_OK;

	for (size_t i = 0; i < count && rc == DB_OK; i++) {
		struct db_stmt *st = db_begin(db, f->end);

		f->in(st, &list[i]);
		db_in_at(st, until_at);
		rc = db_run(st);
		*gone += rc == DB_OK;
		if (rc == DB_NONE)	/* another run was quicker */
			rc = DB_OK;
	}
	return rc;
}

static bool
keep_found(struct db *db, const struct found *f, int64_t now_at, int64_t *gone)
{
	int64_t until_at = now_at - f->keep_ms;
	size_t count = KEYS;
	enum db_result rc = DB_OK;

	*gone = 0;
	for (int i = 0; i < ROUNDS && rc == DB_OK && count == KEYS; i++) {
		struct arena *a = arena_create();
		struct key list[KEYS];

		rc = find_keys(db, a, f, until_at, list, &count);
		if (rc == DB_OK)
			rc = end_keys(db, f, until_at, list, count, gone);
		arena_destroy(a);
	}
	/* somebody is in the way: at the next run */
	return rc != DB_FAIL && rc != DB_DUPLICATE;
}

static bool
keep_founds(struct db *db, int64_t now_at)
{
	bool fine = true;

	for (size_t i = 0; i < FOUNDS; i++) {
		int64_t gone;
		bool done = keep_found(db, &founds[i], now_at, &gone);

		fine = say(founds[i].what, done, gone) && fine;
	}
	return fine;
}

/* ---- of terminals -------------------------------------------------------- */

struct terminal {
	const char *company, *sn;
};

static enum db_result
find_terminals(struct db *db, struct arena *a, int64_t until_at,
               struct terminal list[TERMINALS], size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_RETENTION_DEVICES);
	struct terminal t;
	enum db_result rc;

	*count = 0;
	db_in_at(st, until_at);
	db_in_at(st, until_at);
	db_out_str(st, a, &t.company);
	db_out_str(st, a, &t.sn);
	while ((rc = db_next(st)) == DB_OK && *count < TERMINALS)
		list[(*count)++] = t;
	return rc == DB_NONE ? DB_OK : rc;
}

static bool
clear_terminal(struct db *db, const struct terminal *t, enum stmt_id stmt)
{
	enum db_result rc = DB_OK;

	for (int i = 0; i < BATCHES && rc == DB_OK; i++) {
		struct db_stmt *st = db_begin(db, stmt);

		db_in_str(st, t->company);
		db_in_str(st, t->sn);
		rc = db_run(st);
	}
	return rc != DB_FAIL;
}

static bool
keep_terminals(struct db *db, int64_t now_at)
{
	struct arena *a = arena_create();
	struct terminal list[TERMINALS];
	size_t count = 0;
	bool fine = find_terminals(db, a, now_at - TERMINAL_MS, list,
	                           &count) == DB_OK;

	for (size_t i = 0; i < count; i++) {
		for (size_t n = 0; n < OF_TERMINALS; n++)
			fine = clear_terminal(db, &list[i], of_terminals[n]) &&
				fine;
		log_info("retention: users of terminal %s of %s", list[i].sn,
		         list[i].company);
	}
	if (!fine)
		log_error("retention: closed terminals were not done");
	arena_destroy(a);
	return fine;
}

bool
retention_keep(struct site *site, struct db *db)
{
	int64_t now_at = clock_now_ms(), ran_at;
	bool fine;

	(void)site;
	if (chore_find(db, "retention", &ran_at) != DB_OK)
		return false;
	/* a clock that was set back does not keep us waiting */
	if (ran_at != CLOCK_NO_TIME && ran_at <= now_at &&
	    now_at - ran_at < AGAIN_MS)
		return true;
	fine = keep_lines(db, now_at);
	fine = keep_founds(db, now_at) && fine;
	fine = keep_terminals(db, now_at) && fine;
	return fine && chore_ran(db, "retention", now_at) == DB_OK;
}
