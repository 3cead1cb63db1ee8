/* device_order.c: orders for a terminal, as its bridge is to carry them out */
#include "gym/device_order.h"

#include <string.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/device.h"

/* What a transaction is about. */
struct work {
	const struct actor *actor;
	const struct device_order_call *call;
	int64_t id;
};

static enum db_result
find_nonce(struct db *db, struct work *w)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_ORDER_FIND_NONCE);

	db_in_str(st, w->actor->company);
	db_in_str(st, w->call->nonce);
	db_out_int(st, &w->id);
	return db_one(st);
}

static enum db_result
add_step(struct db *db, void *arg)
{
	struct work *w = arg;
	const struct device_order_call *c = w->call;
	enum db_result rc = device_lock(db, w->actor->company, c->sn);
	struct db_stmt *st;

	if (rc != DB_OK)
		return rc;
	st = db_begin(db, STMT_DEVICE_ORDER_ADD);
	db_in_str(st, w->actor->company);
	db_in_str(st, c->sn);
	db_in_str(st, c->kind);
	db_in_str(st, c->user_id);
	db_in_id(st, c->seconds);
	db_in_str(st, c->note);
	db_in_id(st, w->actor->user_id);
	db_in_str(st, c->nonce);
	db_in_at(st, w->actor->now_at);
	db_in_at(st, w->actor->now_at + c->lasts_ms);
	rc = db_run(st);
	if (rc != DB_OK)
		return rc;
	w->id = db_last_id(db);
	return audit_row(db, w->actor, strcmp(c->kind, "UNLOCK") == 0
		? "unlock" : "try", "trn_device_commands", w->id, "cmd_note");
}

enum db_result
device_order_add(struct db *db, const struct actor *actor,
                 const struct device_order_call *call, int64_t *id)
{
	struct work w = { actor, call, 0 };
	enum db_result rc = tx_run(db, add_step, &w);

	if (rc == DB_DUPLICATE)
		rc = find_nonce(db, &w);
	*id = w.id;
	return rc;
}

static enum device_order_state
state_of(const char *text, int64_t expires_at, int64_t now_at)
{
	if (strcmp(text, "DONE") == 0)
		return DEVICE_ORDER_DONE;
	if (strcmp(text, "FAILED") == 0)
		return DEVICE_ORDER_FAILED;
	return now_at > expires_at ? DEVICE_ORDER_UNANSWERED
		: DEVICE_ORDER_WAITING;
}

enum db_result
device_order_last(struct db *db, struct arena *a, const char *company,
                  const char *sn, bool is_unlock, int64_t now_at,
                  struct device_order_list *out)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_ORDER_LAST);
	struct device_order row = { 0 };
	const char *state;
	int64_t expires_at;
	enum db_result rc;

	*out = (struct device_order_list){ arena_alloc(a,
		DEVICE_ORDER_LIST_MAX * sizeof *out->rows), 0 };
	db_in_str(st, company);
	db_in_str(st, sn);
	db_in_int(st, is_unlock);
	db_out_int(st, &row.id);
	db_out_str(st, a, &row.kind);
	db_out_str(st, a, &row.user_id);
	db_out_str(st, a, &row.note);
	db_out_str(st, a, &row.words);
	db_out_str(st, a, &state);
	db_out_int(st, &row.before);
	db_out_int(st, &row.after);
	db_out_at(st, &row.created_at);
	db_out_at(st, &expires_at);
	db_out_at(st, &row.ended_at);
	db_out_str(st, a, &row.by);
	while ((rc = db_next(st)) == DB_OK &&
	       out->count < DEVICE_ORDER_LIST_MAX) {
		row.state = state_of(state, expires_at, now_at);
		out->rows[out->count++] = row;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
device_order_people(struct db *db, struct arena *a, const char *company,
                    const char *sn, const char *q,
                    struct device_order_person **out, size_t *count)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_ORDER_PEOPLE);
	struct device_order_person row;
	enum db_result rc;

	*out = arena_alloc(a, DEVICE_ORDER_LIST_MAX * sizeof **out);
	*count = 0;
	db_in_str(st, company);
	db_in_str(st, sn);
	for (int i = 0; i < 4; i++)
		db_in_str(st, q);
	db_out_str(st, a, &row.user_id);
	db_out_str(st, a, &row.name);
	while ((rc = db_next(st)) == DB_OK && *count < DEVICE_ORDER_LIST_MAX)
		(*out)[(*count)++] = row;
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
device_order_touch(struct db *db, const char *company, const char *sn,
                   const char *user_id, int64_t since_at, int64_t *local)
{
	struct db_stmt *st = db_begin(db, STMT_DEVICE_ORDER_TOUCH);

	for (int i = 0; i < 2; i++) {
		db_in_str(st, company);
		db_in_at(st, since_at);
		db_in_str(st, sn);
		db_in_str(st, user_id);
	}
	db_out_local(st, local);
	return db_one(st);
}
