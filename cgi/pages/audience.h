/* audience.h: who watches the live hub, and what each of them is shown */
#ifndef AUDIENCE_H
#define AUDIENCE_H

#include "base/buf.h"
#include "db/db.h"
#include "gym/company.h"
#include "gym/secret.h"
#include "gym/today.h"
#include "http/http.h"
#include "http/stream.h"

#define AUDIENCE_OWN_MAX 20		/* streams of a session or display */
#define AUDIENCE_COMPANY_MAX 1000	/* ... and of all of a company */

/* What a viewer's page shows of the same rows. */
enum shown {
	SHOWN_DASHBOARD,	/* of somebody who is signed in */
	SHOWN_DESK,		/* of a display */
	SHOWN_DESK_SHORT,	/* of one with short names */
	SHOWN__COUNT
};

/* What a session or a display may see, now. */
struct claim {
	const char *company;
	int64_t branch_id;	/* -1: the one that was chosen it may not */
	enum shown shown;
	int64_t version;	/* of the display; 0: a session */
	int64_t chosen_id;	/* the branch that was asked for; or 0 */
};

/* One viewer; hangs at stream_viewer.data. */
struct watcher {
	struct stream_viewer *viewer;
	struct audience *audience;
	struct watcher *next, **link;
	struct claim claim;		/* its company is the audience's */
	char hash[SECRET_HASH_SIZE];	/* of what its cookie holds */
	int64_t opened_at, recheck_due;	/* clock_mono_ms */
};

/* A row that was sent, or was there before anybody watched. */
struct seen {
	int64_t received_at, id;
	bool is_unmapped;
};

/* All who see the rows of a company, in one branch or all. */
struct audience {
	struct audience *next;
	char company[COMPANY_CODE_MAX + 1];
	int64_t branch_id;
	struct watcher *watchers[SHOWN__COUNT];
	bool is_woken, is_known;	/* has been looked at before */
	unsigned round;			/* of the hub, in which it was last */
	int64_t looked_at;		/* instant of the last good look */
	int32_t day;			/* at the gym, then */
	int64_t parts_at, parts_due;	/* clock_mono_ms */
	struct today_usual usual;	/* as read last */
	struct seen *seen;		/* ordered as feed_arrived orders */
	size_t seen_count;
	struct buf counts, terminals;	/* as sent last */
	int64_t unmapped;		/* of those counts */
};

/* The one of a list for a company and branch, added where it is not there. */
struct audience *audience_find(struct audience **list, const char *company,
                               int64_t branch_id);
/* Those that everybody has left are forgotten; or all are. */
void audience_drop_empty(struct audience **list);
void audience_drop_all(struct audience **list);

/*
 * Who asks for a stream, by the cookie that goes with its path, and for which
 * branch, ?branch=ID of a dashboard: HTTP_200, with `hash` of what the cookie
 * holds; 401, 404, 405 or 503.
 */
enum status audience_ask(struct req *req, struct db *db, struct claim *claim,
                         char hash[SECRET_HASH_SIZE]);
/*
 * Whoever looks in with one cookie more often than AUDIENCE_OWN_MAX times leaves
 * streams behind that nobody reads: the oldest of them is closed.  False: the
 * company has AUDIENCE_COMPANY_MAX already, and one more is to come again
 * later (503), so that none takes the place of another in turn for ever.
 */
bool audience_make_room(struct audience *list, const char *company,
                        const char *hash);
void audience_add(struct audience *a, struct stream_viewer *v,
                  const struct claim *claim, const char *hash);

/* Has it somebody who is shown that? */
bool audience_has(const struct audience *a, enum shown shown);
bool audience_has_desk(const struct audience *a);
/* Sends events, if there are any, to all who are shown that. */
void audience_send(struct audience *a, enum shown shown,
                   const struct buf *events);

/*
 * Looks at sessions and displays again where that is due: those that have
 * ended are told `signed-out`, those that may see something else now come
 * again by themselves.
 */
void audience_recheck(struct audience *a, struct db *db);

#endif
