/* door_report.h: how the door of a terminal stands, as its bridge tells */
#ifndef DOOR_REPORT_H
#define DOOR_REPORT_H

#include "base/arena.h"
#include "db/db.h"

#define DOOR_REPORT_USERS_MAX 10000
#define DOOR_REPORT_WORDS_MAX 200	/* characters */
#define DOOR_REPORT_NO_NUMBER (-1)

/* Somebody whom a bridge holds closed, would close or cannot. */
struct door_user {
	const char *user_id;	/* at the terminal */
	const char *state;	/* BLOCKED, PENDING, FAILED or BANNED */
	const char *kind;	/* ENDED or HOURS */
	const char *words;	/* for people; may be "" */
};

struct door_report {
	int64_t list_ago_s;	/* the list was current then; or ..._NO_NUMBER */
	int64_t differing;	/* users not as the list wants; or ..._NO_NUMBER */
	const char *trouble;	/* for people; may be "" */
	struct door_user *users;	/* become sorted, and each but once */
	size_t count;		/* at most DOOR_REPORT_USERS_MAX */
};

/*
 * Puts a report in the place of the one before.  Of a number that comes twice
 * the last counts.  What was agreed to of a closing for good is forgotten as
 * the user is let in again.  DB_NONE: not the company's terminal.
 */
enum db_result door_report_store(struct db *db, struct arena *a,
                                 const char *company, const char *sn,
                                 int64_t now_at, struct door_report *report);

#endif
