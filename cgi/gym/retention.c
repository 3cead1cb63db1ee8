/* retention.c: what has had its time goes */
#include "gym/retention.h"

#include "base/clock.h"
#include "base/log.h"
#include "gym/delay.h"
#include "gym/session.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define YEAR_MS (400 * DAY_MS)	/* so that a year can be compared with the last */
#define BATCHES 100		/* of one line in one run */
#define TERMINALS 100		/* in one run */

/*
 * What goes when the instant in its column is so long past; a statement that
 * wants that instant, and deletes some each time.  An alert goes before its
 * mails: they are held by what they tell.
 */
static const struct {
	const char *what;
	int64_t keep_ms;
	enum stmt_id stmt;
} lines[] = {
	{ "alerts that are over", YEAR_MS, STMT_RETENTION_ALERTS },
	{ "alert mails", YEAR_MS, STMT_RETENTION_ALERT_MAILS },
	{ "alert samples", DAY_MS, STMT_RETENTION_ALERT_SAMPLES },
	{ "approvals that are settled", 30 * DAY_MS,
	  STMT_RETENTION_APPROVALS },
	{ "door commands", YEAR_MS, STMT_RETENTION_COMMANDS },
	{ "files of imports", 0, STMT_RETENTION_IMPORT_FILES },
	{ "files of imports broken off", HOUR_MS,
	  STMT_RETENTION_IMPORT_BROKEN },
	{ "imports", YEAR_MS, STMT_RETENTION_IMPORTS },
	{ "pairing codes", 0, STMT_RETENTION_CODES },
	{ "revoked displays", YEAR_MS, STMT_RETENTION_DISPLAYS },
	{ "revoked tokens", YEAR_MS, STMT_RETENTION_TOKENS },
	{ "sessions that are over", DAY_MS, STMT_RETENTION_SESSIONS },
	{ "sessions left idle", SESSION_IDLE_S * INT64_C(1000) + DAY_MS,
	  STMT_RETENTION_SESSIONS_IDLE },
	{ "sign-in delays", DELAY_FORGET_MS, STMT_SIGNIN_DELAY_PURGE },
	{ "whatsapp events given up", 30 * DAY_MS, STMT_RETENTION_EVENTS },
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
		rc = db_run(st);
		*gone += rc == DB_OK ? db_changed(db) : 0;
	}
	/* somebody is in the way: at the next run */
	return rc != DB_FAIL && rc != DB_DUPLICATE;
}

static bool
keep_lines(struct db *db, int64_t now_at)
{
	int64_t gone;
	bool fine = true;

	for (size_t i = 0; i < LINES; i++) {
		if (!keep_line(db, i, now_at, &gone)) {
			log_error("retention: %s were not done",
			          lines[i].what);
			fine = false;
		}
		if (gone > 0)
			log_info("retention: %s: %lld", lines[i].what,
			         (long long)gone);
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
	int64_t now_at = clock_now_ms();
	bool fine = keep_lines(db, now_at);

	(void)site;
	return keep_terminals(db, now_at) && fine;
}
