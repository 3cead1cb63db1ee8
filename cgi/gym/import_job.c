/* import_job.c: a file that waits to be imported, is being, or was */
#include "gym/import_job.h"

#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/company.h"

static const char *const states[IMPORT_STATE__COUNT] = {
	[IMPORT_CHECKED] = "CHECKED", [IMPORT_RUNNING] = "RUNNING",
	[IMPORT_DONE] = "DONE", [IMPORT_FAILED] = "FAILED",
	[IMPORT_TROUBLE] = "TROUBLE", [IMPORT_DROPPED] = "DROPPED",
};

bool
import_job_is_silent(const struct import_job *job, int64_t now_at)
{
	return job->state == IMPORT_RUNNING &&
		job->beat_at + IMPORT_SILENT_MS <= now_at;
}

/* ---- kept ---------------------------------------------------------------- */

struct addition {
	const struct actor *actor;
	struct import_job *job;
	const void *data;
	const char *nonce;
};

static enum db_result
add(struct db *db, void *arg)
{
	const struct addition *add = arg;
	struct import_job *job = add->job;
	struct db_stmt *st = db_begin(db, STMT_IMPORT_ADD);
	enum db_result rc;

	db_in_str(st, add->actor->company);
	db_in_str(st, import_kind_word(job->kind));
	db_in_str(st, job->file);
	db_in_bytes(st, add->data, (size_t)job->size);
	db_in_int(st, job->size);
	db_in_int(st, job->lines);
	db_in_id(st, add->actor->user_id);
	db_in_str(st, add->nonce);
	db_in_at(st, add->actor->now_at);
	db_in_at(st, add->actor->now_at + IMPORT_KEEP_MS);
	rc = db_run(st);
	if (rc != DB_OK)
		return rc;
	job->id = db_last_id(db);
	return audit_row(db, add->actor, "add", "trn_imports", job->id, "");
}

enum db_result
import_job_add(struct db *db, const struct actor *actor,
               struct import_job *job, const void *data, const char *nonce)
{
	struct addition addition = { actor, job, data, nonce };
	enum db_result rc = tx_run(db, add, &addition);
	struct db_stmt *st;

	if (rc != DB_DUPLICATE)
		return rc;
	st = db_begin(db, STMT_IMPORT_FIND_NONCE);
	db_in_str(st, actor->company);
	db_in_str(st, nonce);
	db_out_int(st, &job->id);
	return db_one(st);
}

/* ---- read ---------------------------------------------------------------- */

/* What the two statements share. */
struct words {
	const char *kind, *state;
};

static void
out_job(struct db_stmt *st, struct arena *a, struct import_job *job,
        struct words *words)
{
	*job = (struct import_job){ 0 };
	db_out_int(st, &job->id);
	db_out_str(st, a, &words->kind);
	db_out_str(st, a, &job->file);
	db_out_int(st, &job->size);
	db_out_int(st, &job->lines);
	db_out_str(st, a, &words->state);
	db_out_int(st, &job->attempt);
	db_out_int(st, &job->done);
	db_out_at(st, &job->beat_at);
	db_out_int(st, &job->effects[IMPORT_NEW]);
	db_out_int(st, &job->effects[IMPORT_CHANGED]);
	db_out_int(st, &job->effects[IMPORT_UNCHANGED]);
	db_out_str(st, a, &job->user);
	db_out_at(st, &job->created_at);
	db_out_at(st, &job->ended_at);
}

static void
take_words(struct import_job *job, const struct words *words)
{
	import_kind_from_word(words->kind, &job->kind);
	for (int i = 0; i < IMPORT_STATE__COUNT; i++) {
		if (strcmp(states[i], words->state) == 0)
			job->state = (enum import_state)i;
	}
}

enum db_result
import_job_find(struct db *db, struct arena *a, const char *company,
                int64_t id, struct import_job *out)
{
	struct db_stmt *st = db_begin(db, STMT_IMPORT_FIND);
	struct words words = { "", "" };
	enum db_result rc;

	db_in_str(st, company);
	db_in_int(st, id);
	out_job(st, a, out, &words);
	rc = db_one(st);
	take_words(out, &words);
	return rc;
}

enum db_result
import_job_list(struct db *db, struct arena *a, const char *company,
                struct import_job **out, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_IMPORT_LIST);
	struct words words = { "", "" };
	struct import_job job;
	enum db_result rc;

	*out = arena_alloc(a, IMPORT_LIST_MAX * sizeof **out);
	*count = 0;
	db_in_str(st, company);
	out_job(st, a, &job, &words);
	while ((rc = db_next(st)) == DB_OK && *count < IMPORT_LIST_MAX) {
		take_words(&job, &words);
		(*out)[(*count)++] = job;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
import_job_bytes(struct db *db, struct arena *a, const char *company,
                 int64_t id, const void **data, size_t *len)
{
	struct db_stmt *st = db_begin(db, STMT_IMPORT_BYTES);

	db_in_str(st, company);
	db_in_int(st, id);
	db_out_bytes(st, a, data, len);
	return db_one(st);
}

/* ---- taken --------------------------------------------------------------- */

struct claim {
	const struct actor *actor;
	int64_t id;
};

/* Two people at once: the company's row lets one in after the other. */
static enum db_result
claim(struct db *db, void *arg)
{
	const struct claim *c = arg;
	const char *company = c->actor->company;
	struct db_stmt *st;
	int64_t id;
	enum db_result rc = company_lock(db, company);

	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_IMPORT_RUNNING);
	db_in_str(st, company);
	db_in_at(st, c->actor->now_at - IMPORT_SILENT_MS);
	db_out_int(st, &id);
	rc = db_one(st);
	if (rc != DB_NONE)
		return rc == DB_OK ? DB_NONE : rc;
	st = db_begin(db, STMT_IMPORT_CLAIM);
	db_in_at(st, c->actor->now_at);
	db_in_str(st, company);
	db_in_int(st, c->id);
	return db_run(st);
}

enum db_result
import_job_claim(struct db *db, const struct actor *actor, int64_t id)
{
	return tx_run(db, claim, &(struct claim){ actor, id });
}
