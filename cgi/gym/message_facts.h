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

/*
 * The day, by the clock of `zone`, from which on visits may not all be known:
 * then the last of the company's silent terminals fell silent, or it is today,
 * where punches wait at a bridge.  Members may go to any terminal.  CLOCK_NO_DAY:
 * all visits are known.
 *
 * It hides those who were last seen by that day; who was seen after it comes to
 * other terminals.  So one that is broken for good stops nothing for longer than
 * rules look back, and one that never reported nothing at all.  What one has
 * missed that was silent for a day when it was given up, nobody learns any more.
 */
enum db_result message_hidden_day(struct db *db, const char *company,
                                  const char *zone, int64_t now_at,
                                  int32_t *day);

#endif
