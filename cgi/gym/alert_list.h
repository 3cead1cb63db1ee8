/* alert_list.h: alerts as the page of terminals shows them */
#ifndef ALERT_LIST_H
#define ALERT_LIST_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/alert_judge.h"

#define ALERT_LIST_MAX 50

struct alert_row {
	enum alert_kind kind;
	const char *terminal, *sn, *branch, *zone;
	int64_t since_at;
	int64_t until_at;	/* CLOCK_NO_TIME: it is open */
	bool is_planned;	/* it is settled who is told */
	int64_t sent, waiting, refused;		/* mails, by what became of them */
	const char *error;	/* of one that was not sent; NULL: none */
};

/*
 * Those that are open, or else the last that are over, of a company; in
 * `branch_id` (0: all).  The newest first, at most ALERT_LIST_MAX.
 */
enum db_result alert_list(struct db *db, struct arena *a, const char *company,
                          int64_t branch_id, bool is_open,
                          struct alert_row **out, size_t *count);

#endif
