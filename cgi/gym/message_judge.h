/* message_judge.h: which reminder is due of a member today, and may it be sent */
#ifndef MESSAGE_JUDGE_H
#define MESSAGE_JUDGE_H

#include "gym/admit.h"
#include "gym/message_rule.h"

/*
 * A reminder that was not sent on its day, as when nothing ran, is for so many
 * days; then nobody wants it any more.
 */
#define MESSAGE_LATE_DAYS 3
/* Nobody is missed where a terminal has been silent for so long. */
#define MESSAGE_SILENT_MS (3600 * (int64_t)1000)
#define MESSAGE_GROWN_UP_YEARS 18

/* What is known of a member today. */
struct message_facts {
	const char *code, *name;	/* of the member */
	int64_t branch_id;
	const char *gym, *branch, *zone, *plan;	/* plan NULL: none */
	const char *phone;	/* E.164, or NULL */
	bool is_unreached;	/* the service could not reach that number */
	bool has_consent;
	bool is_erased;
	int32_t born_day;	/* CLOCK_NO_DAY: not known */
	enum admit_verdict standing;	/* see member_state.h */
	int32_t until_day;	/* of the coverage; of one that ended, its end */
	bool has_later;		/* something is paid for that begins after it */
	int32_t seen_day;	/* of the last visit, else the day they joined */
	int32_t hidden_day;	/* see message_hidden_day */
	int32_t today;		/* by the clock of the member's branch */
};

/* A reminder: its rule, and the day it is about. */
struct message_due {
	const struct message_rule *rule;
	int32_t anchor_day;
};

#define MESSAGE_DUE_MOST 2	/* of one member on a day */

/*
 * What is due of a member by the rules that are on: at most one about the
 * membership, by the last of the rules whose day has come, and one about
 * staying away.  What was due more than MESSAGE_LATE_DAYS ago or before its
 * rule was on, and what is not true any more ("ends today", of one that has
 * ended), is not; nor is the end of what is renewed, with a gap or without.
 * Returns how many.  Pure, as all here.
 */
size_t message_judge_due(const struct message_rules *rules,
                         const struct message_facts *facts,
                         struct message_due out[MESSAGE_DUE_MOST]);

/*
 * May one that is due be sent to this member?  MESSAGE_FINE: yes.  Nobody is
 * missed who may have come without our knowing.
 */
enum message_reason message_judge_member(enum message_kind kind,
                                         const struct message_facts *facts);

/*
 * May a reminder that was found earlier still be sent?  It must be what is due
 * now; and then as message_judge_member.
 */
enum message_reason message_judge_now(const struct message_rules *rules,
                                      const struct message_facts *facts,
                                      enum message_kind kind, int64_t days,
                                      int32_t anchor_day);

/*
 * Can a message reach this number at all?  E.164; one of India must be a mobile
 * one (its first digit 6 to 9), of others only the length is known.
 */
bool message_judge_phone(const char *e164);

#endif
