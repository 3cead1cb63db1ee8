/* device.h: terminals: whose they are, and what their bridges report */
#ifndef DEVICE_H
#define DEVICE_H

#include "base/arena.h"
#include "db/db.h"
#include "gym/token.h"

#define DEVICE_SN_MAX 32
#define DEVICE_DAYS_MAX 400	/* of one report */
#define DEVICE_LIST_MAX 200
#define DEVICE_NO_NUMBER INT64_MIN
#define DEVICE_SILENT_MS (5 * 60 * 1000)	/* longer is not normal */
#define DEVICE_LOG_FULL_PERCENT 80	/* more of it will soon be full */

/* A terminal that a company has now. */
struct device {
	int64_t id, branch_id, version;
	const char *name;
	int32_t start_day;
	const char *branch, *zone;	/* the branch's name and zone */
	const char *mac;	/* the accepted one; NULL: none yet */
	const char *other_mac;	/* waits for the owner; else NULL */
	int64_t other_mac_at;	/* ... since */
};

/* What a bridge tells; NULL, DEVICE_NO_NUMBER, CLOCK_NO_TIME: not told. */
struct device_report {
	const char *firmware, *platform;
	const char *mac;		/* is for device_mac_report */
	int64_t log_count, log_capacity, user_count, clock_offset_s;
	int64_t waiting, parked, set_aside;
	int64_t reached_ago_s;		/* since its last answer */
	int64_t last_punch_local;
	const char *last_error;		/* NULL: none now */
	const char *bridge_version;
};

/* The punches held of a terminal on a day. */
struct device_day {
	int32_t day;
	int64_t count;
	int64_t checksum;	/* XOR of CRC-32 of "USER YYYY-MM-DD HH:MM:SS" */
};

/* A line of the terminal panel. */
struct device_state {
	int64_t id;
	const char *sn, *name, *branch, *zone, *last_error;
	const char *other_mac;		/* waits for the owner; else NULL */
	int32_t start_day;
	int64_t seen_at;		/* last report; CLOCK_NO_TIME: never */
	int64_t reached_at;		/* last answer; CLOCK_NO_TIME: not known */
	int64_t log_count, log_capacity;	/* capacity 0: not known */
	bool has_clock;
	int64_t clock_offset_s, waiting, parked, set_aside;
	int64_t last_punch_local;
	/* of its door: see device_door.h */
	bool has_relay;
	int64_t enforced_at, door_list_at;	/* CLOCK_NO_TIME: off; never */
	const char *door_trouble;		/* NULL: none */
	int64_t door_pending;			/* wait for the owner */
};

/*
 * Gives a terminal to a company.  DB_DUPLICATE: it has one of that serial now,
 * or the form of that nonce (may be NULL) has added one already.
 */
enum db_result device_add(struct db *db, const char *company, const char *sn,
                          int64_t branch_id, const char *name,
                          int32_t start_day, const char *nonce,
                          int64_t now_at);
/* The company gives it up; its past stays.  DB_NONE: it did not have it. */
enum db_result device_close(struct db *db, const char *company,
                            const char *sn, int64_t now_at);
enum db_result device_find(struct db *db, struct arena *a, const char *company,
                           const char *sn, struct device *out);
/*
 * A text that differs whenever a bridge should ask anew: who may enter, or what
 * it is told of the terminal.  DB_NONE: not the company's, or that is closed.
 */
enum db_result device_signs(struct db *db, struct arena *a,
                            const char *company, const char *sn,
                            const char **out);
/* Holds the terminal's row until the transaction ends. */
enum db_result device_lock(struct db *db, const char *company, const char *sn);

/* Stores a report; DB_NONE when the terminal is not this company's. */
enum db_result device_store_report(struct db *db, const char *company,
                                   const char *sn, int64_t now_at,
                                   const struct device_report *report);
/* Fills count and checksum of `count` days, at most DEVICE_DAYS_MAX. */
enum db_result device_count_days(struct db *db, struct arena *a,
                                 const char *company, const char *sn,
                                 struct device_day *days, size_t count);

/*
 * The terminals of a company, in `branch_id` (0: all), by name, at most
 * DEVICE_LIST_MAX.
 */
enum db_result device_list(struct db *db, struct arena *a, const char *company,
                           int64_t branch_id, struct device_state **out,
                           size_t *count);
/* The same, those behind `after` (NULL: from the first on). */
enum db_result device_list_after(struct db *db, struct arena *a,
                                 const char *company, int64_t branch_id,
                                 const struct device_state *after,
                                 struct device_state **out, size_t *count);

#endif
