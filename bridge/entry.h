/* entry.h: the list of who may enter at a terminal, and when; pure */
#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "lever.h"

#define ENTRY_USERS_MAX 60000
#define ENTRY_WINDOWS_MAX 128	/* of one user: what the server tells at most */
#define ENTRY_ZONE_SIZE 65

/* [from, to), the wall clock of the branch */
struct entry_window {
	int64_t from_local, to_local;
};

struct entry_user {
	char user_id[ZK_USER_ID_MAX + 1];
	size_t first, count;	/* its windows, ascending, not touching */
	bool spared;		/* must not be closed yet, whatever they say */
	bool approved;		/* the owner has agreed to this closing */
	bool blocked;		/* the server knows it as closed by a bridge */
};

struct entry_list {
	char zone[ENTRY_ZONE_SIZE];
	int64_t now_local;	/* the server's, when it wrote the list */
	int64_t until_local;	/* of what comes later nothing is known */
	int64_t enforced_at;	/* switched on; CLOCK_NO_TIME: it is off */
	struct lever lever;
	struct entry_user *users;	/* by user id, no two the same */
	size_t user_count;
	struct entry_window *windows;
	size_t window_count;
};

/* Why a user is kept out. */
enum entry_kind {
	ENTRY_ENDED,		/* no window comes any more */
	ENTRY_HOURS		/* one comes */
};

/* From when on the bridge has nothing but the list to go by. */
enum entry_trust {
	ENTRY_KNOWN,		/* the list was current not long ago */
	ENTRY_STALE,		/* longer ago than the grace for being offline */
	ENTRY_NO_CLOCK		/* the time may be wrong: nothing is closed */
};

/*
 * Reads the JSON of GET /api/devices/{sn}/access whole, or not at all: a list
 * of which one thing makes no sense is none, and `out` is then empty.  The
 * caller frees it with entry_finish(), also after false.
 */
bool entry_read(const struct buf *body, struct entry_list *out);
/* Frees and empties it; an empty one is let be. */
void entry_finish(struct entry_list *list);

/* The user of that id, or NULL: who is not in the list is never touched. */
const struct entry_user *entry_find(const struct entry_list *list,
                                      const char *user_id);

/* Should the user get in at `local`?  Who is spared, always. */
bool entry_is_open(const struct entry_list *list,
                    const struct entry_user *user, int64_t local);
enum entry_kind entry_kind(const struct entry_list *list,
                             const struct entry_user *user, int64_t local);
/*
 * May the user, who should not get in at `local`, be closed then?  With
 * ENTRY_STALE only one for whom it has ended for good: no window comes any
 * more, and the last one ends so long before the list does that a plan which
 * comes back every week would have come.  Never from the end of the list on,
 * nor before its beginning.
 */
#define ENTRY_FOR_GOOD_S (8 * 24 * 60 * 60)
bool entry_may_close(const struct entry_list *list,
                      const struct entry_user *user, int64_t local,
                      enum entry_trust trust);

/*
 * The first moment after `local` at which a window begins or ends, or the
 * list does; CLOCK_NO_TIME for none.
 */
int64_t entry_next_change(const struct entry_list *list, int64_t local);

#endif
