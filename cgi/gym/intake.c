/* intake.c: a punch on its way into the database: mapping, duplicate, rule */
#include "gym/intake.h"

#include <json-c/json.h>
#include <string.h>

#include "base/clock.h"
#include "gym/device.h"
#include "gym/intake_store.h"
#include "gym/member_edit.h"

#define SAME_RAW_MS (10 * 60 * 1000)
#define TRIES 4		/* of a transaction that loses a deadlock */

void
intake_read_time(struct punch *p, const char *raw)
{
	p->raw = raw;
	p->is_readable = clock_parse(raw, &p->local, &p->has_offset,
	                             &p->offset_s);
}

/* The punch on the wall clock of the branch; the server's where it has none. */
static int64_t
to_wall(const struct punch *p, const char *zone, int64_t now_at)
{
	if (!p->is_readable)
		return clock_local(zone, now_at);
	if (p->has_offset)
		return clock_local(zone, (p->local - p->offset_s) * 1000);
	return p->local;
}

/* Its digits are the wall clock already, as a terminal sends them? */
static bool
is_plain(const struct punch *p)
{
	return p->is_readable && !p->has_offset;
}

static bool
is_same_minute(int64_t a, int64_t b)
{
	int64_t minute = a - (a % 60 + 60) % 60;

	return b >= minute && b < minute + 60;
}

/* ---- one punch ----------------------------------------------------------- */

static enum db_result
read_context(struct db *db, struct arena *a, const char *token_hash,
             const struct punch *p, int64_t local, struct intake_context *c)
{
	struct db_stmt *st = db_begin(db, STMT_INTAKE_CONTEXT);

	*c = (struct intake_context){ 0 };
	for (int i = 0; i < 3; i++)
		db_in_local(st, local);
	db_in_str(st, p->device_sn);
	db_in_str(st, p->device_sn);
	db_in_str(st, p->user_id);
	db_in_local(st, local);
	db_in_local(st, local);
	db_in_str(st, p->device_sn);
	db_in_str(st, p->user_id);
	db_in_local(st, local);
	db_in_str(st, token_hash);
	db_out_str(st, a, &c->company);
	db_out_str(st, a, &c->token_sn);
	db_out_int(st, &c->device_id);
	db_out_int(st, &c->branch_id);
	db_out_day(st, &c->start_day);
	db_out_str(st, a, &c->zone);
	db_out_int(st, &c->member_id);
	intake_out_facts(st, a, c);
	db_out_int(st, &c->inbox_id);
	db_out_str(st, a, &c->inbox_state);
	return db_one(st);
}

/*
 * Somebody may have mapped the number after we had read that nobody has, and
 * looked for waiting punches before ours was among them.  Who looks once it is
 * there cannot miss both.
 */
static bool
needs_second_look(const struct intake_plan *plan)
{
	return plan->store == INTAKE_STORE_INBOX &&
		plan->answer == INTAKE_UNMAPPED;
}

static enum db_result take_in_turn(struct db *db, struct arena *a,
        const char *token_hash, const struct punch *p, int64_t local,
        int64_t now_at, const struct intake_context *c,
        enum intake_answer *answer, bool *stored);

static enum db_result
take_one(struct db *db, struct arena *a, const char *token_hash,
         const struct punch *p, int64_t local, int64_t now_at, bool in_tx,
         enum intake_answer *answer, bool *stored)
{
	struct intake_item item = { .punch = p };
	enum db_result rc = read_context(db, a, token_hash, p, local,
	                                 &item.context);

	if (rc == DB_NONE)
		*answer = INTAKE_NO_TOKEN;
	if (rc != DB_OK)
		return rc == DB_NONE ? DB_OK : rc;
	intake_decide(a, &item.context, p, local, now_at, &item.plan);
	if (item.plan.is_counted && !in_tx)
		return take_in_turn(db, a, token_hash, p, local, now_at,
		                    &item.context, answer, stored);
	rc = intake_store_one(db, &item, now_at, in_tx, stored);
	*answer = item.plan.answer;
	/* ... and having held it, we find it held: there is no third look */
	if (rc == DB_OK && !in_tx && needs_second_look(&item.plan))
		return take_one(db, a, token_hash, p, local, now_at, in_tx,
		                answer, stored);
	return rc;
}

/*
 * What a member has used already decides: so their punches take turns, and
 * each is read and judged anew once it has its own.
 */
static enum db_result
take_in_turn(struct db *db, struct arena *a, const char *token_hash,
             const struct punch *p, int64_t local, int64_t now_at,
             const struct intake_context *c, enum intake_answer *answer,
             bool *stored)
{
	enum db_result rc = db_tx_begin(db);

	if (rc == DB_OK)
		rc = member_lock(db, c->company, c->member_id);
	/* one that was erased since has nobody to take turns with */
	if (rc == DB_OK || rc == DB_NONE)
		rc = take_one(db, a, token_hash, p, local, now_at, true,
		              answer, stored);
	if (rc == DB_OK)
		rc = db_tx_commit(db);
	if (rc != DB_OK)
		db_tx_rollback(db);
	return rc;
}

/* Did the same terminal, user and text come within the last minutes? */
static enum db_result
find_same_raw(struct db *db, struct arena *a, const char *company,
              const struct punch *p, int64_t now_at,
              enum intake_answer *answer)
{
	const enum stmt_id reads[] = { STMT_ATTENDANCE_FIND_RAW,
		                       STMT_INBOX_FIND_RAW };
	const char *word = "";
	enum db_result rc = DB_NONE;

	for (int i = 0; i < 2 && rc == DB_NONE; i++) {
		struct db_stmt *st = db_begin(db, reads[i]);

		db_in_str(st, company);
		db_in_at(st, now_at - SAME_RAW_MS);
		db_in_str(st, p->device_sn);
		db_in_str(st, p->user_id);
		db_in_str(st, p->raw);
		db_out_str(st, a, &word);
		rc = db_one(st);
	}
	*answer = strcmp(word, "UNMAPPED") == 0 ? INTAKE_UNMAPPED
		: INTAKE_REPEAT;
	return rc;
}

/*
 * A punch without a readable time has nothing that a key could hold apart, so
 * the terminal's row is locked while we look whether it has come before.
 */
static enum db_result
take_timeless(struct db *db, struct arena *a, const char *token_hash,
              const struct device *device, const char *company,
              const struct punch *p, int64_t now_at,
              enum intake_answer *answer, bool *stored)
{
	enum db_result rc = db_tx_begin(db);

	if (rc == DB_OK)
		rc = device_lock(db, company, p->device_sn);
	if (rc == DB_OK)
		rc = find_same_raw(db, a, company, p, now_at, answer);
	if (rc == DB_NONE)
		rc = take_one(db, a, token_hash, p,
		              clock_local(device->zone, now_at), now_at, true,
		              answer, stored);
	if (rc == DB_OK)
		rc = db_tx_commit(db);
	if (rc != DB_OK)
		db_tx_rollback(db);
	return rc;
}

/* A time of another offset, or none: the zone must be known first. */
static enum db_result
take_odd(struct db *db, struct arena *a, const char *token_hash,
         const struct punch *p, int64_t now_at, enum intake_answer *answer,
         bool *stored)
{
	struct token token;
	struct device device;
	enum db_result rc = token_find(db, a, token_hash, &token);

	*answer = INTAKE_NO_TOKEN;
	if (rc == DB_OK) {
		*answer = INTAKE_OTHER_TERMINAL;
		rc = device_find(db, a, token.company, p->device_sn, &device);
	}
	if (rc != DB_OK)
		return rc == DB_NONE ? DB_OK : rc;
	if (p->is_readable)
		return take_one(db, a, token_hash, p,
		                to_wall(p, device.zone, now_at), now_at,
		                false, answer, stored);
	return take_timeless(db, a, token_hash, &device, token.company, p,
	                     now_at, answer, stored);
}

enum intake_answer
intake_one(struct db *db, struct arena *a, const char *token_hash,
           const struct punch *p, int64_t now_at, bool *stored)
{
	enum intake_answer answer = INTAKE_UNAVAILABLE;
	enum db_result rc = DB_AGAIN;

	for (int i = 0; i < TRIES && rc == DB_AGAIN; i++)
		rc = is_plain(p)
			? take_one(db, a, token_hash, p, p->local, now_at,
			           false, &answer, stored)
			: take_odd(db, a, token_hash, p, now_at, &answer,
			           stored);
	return rc == DB_OK ? answer : INTAKE_UNAVAILABLE;
}

/* ---- a list -------------------------------------------------------------- */

struct batch {
	struct db *db;
	struct arena *arena;
	const char *company, *token_sn;
	int64_t now_at;
	struct intake_item *items;
	size_t count;
};

/* The list as [terminal, user, time], for intake_context_batch. */
static const char *
batch_json(struct batch *b)
{
	json_object *list = json_object_new_array();
	const char *text;

	for (size_t i = 0; i < b->count; i++) {
		const struct punch *p = b->items[i].punch;
		json_object *row = json_object_new_array();
		char time[CLOCK_TEXT_SIZE];

		clock_format(p->local, time);
		json_object_array_add(row, json_object_new_string(p->device_sn));
		json_object_array_add(row, json_object_new_string(p->user_id));
		json_object_array_add(row, json_object_new_string(time));
		json_object_array_add(list, row);
	}
	text = arena_strdup(b->arena, json_object_to_json_string_ext(list,
	                                        JSON_C_TO_STRING_PLAIN));
	json_object_put(list);
	return text;
}

static enum db_result
read_contexts(struct batch *b)
{
	struct db_stmt *st = db_begin(b->db, STMT_INTAKE_CONTEXT_BATCH);
	struct intake_context c = { .company = b->company,
		                    .token_sn = b->token_sn };
	int64_t n = 0, last = 0;
	enum db_result rc;

	db_in_str(st, batch_json(b));
	db_in_str(st, b->company);
	db_out_int(st, &n);
	db_out_int(st, &c.device_id);
	db_out_int(st, &c.branch_id);
	db_out_day(st, &c.start_day);
	db_out_str(st, b->arena, &c.zone);
	db_out_int(st, &c.member_id);
	intake_out_facts(st, b->arena, &c);
	db_out_int(st, &c.inbox_id);
	db_out_str(st, b->arena, &c.inbox_state);
	db_out_int(st, &c.same_id);
	db_out_str(st, b->arena, &c.same_sn);
	db_out_str(st, b->arena, &c.same_user_id);
	db_out_local(st, &c.same_local);
	while ((rc = db_next(st)) == DB_OK) {
		if (n < 1 || n > (int64_t)b->count || n == last)
			continue;
		b->items[n - 1].context = c;
		last = n;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

static bool
is_same_punch(const struct punch *p, int64_t local, const char *sn,
              const char *user_id, int64_t other_local)
{
	return local == other_local && strcmp(p->device_sn, sn) == 0 &&
	       strcmp(p->user_id, user_id) == 0;
}

/* The minute is taken: keep the punch beside it, unless it is that very one. */
static void
make_repeat(struct intake_item *item, bool is_same)
{
	item->plan.answer = INTAKE_REPEAT;
	item->plan.store = is_same ? INTAKE_STORE_NOTHING : INTAKE_STORE_INBOX;
	item->plan.inbox_state = "REPEAT";
}

/* Against what the database held, and what stands before it in the list. */
static void
find_repeats(struct batch *b, size_t i)
{
	struct intake_item *item = &b->items[i];
	const struct intake_context *c = &item->context;
	bool is_attendance = item->plan.store == INTAKE_STORE_ATTENDANCE;

	if (is_attendance && c->same_id != 0) {
		make_repeat(item, is_same_punch(item->punch, item->plan.local,
		                                c->same_sn, c->same_user_id,
		                                c->same_local));
		return;
	}
	for (size_t k = 0; k < i; k++) {
		const struct intake_item *other = &b->items[k];
		bool is_same;

		if (other->plan.store == INTAKE_STORE_NOTHING ||
		    !is_same_minute(other->plan.local, item->plan.local))
			continue;
		is_same = is_same_punch(item->punch, item->plan.local,
		                        other->punch->device_sn,
		                        other->punch->user_id,
		                        other->plan.local);
		if (is_same) {
			item->plan.store = INTAKE_STORE_NOTHING;
			if (is_attendance)
				item->plan.answer = INTAKE_REPEAT;
			return;
		}
		if (is_attendance &&
		    other->plan.store == INTAKE_STORE_ATTENDANCE &&
		    other->context.member_id == c->member_id) {
			make_repeat(item, false);
			is_attendance = false;
		}
	}
}

/* The set-based way; DB_DUPLICATE when a race wants the items one by one. */
static enum db_result
take_set(struct batch *b, bool *stored)
{
	enum db_result rc = read_contexts(b);

	if (rc != DB_OK)
		return rc;
	for (size_t i = 0; i < b->count; i++) {
		struct intake_item *item = &b->items[i];

		item->context.company = b->company;
		intake_decide(b->arena, &item->context, item->punch,
		              item->punch->local, b->now_at, &item->plan);
		/* rare, and with an answer of its own: one by one */
		if (item->plan.store == INTAKE_STORE_TAKEN)
			return DB_DUPLICATE;
		if (item->plan.is_counted)
			item->plan.store = INTAKE_STORE_NOTHING;
	}
	for (size_t i = 0; i < b->count; i++)
		find_repeats(b, i);
	return intake_store_all(b->db, b->items, b->count, b->now_at, stored);
}

/*
 * The answers of the set.  Those that need another look, or their turn, are
 * left open.
 */
static enum db_result
answer_set(struct batch *b, const size_t *place, enum intake_answer *answers)
{
	bool look_again = false;
	enum db_result rc = DB_OK;

	for (size_t i = 0; i < b->count; i++)
		look_again = look_again ||
			needs_second_look(&b->items[i].plan);
	if (look_again)
		rc = read_contexts(b);
	for (size_t i = 0; i < b->count && rc == DB_OK; i++) {
		const struct intake_item *item = &b->items[i];

		if (!item->plan.is_counted &&
		    (!needs_second_look(&item->plan) ||
		     item->context.member_id == 0))
			answers[place[i]] = item->plan.answer;
	}
	return rc;
}

static bool
take_each(struct batch *b, const char *token_hash, const struct punch *list,
          size_t count, enum intake_answer *answers, bool *stored)
{
	for (size_t i = 0; i < count; i++) {
		if (answers[i] != INTAKE__COUNT)
			continue;
		answers[i] = intake_one(b->db, b->arena, token_hash, &list[i],
		                        b->now_at, stored);
		/* one that cannot be judged does not stop the others */
		if (answers[i] == INTAKE_UNAVAILABLE && !db_ping(b->db))
			return false;
	}
	return true;
}

bool
intake_many(struct db *db, struct arena *a, const char *company,
            const char *token_sn, const char *token_hash,
            const struct punch *list, size_t count, int64_t now_at,
            enum intake_answer *answers, bool *stored)
{
	struct batch b = { .db = db, .arena = a, .company = company,
		           .token_sn = token_sn, .now_at = now_at };
	size_t *place = arena_alloc(a, count * sizeof *place);
	enum db_result rc = DB_AGAIN;

	b.items = arena_alloc(a, count * sizeof *b.items);
	for (size_t i = 0; i < count; i++) {
		answers[i] = INTAKE__COUNT;	/* not known yet */
		if (!is_plain(&list[i]))
			continue;
		place[b.count] = i;
		b.items[b.count++].punch = &list[i];
	}
	if (b.count > 0) {
		for (int i = 0; i < TRIES && rc == DB_AGAIN; i++)
			rc = take_set(&b, stored);
		if (rc == DB_OK)
			rc = answer_set(&b, place, answers);
		if (rc == DB_FAIL || rc == DB_AGAIN)
			return false;
	}
	return take_each(&b, token_hash, list, count, answers, stored);
}
