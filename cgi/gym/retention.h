/* retention.h: what has had its time goes */
#ifndef RETENTION_H
#define RETENTION_H

#include "db/db.h"
#include "gym/site.h"

/*
 * The chore: once an hour, or at once again if that failed, deletes, of all
 * companies, what is kept for longer than the tables in retention.c say, a few
 * rows at a time, each time by a key.  It locks only what it deletes, each few
 * for one statement: who wants one of those waits for that statement, nobody
 * for more.  Whoever is killed in the middle, or runs beside another, does no
 * harm.  What is more than a run may do goes with the next ones.  Attendance,
 * punches, payments, members, consents, messages and the audit stand in none of
 * them.  False when one could not be done, which is logged; the others are.
 */
bool retention_keep(struct site *site, struct db *db);

#endif
