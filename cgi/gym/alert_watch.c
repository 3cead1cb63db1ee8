/* alert_watch.c: where something begins to be wrong, and is well again */
#include "gym/alert_watch.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "gym/alert_judge.h"
#include "gym/chore.h"

#define TERMINALS 2000		/* in one look */
#define GAP_MS (5 * 60 * 1000)	/* without a run: nobody has watched */
#define HEARD_MS (2 * 60 * 1000)	/* so long a report says it is well */
#define TRIES 3			/* of what has lost a deadlock */

/* An event that is open. */
struct event {
	int64_t id;		/* 0: none is */
	int64_t well_at, most;
};

/* A terminal, and how it stands now. */
struct watched {
	const char *company, *zone;
	int64_t branch_id, id, opens, closes, open_count;
	int64_t watch_at;	/* since when we do */
	struct alert_facts facts;
	struct event events[ALERT__COUNT];
	enum alert_verdict verdicts[ALERT__COUNT];
};

/* ---- what is known ------------------------------------------------------- */

/* Those of the branches behind the one of `after`. */
static enum db_result
read_terminals(struct db *db, struct arena *a, const struct watched *after,
               struct watched *list, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_DEVICES);
	struct watched w = { .watch_at = after->watch_at };
	enum db_result rc;

	*count = 0;
	db_in_str(st, after->company);
	db_in_str(st, after->company);
	db_in_int(st, after->branch_id);
	db_out_str(st, a, &w.company);
	db_out_int(st, &w.branch_id);
	db_out_int(st, &w.id);
	db_out_at(st, &w.facts.seen_at);
	db_out_at(st, &w.facts.reached_at);
	db_out_int(st, &w.facts.waiting);
	db_out_int(st, &w.facts.log_count);
	db_out_int(st, &w.facts.log_capacity);
	db_out_at(st, &w.facts.sample_at);
	db_out_int(st, &w.facts.sample_waiting);
	db_out_str(st, a, &w.zone);
	db_out_int(st, &w.opens);
	db_out_int(st, &w.closes);
	db_out_int(st, &w.open_count);
	while ((rc = db_next(st)) == DB_OK && *count < TERMINALS)
		list[(*count)++] = w;
	return rc == DB_NONE ? DB_OK : rc;
}

static enum db_result
read_events(struct db *db, struct arena *a, struct watched *w)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_OPEN);
	struct event event;
	const char *kind;
	enum db_result rc;

	db_in_str(st, w->company);
	db_in_int(st, w->id);
	db_out_int(st, &event.id);
	db_out_str(st, a, &kind);
	db_out_at(st, &event.well_at);
	db_out_int(st, &event.most);
	while ((rc = db_next(st)) == DB_OK) {
		if (alert_kind_of(kind) < ALERT__COUNT)
			w->events[alert_kind_of(kind)] = event;
	}
	w->facts.most_waiting = w->events[ALERT_BACKLOG].most;
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- what is done about it ----------------------------------------------- */

static enum db_result
begin(struct db *db, const struct watched *w, enum alert_kind kind,
      int64_t now_at)
{
	const int64_t since_at[ALERT__COUNT] = {
		[ALERT_BACKLOG] = w->facts.sample_at,
		[ALERT_BRIDGE] = w->facts.seen_at,
		[ALERT_LOG] = now_at,
		[ALERT_TERMINAL] = w->facts.reached_at,
	};
	struct db_stmt *st = db_begin(db, STMT_ALERT_BEGIN);
	enum db_result rc;

	db_in_str(st, w->company);
	db_in_int(st, w->branch_id);
	db_in_int(st, w->id);
	db_in_str(st, alert_kind_name(kind));
	db_in_at(st, since_at[kind]);
	db_in_at(st, now_at);
	db_in_int(st, kind == ALERT_BACKLOG ? w->facts.waiting : 0);
	rc = db_run(st);
	return rc == DB_DUPLICATE ? DB_OK : rc;	/* another run was first */
}

/*
 * What is well again for so long; 0: it is not.  Silence ends with reports
 * that come and come: one alone says little of the minutes after it.
 */
static int64_t
well_for(const struct watched *w, int kind, int64_t now_at)
{
	const struct event *e = &w->events[kind];
	int64_t until_at = now_at, heard_at = kind == ALERT_TERMINAL
		? w->facts.reached_at : w->facts.seen_at;

	if (e->id == 0 || w->verdicts[kind] != ALERT_WELL ||
	    e->well_at == CLOCK_NO_TIME)
		return 0;
	if (heard_at + HEARD_MS < now_at)
		until_at = heard_at + HEARD_MS;
	return until_at - e->well_at;
}

static enum db_result
go_on(struct db *db, const struct watched *w, int kind, int64_t well_ms,
      int64_t now_at)
{
	struct event was = w->events[kind], is = was;
	struct db_stmt *st;
	enum db_result rc;
	bool is_over = well_for(w, kind, now_at) >= well_ms;

	if (w->verdicts[kind] != ALERT_WELL)
		is.well_at = CLOCK_NO_TIME;
	else if (was.well_at == CLOCK_NO_TIME)
		is.well_at = now_at;
	if (kind == ALERT_BACKLOG && w->facts.waiting > was.most)
		is.most = w->facts.waiting;
	if (!is_over && is.well_at == was.well_at && is.most == was.most)
		return DB_OK;
	st = db_begin(db, STMT_ALERT_SET);
	db_in_at(st, is.well_at);
	db_in_int(st, is.most);
	db_in_at(st, is_over ? now_at : CLOCK_NO_TIME);
	db_in_str(st, w->company);
	db_in_int(st, is.id);
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

/* What waits is kept where many do; only after it was compared. */
static enum db_result
keep_sample(struct db *db, const struct watched *w, int64_t now_at)
{
	const struct alert_facts *f = &w->facts;
	bool are_many = f->waiting >= ALERT_WAITING_MANY;
	bool is_kept = f->sample_at != CLOCK_NO_TIME;
	struct db_stmt *st;
	enum db_result rc;

	if (are_many ? !alert_sample_is_due(f, now_at) : !is_kept)
		return DB_OK;
	st = db_begin(db, are_many ? STMT_ALERT_SAMPLE_SET
	              : STMT_ALERT_SAMPLE_CLEAR);
	db_in_str(st, w->company);
	db_in_int(st, w->id);
	if (are_many) {
		db_in_at(st, now_at);
		db_in_int(st, f->waiting);
	}
	rc = db_run(st);
	return rc == DB_NONE ? DB_OK : rc;
}

/* ---- a branch ------------------------------------------------------------ */

/* Once one is told to be silent, those are, too, that soon would be. */
static void
judge_kind(struct watched *list, size_t count, enum alert_kind kind,
           int64_t opened_at, int64_t now_at)
{
	enum alert_verdict verdicts[ALERT__COUNT];
	bool begins = false;

	for (size_t i = 0; i < count; i++)
		begins = begins || (list[i].events[kind].id == 0 &&
		                    list[i].verdicts[kind] == ALERT_HOLDS);
	for (size_t i = 0; begins && i < count; i++) {
		alert_judge(&list[i].facts, opened_at, now_at,
		            ALERT_SILENT_MS - ALERT_TOGETHER_MS, verdicts);
		list[i].verdicts[kind] = verdicts[kind];
	}
}

/* The same of what is over. */
static int64_t
well_ms(const struct watched *list, size_t count, int kind, int64_t now_at)
{
	for (size_t i = 0; i < count; i++) {
		if (well_for(&list[i], kind, now_at) >= ALERT_WELL_MS)
			return ALERT_WELL_MS - ALERT_TOGETHER_MS;
	}
	return ALERT_WELL_MS;
}

static enum db_result
keep_kind(struct db *db, const struct watched *list, size_t count, int kind,
          int64_t now_at)
{
	int64_t enough_ms = well_ms(list, count, kind, now_at);
	enum db_result rc = DB_OK;

	for (size_t i = 0; rc == DB_OK && i < count; i++) {
		const struct watched *w = &list[i];

		if (w->events[kind].id != 0)
			rc = go_on(db, w, kind, enough_ms, now_at);
		else if (w->verdicts[kind] == ALERT_HOLDS)
			rc = begin(db, w, (enum alert_kind)kind, now_at);
	}
	return rc;
}

static enum db_result
try_branch(struct db *db, struct arena *a, struct watched *list,
           size_t count, int64_t now_at)
{
	int64_t opened_at = alert_opened_at(list->zone, list->opens,
	                                    list->closes, now_at);
	enum db_result rc = DB_OK;

	if (opened_at != CLOCK_NO_TIME && opened_at < list->watch_at)
		opened_at = list->watch_at;
	for (size_t i = 0; rc == DB_OK && i < count; i++) {
		if (list[i].open_count > 0)
			rc = read_events(db, a, &list[i]);
		alert_judge(&list[i].facts, opened_at, now_at,
		            ALERT_SILENT_MS, list[i].verdicts);
	}
	judge_kind(list, count, ALERT_BRIDGE, opened_at, now_at);
	judge_kind(list, count, ALERT_TERMINAL, opened_at, now_at);
	for (int kind = 0; rc == DB_OK && kind < ALERT__COUNT; kind++)
		rc = keep_kind(db, list, count, kind, now_at);
	for (size_t i = 0; rc == DB_OK && i < count; i++)
		rc = keep_sample(db, &list[i], now_at);
	return rc;
}

/* Each of its writes is whole by itself, and the same again does no harm. */
static enum db_result
keep_branch(struct db *db, struct arena *a, struct watched *list,
            size_t count, int64_t now_at)
{
	enum db_result rc = DB_AGAIN;

	for (int i = 0; i < TRIES && rc == DB_AGAIN; i++)
		rc = try_branch(db, a, list, count, now_at);
	return rc;
}

/* ---- all of them --------------------------------------------------------- */

/* How many from the first on are of one branch. */
static size_t
branch_size(const struct watched *list, size_t count)
{
	size_t n = 1;

	while (n < count && list[n].branch_id == list->branch_id &&
	       strcmp(list[n].company, list->company) == 0)
		n++;
	return n;
}

/* The last branch of a full list may be torn: it begins the next one. */
static bool
keep_list(struct db *db, struct arena *a, struct watched *list, size_t count,
          struct watched *after, int64_t now_at)
{
	bool fine = true;

	for (size_t i = 0, n; i < count; i += n) {
		n = branch_size(list + i, count - i);
		if (i > 0 && i + n == TERMINALS)
			break;
		if (keep_branch(db, a, list + i, n, now_at) != DB_OK) {
			log_error("alerts: branch %lld of %s was not done",
			          (long long)list[i].branch_id,
			          list[i].company);
			fine = false;
		}
		*after = list[i];
	}
	return fine;
}

static bool
end_gone(struct db *db, int64_t now_at)
{
	struct db_stmt *st = db_begin(db, STMT_ALERT_END_GONE);
	enum db_result rc;

	db_in_at(st, now_at);
	db_in_at(st, now_at);
	db_in_at(st, now_at);
	rc = db_run(st);
	return rc == DB_OK || rc == DB_NONE;
}

/*
 * While this machine was off no bridge could report: silence counts from when
 * it is watched again, or all owners would be told.
 */
static enum db_result
find_watch(struct db *db, int64_t now_at, int64_t *watch_at)
{
	int64_t ran_at;
	enum db_result rc = chore_find(db, "alerts", &ran_at);

	if (rc == DB_OK)
		rc = chore_find(db, "alerts since", watch_at);
	if (rc != DB_OK || (ran_at != CLOCK_NO_TIME &&
	                    *watch_at != CLOCK_NO_TIME &&
	                    now_at - ran_at <= GAP_MS && *watch_at <= now_at))
		return rc;
	*watch_at = now_at;
	return chore_ran(db, "alerts since", now_at);
}

static bool
watch_all(struct db *db, int64_t watch_at, int64_t now_at)
{
	struct arena *a = arena_create();
	struct watched *list = arena_alloc(a, TERMINALS * sizeof *list);
	struct watched after = { .company = "", .watch_at = watch_at };
	size_t count = TERMINALS;
	bool fine = end_gone(db, now_at);

	while (count == TERMINALS) {
		if (read_terminals(db, a, &after, list, &count) != DB_OK) {
			fine = false;
			break;
		}
		fine = keep_list(db, a, list, count, &after, now_at) && fine;
	}
	arena_destroy(a);
	return fine;
}

bool
alert_watch(struct db *db, int64_t now_at)
{
	int64_t watch_at;
	bool fine;

	if (find_watch(db, now_at, &watch_at) != DB_OK)
		return false;
	/* one branch that fails does not blind us to the others */
	fine = watch_all(db, watch_at, now_at);
	return chore_ran(db, "alerts", now_at) == DB_OK && fine;
}
