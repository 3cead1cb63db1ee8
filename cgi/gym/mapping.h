/* mapping.h: whose finger a number at a terminal is, and since when */
#ifndef MAPPING_H
#define MAPPING_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/audit.h"

#define MAPPING_PAGE 50		/* numbers of one page */
#define MAPPING_HISTORY_MAX 100	/* of one member, or of one number */

/* Why something cannot be done; nothing is changed then. */
enum mapping_fault {
	MAPPING_FINE,
	MAPPING_NO_TERMINAL,	/* not one of the company now, or another branch's */
	MAPPING_NO_MEMBER,	/* the same of the member, or erased */
	MAPPING_HELD,		/* the number is somebody's now: end or move that */
	MAPPING_OVERLAPS,	/* it was somebody's at that moment */
	MAPPING_FUTURE,		/* that moment is still to come */
	MAPPING_ENDED,		/* somebody has ended it meanwhile */
};

struct mapping {
	int64_t id;		/* 0: nobody's, in mapping_list_device */
	const char *device_sn;
	const char *device;	/* its name, or again the serial */
	const char *user_id;	/* the number */
	const char *user_name;	/* as the terminal has it; NULL: not known */
	int64_t member_id;
	const char *member, *member_code;
	int64_t from_local;	/* wall clock of the terminal's branch */
	int64_t to_local;	/* excluded; CLOCK_NO_TIME: holds */
};

/* What is to be done, for whom, and what came of it. */
struct mapping_call {
	struct actor actor;
	int64_t branch_id;	/* only its terminals and members; 0: all */
	int64_t id;		/* of mapping_end and mapping_move; set by
				   mapping_add and mapping_move: the new one */
	const char *device_sn, *user_id;	/* of mapping_add, well formed */
	int64_t member_id;
	int64_t at_local;	/* from which moment, or when it ends; CLOCK_NO_TIME:
				   mapping_add: as far back as the number was
				   nobody's; the others: now */
	const char *nonce;	/* of the form; may be NULL */
	enum mapping_fault fault;	/* set */
};

/*
 * Each to be called in a transaction, that of its audit row and of the new
 * revision of who may enter; locks the terminal's row first, so that mappings
 * of one number never overlap in time.  DB_OK; DB_NONE: `fault` says why not;
 * or what stopped the transaction.  After the commit call inbox_take: what
 * waited for the mapping is then attendance.
 *
 * What has been done already is done: a form posted twice changes nothing more.
 */
enum db_result mapping_add(struct db *db, struct arena *a,
                           struct mapping_call *call);
enum db_result mapping_end(struct db *db, struct arena *a,
                           struct mapping_call *call);
/* To another member from a moment on: the old one ends, a new one begins. */
enum db_result mapping_move(struct db *db, struct arena *a,
                            struct mapping_call *call);

/*
 * Ends all of a member that hold, at `at_local` or where they begin, if that
 * is later; in the caller's transaction, which calls company_bump.
 */
enum db_result mapping_end_member(struct db *db, struct arena *a,
                                  const struct actor *actor,
                                  int64_t member_id, int64_t at_local);

/* One of a branch's terminals (0: any); DB_NONE: there is none. */
enum db_result mapping_find(struct db *db, struct arena *a,
                            const char *company, int64_t branch_id,
                            int64_t id, struct mapping *out);

struct mapping_list {
	struct mapping *rows;
	size_t count;
	bool has_more;
};

/*
 * The numbers of a terminal that are somebody's, and those that only the
 * terminal knows, in the order of numbers; from behind `after` (NULL: from the
 * first) on, at most `limit`.
 */
enum db_result mapping_list_device(struct db *db, struct arena *a,
                                   const char *company, const char *sn,
                                   const char *after, size_t limit,
                                   struct mapping_list *out);
/* All that a member ever had, those that hold first. */
enum db_result mapping_list_member(struct db *db, struct arena *a,
                                   const char *company, int64_t member_id,
                                   struct mapping_list *out);
/* All whom a number ever belonged to, the newest first. */
enum db_result mapping_list_number(struct db *db, struct arena *a,
                                   const char *company, const char *sn,
                                   const char *user_id,
                                   struct mapping_list *out);

#endif
