/* intake_many.c: a list of punches on its way in: one read, one transaction */
#include "gym/intake_inside.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gym/intake_store.h"

static int64_t
minute_of(int64_t local)
{
	return local - (local % 60 + 60) % 60;
}

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

/*
 * Against what the database held, and the `count` before it in the list that
 * may be the same.
 */
static void
find_repeat(struct intake_item *item, struct intake_item *const *before,
            size_t count)
{
	const struct intake_context *c = &item->context;
	bool is_attendance = item->plan.store == INTAKE_STORE_ATTENDANCE;

	if (is_attendance && c->same_id != 0) {
		make_repeat(item, is_same_punch(item->punch, item->plan.local,
		                                c->same_sn, c->same_user_id,
		                                c->same_local));
		return;
	}
	for (size_t k = 0; k < count; k++) {
		const struct intake_item *other = before[k];

		if (other->plan.store == INTAKE_STORE_NOTHING)
			continue;
		if (is_same_punch(item->punch, item->plan.local,
		                  other->punch->device_sn,
		                  other->punch->user_id, other->plan.local)) {
			item->plan.store = INTAKE_STORE_NOTHING;
			if (is_attendance)
				item->plan.answer = INTAKE_REPEAT;
			return;
		}
		if (is_attendance &&
		    other->plan.store == INTAKE_STORE_ATTENDANCE) {
			make_repeat(item, false);
			is_attendance = false;
		}
	}
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* By minute and member; a number that nobody has is somebody of its own. */
static int
compare_persons(const struct intake_item *a, const struct intake_item *b)
{
	int order = compare_numbers(minute_of(a->plan.local),
	                            minute_of(b->plan.local));

	if (order == 0)
		order = compare_numbers(a->context.member_id,
		                        b->context.member_id);
	if (order == 0 && a->context.member_id == 0)
		order = strcmp(a->punch->user_id, b->punch->user_id);
	if (order == 0 && a->context.member_id == 0)
		order = strcmp(a->punch->device_sn, b->punch->device_sn);
	return order;
}

/* And of one person as in the list. */
static int
compare_items(const void *a, const void *b)
{
	const struct intake_item *const *x = a, *const *y = b;
	int order = compare_persons(*x, *y);

	return order != 0 ? order : (*x > *y) - (*x < *y);
}

/* The same punch has the same member: only one's own can be repeated. */
static void
find_repeats(struct batch *b)
{
	struct intake_item **list = arena_alloc(b->arena,
	                                        b->count * sizeof *list);
	size_t first = 0;

	for (size_t i = 0; i < b->count; i++)
		list[i] = &b->items[i];
	qsort(list, b->count, sizeof *list, compare_items);
	for (size_t i = 0; i < b->count; i++) {
		if (compare_persons(list[first], list[i]) != 0)
			first = i;
		find_repeat(list[i], list + first, i - first);
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
	find_repeats(b);
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
			intake_needs_second_look(&b->items[i].plan);
	if (look_again)
		rc = read_contexts(b);
	for (size_t i = 0; i < b->count && rc == DB_OK; i++) {
		const struct intake_item *item = &b->items[i];

		if (!item->plan.is_counted &&
		    (!intake_needs_second_look(&item->plan) ||
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
		if (!intake_is_plain(&list[i]))
			continue;
		place[b.count] = i;
		b.items[b.count++].punch = &list[i];
	}
	if (b.count > 0) {
		for (int i = 0; i < INTAKE_TRIES && rc == DB_AGAIN; i++)
			rc = take_set(&b, stored);
		if (rc == DB_OK)
			rc = answer_set(&b, place, answers);
		if (rc == DB_FAIL || rc == DB_AGAIN)
			return false;
	}
	return take_each(&b, token_hash, list, count, answers, stored);
}
