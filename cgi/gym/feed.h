/* feed.h: punches as the dashboard shows them, and waking the live hub */
#ifndef FEED_H
#define FEED_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/admit.h"

#define FEED_DAY_MAX 50		/* rows of the page */
#define FEED_ARRIVED_MAX 2000	/* rows of one look */

/* An attendance, or a punch of the inbox that nobody is mapped to. */
struct feed_row {
	bool is_unmapped;
	int64_t id;
	int64_t punch_local, received_at;
	int64_t branch_id;
	const char *member;	/* NULL when unmapped */
	const char *terminal;	/* its name; "" where staff wrote it in */
	const char *device_sn;	/* NULL: not a terminal of the company now */
	const char *user_id;	/* the terminal's */
	bool is_denied;
	const char *reason;	/* NULL when allowed */
	const char *warning;	/* of one that may enter; else NULL */
	bool is_late;
	/* of the member, as kept; all zero when unmapped */
	int64_t member_id;
	bool has_photo;		/* one that may be shown */
	enum admit_verdict state;
	int32_t until_day;	/* CLOCK_NO_DAY: nothing is or was paid */
	int32_t state_to;	/* the last day on which the two hold */
};

struct feed_list {
	struct feed_row *rows;
	size_t count;
};

/* Of one branch that somebody came to. */
struct feed_branch {
	int64_t id, allowed, denied;
};

struct feed_counts {
	int64_t allowed, denied, unmapped;
	struct feed_branch *branches;
	size_t branch_count;
};

/* Whose punches: a company's, in one branch or (0) all. */
struct feed_scope {
	const char *company;
	int64_t branch_id;
};

/* The newest rows of a day, newest first. */
enum db_result feed_day(struct db *db, struct arena *a,
                        const struct feed_scope *scope, int32_t day,
                        struct feed_list *out);
/*
 * The rows of a day that have arrived since an instant, oldest first: a
 * backlog of other days does not crowd them out.
 */
enum db_result feed_arrived(struct db *db, struct arena *a,
                            const struct feed_scope *scope, int32_t day,
                            int64_t since_at, struct feed_list *out);
/*
 * Judges the members anew whose kept state and end hold no longer on `day`: a
 * read for each of these, which are few, and nothing is stored.  Not the whole
 * company (member_state_refresh): the live hub must not wait so long.
 */
enum db_result feed_judge(struct db *db, struct arena *a,
                          const struct feed_scope *scope, int32_t day,
                          struct feed_list *list);
/* Did a member come on that day, to the branch of the scope? */
enum db_result feed_has_member(struct db *db, const struct feed_scope *scope,
                               int32_t day, int64_t member_id);
/* Of a day, as punches count now. */
enum db_result feed_count(struct db *db, struct arena *a,
                          const struct feed_scope *scope, int32_t day,
                          struct feed_counts *out);
/* The same up to a moment of its day, and only who was allowed in. */
enum db_result feed_count_until(struct db *db, struct arena *a,
                                const struct feed_scope *scope,
                                int64_t until_local, int64_t *allowed);

/*
 * Where the live hub listens for wakes; "" for nowhere.  feed_wake tells it
 * that a company has news: one datagram, sent and forgotten, for the hub looks
 * by itself too.  To be called after the commit.
 */
void feed_wake_open(const char *socket_path);
void feed_wake(const char *company);
/*
 * The hub's end: a bound socket, non-blocking, mode 0660; the file is made
 * anew.  Ends the program when it cannot.
 */
int feed_wake_listen(const char *socket_path);

#endif
