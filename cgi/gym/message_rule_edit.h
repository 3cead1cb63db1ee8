/* message_rule_edit.h: reminders, added and changed by an owner */
#ifndef MESSAGE_RULE_EDIT_H
#define MESSAGE_RULE_EDIT_H

#include "gym/audit.h"
#include "gym/message_rule.h"

/* Each is a transaction, with its audit row; messaging_open comes first. */

/*
 * Adds one.  DB_DUPLICATE: there is one of that kind and days; DB_NONE: there
 * are MESSAGE_RULES_MAX already.
 */
enum db_result message_rule_add(struct db *db, struct arena *a,
                                const struct actor *actor,
                                const struct message_rule *rule);

/*
 * Stores all of `rule` but its kind and days; the version is the one that was
 * seen.  What was paused is not any more.  DB_NONE: there is another version
 * now, and nothing was changed.
 */
enum db_result message_rule_edit(struct db *db, struct arena *a,
                                 const struct actor *actor,
                                 const struct message_rule *rule);

/* A test of a rule, to somebody's own telephone. */
struct message_test {
	const struct message_rule *rule;
	int64_t member_id, branch_id;	/* whose text it is */
	int32_t anchor_day;
	const char *to;			/* E.164 */
	const char *nonce;		/* of the form, or NULL */
};

#define MESSAGE_TESTS_MOST 20	/* of a company in 24 hours */

/*
 * Writes one that gymgate-remind sends, and sets `id`; the same form again is
 * the same message.  DB_NONE: there were MESSAGE_TESTS_MOST.
 */
enum db_result message_test_add(struct db *db, struct arena *a,
                                const struct actor *actor,
                                const struct message_test *test, int64_t *id);

#endif
