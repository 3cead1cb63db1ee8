/* remind.h: reminders of all companies, found and sent */
#ifndef REMIND_H
#define REMIND_H

#include "db/db.h"
#include "gym/site.h"

struct remind_options {
	const char *tokens;	/* instead of the configuration's; NULL: that */
	bool is_dry;		/* prints what would be sent, and sends nothing */
};

/*
 * So long a company may send in one run, and so long all of them: who was not
 * reached has its turn in the next, which begins with another one.
 */
#define REMIND_TURN_MS (5 * 60 * 1000)
#define REMIND_RUN_MS (60 * 60 * 1000)
#define REMIND_EVERY_MS (15 * 60 * 1000)	/* of the timer */

/*
 * Once: finds who is due in all companies (gym/message_plan.h), and then sends
 * for one after the other (gym/message_send.h) where the company's sender does
 * so by itself, and looks again at what still waits (gym/message_wait.h).  False
 * when something failed, which is logged; what has to wait is no failure.
 */
bool remind_run(const struct site *site, struct db *db,
                const struct remind_options *options);

#endif
