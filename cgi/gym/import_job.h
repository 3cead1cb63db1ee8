/* import_job.h: a file that waits to be imported, is being, or was */
#ifndef IMPORT_JOB_H
#define IMPORT_JOB_H

#include "gym/import.h"

#define IMPORT_FILE_MAX 120		/* characters of its name */
#define IMPORT_LIST_MAX 20
#define IMPORT_KEEP_MS (24 * 3600 * INT64_C(1000))	/* the bytes, at most */
#define IMPORT_SILENT_MS 20000		/* without a beat: it was interrupted */

enum import_state {
	IMPORT_CHECKED,		/* waits for a person's word */
	IMPORT_RUNNING,
	IMPORT_DONE,
	IMPORT_FAILED,		/* refused when it ran: see its problems */
	IMPORT_TROUBLE,		/* the database was away, or too busy */
	IMPORT_DROPPED,		/* nobody imported it in time */
	IMPORT_STATE__COUNT
};

struct import_job {
	int64_t id;
	enum import_kind kind;
	enum import_state state;
	const char *file;
	int64_t size;			/* bytes */
	int64_t lines, done;		/* rows below the header */
	int64_t attempt, beat_at;
	int64_t effects[IMPORT_EFFECT__COUNT];	/* IMPORT_DONE only */
	const char *user;		/* who sent it; NULL: nobody knows */
	int64_t created_at, ended_at;
};

/* Running, but nobody has heard of it for long: nothing was written. */
bool import_job_is_silent(const struct import_job *job, int64_t now_at);

/*
 * Keeps a file of `lines` rows; sets job->id.  A form posted twice (`nonce`)
 * is one.  The bytes are dropped when IMPORT_KEEP_MS are over (retention.h).
 */
enum db_result import_job_add(struct db *db, const struct actor *actor,
                              struct import_job *job, const void *data,
                              const char *nonce);
/* DB_NONE: the company has none of that id. */
enum db_result import_job_find(struct db *db, struct arena *a,
                               const char *company, int64_t id,
                               struct import_job *out);
/* DB_NONE: its bytes are gone. */
enum db_result import_job_bytes(struct db *db, struct arena *a,
                                const char *company, int64_t id,
                                const void **data, size_t *len);
/* The newest first, at most IMPORT_LIST_MAX. */
enum db_result import_job_list(struct db *db, struct arena *a,
                               const char *company, struct import_job **out,
                               size_t *count);

/*
 * Takes a job for the next attempt: only who gets DB_OK may run it.  DB_NONE:
 * it is running, or another one of the company is, or its bytes are gone.
 */
enum db_result import_job_claim(struct db *db, const struct actor *actor,
                                int64_t id);

/* What import_run needs to know. */
struct import_order {
	struct db *db;
	struct actor actor;
	const char *currency, *phone_code;
	int64_t id;
};

/*
 * Runs a job that was claimed, in one transaction: all of it or nothing.  How
 * it ends is in the job; how far it is, too, by a connection of its own.  Takes
 * as long as it takes, so only when nobody waits for an answer.  `order` is a
 * struct import_order.
 */
void import_run(void *order);

#endif
