/* plan.c: what a gym sells: so many days, or visits, for a price */
#include "gym/plan.h"

#include <string.h>

#include "db/tx.h"

/* ---- reading ------------------------------------------------------------- */

/* Sets the targets of a row; `state` is then plan_status. */
static void
out_plan(struct db_stmt *st, struct arena *a, struct plan *plan,
         const char **state)
{
	db_out_int(st, &plan->id);
	db_out_int(st, &plan->branch_id);
	db_out_str(st, a, &plan->branch);
	db_out_str(st, a, &plan->name);
	db_out_int(st, &plan->days);
	db_out_int(st, &plan->visits);
	db_out_str(st, a, &plan->hours);
	db_out_int(st, &plan->price);
	db_out_int(st, &plan->version);
	db_out_str(st, a, state);
}

enum db_result
plan_list(struct db *db, struct arena *a, const char *company,
          int64_t branch_id, bool with_closed, struct plan_list *out)
{
	return plan_list_after(db, a, company, branch_id, with_closed, NULL,
	                       out);
}

enum db_result
plan_list_after(struct db *db, struct arena *a, const char *company,
                int64_t branch_id, bool with_closed, const struct plan *after,
                struct plan_list *out)
{
	static const struct plan first = { .name = "" };
	struct db_stmt *st = db_begin(db, STMT_PLAN_LIST);
	struct plan plan = { 0 };
	const char *state = after == NULL ? ""
		: after->is_closed ? "CLOSED" : "ACTIVE";
	enum db_result rc;

	*out = (struct plan_list){
		arena_alloc(a, PLAN_LIST_MAX * sizeof *out->rows), 0,
	};
	db_in_str(st, company);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_in_str(st, with_closed ? "CLOSED" : "ACTIVE");
	after = after == NULL ? &first : after;
	db_in_str(st, state);
	db_in_int(st, after->days);
	db_in_str(st, after->name);
	db_in_int(st, after->id);
	out_plan(st, a, &plan, &state);
	while ((rc = db_next(st)) == DB_OK) {
		plan.is_closed = strcmp(state, "CLOSED") == 0;
		out->rows[out->count++] = plan;
	}
	return rc == DB_NONE ? DB_OK : rc;
}

enum db_result
plan_find(struct db *db, struct arena *a, const char *company,
          int64_t branch_id, int64_t id, struct plan *out)
{
	struct db_stmt *st = db_begin(db, STMT_PLAN_FIND);
	const char *state = "";
	enum db_result rc;

	*out = (struct plan){ 0 };
	db_in_str(st, company);
	db_in_int(st, id);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	out_plan(st, a, out, &state);
	rc = db_one(st);
	out->is_closed = rc == DB_OK && strcmp(state, "CLOSED") == 0;
	return rc;
}

/* ---- writing ------------------------------------------------------------- */

struct change {
	const struct actor *actor;
	const struct plan *plan;
	const struct plan *was;	/* of edit */
	const char *nonce;	/* of add */
};

static enum db_result
add(struct db *db, void *arg)
{
	const struct change *c = arg;
	struct db_stmt *st = db_begin(db, STMT_PLAN_ADD);
	enum db_result rc;

	db_in_str(st, c->actor->company);
	db_in_id(st, c->plan->branch_id);
	db_in_str(st, c->plan->name);
	db_in_int(st, c->plan->days);
	db_in_id(st, c->plan->visits);
	db_in_str(st, c->plan->hours);
	db_in_int(st, c->plan->price);
	db_in_str(st, c->nonce);
	db_in_at(st, c->actor->now_at);
	rc = db_run(st);
	if (rc != DB_OK)
		return rc;
	return audit_row(db, c->actor, "add", "mst_membership_plans",
	                 db_last_id(db), "");
}

enum db_result
plan_add(struct db *db, const struct actor *actor, const struct plan *plan,
         const char *nonce)
{
	enum db_result rc = tx_run(db, add, &(struct change){
		.actor = actor, .plan = plan, .nonce = nonce,
	});

	return rc == DB_DUPLICATE && db_duplicate_key(db, "plan_nonce")
		? DB_OK : rc;
}

static enum db_result
store(struct db *db, const struct change *c)
{
	struct db_stmt *st = db_begin(db, STMT_PLAN_EDIT);

	db_in_id(st, c->plan->branch_id);
	db_in_str(st, c->plan->name);
	db_in_int(st, c->plan->days);
	db_in_id(st, c->plan->visits);
	db_in_str(st, c->plan->hours);
	db_in_int(st, c->plan->price);
	db_in_str(st, c->actor->company);
	db_in_int(st, c->plan->id);
	db_in_int(st, c->plan->version);
	return db_run(st);
}

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static enum db_result
edit(struct db *db, void *arg)
{
	const struct change *c = arg;
	const struct plan *plan = c->plan, *was = c->was;
	struct audit_fields fields = AUDIT_FIELDS_INIT;
	enum db_result rc;

	audit_field(&fields, "plan_branch_id", plan->branch_id !=
	            was->branch_id);
	audit_field(&fields, "plan_days", plan->days != was->days);
	audit_field(&fields, "plan_hours", strcmp(or_empty(plan->hours),
	            or_empty(was->hours)) != 0);
	audit_field(&fields, "plan_name", strcmp(plan->name, was->name) != 0);
	audit_field(&fields, "plan_price", plan->price != was->price);
	audit_field(&fields, "plan_visits", plan->visits != was->visits);
	if (*fields.text == '\0' && plan->version == was->version)
		return DB_OK;
	rc = store(db, c);
	return rc == DB_OK ? audit_row(db, c->actor, "change",
	                               "mst_membership_plans", plan->id,
	                               fields.text) : rc;
}

enum db_result
plan_edit(struct db *db, const struct actor *actor, const struct plan *plan,
          const struct plan *was)
{
	return tx_run(db, edit, &(struct change){ .actor = actor, .plan = plan,
		                                  .was = was });
}

static enum db_result
set_status(struct db *db, void *arg)
{
	const struct change *c = arg;
	struct db_stmt *st = db_begin(db, STMT_PLAN_SET_STATUS);
	enum db_result rc;

	db_in_str(st, c->plan->is_closed ? "CLOSED" : "ACTIVE");
	db_in_str(st, c->actor->company);
	db_in_int(st, c->plan->id);
	rc = db_run(st);
	if (rc != DB_OK)
		return rc == DB_NONE ? DB_OK : rc;
	return audit_row(db, c->actor, "change", "mst_membership_plans",
	                 c->plan->id, "plan_status");
}

enum db_result
plan_close(struct db *db, const struct actor *actor, int64_t id,
           bool is_closed)
{
	const struct plan plan = { .id = id, .is_closed = is_closed };

	return tx_run(db, set_status, &(struct change){ .actor = actor,
		                                        .plan = &plan });
}
