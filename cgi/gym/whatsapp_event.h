/* whatsapp_event.h: what the service has told: stored first, worked off later */
#ifndef WHATSAPP_EVENT_H
#define WHATSAPP_EVENT_H

#include "db/db.h"
#include "gym/site.h"

/*
 * An event is stored as it came, and the service has its answer; then it is
 * worked off in one transaction, at the end of which the row goes, for it holds
 * telephone numbers and what members wrote.  Whoever is killed before that has
 * done nothing, and the chore does it.
 *
 * A try is counted before it begins, so that one that ends the program is
 * counted, too.  The next comes after a pause that doubles from the one to the
 * other; after the last the row stays for somebody to look at, due in a hundred
 * years, until it goes with retention.h; the log says its id.
 */
#define WHATSAPP_EVENT_TRIES_MOST 20
#define WHATSAPP_EVENT_PAUSE_LEAST_MS (60 * 1000)
#define WHATSAPP_EVENT_PAUSE_MOST_MS (60 * 60 * 1000)

struct whatsapp_event {
	int64_t id;
	int64_t due_at;
	int64_t tries;		/* that have begun */
};

/* Stores a body: one statement.  `out` is for whatsapp_event_work. */
enum db_result whatsapp_event_add(struct db *db, const void *body, size_t len,
                                  int64_t now_at, struct whatsapp_event *out);

/*
 * Works one off, unless another worker has taken it up (then DB_NONE).  Each
 * number of ours belongs to one company, and only its messages and members are
 * looked at.  What cannot be done is logged by the event's id.
 */
enum db_result whatsapp_event_work(struct db *db,
                                   const struct whatsapp_event *event,
                                   int64_t now_at);

/* The chore: works off what is due.  False when one of them failed. */
bool whatsapp_event_sweep(struct site *site, struct db *db);

#endif
