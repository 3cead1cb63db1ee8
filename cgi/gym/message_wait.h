/* message_wait.h: messages that wait to be sent, and claims left behind */
#ifndef MESSAGE_WAIT_H
#define MESSAGE_WAIT_H

#include "gym/message_plan.h"

/*
 * Looks again at all messages of a company that wait: what may be sent no more
 * is skipped, with the reason.  A test is, when it has waited for
 * MESSAGE_LATE_DAYS.
 */
enum db_result message_wait_sweep(struct db *db, struct message_plan *plan);

/*
 * What was being sent when its sender was killed is UNKNOWN once its claim has
 * ended; `count` of them.
 */
enum db_result message_wait_abandon(struct db *db, const char *company,
                                    int64_t now_at, int64_t *count);

/* How many wait. */
enum db_result message_wait_count(struct db *db, const char *company,
                                  int64_t *count);

/* One that is due by `msg_due_at`. */
struct message_wait {
	int64_t id, due_at;
};

#define MESSAGE_WAITS_MAX 100	/* at a time */

/*
 * Those that are due, behind `after` in the order of their time ({ 0, 0 }: from
 * the first).
 */
enum db_result message_wait_due(struct db *db, const char *company,
                                int64_t now_at,
                                const struct message_wait *after,
                                struct message_wait list[MESSAGE_WAITS_MAX],
                                size_t *count);

/*
 * One that waits is skipped, or its time is moved; DB_NONE: it does not wait any
 * more.
 */
enum db_result message_wait_skip(struct db *db, const char *company,
                                 int64_t id, enum message_reason reason);
enum db_result message_wait_move(struct db *db, const char *company,
                                 int64_t id, int64_t due_at);

#endif
