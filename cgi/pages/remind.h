/* remind.h: reminders of all companies, found and sent */
#ifndef REMIND_H
#define REMIND_H

#include "db/db.h"
#include "gym/site.h"

struct remind_options {
	const char *tokens;	/* instead of the configuration's; NULL: that */
	bool is_dry;		/* prints what would be sent, and sends nothing */
};

/* So long a company may send in one run, while others wait for their turn. */
#define REMIND_TURN_MS (5 * 60 * 1000)

/*
 * Once for each company, one after the other: finds who is due
 * (gym/message_plan.h), looks at what waits (gym/message_wait.h), and sends it
 * (gym/message_send.h) where the company's sender does so by itself.  False when
 * something failed, which is logged; what has to wait is no failure.
 */
bool remind_run(const struct site *site, struct db *db,
                const struct remind_options *options);

#endif
