/* message_report.h: what the service tells of one message */
#ifndef MESSAGE_REPORT_H
#define MESSAGE_REPORT_H

#include "gym/whatsapp_notice.h"

/*
 * Takes in what became of a message of a company: the one with its wamid, else
 * that of its ref, if it is about the last try.  The state moves only forward
 * (message_may_become), so that it does not matter in which order and how often
 * it is told; each moment is noted once.  What has arrived clears the mark of a
 * number that could not be reached, and what is said to have failed before; a
 * failure is followed as message_refused() says, but for what has arrived.  Of
 * what was sent by hand the service knows nothing.
 *
 * One thing more than message_may_become allows: a try that was refused or
 * given up, so that another one waits, and that they have after all, is not
 * made again.
 *
 * DB_OK; DB_NONE: it is about none of the company's messages, or about an
 * earlier try.  In a transaction that holds the company's row (messaging_lock).
 */
enum db_result message_report(struct db *db, struct arena *a,
                              const char *company,
                              const struct whatsapp_status *status,
                              int64_t now_at);

#endif
