/* hours.h: the hourly summary of punches, which reports are made of */
#ifndef HOURS_H
#define HOURS_H

#include "db/db.h"
#include "gym/site.h"

/*
 * The summary, trn_attendance_hours, is made of the rows of attendance and
 * never in their way.  Days with something new are counted wholly anew, so
 * that whoever is killed in the middle, or runs beside another, does no harm.
 */

/*
 * The chore: takes in what has arrived since the last run, of every company.
 * False when one could not be done, which is logged; the others are.
 */
bool hours_keep(struct site *site, struct db *db);

/*
 * All days of one company anew.  DB_NONE: there is no such company.  `each`
 * is told of every span of days that is done; may be NULL.
 */
enum db_result hours_rebuild(struct db *db, const char *company,
                             int64_t now_at,
                             void (*each)(int32_t first, int32_t last));

/*
 * As of which instant the summary of a company stands: CLOCK_NO_TIME where it
 * was never made.
 */
enum db_result hours_as_of(struct db *db, const char *company, int64_t *at);

#endif
