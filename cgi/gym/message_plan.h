/* message_plan.h: finds which members are to be reminded, and writes it down */
#ifndef MESSAGE_PLAN_H
#define MESSAGE_PLAN_H

#include "gym/message_rule.h"
#include "gym/messaging.h"

/* One run for one company. */
struct message_plan {
	const char *company;
	const struct messaging *settings;
	const struct message_rules *rules;
	int64_t now_at;
	bool is_dry;		/* counts, and writes nothing */

	/* counted: messages that are due, by the place of their rule */
	int64_t found[MESSAGE_RULES_MAX];	/* by message_plan_find */
	int64_t waiting[MESSAGE_RULES_MAX];	/* by message_wait_sweep */
};

/*
 * Writes a message for each member of whom something is due today, by the clock
 * of their branch: DUE, or SKIPPED with the reason.  What was skipped for a
 * reason that is gone is due after all.  What is written already costs hardly
 * more than a look at a key.  May be killed anywhere and run beside another:
 * a key says what is once.
 */
enum db_result message_plan_find(struct db *db, struct message_plan *plan);

#endif
