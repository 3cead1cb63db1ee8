/* member_state.h: how members stand today, kept so that lists can be drawn by it */
#ifndef MEMBER_STATE_H
#define MEMBER_STATE_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/admit.h"

/* What mbr_state, mbr_until and mbr_state_to hold. */
struct member_state {
	enum admit_verdict verdict;
	int32_t until_day;	/* of the unbroken coverage; else its end, or
				   CLOCK_NO_DAY */
	int32_t holds_to;	/* the last day on which both are so */
};

/* The same of a member on `day`, anywhere in the company; pure. */
struct member_state member_state_judge(const struct admit_facts *facts,
                                       int32_t day);
/* The word of a verdict in mbr_state: "ACTIVE"; and back. */
const char *member_state_word(enum admit_verdict verdict);
enum admit_verdict member_state_verdict(const char *word);

/*
 * Judges all members of a company anew whose state holds no longer on `day`.
 * To be called before a list is drawn by states; mostly there is nothing to
 * do.  `day` may only grow: what holds today held yesterday by other rules.
 */
enum db_result member_state_refresh(struct db *db, const char *company,
                                    int32_t day);
/*
 * What was judged of a member holds no longer; calls company_bump.  In the
 * transaction of every write to its subscriptions, its freezes, and the visits
 * of packs by which others have moved.
 */
enum db_result member_state_forget(struct db *db, const char *company,
                                   int64_t member_id);

#endif
