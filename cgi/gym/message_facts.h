/* message_facts.h: what is known of a member whom a message is to reach */
#ifndef MESSAGE_FACTS_H
#define MESSAGE_FACTS_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/message_judge.h"

/*
 * Reads one of a company's, as it stands now, in `branch_id` (0: any); not by
 * what is kept of its state, which may be of yesterday.  DB_NONE: there is none.
 */
enum db_result message_facts_read(struct db *db, struct arena *a,
                                  const char *company, int64_t branch_id,
                                  int64_t member_id, int64_t now_at,
                                  struct message_facts *out);

#endif
