/* payment.c: what was paid for a subscription, and its receipt */
#include "gym/payment.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "db/tx.h"
#include "gym/company.h"
#include "gym/member_edit.h"

#define FIRST_MONTH 4		/* of a financial year */

int64_t
payment_year(int32_t day)
{
	struct clock_date d = clock_split((int64_t)day * CLOCK_DAY_SECONDS);

	return d.month >= FIRST_MONTH ? d.year : d.year - 1;
}

const char *
payment_receipt_text(const char *prefix, int64_t year, int64_t no,
                     char out[PAYMENT_RECEIPT_SIZE])
{
	snprintf(out, PAYMENT_RECEIPT_SIZE, "%.8s%" PRId64 "-%02d/%06" PRId64,
	         prefix, year, (int)((year + 1) % 100), no);
	return out;
}

int64_t
payment_half_tax(int64_t amount, int64_t rate)
{
	int64_t whole = 10000 + rate;
	int64_t half = ((amount < 0 ? -amount : amount) * rate + whole) /
		(2 * whole);

	return amount < 0 ? -half : half;
}

/* ---- taking -------------------------------------------------------------- */

/* One of the statements about the counter of a year. */
static enum db_result
run_counter(struct db *db, enum stmt_id which, const char *company,
            int64_t year)
{
	struct db_stmt *st = db_begin(db, which);

	db_in_str(st, company);
	db_in_int(st, year);
	return db_run(st);
}

/*
 * The first number of a year.  Its row would be the second thing that two at
 * once want of each other, so the company's row is held first; then perhaps
 * somebody else has begun it meanwhile.
 */
static enum db_result
begin_year(struct db *db, const char *company, int64_t year)
{
	struct db_stmt *st = db_begin(db, STMT_COMPANY_LOCK);
	int64_t version;
	enum db_result rc;

	db_in_str(st, company);
	db_out_int(st, &version);
	rc = db_one(st);
	if (rc == DB_OK)
		rc = run_counter(db, STMT_RECEIPT_DRAW, company, year);
	return rc == DB_NONE ? run_counter(db, STMT_RECEIPT_YEAR_ADD, company,
	                                   year) : rc;
}

/*
 * The next number of the year; its row is held until the transaction ends, so
 * that a payment that comes to nothing leaves no gap.  (An INSERT that turns
 * into an update would hold the company's row by its foreign key, and wait for
 * who is about to change that.)
 */
static enum db_result
draw_number(struct db *db, const char *company, int64_t year, int64_t *no)
{
	enum db_result rc = run_counter(db, STMT_RECEIPT_DRAW, company, year);
	struct db_stmt *st;

	if (rc == DB_NONE)
		rc = begin_year(db, company, year);
	if (rc != DB_OK)
		return rc == DB_NONE ? DB_FAIL : rc;
	st = db_begin(db, STMT_RECEIPT_DRAWN);
	db_in_str(st, company);
	db_in_int(st, year);
	db_out_int(st, no);
	return db_one(st);
}

static enum db_result
store(struct db *db, const struct payment_call *c, int64_t amount, int64_t no)
{
	struct db_stmt *st = db_begin(db, STMT_PAYMENT_ADD);

	db_in_int(st, c->member_id);
	db_in_int(st, c->subscription_id);
	db_in_int(st, amount);
	db_in_str(st, c->method);
	db_in_str(st, c->reference);
	db_in_day(st, c->day);
	db_in_int(st, payment_year(c->day));
	db_in_int(st, no);
	db_in_id(st, c->reverses_id);
	db_in_str(st, c->note);
	db_in_id(st, c->actor.user_id);
	db_in_str(st, c->nonce);
	db_in_at(st, c->actor.now_at);
	db_in_int(st, c->member_id);
	db_in_id(st, c->reverses_id);
	db_in_str(st, c->actor.company);
	return db_run(st);
}

static enum db_result
count_paid(struct db *db, const struct payment_call *c, int64_t amount)
{
	struct db_stmt *st = db_begin(db, STMT_SUBSCRIPTION_PAID);

	db_in_int(st, amount);
	db_in_str(st, c->actor.company);
	db_in_int(st, c->subscription_id);
	return db_run(st);
}

/* What both ways write: `amount` is below 0 where something is taken back. */
static enum db_result
write_down(struct db *db, struct payment_call *c, int64_t amount)
{
	int64_t no = 0;
	enum db_result rc = draw_number(db, c->actor.company,
	                                payment_year(c->day), &no);

	if (rc == DB_OK)
		rc = store(db, c, amount, no);
	c->id = db_last_id(db);
	if (rc == DB_OK)
		rc = count_paid(db, c, amount);
	if (rc == DB_OK)
		rc = audit_row(db, &c->actor, "add", "trn_payments", c->id,
		               c->reverses_id == 0 ? "" : "pay_reverses_id");
	/* dues may keep somebody out */
	return rc == DB_OK ? company_bump_door(db, c->actor.company) : rc;
}

enum db_result
payment_take(struct db *db, struct payment_call *c)
{
	struct db_stmt *st = db_begin(db, STMT_SUBSCRIPTION_DUE);
	int64_t due = 0;
	enum db_result rc;

	c->fault = PAYMENT_NO_SUBSCRIPTION;
	db_in_str(st, c->actor.company);
	db_in_int(st, c->subscription_id);
	db_in_int(st, c->member_id);
	db_out_int(st, &due);
	rc = db_one(st);
	if (rc != DB_OK)
		return rc;
	c->fault = c->amount > due ? PAYMENT_TOO_MUCH : PAYMENT_FINE;
	return c->fault == PAYMENT_FINE ? write_down(db, c, c->amount)
		: DB_NONE;
}

static enum db_result
add(struct db *db, void *arg)
{
	struct payment_call *c = arg;
	enum db_result rc = member_lock(db, c->actor.company, c->member_id);

	c->fault = PAYMENT_NO_SUBSCRIPTION;
	return rc == DB_OK ? payment_take(db, c) : rc;
}

/* A form posted twice: `id` becomes that of the payment it was. */
static enum db_result
find_nonce(struct db *db, struct payment_call *c)
{
	struct db_stmt *st = db_begin(db, STMT_PAYMENT_FIND_NONCE);

	db_in_str(st, c->actor.company);
	db_in_str(st, c->nonce);
	db_out_int(st, &c->id);
	return db_one(st);
}

enum db_result
payment_add(struct db *db, struct payment_call *c)
{
	enum db_result rc = DB_NONE;

	/* first, for what is due has changed by the first time */
	if (c->nonce != NULL)
		rc = find_nonce(db, c);
	if (rc == DB_NONE)
		rc = tx_run(db, add, c);
	if (rc == DB_DUPLICATE && db_duplicate_key(db, "pay_nonce"))
		rc = find_nonce(db, c);
	return rc;
}

/* ---- taking back --------------------------------------------------------- */

/* Holds the subscription: of two who take back at once, one is the first. */
static enum db_result
lock_subscription(struct db *db, const struct payment_call *c)
{
	struct db_stmt *st = db_begin(db, STMT_SUBSCRIPTION_LOCK);
	int64_t id;

	db_in_str(st, c->actor.company);
	db_in_int(st, c->subscription_id);
	db_out_int(st, &id);
	return db_one(st);
}

struct reversal {
	struct arena *arena;
	struct payment_call *call;
};

static enum db_result
reverse(struct db *db, void *arg)
{
	const struct reversal *r = arg;
	struct payment_call *c = r->call;
	struct payment was = { 0 };
	enum db_result rc = lock_subscription(db, c);

	if (rc == DB_OK)
		rc = payment_find(db, r->arena, c->actor.company, c->branch_id,
		                  c->reverses_id, &was);
	if (rc != DB_OK)
		return rc;
	if (was.reverses_id != 0 || was.reversed_by != 0) {
		c->fault = PAYMENT_REVERSED;
		return DB_NONE;
	}
	c->method = was.method;
	c->reference = was.reference;
	return write_down(db, c, -was.amount);
}

enum db_result
payment_reverse(struct db *db, struct arena *a, struct payment_call *c)
{
	enum db_result rc;

	c->fault = PAYMENT_FINE;
	rc = tx_run(db, reverse, &(struct reversal){ a, c });
	if (rc != DB_DUPLICATE)
		return rc;
	c->fault = PAYMENT_REVERSED;
	return DB_NONE;
}

/* ---- reading ------------------------------------------------------------- */

enum db_result
payment_find(struct db *db, struct arena *a, const char *company,
             int64_t branch_id, int64_t id, struct payment *out)
{
	struct db_stmt *st = db_begin(db, STMT_PAYMENT_FIND);

	*out = (struct payment){ 0 };
	db_in_str(st, company);
	db_in_int(st, id);
	db_in_id(st, branch_id);
	db_in_id(st, branch_id);
	db_out_int(st, &out->id);
	db_out_int(st, &out->branch_id);
	db_out_int(st, &out->member_id);
	db_out_int(st, &out->subscription_id);
	db_out_int(st, &out->amount);
	db_out_int(st, &out->tax_rate);
	db_out_str(st, a, &out->method);
	db_out_str(st, a, &out->reference);
	db_out_str(st, a, &out->note);
	db_out_day(st, &out->day);
	db_out_int(st, &out->year);
	db_out_int(st, &out->no);
	db_out_str(st, a, &out->gstin);
	db_out_int(st, &out->reverses_id);
	db_out_int(st, &out->reversed_by);
	db_out_str(st, a, &out->user);
	db_out_str(st, a, &out->member);
	db_out_str(st, a, &out->code);
	db_out_str(st, a, &out->phone);
	db_out_str(st, a, &out->plan);
	db_out_day(st, &out->start_day);
	db_out_day(st, &out->end_day);
	db_out_int(st, &out->due);
	return db_one(st);
}
