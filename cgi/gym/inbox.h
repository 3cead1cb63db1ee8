/* inbox.h: punches that are not attendance: taken in, settled, dismissed */
#ifndef INBOX_H
#define INBOX_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/audit.h"
#include "gym/site.h"

#define INBOX_PAGE 50	/* groups, or punches, of one page */

enum inbox_state {
	INBOX_UNMAPPED,
	INBOX_REPEAT,
	INBOX_CLOCK,
	INBOX_TAKEN,		/* has become attendance, or another row here */
	INBOX_DISMISSED,
	INBOX_STATE__COUNT
};

/* ---- what waits becomes attendance (inbox_take.c) ------------------------- */

/*
 * Takes in what waits UNMAPPED of a number, each punch judged by its own moment,
 * as if the mapping that covers it had been there when it came: it becomes
 * attendance and TAKEN, or a REPEAT where the minute is taken.  To be called
 * after the commit of a mapping.  Goes on in batches, each its own transaction,
 * for at most a second or two; what is left is taken by the next sweep.
 * `taken` counts those that no longer wait.
 */
enum db_result inbox_take(struct db *db, const char *company, const char *sn,
                          const char *user_id, int64_t now_at, size_t *taken);
/*
 * The same for every number of a company whose punches wait though they are
 * mapped: those of a worker that died between a commit and this, and the rest
 * of a large number.  Mostly there are none, which one read tells.
 *
 * (A punch that arrives while its number is mapped needs no sweep: intake looks
 * again once it has stored one as UNMAPPED, so either it or inbox_take sees
 * both.)
 */
enum db_result inbox_sweep(struct db *db, const char *company, int64_t now_at,
                           size_t *taken);
/*
 * The same of all companies, for gymgate-chores: nobody has to look at an inbox
 * for it.  False, and logged, when something failed.
 */
bool inbox_keep(struct site *site, struct db *db);

/* ---- lists (inbox.c) ------------------------------------------------------ */

/* The punches of one number at one terminal that are in the same state. */
struct inbox_group {
	const char *sn;
	const char *device;	/* its name, or again the serial */
	bool is_ours;		/* a terminal that the company has now */
	const char *user_id;
	const char *user_name;	/* as the terminal has it; NULL: not known */
	int64_t count, first_local, last_local;
};

struct inbox_groups {
	struct inbox_group *rows;
	size_t count;		/* at most what was asked for */
	bool has_more;
};

/*
 * By terminal and number, those of a branch (0: all), from behind a group on
 * (NULL, NULL: from the first), at most `limit` of them.
 */
enum db_result inbox_list_groups(struct db *db, struct arena *a,
                                 const char *company, int64_t branch_id,
                                 enum inbox_state state, const char *after_sn,
                                 const char *after_user, size_t limit,
                                 struct inbox_groups *out);
/* What waits UNMAPPED of a number, and its name; count 0: nothing. */
enum db_result inbox_number(struct db *db, struct arena *a,
                            const char *company, const char *sn,
                            const char *user_id, struct inbox_group *out);

/* One punch. */
struct inbox_punch {
	int64_t id, branch_id;
	const char *sn, *device, *user_id, *user_name;
	int64_t punch_local;
	enum inbox_state state;
	const char *raw;	/* what came instead of a time; NULL: nothing */
	int64_t received_at;
	const char *member;	/* whose number it was then; NULL: nobody's */
	const char *zone;	/* of its branch */
};

struct inbox_query {
	const char *company;
	int64_t branch_id;	/* 0: all */
	enum inbox_state state;
	const char *sn, *user_id;	/* of one number; NULL, NULL: of all */
	size_t limit;		/* rows of a page: INBOX_PAGE */
	/* the last one of the page before; `before_id` 0: the first page */
	int64_t before_id, before_local;
};

struct inbox_list {
	struct inbox_punch *rows;
	size_t count;		/* at most what was asked for */
	bool has_more;
};

/* The newest first, by the time they carry. */
enum db_result inbox_list(struct db *db, struct arena *a,
                          const struct inbox_query *query,
                          struct inbox_list *out);
/* One of the company's, in `branch_id` (0: any). */
enum db_result inbox_find(struct db *db, struct arena *a, const char *company,
                          int64_t branch_id, int64_t id,
                          struct inbox_punch *out);

/* ---- settled by staff (inbox_settle.c) ------------------------------------ */

/* Which punches: one by its id, or (id 0) a number's. */
struct inbox_call {
	struct actor actor;
	int64_t branch_id;	/* only its punches; 0: all */
	int64_t id;
	const char *sn, *user_id;
};

/*
 * Puts away what is UNMAPPED or CLOCK; what it was is kept.  And back: what
 * is somebody's by then becomes attendance.  Each a transaction, or of a large
 * number several.  DB_NONE: there is nothing of the kind (any more).
 */
enum db_result inbox_dismiss(struct db *db, const struct inbox_call *call);
enum db_result inbox_undo(struct db *db, const struct inbox_call *call);

/* Why a time cannot be right. */
enum inbox_fault {
	INBOX_FINE,
	INBOX_SETTLED,		/* is not CLOCK any more */
	INBOX_NO_TERMINAL,	/* is not the company's any more */
	INBOX_AFTER_ARRIVAL,	/* it had come in by then */
	INBOX_BEFORE_START,	/* of the terminal */
	INBOX_KNOWN,		/* another punch of the number has that time */
};

/*
 * Says when a CLOCK punch really was.  It then is like any other of that time:
 * attendance, unmapped, a repeat.  What the terminal said stays, with a row that
 * is TAKEN, so that the terminal may send it again without effect.  `fault`
 * says why not, with DB_NONE.
 */
enum db_result inbox_set_time(struct db *db, struct arena *a,
                              const struct inbox_call *call,
                              int64_t punch_local, enum inbox_fault *fault);

#endif
