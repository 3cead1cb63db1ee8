/* import_run.c: an import from its file to its end, when nobody waits */
#include <inttypes.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/tx.h"
#include "gym/feed.h"
#include "gym/import_job.h"
#include "gym/inbox.h"

#define SWEEPS 100	/* of 1.5 s at most; what is left is taken in later */

struct run {
	const struct import_order *order;
	struct arena *arena;
	struct db *beats;	/* not held back by the transaction */
	struct import_job job;
	struct csv table;
	struct import import;
};

static void
beat(void *arg, size_t done)
{
	struct run *r = arg;
	struct db_stmt *st = db_begin(r->beats, STMT_IMPORT_BEAT);

	/* each row is compared, then written; some members' rows at the end */
	done = done / 2 < r->import.count ? done / 2 : r->import.count;
	db_in_int(st, (int64_t)done);
	db_in_at(st, clock_now_ms());
	db_in_str(st, r->order->actor.company);
	db_in_int(st, r->order->id);
	db_in_int(st, r->job.attempt);
	db_run(st);		/* it is only to be looked at */
}

static enum db_result
read_file(struct run *r)
{
	const struct import_order *o = r->order;
	const void *data;
	size_t len;
	enum db_result rc = import_job_find(o->db, r->arena, o->actor.company,
	                                    o->id, &r->job);

	if (rc == DB_OK)
		rc = import_job_bytes(o->db, r->arena, o->actor.company, o->id,
		                      &data, &len);
	if (rc == DB_OK && csv_read(r->arena, data, len, &r->table) != CSV_OK)
		rc = DB_FAIL;
	return rc;
}

/* With counts as the names of fields: they are no values of a person. */
static enum db_result
write_end(struct db *db, const struct run *r)
{
	const struct import_order *o = r->order;
	const size_t *effects = r->import.effects;
	struct db_stmt *st = db_begin(db, STMT_IMPORT_DONE);
	enum db_result rc;

	for (int i = 0; i < IMPORT_EFFECT__COUNT; i++)
		db_in_int(st, (int64_t)effects[i]);
	db_in_at(st, clock_now_ms());
	db_in_str(st, o->actor.company);
	db_in_int(st, o->id);
	db_in_int(st, r->job.attempt);
	rc = db_run(st);
	return rc != DB_OK ? rc : audit_row(db, &o->actor, "import",
		"trn_imports", o->id, arena_printf(r->arena,
		"imp_new %zu,imp_changed %zu,imp_unchanged %zu",
		effects[IMPORT_NEW], effects[IMPORT_CHANGED],
		effects[IMPORT_UNCHANGED]));
}

/* The world may have changed since somebody looked at the problems. */
static enum db_result
import_all(struct db *db, void *arg)
{
	struct run *r = arg;
	enum db_result rc;

	r->import = (struct import){
		.arena = r->arena, .actor = &r->order->actor,
		.kind = r->job.kind, .currency = r->order->currency,
		.phone_code = r->order->phone_code,
		.progress = beat, .progress_arg = r,
	};
	rc = import_check(db, &r->import, &r->table, true);
	if (rc == DB_OK && r->import.problem_count > 0)
		rc = DB_NONE;
	if (rc == DB_OK)
		rc = import_write(db, &r->import);
	return rc == DB_OK ? write_end(db, r) : rc;
}

/* Punches that waited for these numbers. */
static void
take_in(struct run *r)
{
	const struct import_order *o = r->order;
	size_t taken = 1;

	for (int i = 0; i < SWEEPS && taken > 0; i++) {
		taken = 0;
		if (inbox_sweep(o->db, o->actor.company, clock_now_ms(),
		                &taken) != DB_OK)
			break;
	}
	feed_wake(o->actor.company);
}

static void
say_failed(struct run *r, const char *state)
{
	struct db_stmt *st = db_begin(r->beats, STMT_IMPORT_FAIL);

	db_in_str(st, state);
	db_in_at(st, clock_now_ms());
	db_in_str(st, r->order->actor.company);
	db_in_int(st, r->order->id);
	db_in_int(st, r->job.attempt);
	db_run(st);
}

void
import_run(void *order)
{
	struct run r = { .order = order, .arena = arena_create() };
	enum db_result rc;

	r.beats = db_another(r.order->db);
	rc = read_file(&r);
	if (rc == DB_OK)
		rc = tx_run(r.order->db, import_all, &r);
	if (rc == DB_OK && r.job.kind == IMPORT_MAPPINGS)
		take_in(&r);
	else if (rc == DB_NONE || rc == DB_DUPLICATE)
		say_failed(&r, "FAILED");
	else if (rc != DB_OK)
		say_failed(&r, "TROUBLE");
	log_info("import %" PRId64 " of %s: %s", r.order->id,
	         r.order->actor.company, rc == DB_OK ? "done" : "failed");
	db_destroy(r.beats);
	arena_destroy(r.arena);
}
