/* attendance.h: who came and who was refused: lists, and what staff write */
#ifndef ATTENDANCE_H
#define ATTENDANCE_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/admit.h"
#include "gym/audit.h"

#define ATTENDANCE_PAGE 50
#define ATTENDANCE_DAYS_MAX 92	/* of a list of all members */
#define ATTENDANCE_NOTE_MAX 200	/* characters */
#define ATTENDANCE_REFUSED_DAYS 30

/* How a punch counts. */
enum attendance_status {
	ATTENDANCE_ALLOWED,
	ATTENDANCE_DENIED,
	ATTENDANCE_VOID,	/* not at all: only by a correction */
	ATTENDANCE_STATUS__COUNT
};

struct attendance {
	int64_t id, branch_id, member_id;
	const char *member, *member_code;
	const char *device_sn;	/* "" where staff wrote it in by hand */
	const char *device;	/* its name, or again the serial */
	const char *user_id;	/* the terminal's number, or "" */
	int64_t punch_local;
	enum attendance_status status;
	const char *reason;	/* of a refusal; else NULL */
	const char *warning;	/* of one that may enter; else NULL */
	const char *note;	/* by staff; else NULL */
	const char *user;	/* who of the staff; else NULL */
	bool is_late, is_exit, is_staff_time;
	const char *raw;	/* what came instead of the time; or NULL */
	/* the newest correction; `correction_id` 0: there is none */
	int64_t correction_id;
	enum attendance_status corrected;
	const char *correction_note, *correction_user;
};

/* Which ones; NULL, 0, CLOCK_NO_DAY: all. */
struct attendance_query {
	const char *company;
	int64_t branch_id;
	int32_t from_day, to_day;	/* both included */
	int64_t member_id;
	const char *device_sn;		/* "": written in by hand */
	const enum attendance_status *status;	/* as it counts now */
	const char *reason;		/* of a refusal, or its warning */
	size_t limit;			/* rows of a page: ATTENDANCE_PAGE */
	int64_t before_id;		/* the last one of the page before */
};

struct attendance_list {
	struct attendance *rows;
	size_t count;		/* at most what was asked for */
	bool has_more;
};

/*
 * The newest first, each punch once, whatever was corrected.  Of all members
 * the days must be given, and be ATTENDANCE_DAYS_MAX at most.
 */
enum db_result attendance_list(struct db *db, struct arena *a,
                               const struct attendance_query *query,
                               struct attendance_list *out);
/* One punch (no correction) of a branch (0: any). */
enum db_result attendance_find(struct db *db, struct arena *a,
                               const char *company, int64_t branch_id,
                               int64_t id, struct attendance *out);

/* A member who has expired and still came, lately. */
struct attendance_refused {
	int64_t member_id;
	const char *member, *member_code, *phone;	/* E.164, or NULL */
	int32_t until_day;	/* when the membership ended, or CLOCK_NO_DAY */
	int64_t count, last_local;
};

struct attendance_refused_list {
	struct attendance_refused *rows;
	size_t count;		/* at most what was asked for */
	bool has_more;
};

/*
 * Who was refused since `since_day` and is expired still: who came last first,
 * from behind a row on (`before_id` 0: from the first), at most `limit` of
 * them.  Call member_state_refresh before.
 */
enum db_result attendance_list_refused(struct db *db, struct arena *a,
                                       const char *company, int64_t branch_id,
                                       int32_t since_day, int64_t before_local,
                                       int64_t before_id, size_t limit,
                                       struct attendance_refused_list *out);

/* Whom the rule is to judge, and for when. */
struct attendance_subject {
	const char *company;
	int64_t member_id;
	int64_t branch_id;	/* what was bought for another one does not count */
	int64_t local;		/* its wall clock; the day matters */
};

/* All that admit() needs; DB_NONE: there is no such member. */
enum db_result attendance_facts(struct db *db, struct arena *a,
                                const struct attendance_subject *subject,
                                struct admit_facts *facts,
                                struct admit_rules *rules);

/* ---- written by staff (attendance_write.c) -------------------------------- */

enum attendance_fault {
	ATTENDANCE_FINE,
	ATTENDANCE_NO_MEMBER,	/* not one of the caller's, or erased */
	ATTENDANCE_FUTURE,	/* the moment is still to come */
	ATTENDANCE_TOO_OLD,	/* before any terminal of ours */
	ATTENDANCE_KNOWN,	/* the member is there at that minute already */
	ATTENDANCE_STALE,	/* somebody else has corrected it meanwhile */
	ATTENDANCE_SAME,	/* it counts so already */
};

/*
 * A member was there, says somebody of the staff: judged by the rule at that
 * moment, like any punch.  DB_NONE: `fault` says why not.  The same again, by
 * the same person, is done already.
 */
struct attendance_add {
	struct actor actor;
	int64_t branch_id;	/* only its members; 0: all */
	int64_t member_id;
	int64_t punch_local;
	const char *note;
	enum attendance_fault fault;	/* set, as these two */
	int64_t id;
	struct admit_decision decision;
};

enum db_result attendance_add(struct db *db, struct arena *a,
                              struct attendance_add *call);

/*
 * Says how a punch counts from now on, with a row that names it: no row ever
 * changes.  `seen_id` is the newest correction that the person has seen, 0 for
 * none.  DB_NONE: `fault` says why not; or there is no such punch, when that is
 * ATTENDANCE_FINE.
 */
struct attendance_correct {
	struct actor actor;
	int64_t branch_id;
	int64_t id, seen_id;
	enum attendance_status status;
	const char *note;
	enum attendance_fault fault;	/* set */
};

enum db_result attendance_correct(struct db *db, struct arena *a,
                                  struct attendance_correct *call);

/* The word of att_status: "ALLOWED". */
const char *attendance_word(enum attendance_status status);

#endif
