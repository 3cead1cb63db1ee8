/* inbox_take.c: waiting punches that are somebody's now become attendance */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/tx.h"
#include "gym/device.h"
#include "gym/inbox.h"
#include "gym/intake_store.h"

#define BATCH 100	/* as in inbox_waiting */
#define NUMBERS 100	/* as in inbox_waiting_numbers */
#define MOST_MS 1500	/* of one call */
#define COMPANIES 10000	/* as in company_list */

/* A punch as the inbox keeps it. */
struct held {
	struct punch punch;
	struct intake_item item;
	const char *source, *raw;
	int64_t received_at;
};

struct take {
	const char *company, *sn, *user_id;
	int64_t now_at, deadline;
	struct arena *arena;
	size_t count;		/* of one batch */
};

static void
out_held(struct db_stmt *st, struct take *t, struct held *h)
{
	struct intake_context *c = &h->item.context;

	*h = (struct held){
		.punch = { .device_sn = t->sn, .user_id = t->user_id,
		           .raw = "", .is_readable = true },
		.item.context = { .company = t->company,
		                  .inbox_state = "UNMAPPED" },
	};
	db_out_int(st, &c->inbox_id);
	db_out_local(st, &h->punch.local);
	db_out_str(st, t->arena, &h->source);
	db_out_str(st, t->arena, &h->raw);
	db_out_bool(st, &h->punch.has_clock_offset);
	db_out_int(st, &h->punch.clock_offset_s);
	db_out_at(st, &h->received_at);
	db_out_int(st, &c->branch_id);
	db_out_str(st, t->arena, &c->zone);
	db_out_int(st, &c->device_id);
	db_out_day(st, &c->start_day);
	db_out_int(st, &c->member_id);
	intake_out_facts(st, t->arena, c);
}

static enum db_result
read_batch(struct db *db, struct take *t, struct held *list, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_WAITING);
	struct held h;
	int64_t last = 0;
	enum db_result rc;

	*count = 0;
	db_in_str(st, t->company);
	db_in_str(st, t->sn);
	db_in_str(st, t->user_id);
	out_held(st, t, &h);
	while ((rc = db_next(st)) == DB_OK && *count < BATCH) {
		if (h.item.context.inbox_id != last)
			list[(*count)++] = h;
		last = h.item.context.inbox_id;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

/* Judged as of its arrival: it was in time then, or late already. */
static enum db_result
take_one(struct db *db, struct take *t, struct held *h)
{
	bool stored = false;
	enum db_result rc;

	h->punch.is_bridge_time = strcmp(h->source, "TERMINAL") != 0;
	h->item.punch = &h->punch;
	intake_decide(t->arena, &h->item.context, &h->punch, h->punch.local,
	              h->received_at, &h->item.plan);
	if (h->item.plan.store != INTAKE_STORE_TAKEN)
		return DB_OK;
	h->item.plan.source = h->source;
	h->item.plan.raw = h->raw;
	rc = intake_store_one(db, &h->item, t->now_at, true, &stored);
	t->count += stored;
	return rc;
}

/* One batch; the lock keeps other takers and changes of mappings away. */
static enum db_result
take_batch(struct db *db, void *arg)
{
	struct take *t = arg;
	struct held *list;
	size_t count = 0;
	enum db_result rc = device_lock(db, t->company, t->sn);

	arena_reset(t->arena);
	list = arena_alloc(t->arena, BATCH * sizeof *list);
	t->count = 0;
	if (rc == DB_OK)
		rc = read_batch(db, t, list, &count);
	for (size_t i = 0; i < count && rc == DB_OK; i++) {
		rc = take_one(db, t, &list[i]);
		/* what it has used must be read before the next is judged */
		if (list[i].item.plan.is_counted)
			break;
	}
	return rc;
}

static enum db_result
take_number(struct db *db, struct take *t, size_t *taken)
{
	enum db_result rc;

	do {
		rc = tx_run(db, take_batch, t);
		if (rc == DB_OK)
			*taken += t->count;
	} while ((rc == DB_AGAIN || (rc == DB_OK && t->count > 0)) &&
	         clock_left_ms(t->deadline) > 0);
	/* the terminal is gone, or too much goes on: the sweep comes again */
	return rc == DB_NONE || rc == DB_AGAIN ? DB_OK : rc;
}

enum db_result
inbox_take(struct db *db, const char *company, const char *sn,
           const char *user_id, int64_t now_at, size_t *taken)
{
	struct take t = {
		.company = company, .sn = sn, .user_id = user_id,
		.now_at = now_at, .deadline = clock_mono_ms() + MOST_MS,
		.arena = arena_create(),
	};
	enum db_result rc = take_number(db, &t, taken);

	arena_destroy(t.arena);
	return rc;
}

/* A number whose punches wait. */
struct number {
	const char *sn, *user_id;
};

static enum db_result
read_numbers(struct db *db, struct arena *a, const char *company,
             struct number *list, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_INBOX_WAITING_NUMBERS);
	struct number n;
	enum db_result rc;

	db_in_str(st, company);
	db_out_str(st, a, &n.sn);
	db_out_str(st, a, &n.user_id);
	while ((rc = db_next(st)) == DB_OK && *count < NUMBERS)
		list[(*count)++] = n;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
inbox_sweep(struct db *db, const char *company, int64_t now_at, size_t *taken)
{
	struct arena *a = arena_create();
	struct number list[NUMBERS];
	size_t count = 0;
	struct take t = {
		.company = company, .now_at = now_at,
		.deadline = clock_mono_ms() + MOST_MS, .arena = arena_create(),
	};
	enum db_result rc = read_numbers(db, a, company, list, &count);

	for (size_t i = 0; i < count && rc == DB_OK &&
	     clock_left_ms(t.deadline) > 0; i++) {
		t.sn = list[i].sn;
		t.user_id = list[i].user_id;
		rc = take_number(db, &t, taken);
	}
	arena_destroy(t.arena);
	arena_destroy(a);
	return rc;
}

/* ---- of all companies ---------------------------------------------------- */

struct company_row {
	const char *code, *name, *status;
};

static enum db_result
read_companies(struct db *db, struct arena *a, struct company_row *list,
               size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_LIST);
	struct company_row row;
	enum db_result rc;

	db_out_str(st, a, &row.code);
	db_out_str(st, a, &row.name);
	db_out_str(st, a, &row.status);
	while ((rc = db_next(st)) == DB_OK && *count < COMPANIES)
		list[(*count)++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

bool
inbox_keep(struct site *site, struct db *db)
{
	struct arena *a = arena_create();
	struct company_row *list = arena_alloc(a, COMPANIES * sizeof *list);
	size_t count = 0;
	bool fine = read_companies(db, a, list, &count) == DB_OK;

	(void)site;
	for (size_t i = 0; i < count; i++) {
		size_t taken = 0;

		fine = inbox_sweep(db, list[i].code, clock_now_ms(),
		                   &taken) == DB_OK && fine;
		if (taken > 0)
			log_info("inbox of %s: %zu punches were left, and are "
			         "taken in", list[i].code, taken);
	}
	arena_destroy(a);
	return fine;
}
