/* messaging.h: how a company sends its messages, and whether it may now */
#ifndef MESSAGING_H
#define MESSAGING_H

#include "base/arena.h"
#include "db/db.h"

#define MESSAGING_CAP_MAX 100000	/* messages in 24 hours */
#define MESSAGING_CAP_MS (24 * 3600 * (int64_t)1000)
#define MESSAGING_PHONE_ID_MAX 32	/* digits */

struct messaging {
	const char *sender;	/* mgs_sender: a word of sender.h */
	int64_t from_minute, to_minute;	/* of the branch's day */
	int64_t cap;
	int64_t version;
	const char *phone_id;	/* ours at the service, or NULL */
	int64_t paused_at;	/* CLOCK_NO_TIME: it is not */
	int64_t pause_code;
	const char *pause_words;	/* or NULL */
	int64_t slow_to_at;	/* CLOCK_NO_TIME: no matter */
	int64_t slow_tries;
	int64_t unknown_count;	/* events about no message of ours */
	int64_t heard_at;	/* the last event; CLOCK_NO_TIME: never */
};

/*
 * Reads how a company sends; what it has not got yet, with its rules, is made
 * in a transaction of its own (so not to be called within one).  DB_NONE: the
 * company is not known.
 */
enum db_result messaging_open(struct db *db, struct arena *a,
                              const char *company, int64_t now_at,
                              struct messaging *out);
/* Only reads, and holds the row until the transaction ends. */
enum db_result messaging_lock(struct db *db, struct arena *a,
                              const char *company, struct messaging *out);

/*
 * When a message may go to a member of a branch in `zone`, from `now_at` on:
 * that instant, or the next at which it is open.  The hours may go over
 * midnight; both the same are no bound.  Pure.
 */
int64_t messaging_open_at(const char *zone, int64_t from_minute,
                          int64_t to_minute, int64_t now_at);

/*
 * Nothing more is sent for a company until an owner goes on; its owners are to
 * be told.  The first reason stays.  `words` are the service's.
 */
enum db_result messaging_pause(struct db *db, const char *company,
                               int64_t code, const char *words,
                               int64_t now_at);
/* Its owners are to be told of what stands paused now. */
enum db_result messaging_warn(struct db *db, const char *company,
                              int64_t now_at);
/* The service wants fewer: nothing before `to_at`, the `tries`th time. */
enum db_result messaging_slow(struct db *db, const char *company,
                              int64_t to_at, int64_t tries);

/*
 * Our number's id at the service, given by who runs the site; NULL: none any
 * more, and people send by hand.  In the caller's transaction, after
 * messaging_open.  DB_DUPLICATE: another company has it.
 */
enum db_result messaging_set_phone_id(struct db *db, const char *company,
                                      const char *phone_id);

/* A company that has a number at the service. */
struct messaging_number {
	const char *company, *phone_id, *sender;
	bool is_paused;
};
enum db_result messaging_each_number(struct db *db, struct arena *a,
                                     void (*each)(const struct
                                                  messaging_number *n));

#endif
