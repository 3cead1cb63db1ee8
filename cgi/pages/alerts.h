/* alerts.h: the chore that tells owners what is wrong at their gym */
#ifndef ALERTS_H
#define ALERTS_H

#include "db/db.h"
#include "gym/site.h"

/*
 * Finds what begins and what is over (gym/alert_watch.h), says whom to tell
 * (gym/alert_plan.h), and sends what is due (gym/alert_mail.h).  After
 * ALERTS_LATER_MOST mails in a row that the server would not take it lets the
 * others wait for the next run.  False when something failed, which is logged;
 * mail that has to wait is no failure.
 */
#define ALERTS_LATER_MOST 3
bool alerts_keep(struct site *site, struct db *db);

#endif
