/* intake_plan.h: from what is known of a punch to what is to be stored */
#ifndef INTAKE_PLAN_H
#define INTAKE_PLAN_H

#include "gym/intake.h"
#include "gym/subscription.h"

/* What one read tells of a punch; ids are 0 where there is none. */
struct intake_context {
	const char *company;
	const char *token_sn;	/* the token is limited to it; else NULL */
	int64_t device_id, branch_id;
	int32_t start_day;
	const char *zone;
	int64_t member_id;
	struct subscription_texts texts;
	const char *rules;	/* of the company: see access_rules_parse */
	bool is_exit;		/* the terminal is read on the way out */
	int64_t inbox_id;
	const char *inbox_state;
	int64_t same_id;	/* batch only: attendance of that minute */
	const char *same_sn, *same_user_id;
	int64_t same_local;
};

enum intake_store {
	INTAKE_STORE_NOTHING,
	INTAKE_STORE_ATTENDANCE,
	INTAKE_STORE_INBOX,	/* in `inbox_state` */
	INTAKE_STORE_TAKEN,	/* attendance, and the inbox row is TAKEN */
};

/* What is to be done with a punch. */
struct intake_plan {
	enum intake_answer answer;
	enum intake_store store;
	const char *inbox_state;
	const char *reason;	/* of a refusal, or NULL */
	const char *warning;	/* of one that may enter, or NULL */
	int64_t visit_of;	/* the pack of which a visit is used; 0: none */
	bool moves_standing;	/* and that may change how the member stands */
	bool is_counted;	/* other punches of the member may change it */
	const char *source;	/* att_time_source */
	const char *raw;	/* SERVER, BRIDGE: what came instead; or NULL */
	int64_t local;		/* the branch's wall clock */
	bool is_late;
};

/*
 * Decides; pure but for the zone rules.  `local` is the punch on the wall
 * clock of the branch.  The duplicate rule itself is the database's key.
 */
void intake_decide(struct arena *a, const struct intake_context *c,
                   const struct punch *p, int64_t local, int64_t now_at,
                   struct intake_plan *out);

#endif
